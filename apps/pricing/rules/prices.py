"""Which price holds, and which VAT. Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from stdnum.eu.vat import MEMBER_STATES

from apps.core.money import round_half_up, spread

# VAT categories of EN 16931 (UNTDID 5305): standard, zero rate, intra-community supply, export.
STANDARD, ZERO, INTRA_COMMUNITY, EXPORT = "S", "Z", "K", "G"
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


def reverse_charge(seller: str, ship_to: str, vat_country: str) -> str | None:
    """The category under which the buyer accounts for the VAT, or None when the seller charges it.

    Countries are ISO 3166 codes; `vat_country` is the one of the buyer's VAT ID, empty without one. Goods that stay in
    the seller's country are taxed there. Goods that leave it for a business registered elsewhere are not: within the
    EU as an intra-community supply (Directive 2006/112/EC, article 138), otherwise as an export (article 146).
    """
    if ship_to == seller or vat_country in {"", seller}:
        return None
    is_within_eu = {seller.lower(), ship_to.lower(), vat_country.lower()} <= set(MEMBER_STATES)
    return INTRA_COMMUNITY if is_within_eu else EXPORT


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The amounts of a document that fall under one category and rate, and the VAT on their sum."""

    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Taxable:
    """One amount of a document before VAT."""

    net: Decimal
    category: str
    rate: Decimal


def tax_basket(amounts: Sequence[Taxable], currency: str) -> tuple[list[TaxGroup], list[Decimal]]:
    """The VAT of a document, once per category and rate (EN 16931, BR-CO-17), and each amount's share of it.

    Shares are by largest remainder and add up to the groups.
    """
    places: dict[tuple[str, Decimal], list[int]] = {}
    for place, amount in enumerate(amounts):
        places.setdefault((amount.category, amount.rate), []).append(place)
    groups, shares = [], [Decimal(0)] * len(amounts)
    for (category, rate), members in sorted(places.items(), key=lambda item: (-item[0][1], item[0][0])):
        nets = [amounts[place].net for place in members]
        net = sum(nets, Decimal(0))
        tax = round_half_up(net * rate, currency)
        groups.append(TaxGroup(category, rate, net, tax))
        for place, share in zip(members, spread(tax, nets, currency), strict=True):
            shares[place] = share
    return groups, shares
