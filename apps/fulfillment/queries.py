from django.db.models import Prefetch

from apps.fulfillment.models import Shipment, ShipmentLine
from apps.orders.models import Order
from apps.orgs.models import Membership


def shipments_of(membership: Membership, order: Order) -> list[Shipment]:
    """The shipments of an order that this member sees, the first first, each with its lines of this order alone.

    2 statements.
    """
    lines = ShipmentLine.objects.visible_to(membership).filter(schedule_line__line__order=order)
    return list(
        Shipment.objects.visible_to(membership)
        .filter(pk__in=lines.values("shipment"))
        .prefetch_related(
            Prefetch("lines", lines.select_related("schedule_line__line").order_by("schedule_line__line__position"))
        )
        .order_by("pk")
    )
