from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import NotAllowed
from apps.orgs.actions.change_member import LastAdmin, is_admin
from apps.orgs.models import Membership, Organization, RoleAssignment
from apps.orgs.queries import admins_besides


@transaction.atomic
def take_role(*, actor: Membership, uid: UUID, assignment_id: int, now: datetime) -> RoleAssignment:
    """Let a person not hold a role at a unit any more.

    :raises NotAllowed: the actor does not manage the person, or may not give this role there.
    :raises LastAdmin: nobody would be left to manage people.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    member = Membership.objects.visible_to(actor).select_related("user").locked().get(uid=uid)
    rows = RoleAssignment.objects.filter(membership=member).select_related("role", "unit")
    assignment = rows.get(pk=assignment_id)
    if not actor.manages(member.unit_id) or not actor.may_give(assignment.role, assignment.unit):
        raise NotAllowed
    was_admin = is_admin(member)
    rows.filter(pk=assignment_id).delete()
    if was_admin and not is_admin(member) and not admins_besides(member):
        raise LastAdmin
    organization.bump()
    record_event(
        "orgs.role_taken",
        actor=actor,
        subject=member,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"role": assignment.role.label, "unit": assignment.unit.name},
    )
    return assignment
