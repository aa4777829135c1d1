from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orgs.models import Membership, Organization


@transaction.atomic
def restore_member(*, actor: Membership, uid: UUID, now: datetime) -> Membership:
    """Let a suspended person in again, with the roles and limits they had.

    :raises NotAllowed: the actor does not manage the people of that unit.
    :raises IllegalTransition: the person is not suspended.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    member = Membership.objects.visible_to(actor).select_related("user").locked().get(uid=uid)
    if not actor.manages(member.unit_id):
        raise NotAllowed
    if member.state != Membership.State.SUSPENDED:
        raise IllegalTransition
    member.state = Membership.State.ACTIVE
    member.save(update_fields=["state"])
    organization.bump()
    record_event(
        "orgs.member_restored",
        actor=actor,
        subject=member,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return member
