from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, IllegalTransition
from apps.core.ids import next_id, scatter
from apps.core.permissions import StaffActor
from apps.fulfillment import rules
from apps.fulfillment.models import Shipment, ShipmentLine
from apps.inventory.actions.consume_demands import consume_demands
from apps.inventory.models import Warehouse
from apps.orders.actions.advance_lines import QuantityExceeded, advance_lines
from apps.orders.models import Order, ScheduleLine
from apps.orgs.models import Organization


class NothingToShip(DomainError):
    message = _("Say of at least one line how much leaves.")


class CompanyStopped(DomainError):
    message = _("%(company)s is on hold, blocked or closed. Nothing is sent to it.")

    def __init__(self, company: Organization) -> None:
        super().__init__(self.message % {"company": company})


@transaction.atomic
def ship_order(
    *,
    actor: StaffActor,
    order_uid: UUID,
    quantities: Mapping[UUID, Decimal],
    warehouse: Warehouse,
    carrier: str,
    tracking_number: str,
    now: datetime,
) -> Shipment:
    """Send so many base units of lines of a confirmed order, by the uid of each line, from one warehouse.

    What is left of the order stays open, for another shipment or to be canceled.

    :raises IllegalTransition: the order is not confirmed, or over already.
    :raises CompanyStopped: the company is not active.
    :raises NothingToShip: no quantities.
    :raises QuantityExceeded: more than is open, or not a quantity at all.
    :raises NotInWarehouse: less of a product is there for this order.
    """
    order = Order.objects.filter(uid=order_uid).locked().select_related("organization").get()
    if order.state != Order.State.CONFIRMED:
        raise IllegalTransition
    if order.organization.state != Organization.State.ACTIVE:
        raise CompanyStopped(order.organization)
    if not quantities:
        raise NothingToShip
    lines = ScheduleLine.objects.filter(line__order=order, line__uid__in=list(quantities))
    rows = {row.line.uid: row for row in lines.select_related("line", "delivery").order_by("line__position")}
    if any(not 0 < quantity <= (rows[uid].line.open if uid in rows else 0) for uid, quantity in quantities.items()):
        raise QuantityExceeded
    pk = next_id(Shipment)
    shipment = Shipment.objects.create(
        pk=pk,
        organization=order.organization,
        number=rules.shipment_number(scatter("SH", pk)),
        warehouse=warehouse,
        ship_to=next(row.delivery.ship_to for row in rows.values()),
        carrier=carrier,
        tracking_number=tracking_number,
        dispatched_at=now,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            organization_id=order.organization_id, shipment=shipment, schedule_line=row, quantity=quantities[uid]
        )
        for uid, row in rows.items()
    )
    advance_lines(order=order, shipped={row.line_id: quantities[uid] for uid, row in rows.items()})
    consume_demands(
        quantities={row.demand_id: quantities[uid] for uid, row in rows.items()},
        warehouse=warehouse,
        source=shipment.number,
        now=now,
    )
    record_event(
        "fulfillment.shipment_dispatched",
        actor=actor,
        subject=shipment,
        now=now,
        audience=Audience(order.organization_id, "orders.view", order.unit_id, order.owner_id),
        payload={"order": order.number, "carrier": carrier, "tracking": tracking_number},
    )
    return shipment
