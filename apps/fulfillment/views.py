from django.template.loader import render_to_string

from apps.fulfillment import queries
from apps.orders.models import Order
from apps.orgs.access import MemberRequest


def shipments(request: MemberRequest, *, order: Order) -> str:
    """Panel of an order: what has left, how to find it, and what has arrived."""
    page = {"shipments": queries.shipments_of(request.membership, order)}
    return render_to_string("fulfillment/shipments.html", page, request)
