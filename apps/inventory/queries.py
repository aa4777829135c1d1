from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.catalog.models import Product
from apps.core.memo import VersionedMemo
from apps.core.models import Stamp
from apps.inventory.models import QUANTITY, Demand, Receipt, Reservation, Stock, Warehouse
from apps.inventory.rules import Calendar

STAMP = "warehouses"
_CALENDARS = VersionedMemo[dict[Warehouse, Calendar]](most=4)


@dataclass(frozen=True)
class Incoming:
    """A free quantity that is on its way to a warehouse."""

    quantity: Decimal
    due_on: date
    warehouse_id: int


@dataclass(frozen=True)
class Availability:
    """What of a product is free, in base units: by warehouse, and on its way by date. `lead_days` is None where the
    product is not bought again."""

    stock: Mapping[int, Decimal]
    receipts: Sequence[Incoming]
    lead_days: int | None

    @property
    def in_stock(self) -> Decimal:
        return sum(self.stock.values(), Decimal(0))


# Stock has no day; it stands before what is on its way. As Stock.free and Receipt.free say it.
SUPPLY = """
    SELECT
        product_id, warehouse_id, greatest(on_hand - reserved - safety, 0), NULL::date AS due_on, warehouse_id AS place
    FROM inventory_stock WHERE product_id = ANY(%(products)s::bigint[])
    UNION ALL
    SELECT product_id, warehouse_id, quantity - arrived - reserved, due_on, id
    FROM inventory_receipt WHERE product_id = ANY(%(products)s::bigint[]) AND quantity > arrived + reserved
    ORDER BY due_on NULLS FIRST, place
"""


def availability(products: Iterable[Product]) -> dict[int, Availability]:
    """What can leave of these products, by product id. 1 statement for any number of products."""
    lead_days = {product.pk: product.lead_days for product in products}
    stock: dict[int, dict[int, Decimal]] = {pk: {} for pk in lead_days}
    receipts: dict[int, list[Incoming]] = {pk: [] for pk in lead_days}
    with connection.cursor() as cursor:
        cursor.execute(SUPPLY, {"products": list(lead_days)})
        for product_id, warehouse_id, quantity, due_on, _place in cursor.fetchall():
            if due_on is None:
                stock[product_id][warehouse_id] = quantity
            else:
                receipts[product_id].append(Incoming(quantity, due_on, warehouse_id))
    return {pk: Availability(stock[pk], receipts[pk], days) for pk, days in lead_days.items()}


def working_calendars(today: date) -> dict[Warehouse, Calendar]:
    """All warehouses by primary key, with the days on which they work from this day on.

    1 statement, none while the warehouses are unchanged.
    """
    return _CALENDARS.get((Stamp.value_of(STAMP), today), lambda: _read_calendars(today))


def _read_calendars(today: date) -> dict[Warehouse, Calendar]:
    closed = ArrayAgg("closures__day", filter=Q(closures__day__gte=today), default=[])
    return {
        row: Calendar(row.weekdays, row.country, frozenset(row.closed))
        for row in Warehouse.objects.annotate(closed=closed).order_by("pk")
    }


def broken_reservations() -> list[str]:
    """Every stock and receipt that does not add up to its reservations, every demand with more than it is open for.

    3 statements.
    """
    found = [
        f"{type(row).__name__} {row.pk} has {row.reserved} reserved, its reservations {row.by_reservations}"
        for rows, field in ((Stock.objects.all(), "stock"), (Receipt.objects.all(), "receipt"))
        for row in _reserved(rows, field).exclude(reserved=F("by_reservations"))
    ]
    demands = _reserved(Demand.objects.all(), "demand")
    return found + [
        f"Demand {row.pk} is open for {row.open}, its reservations {row.by_reservations}"
        for row in demands.filter(by_reservations__gt=F("quantity") - F("fulfilled") - F("cancelled"))
    ]


def _reserved(rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    of_row = Reservation.objects.filter(**{field: OuterRef("pk")}).order_by().values(field)
    reserved = Subquery(of_row.annotate(sum=Sum("quantity")).values("sum"))
    total = Coalesce(reserved, Decimal(0), output_field=DecimalField(**QUANTITY))
    found: QuerySet[Any] = rows.annotate(by_reservations=total)
    return found
