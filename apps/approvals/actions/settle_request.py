from datetime import datetime
from typing import Any

from django.db import connection, transaction

from apps.activity.actions.record_event import record_event
from apps.approvals.actions.open_round import audience_of
from apps.approvals.models import Request
from apps.core.permissions import Actor
from apps.inventory.actions.reserve_demands import OutOfStock
from apps.ledger.actions.hold_amounts import LimitExceeded
from apps.orders.actions.clear_submission import clear_submission
from apps.orders.actions.place_order import OfferMoved, place_order
from apps.orders.actions.reopen_cart import reopen_cart
from apps.orders.models import Cart, Clearance


def settle_request(*, actor: Actor, request: Request, now: datetime) -> Request:
    """Order what a locked request's people have approved, or keep what stands against it for the requester to see.

    An inner step of the last approval. Prices, goods, stock and credit are looked at again; when they are not what was
    approved, nothing is placed, the cart is open again, and the request says what changed.
    """
    assert connection.in_atomic_block
    cart = (
        Cart.objects.filter(pk=request.cart_id)
        .locked()
        .select_related("organization__payment_terms", "owner__user", "ship_to", "method")
        .get()
    )
    differences: list[dict[str, Any]] = []
    try:
        with transaction.atomic():
            clearance = clear_submission(
                submission=request.submission, basis=Clearance.Basis.REQUEST, reference=request.number, now=now
            )
            place_order(actor=actor, cart=cart, submission=request.submission, clearance=clearance, now=now)
    except OfferMoved as refusal:
        differences = [
            {"kind": row.kind, "before": row.before, "after": row.after, "sku": row.sku, "name": row.name}
            for row in refusal.changes
        ]
    except OutOfStock as refusal:
        differences = [
            {
                "kind": "stock",
                "before": str(row.wanted),
                "after": str(row.available),
                "sku": row.product.sku,
                "name": "",
            }
            for row in refusal.lines
        ]
    except LimitExceeded as refusal:
        differences = [{"kind": "credit", "before": "", "after": str(refusal.short_by), "sku": "", "name": ""}]
    if differences:
        reopen_cart(cart=cart, now=now)
        request.become(Request.State.RECHECK)
        request.differences = differences
    else:
        request.become(Request.State.ORDERED)
        request.closed_at = now
    request.save(update_fields=["state", "differences", "closed_at"])
    record_event(
        "approvals.recheck_needed" if differences else "approvals.request_approved",
        actor=actor,
        subject=request,
        now=now,
        audience=audience_of(request),
        payload={"differences": len(differences)},
    )
    return request
