from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.approvals.actions.open_round import audience_of
from apps.approvals.models import Message, Request
from apps.core.errors import DomainError, IllegalTransition
from apps.orgs.models import Membership


class NothingSaid(DomainError):
    message = _("Write something first.")


@transaction.atomic
def post_message(*, actor: Membership, request_uid: UUID, text: str, now: datetime) -> Message:
    """Ask the requester, answer, or say something else about an open request; the others are told.

    :raises NothingSaid: the text is empty.
    :raises IllegalTransition: it was ordered, rejected or withdrawn in the meantime.
    """
    request = Request.objects.visible_to(actor).filter(uid=request_uid).locked().get()
    if request.state not in Request.OPEN:
        raise IllegalTransition
    if not text.strip():
        raise NothingSaid
    message = Message.objects.create(
        organization_id=request.organization_id, request=request, author=actor, text=text.strip(), created_at=now
    )
    record_event(
        "approvals.message_posted",
        actor=actor,
        subject=request,
        now=now,
        audience=audience_of(request),
        payload={"message": str(message.uid)},
    )
    return message
