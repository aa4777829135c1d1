from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.core.permissions import Reach
from apps.orgs.models import Membership, Organization, Role, RoleAssignment
from apps.orgs.queries import admins_besides


class LastAdmin(DomainError):
    message = _("A company needs an admin. Make somebody else admin first.")


@dataclass(frozen=True)
class Terms:
    """What a person may do in the company; limits are net goods in its currency, None means no limit."""

    roles: frozenset[Role]
    order_limit: Decimal | None
    month_limit: Decimal | None
    approver: Membership | None


@transaction.atomic
def change_member(*, actor: Membership, uid: UUID, terms: Terms, now: datetime) -> Membership:
    """Set the roles at the person's home unit, the limits and the approver of one person.

    :raises NotAllowed: the actor may not manage people, or may not give one of the added roles.
    :raises LastAdmin: nobody would be left to manage people.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    member = Membership.objects.visible_to(actor).select_related("user", "unit").locked().get(uid=uid)
    at_home = RoleAssignment.objects.filter(membership=member, unit=member.unit)
    before = {row.role for row in at_home.select_related("role")}
    added, removed = terms.roles - before, before - terms.roles
    if not actor.may("company.people") or not all(actor.may_give(role) for role in added):
        raise NotAllowed
    was_admin = is_admin(member)
    at_home.filter(role__in=removed).delete()
    RoleAssignment.objects.bulk_create(
        RoleAssignment(organization=organization, membership=member, unit=member.unit, role=role) for role in added
    )
    if was_admin and not is_admin(member) and not admins_besides(member):
        raise LastAdmin
    member.order_limit = terms.order_limit
    member.month_limit = terms.month_limit
    member.approver = terms.approver
    member.save(update_fields=["order_limit", "month_limit", "approver"])
    organization.bump()
    record_event(
        "orgs.member_changed",
        actor=actor,
        subject=member,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={
            "roles": sorted(role.code for role in terms.roles),
            "order_limit": None if terms.order_limit is None else str(terms.order_limit),
            "month_limit": None if terms.month_limit is None else str(terms.month_limit),
            "approver": str(terms.approver or ""),
        },
    )
    return member


def is_admin(member: Membership) -> bool:
    """Whether the person may manage everybody of the company, as the database has it now."""
    return member.read_grants().get("company.people", Reach()).everywhere
