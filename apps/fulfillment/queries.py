from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.fulfillment.models import Shipment, ShipmentLine
from apps.inventory.models import Reservation, Warehouse
from apps.orders.models import Order, ScheduleLine
from apps.orgs.models import Membership


def shipments_of(membership: Membership, order: Order) -> list[Shipment]:
    """The shipments of an order that this member sees, the first first, each with its lines of this order alone.

    2 statements.
    """
    return _with_lines(Shipment.objects.visible_to(membership), order)


def parts_of(membership: Membership, order: Order) -> list[Shipment]:
    """The shipments of an order that this member sees, the first first, without their lines. 1 statement."""
    lines = ShipmentLine.objects.filter(schedule_line__line__order=order)
    return list(Shipment.objects.visible_to(membership).filter(pk__in=lines.values("shipment")).order_by("pk"))


@dataclass(frozen=True)
class Way:
    """How many shipments of an order have left, how many of them have arrived, and in how many more the rest comes;
    `arrived_at` is when the last one was there."""

    left: int
    arrived: int
    to_come: int
    arrived_at: datetime | None


def ways_of(membership: Membership, orders: Sequence[Order]) -> Mapping[int, Way]:
    """How far the goods of these orders have come, by order. What is open and comes on one day counts as one shipment.

    1 statement.
    """
    lines = ShipmentLine.objects.filter(schedule_line__line__order=OuterRef("pk")).values("schedule_line__line__order")
    still_open = ScheduleLine.objects.filter(
        line__order=OuterRef("pk"), line__quantity__gt=F("line__cancelled") + F("line__shipped")
    ).values("line__order")
    day = Coalesce("confirmed_date", "promised_date")
    shipments, arrived = Count("shipment", distinct=True), Q(shipment__state=Shipment.State.DELIVERED)
    rows = Order.objects.visible_to(membership).filter(pk__in=[order.pk for order in orders])
    found = rows.annotate(
        left=Subquery(lines.annotate(count=shipments).values("count")),
        arrived=Subquery(lines.filter(arrived).annotate(count=shipments).values("count")),
        days=Subquery(still_open.annotate(count=Count(day, distinct=True)).values("count")),
        arrived_at=Subquery(lines.annotate(last=Max("shipment__delivered_at")).values("last")),
    )
    return {
        pk: Way(left or 0, there or 0, 0 if days is None else max(days, 1), last)
        for pk, left, there, days, last in found.values_list("pk", "left", "arrived", "days", "arrived_at")
    }


def shipments_for_staff(order: Order) -> list[Shipment]:
    """The same for whoever works at the supplier. 2 statements."""
    return _with_lines(Shipment.objects.all(), order)


def _with_lines(shipments: QuerySet[Shipment], order: Order) -> list[Shipment]:
    lines = ShipmentLine.objects.filter(schedule_line__line__order=order)
    in_order = lines.select_related("schedule_line__line").order_by("schedule_line__line__position")
    return list(
        shipments.filter(pk__in=lines.values("shipment"))
        .select_related("warehouse")
        .prefetch_related(Prefetch("lines", in_order))
        .order_by("pk")
    )


def warehouses_for(order: Order) -> QuerySet[Warehouse]:
    """Where goods can leave from, first where most is reserved for this order. 1 statement."""
    of_order = Reservation.objects.filter(
        demand__schedule_line__line__order=order, stock__warehouse=OuterRef("pk")
    ).values("stock__warehouse")
    reserved = Subquery(of_order.annotate(sum=Sum("quantity")).values("sum"))
    return Warehouse.objects.order_by(reserved.desc(nulls_last=True), "code")
