from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.pricing.models import Price, PriceList
from apps.pricing.queries import STAMP

BATCH = 2_000


@dataclass(frozen=True)
class NewPrice:
    """What a product costs in a list from a quantity on; amounts for the product's `price_per` units.

    With days it holds on these only, in place of the standing price of the same quantity.
    """

    product_id: int
    min_quantity: Decimal
    amount: Decimal
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def slot(self) -> tuple[int, Decimal, bool, date | None]:
        """What there is one price for: a quantity, and of dated prices a first day."""
        is_dated = self.valid_from is not None or self.valid_until is not None
        return self.product_id, self.min_quantity, is_dated, self.valid_from


class PriceRefused(DomainError):
    """One of the prices cannot be; `place` says which."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


class NoPrice(PriceRefused):
    message = _("A price is not below 0, and holds from a quantity above 0.")


class DaysInWrongOrder(PriceRefused):
    message = _("The last day is before the first.")
    field = "valid_until"


class PricesOverlap(PriceRefused):
    message = _("Another price from this quantity holds on some of these days.")


class PriceGone(DomainError):
    message = _("Somebody else has changed this price. Look at the list again.")


@transaction.atomic
def change_prices(
    *,
    actor: StaffActor | SystemActor,
    price_list: PriceList,
    prices: Iterable[NewPrice],
    now: datetime,
    removed: Collection[int] = (),
) -> int:
    """Put prices into a list, and say how many were not there so before; those with the ids in `removed` go first.

    A price takes the place of the one of its slot: the same product and quantity, and of dated prices the same first
    day. All others stay. When nothing changes, there is no event.

    :raises NoPrice: an amount is below 0, or a quantity is not above it.
    :raises DaysInWrongOrder: `valid_until` is before `valid_from`.
    :raises PricesOverlap: another dated price from the same quantity holds on some of the days.
    :raises PriceGone: a price that is to be removed is not there any more.
    """
    price_list = PriceList.objects.locked().get(pk=price_list.pk)
    rows = list(prices)
    for place, row in enumerate(rows):
        if row.amount < 0 or row.min_quantity <= 0:
            raise NoPrice(place)
        if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
            raise DaysInWrongOrder(place)
    gone = Price.objects.filter(price_list=price_list, pk__in=removed).delete()[0]
    if gone < len(set(removed)):
        raise PriceGone
    present = {
        _facts(price).slot: price
        for price in Price.objects.filter(price_list=price_list, product__in={row.product_id for row in rows})
    }
    _check_days([_facts(price) for price in present.values()], rows)
    new, changed = [], []
    for row in {row.slot: row for row in rows}.values():
        price = present.get(row.slot)
        if price is None:
            new.append(Price(price_list=price_list, **vars(row)))
        elif _facts(price) != row:
            price.amount, price.valid_until = row.amount, row.valid_until
            changed.append(price)
    Price.objects.bulk_update(changed, ["amount", "valid_until"], batch_size=BATCH)
    Price.objects.bulk_create(new, batch_size=BATCH)
    count = gone + len(new) + len(changed)
    if count:
        record_event("pricing.prices_changed", actor=actor, subject=price_list, now=now, payload={"prices": count})
        Stamp.bump(STAMP)
    return count


def _facts(price: Price) -> NewPrice:
    return NewPrice(price.product_id, price.min_quantity, price.amount, price.valid_from, price.valid_until)


def _check_days(present: Sequence[NewPrice], rows: Sequence[NewPrice]) -> None:
    """Of the dated prices from one quantity, none begins before the one before it has ended."""
    slots: dict[tuple[int, Decimal], dict[date | None, tuple[NewPrice, int]]] = defaultdict(dict)
    for place, row in [*((-1, price) for price in present), *enumerate(rows)]:
        product_id, quantity, is_dated, begins = row.slot
        if is_dated:
            slots[product_id, quantity][begins] = row, place
    for prices in slots.values():
        ordered = sorted(prices.values(), key=lambda pair: pair[0].valid_from or date.min)
        for (before, its_place), (after, place) in pairwise(ordered):
            if (before.valid_until or date.max) >= (after.valid_from or date.min):
                raise PricesOverlap(max(place, its_place))
