from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.orgs.actions.change_member import record_change, settle_roles
from apps.orgs.models import Membership, Organization, Role


@transaction.atomic
def assign_role(*, actor: Membership, uid: UUID, role: Role, now: datetime) -> Membership:
    """Let one person be this and nothing else at home; limits, approver and roles held at other units stay.

    :raises NotAllowed: the actor does not manage the person, or may not give this role or one that is taken away.
    :raises LastAdmin: nobody would be left to manage people.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    people = Membership.objects.visible_to(actor).select_related("user", "unit", "approver__user")
    member = people.locked().get(uid=uid)
    roles = frozenset({role})
    settle_roles(actor=actor, member=member, unit=member.unit, roles=roles)
    organization.bump()
    return record_change(actor=actor, member=member, roles=roles, now=now)
