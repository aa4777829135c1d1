from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orgs.actions.change_member import LastAdmin, is_admin
from apps.orgs.models import Membership, Organization
from apps.orgs.queries import admins_besides


@transaction.atomic
def suspend_member(*, actor: Membership, uid: UUID, now: datetime) -> Membership:
    """Take the person out of the company with their next click; what they ordered and decided stays.

    :raises NotAllowed: the actor does not manage the people of that unit.
    :raises LastAdmin: nobody would be left to manage people.
    :raises IllegalTransition: the person is suspended already.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    member = Membership.objects.visible_to(actor).select_related("user").locked().get(uid=uid)
    if not actor.manages(member.unit_id):
        raise NotAllowed
    if member.state != Membership.State.ACTIVE:
        raise IllegalTransition
    if is_admin(member) and not admins_besides(member):
        raise LastAdmin
    member.state = Membership.State.SUSPENDED
    member.save(update_fields=["state"])
    organization.bump()
    record_event(
        "orgs.member_suspended",
        actor=actor,
        subject=member,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return member
