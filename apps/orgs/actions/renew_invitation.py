from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orgs import rules
from apps.orgs.models import Invitation, Membership
from apps.orgs.models.people import new_nonce


@transaction.atomic
def renew_invitation(*, actor: Membership, uid: UUID, now: datetime) -> Invitation:
    """Send an open invitation once more, with a link of its own that is good for seven days; the former is worthless.

    :raises NotAllowed: the actor may not give this role at this unit.
    :raises IllegalTransition: it was accepted or revoked meanwhile.
    """
    rows = Invitation.objects.visible_to(actor).select_related("role", "unit")
    invitation = rows.locked().get(uid=uid)
    if invitation.state != Invitation.State.SENT or invitation.role is None:
        raise IllegalTransition
    if not actor.may_give(invitation.role, invitation.unit):
        raise NotAllowed
    invitation.nonce = new_nonce()
    invitation.expires_at = now + rules.INVITATION_LIFE
    invitation.save(update_fields=["nonce", "expires_at"])
    record_event(
        "orgs.invitation_renewed",
        actor=actor,
        subject=invitation,
        now=now,
        audience=Audience(invitation.organization_id, "company.log"),
    )
    return invitation
