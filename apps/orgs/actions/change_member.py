from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.core.permissions import Reach
from apps.orgs.models import Membership, Organization, OrgUnit, Role, RoleAssignment
from apps.orgs.queries import admins_besides, still_there


class LastAdmin(DomainError):
    message = _("A company needs an admin. Make somebody else admin first.")


@dataclass(frozen=True)
class Terms:
    """What a person may do in the company; limits are net goods in its currency, None means no limit.

    Without a unit the person stays at the one where they are.
    """

    roles: frozenset[Role]
    order_limit: Decimal | None
    month_limit: Decimal | None
    approver: Membership | None
    unit: OrgUnit | None = None


@transaction.atomic
def change_member(*, actor: Membership, uid: UUID, terms: Terms, now: datetime) -> Membership:
    """Set the home unit of one person, the roles there, the limits and the approver.

    Roles held at home move along to a new home; those held at other units stay.

    :raises NotAllowed: the actor does not manage the people of the unit, or of the new one, or may not give one of
        the roles that are added or taken away.
    :raises LastAdmin: nobody would be left to manage people.
    :raises IllegalTransition: the new unit was removed meanwhile.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    member = Membership.objects.visible_to(actor).select_related("user", "unit").locked().get(uid=uid)
    unit = still_there(terms.unit) if terms.unit else member.unit
    settle_roles(actor=actor, member=member, unit=unit, roles=terms.roles)
    member.unit = unit
    member.order_limit = terms.order_limit
    member.month_limit = terms.month_limit
    member.approver = terms.approver
    member.save(update_fields=["unit", "order_limit", "month_limit", "approver"])
    organization.bump()
    return record_change(actor=actor, member=member, roles=terms.roles, now=now)


def settle_roles(*, actor: Membership, member: Membership, unit: OrgUnit, roles: frozenset[Role]) -> None:
    """Make these the roles that a person holds at their home, and move that to another unit with them; inside the
    transaction of an action that holds the company.

    :raises NotAllowed, LastAdmin: as `change_member` does.
    """
    assert connection.in_atomic_block
    home = member.unit
    held = RoleAssignment.objects.filter(membership=member)
    before = {row.role for row in held.filter(unit=home).select_related("role")}
    added, removed = (roles - before, before - roles) if unit == home else (roles, before)
    if not (
        actor.manages(home.pk)
        and actor.manages(unit.pk)
        and all(actor.may_give(role, unit) for role in added)
        and all(actor.may_give(role, home) for role in removed)
    ):
        raise NotAllowed
    was_admin = is_admin(member)
    held.filter(unit=home, role__in=removed).delete()
    RoleAssignment.objects.bulk_create(
        (
            RoleAssignment(organization_id=member.organization_id, membership=member, unit=unit, role=role)
            for role in added
        ),
        # Held there before, beside the home.
        ignore_conflicts=True,
    )
    if was_admin and not is_admin(member) and not admins_besides(member):
        raise LastAdmin


def record_change(*, actor: Membership, member: Membership, roles: frozenset[Role], now: datetime) -> Membership:
    """Say in the log what a person may do from now on."""
    record_event(
        "orgs.member_changed",
        actor=actor,
        subject=member,
        now=now,
        audience=Audience(member.organization_id, "company.log"),
        payload={
            "unit": member.unit.name,
            "roles": sorted(role.code for role in roles),
            "order_limit": None if member.order_limit is None else str(member.order_limit),
            "month_limit": None if member.month_limit is None else str(member.month_limit),
            "approver": str(member.approver or ""),
        },
    )
    return member


def is_admin(member: Membership) -> bool:
    """Whether the person may manage everybody of the company, as the database has it now."""
    return member.read_grants().get("company.people", Reach()).everywhere
