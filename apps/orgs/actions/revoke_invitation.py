from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orgs.models import Invitation, Membership


@transaction.atomic
def revoke_invitation(*, actor: Membership, uid: UUID, now: datetime) -> Invitation:
    """Make the link of an open invitation worthless.

    :raises NotAllowed: the actor does not manage the people of that unit.
    :raises IllegalTransition: it was accepted or revoked meanwhile.
    """
    invitation = Invitation.objects.visible_to(actor).locked().get(uid=uid)
    if not actor.manages(invitation.unit_id):
        raise NotAllowed
    if invitation.state != Invitation.State.SENT:
        raise IllegalTransition
    invitation.state = Invitation.State.REVOKED
    invitation.save(update_fields=["state"])
    record_event(
        "orgs.invitation_revoked",
        actor=actor,
        subject=invitation,
        now=now,
        audience=Audience(invitation.organization_id, "company.log"),
    )
    return invitation
