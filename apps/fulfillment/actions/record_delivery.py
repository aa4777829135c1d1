from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.permissions import StaffActor
from apps.fulfillment.models import Shipment, ShipmentLine
from apps.orders.actions.advance_lines import advance_lines
from apps.orders.actions.close_order import close_order
from apps.orders.models import Order


@transaction.atomic
def record_delivery(*, actor: StaffActor, shipment_uid: UUID, now: datetime) -> Shipment:
    """Note that a shipment has arrived; an order of which nothing else is to come is closed by it.

    :raises IllegalTransition: it was noted already.
    """
    shipment = Shipment.objects.filter(uid=shipment_uid).locked().get()
    shipment.become(Shipment.State.DELIVERED)
    shipment.delivered_at = now
    shipment.save(update_fields=["state", "delivered_at"])
    delivered: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in ShipmentLine.objects.filter(shipment=shipment).select_related("schedule_line__line"):
        line = row.schedule_line.line
        delivered[line.order_id][line.pk] = delivered[line.order_id].get(line.pk, Decimal(0)) + row.quantity
    for order in Order.objects.filter(pk__in=list(delivered)).locked().select_related("organization"):
        advance_lines(order=order, delivered=delivered[order.pk])
        record_event(
            "fulfillment.shipment_delivered",
            actor=actor,
            subject=shipment,
            now=now,
            audience=Audience(order.organization_id, "orders.view", order.unit_id, order.owner_id),
            payload={"order": order.number},
        )
        if order.progress == Order.Progress.DELIVERED:
            close_order(actor=actor, order=order, now=now)
    return shipment
