from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.pricing.models import Price, PriceList
from apps.pricing.queries import STAMP

BATCH = 2_000


@dataclass(frozen=True)
class NewPrice:
    """The standing price of a product in a list, from a quantity on; amounts for the product's `price_per` units."""

    product_id: int
    min_quantity: Decimal
    amount: Decimal


@transaction.atomic
def change_prices(
    *, actor: StaffActor | SystemActor, price_list: PriceList, prices: Iterable[NewPrice], now: datetime
) -> int:
    """Replace all standing prices of the products named here, and say how many there are now; others stay."""
    price_list = PriceList.objects.locked().get(pk=price_list.pk)
    rows = list(prices)
    standing = Price.objects.filter(price_list=price_list, valid_from=None, valid_until=None)
    standing.filter(product__in={row.product_id for row in rows}).delete()
    Price.objects.bulk_create(
        (
            Price(price_list=price_list, product_id=row.product_id, min_quantity=row.min_quantity, amount=row.amount)
            for row in rows
        ),
        batch_size=BATCH,
    )
    record_event("pricing.prices_changed", actor=actor, subject=price_list, now=now, payload={"prices": len(rows)})
    Stamp.bump(STAMP)
    return len(rows)
