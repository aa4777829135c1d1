from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import NotAllowed
from apps.orgs.models import Membership, Organization, OrgUnit, Role, RoleAssignment
from apps.orgs.queries import still_there


@transaction.atomic
def give_role(*, actor: Membership, uid: UUID, role: Role, unit: OrgUnit, now: datetime) -> RoleAssignment:
    """Let a person hold a role at one unit too, beside what they are at home; twice is once.

    :raises NotAllowed: the actor does not manage the people of that unit and of the person's, or may not give this
        role there.
    :raises IllegalTransition: the unit was removed meanwhile.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    member = Membership.objects.visible_to(actor).select_related("user").locked().get(uid=uid)
    if not actor.manages(member.unit_id) or not actor.may_give(role, unit):
        raise NotAllowed
    unit = still_there(unit)
    assignment, _is_new = RoleAssignment.objects.get_or_create(
        organization=organization, membership=member, unit=unit, role=role
    )
    organization.bump()
    record_event(
        "orgs.role_given",
        actor=actor,
        subject=member,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"role": role.label, "unit": unit.name},
    )
    return assignment
