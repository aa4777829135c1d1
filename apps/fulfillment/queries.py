from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum

from apps.fulfillment.models import Shipment, ShipmentLine
from apps.inventory.models import Reservation, Warehouse
from apps.orders.models import Order
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
