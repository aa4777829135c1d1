from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.approvals.actions.open_round import audience_of
from apps.approvals.models import Request, RequestStep, StepApprover
from apps.core.errors import DomainError, IllegalTransition, NotAllowed
from apps.orgs.models import Membership


class CannotDecide(DomainError):
    message = _("This person may not approve this order, or sent this one.")


@transaction.atomic
def hand_over_step(*, actor: Membership, request_uid: UUID, to: Membership, now: datetime) -> RequestStep:
    """Let somebody else decide the present step of a request, instead of those who were asked.

    :raises NotAllowed: only those who manage people or rules may.
    :raises CannotDecide: the other may not approve orders of that unit, or it is their own request.
    :raises IllegalTransition: nothing waits any more.
    """
    if not actor.may("approvals.policies"):
        raise NotAllowed
    request = Request.objects.visible_to(actor).filter(uid=request_uid).locked().get()
    step = RequestStep.objects.filter(request=request, state=RequestStep.State.ACTIVE).locked().first()
    if step is None:
        raise IllegalTransition
    if to.organization_id != request.organization_id or to.pk == request.requester_id:
        raise CannotDecide
    if to.state != Membership.State.ACTIVE or not to.may_at("approvals.decide", request.unit_id):
        raise CannotDecide
    StepApprover.objects.filter(step=step).delete()
    StepApprover.objects.create(organization_id=request.organization_id, step=step, membership=to)
    record_event(
        "approvals.step_handed_over",
        actor=actor,
        subject=request,
        now=now,
        audience=audience_of(request),
        payload={"to": to.label, "step": str(step.uid)},
    )
    return step
