from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.approvals.actions.open_round import audience_of
from apps.approvals.actions.settle_request import settle_request
from apps.approvals.models import Decision, Request, RequestStep, StepApprover
from apps.core.errors import DomainError, NotAllowed
from apps.orders.actions.reopen_cart import reopen_cart
from apps.orders.models import Cart
from apps.orgs.models import Membership
from apps.orgs.queries import as_of_now


class OwnRequest(DomainError):
    message = _("Nobody approves their own order, not even an admin.")


class AlreadyDecided(DomainError):
    """Somebody else was faster, or it was taken back."""

    message = _("This was decided or taken back in the meantime. Your click changed nothing.")


class StaleSubmission(DomainError):
    message = _("The cart was changed and sent again while you looked at it. Nothing was approved.")


class ReasonMissing(DomainError):
    message = _("Say why you reject it.")


@transaction.atomic
def decide_step(
    *, actor: Membership, request_uid: UUID, outcome: str, expected_hash: str, now: datetime, reason: str = ""
) -> Request:
    """Approve or reject the present step of a request, about exactly the submission that the person saw.

    The last approval places the order, or says what has changed since (state `recheck`). A rejection gives the cart
    back to its people.

    :raises OwnRequest: it is the person's own.
    :raises NotAllowed: the step is not the person's.
    :raises AlreadyDecided: somebody else was faster, or it was withdrawn.
    :raises StaleSubmission: the cart was sent again with changes.
    :raises ReasonMissing: a rejection without a reason.
    """
    request = Request.objects.visible_to(actor).filter(uid=request_uid).locked().select_related("submission").get()
    if request.requester_id == actor.pk:
        raise OwnRequest
    if request.state != Request.State.PENDING:
        raise AlreadyDecided
    step = RequestStep.objects.filter(request=request, state=RequestStep.State.ACTIVE).locked().get()
    # Under the lock: a right that was taken since the request began is gone.
    actor = as_of_now(actor)
    may_decide = actor.may_at("approvals.decide", request.unit_id)
    if not may_decide or not StepApprover.objects.filter(step=step, membership=actor).exists():
        was_asked = StepApprover.objects.filter(step__request=request, membership=actor).exists()
        raise AlreadyDecided if was_asked else NotAllowed
    if request.submission.content_hash != expected_hash:
        raise StaleSubmission
    if outcome == Decision.Outcome.REJECT and not reason:
        raise ReasonMissing
    Decision.objects.create(
        organization_id=request.organization_id,
        step=step,
        requester_id=request.requester_id,
        decided_by=actor,
        submission=request.submission,
        outcome=outcome,
        reason=reason,
        created_at=now,
    )
    if outcome == Decision.Outcome.REJECT:
        return _reject(actor, request, step, reason, now)
    return _approve(actor, request, step, now)


def _reject(actor: Membership, request: Request, step: RequestStep, reason: str, now: datetime) -> Request:
    cart = Cart.objects.filter(pk=request.cart_id).locked().get()
    reopen_cart(cart=cart, now=now)
    step.state = RequestStep.State.REJECTED
    step.save(update_fields=["state"])
    request.steps.filter(state=RequestStep.State.WAITING).update(state=RequestStep.State.ENDED)
    request.become(Request.State.REJECTED)
    request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    record_event(
        "approvals.request_rejected",
        actor=actor,
        subject=request,
        now=now,
        audience=audience_of(request),
        payload={"reason": reason},
    )
    return request


def _approve(actor: Membership, request: Request, step: RequestStep, now: datetime) -> Request:
    step.state = RequestStep.State.APPROVED
    step.save(update_fields=["state"])
    following = (
        RequestStep.objects.filter(request=request, round=request.round, state=RequestStep.State.WAITING)
        .order_by("position")
        .first()
    )
    record_event(
        "approvals.step_approved",
        actor=actor,
        subject=request,
        now=now,
        audience=audience_of(request),
        payload={"step": str(following.uid) if following else ""},
    )
    if following is None:
        return settle_request(actor=actor, request=request, now=now)
    following.state, following.activated_at = RequestStep.State.ACTIVE, now
    following.save(update_fields=["state", "activated_at"])
    return request
