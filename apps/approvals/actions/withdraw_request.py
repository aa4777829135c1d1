from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.approvals.actions.open_round import audience_of
from apps.approvals.models import Request, RequestStep
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orders.actions.reopen_cart import reopen_cart
from apps.orders.models import Cart
from apps.orgs.models import Membership


@transaction.atomic
def withdraw_request(*, actor: Membership, request_uid: UUID, now: datetime, for_changes: bool = False) -> Request:
    """Take a request back: its cart is open again. `for_changes` keeps the request, so that it goes on when the cart is
    sent again and its people see what changed.

    :raises NotAllowed: only the requester takes a request back.
    :raises IllegalTransition: it was decided in the meantime.
    """
    request = Request.objects.visible_to(actor).filter(uid=request_uid).locked().get()
    if request.requester_id != actor.pk:
        raise NotAllowed
    if request.state == Request.State.PENDING:
        cart = Cart.objects.filter(pk=request.cart_id).locked().get()
        reopen_cart(cart=cart, now=now)
    elif for_changes:
        raise IllegalTransition
    request.become(Request.State.RETURNED if for_changes else Request.State.WITHDRAWN)
    if not for_changes:
        request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    open_steps = [RequestStep.State.ACTIVE, RequestStep.State.WAITING]
    request.steps.filter(state__in=open_steps).update(state=RequestStep.State.ENDED)
    record_event(
        "approvals.request_returned" if for_changes else "approvals.request_withdrawn",
        actor=actor,
        subject=request,
        now=now,
        audience=audience_of(request),
    )
    return request
