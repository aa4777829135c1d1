from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from apps.core.errors import Busy
from apps.inventory import rules
from apps.inventory.models import Demand, DemandQuerySet, Receipt, Reservation, Stock, StockMovement

Row = Stock | Receipt
Key = tuple[type[Row], int]


@dataclass
class LockedSupply:
    """Stock and receipts of some products with demands for them, locked; what is changed here, `save` writes."""

    rows: dict[Key, Row]
    demands: list[Demand]
    reservations: dict[UUID, dict[Key, Reservation]] = field(default_factory=lambda: defaultdict(dict))
    movements: list[StockMovement] = field(default_factory=list)
    touched: dict[Key, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of_product: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows.values():
            self.of_product[row.product_id].append(row)

    def stock_at(self, product_id: int, warehouse_id: int) -> Stock | None:
        stocks = (row for row in self.of_product[product_id] if isinstance(row, Stock))
        return next((row for row in stocks if row.warehouse_id == warehouse_id), None)

    def held(self, demand: Demand, row: Row) -> Decimal:
        """What of this stock or receipt is reserved for the demand."""
        found = self.reservations[demand.source_uid].get((type(row), row.pk))
        return found.quantity if found else Decimal(0)

    def uncovered(self, demand: Demand) -> Decimal:
        """What of the demand waits; negative where more is reserved than is open."""
        return demand.open - sum(row.quantity for row in self.reservations[demand.source_uid].values())

    def reserve(self, demand: Demand, row: Row, quantity: Decimal) -> None:
        """Reserve so much more of this stock or receipt for the demand; a negative quantity gives back."""
        key = (type(row), row.pk)
        of_demand = self.reservations[demand.source_uid]
        if key not in of_demand:
            source = {"stock": row} if isinstance(row, Stock) else {"receipt": row}
            of_demand[key] = Reservation(demand=demand, quantity=Decimal(0), **source)
        of_demand[key].quantity += quantity
        row.reserved += quantity
        self.touch(row)

    def cover(self, demand: Demand, warehouses: Sequence[int] = ()) -> None:
        """Reserve what is free for what the demand waits for, as far as it goes, of these warehouses first."""
        rows = self.of_product[demand.product_id]
        nearest_first = {pk: place for place, pk in enumerate(warehouses)}
        supplies = sorted(
            (
                rules.Supply(place, row.free, row.due_on if isinstance(row, Receipt) else None, row.warehouse_id)
                for place, row in enumerate(rows)
            ),
            key=lambda supply: nearest_first.get(supply.warehouse_id, len(nearest_first)),
        )
        for piece in rules.cover(self.uncovered(demand), rules.in_order(supplies, demand.requested_date)):
            self.reserve(demand, rows[piece.supply.key], piece.quantity)

    def cover_waiting(self) -> None:
        """Reserve what is free for all demands that wait."""
        for demand in self.by_rank():
            self.cover(demand)

    def by_rank(self) -> list[Demand]:
        """The best ranks first, and the oldest of a rank."""
        return sorted(self.demands, key=lambda demand: (demand.rank, demand.created_at, demand.pk))

    def give_back_excess(self, demand: Demand) -> None:
        """Give back what is reserved beyond what is open: what comes last first, what lies in stock last."""
        rows = [self.rows[key] for key in self.reservations[demand.source_uid]]
        receipts = sorted((row for row in rows if isinstance(row, Receipt)), key=lambda row: (row.due_on, row.pk))
        stocks = sorted((row for row in rows if isinstance(row, Stock)), key=lambda row: row.pk)
        last_first: list[Row] = [*reversed(receipts), *reversed(stocks)]
        for row in last_first:
            excess = min(-self.uncovered(demand), self.held(demand, row))
            if excess > 0:
                self.reserve(demand, row, -excess)

    def touch(self, row: Row) -> None:
        """Have this stock or receipt written."""
        self.touched[type(row), row.pk] = row

    def move(self, stock: Stock, delta: Decimal, reason: str, source: str, now: datetime) -> None:
        """Change what lies in the warehouse."""
        stock.on_hand += delta
        stock.updated_at = now
        self.touch(stock)
        self.movements.append(StockMovement(stock=stock, delta=delta, reason=reason, source=source, created_at=now))

    def save(self) -> None:
        """Write all that was changed, in a constant number of statements."""
        changed = self.touched.values()
        stocks = [row for row in changed if isinstance(row, Stock)]
        receipts = [row for row in changed if isinstance(row, Receipt)]
        reservations = [row for of_demand in self.reservations.values() for row in of_demand.values()]
        Stock.objects.write(stocks, "on_hand", "reserved", "safety", "updated_at")
        Receipt.objects.write(receipts, "due_on", "quantity", "reserved", "arrived")
        Demand.objects.write([row for row in self.demands if row.pk], "fulfilled", "cancelled")
        Demand.objects.bulk_create(row for row in self.demands if not row.pk)
        Reservation.objects.filter(pk__in=[row.pk for row in reservations if row.pk and not row.quantity]).delete()
        Reservation.objects.write([row for row in reservations if row.pk and row.quantity], "quantity")
        Reservation.objects.bulk_create(row for row in reservations if not row.pk and row.quantity)
        StockMovement.objects.bulk_create(self.movements)


def lock_supply(*, products: Collection[int], demands: DemandQuerySet | None = None) -> LockedSupply:
    """Lock stock, then receipts, then these demands, each by primary key, and read what is reserved for them.

    An inner step: it runs in the transaction of the action that calls it.

    :raises Busy: while this waited, a reservation went to stock or a receipt that was not there before.
    """
    assert connection.in_atomic_block
    rows: list[Row] = [
        *Stock.objects.filter(product__in=products).locked(),
        *Receipt.objects.filter(product__in=products).open().locked(),
    ]
    locked = list(demands.locked().select_related("product")) if demands is not None else []
    supply = LockedSupply({(type(row), row.pk): row for row in rows}, locked)
    uids = {demand.pk: demand.source_uid for demand in locked}
    for reservation in Reservation.objects.filter(demand__in=uids) if uids else ():
        key: Key = (Stock, reservation.stock_id) if reservation.stock_id else (Receipt, reservation.receipt_id or 0)
        if key not in supply.rows:
            raise Busy
        supply.reservations[uids[reservation.demand_id]][key] = reservation
    return supply
