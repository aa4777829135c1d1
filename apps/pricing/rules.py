"""Which price holds. Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

UNIT_PRICE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Slot:
    """A price of one list from a quantity on; `is_dated` replaces the standing price of the same slot while valid."""

    list_id: int
    min_quantity: Decimal
    amount: Decimal
    is_dated: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """The price that holds for a quantity, and the list that decided it."""

    list_id: int
    min_quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage off the base list, for everything or for a category or brand."""

    id: int
    rate: Decimal
    category_id: int | None = None
    brand_id: int | None = None


def resolve_price(slots: Iterable[Slot], chain: Sequence[int], quantity: Decimal) -> Resolved | None:
    """The price for this quantity: the nearest list that has a slot for it decides.

    `chain` has the ids of the lists, the nearest first. In the deciding list a dated price replaces the standing one of
    its slot; of all slots up to the quantity the lowest price wins, so that more never costs more a unit. None when no
    list has a price: it is on request, not zero.
    """
    by_list: dict[int, dict[Decimal, Slot]] = {}
    for slot in slots:
        if slot.min_quantity <= quantity:
            places = by_list.setdefault(slot.list_id, {})
            if slot.is_dated or slot.min_quantity not in places:
                places[slot.min_quantity] = slot
    for list_id in chain:
        if found := by_list.get(list_id):
            best = min(found.values(), key=lambda slot: (slot.amount, slot.min_quantity))
            return Resolved(list_id, best.min_quantity, best.amount)
    return None


def best_discount(discounts: Iterable[Discount], categories: Sequence[int], brand_id: int) -> Discount | None:
    """The greatest percentage that a product gets; `categories` are its own and all above it."""
    matching = [
        discount
        for discount in discounts
        if discount.category_id in {None, *categories} and discount.brand_id in {None, brand_id}
    ]
    return max(matching, key=lambda discount: (discount.rate, -discount.id), default=None)


def discounted(amount: Decimal, rate: Decimal) -> Decimal:
    """The unit price less a percentage, to four digits, half up."""
    return (amount * (1 - rate)).quantize(UNIT_PRICE, ROUND_HALF_UP)


def steps_of(prices: Mapping[Decimal, Decimal]) -> list[tuple[Decimal, Decimal]]:
    """The quantities from which a unit costs less than before, each with its price; the first stands always."""
    steps: list[tuple[Decimal, Decimal]] = []
    for quantity in sorted(prices):
        if not steps or prices[quantity] < steps[-1][1]:
            steps.append((quantity, prices[quantity]))
    return steps
