from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.staff import STOREKEEPERS, has_role
from apps.core.templatetags.portico import day, qty
from apps.fulfillment import queries
from apps.fulfillment.forms import ShipForm
from apps.orders.models import Order
from apps.orgs.access import MemberRequest


def shipments(request: MemberRequest, *, order: Order) -> str:
    """Panel of an order: what has left, how to find it, and what has arrived."""
    page = {"shipments": queries.shipments_of(request.membership, order)}
    return render_to_string("fulfillment/shipments.html", page, request)


def order_shipments(request: MemberRequest, *, order: Order) -> dict[UUID, str]:
    """Panel of the timeline of an order: its shipments, and in words which part of it each is."""
    parts = queries.parts_of(request.membership, order)
    found = {}
    for place, shipment in enumerate(parts, 1):
        part = _("Shipment %(place)s of %(count)s") % {"place": place, "count": len(parts)}
        found[shipment.uid] = " · ".join(filter(None, [part, shipment.carrier, shipment.tracking_number]))
    return found


def orders_progress(request: MemberRequest, *, orders: Sequence[Order]) -> dict[int, str]:
    """Panel of lists of orders: what its shipments tell of each order, in words; nothing before the first has left."""
    return {pk: way_text(way) for pk, way in queries.ways_of(request.membership, orders).items() if way.left}


def way_text(way: queries.Way) -> str:
    total, moving = way.left + way.to_come, way.left - way.arrived
    if way.arrived == total:
        return _("Delivered %(day)s") % {"day": day(way.arrived_at)}
    if total == 1:
        return _("On the way")
    if moving:
        text = ngettext(
            "%(sent)s of %(total)s shipment on the way", "%(sent)s of %(total)s shipments on the way", total
        )
        return text % {"sent": qty(moving), "total": qty(total)}
    text = ngettext("%(sent)s of %(total)s shipment delivered", "%(sent)s of %(total)s shipments delivered", total)
    return text % {"sent": qty(way.arrived), "total": qty(total)}


def staff_order(request: HttpRequest, *, order: Order) -> str:
    """Panel of an order in the admin: its shipments, and for the warehouse what is to be sent and what has arrived."""
    may_ship = has_role(request, STOREKEEPERS)
    has_open = order.state == Order.State.CONFIRMED and any(line.open for line in order.lines.all())
    page = {
        "order": order,
        "shipments": queries.shipments_for_staff(order),
        "may_ship": may_ship,
        "ship": ShipForm(order=order) if may_ship and has_open else None,
    }
    return render_to_string("fulfillment/staff_order.html", page, request)
