"""What is there of a product, and when it can be with the buyer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localdate

from apps.catalog.models import Product
from apps.freight.queries import Destination, Promise, PromiseLine, promise_lines
from apps.inventory.models import Warehouse
from apps.inventory.queries import Availability, availability, working_calendars
from apps.orders.queries.carts import ship_to_of
from apps.orgs.models import Membership


@dataclass(frozen=True)
class Stocked:
    """What is free of one product, in base units, against the quantity asked for."""

    asked: Decimal
    in_stock: Decimal

    @property
    def is_low(self) -> bool:
        """Whether there is some, but not all of it."""
        return 0 < self.in_stock < self.asked


@dataclass(frozen=True)
class Supplied(Stocked):
    """That, and the promise for the quantity."""

    promise: Promise


@dataclass(frozen=True)
class Place:
    """What one warehouse has, or what is on its way to it and when it is due."""

    warehouse: Warehouse
    quantity: Decimal
    due_on: date | None = None


def destination_of(membership: Membership) -> Destination | None:
    """Where goods would go now. 2 statements at most."""
    address = ship_to_of(membership)
    return Destination.of(address) if address else None


def stocked(wanted: Mapping[Product, Decimal]) -> dict[int, Stocked]:
    """What is there of these products against these quantities, by product id. 1 statement."""
    free = availability(wanted)
    return {product.pk: Stocked(quantity, free[product.pk].in_stock) for product, quantity in wanted.items()}


def supplied(
    destination: Destination | None,
    wanted: Mapping[Product, Decimal],
    now: datetime,
    found: Mapping[int, Availability] | None = None,
) -> dict[int, Supplied]:
    """Stock and promise of these products at these quantities, by product id. 3 statements for any number of them.

    `found` is what there is of them, for who has looked already.
    """
    free = found or availability(wanted)
    lines = [PromiseLine(product, quantity) for product, quantity in wanted.items()]
    promises = promise_lines(lines, destination, now, found=free)
    return {
        product.pk: Supplied(quantity, free[product.pk].in_stock, promise)
        for (product, quantity), promise in zip(wanted.items(), promises, strict=True)
    }


def places_of(free: Availability, now: datetime) -> Sequence[Place]:
    """Where a product lies, then what of it is on its way, the earliest first. 1 statement at most."""
    warehouses = {warehouse.pk: warehouse for warehouse in working_calendars(localdate(now))}
    return [
        *(Place(warehouses[pk], quantity) for pk, quantity in free.stock.items()),
        *(Place(warehouses[row.warehouse_id], row.quantity, row.due_on) for row in free.receipts),
    ]
