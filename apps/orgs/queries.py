from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from uuid import UUID

from django.db.models import Q, Value
from django.utils.translation import get_language

from apps.accounts.models import User
from apps.activity.models import Event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.core.memo import RequestMemo, VersionedMemo
from apps.core.prepared import Given, PreparedQuery
from apps.core.querysets import count_of
from apps.orgs.context import BuyingContext
from apps.orgs.models import Address, CostCenter, Invitation, Membership, Organization, OrgUnit, Role, RoleGrant
from apps.orgs.models.people import MembershipQuerySet

_MEMBERSHIPS = RequestMemo[list[Membership]]()
_SIZES = RequestMemo[Mapping[str, int]]()
_UNITS = VersionedMemo[tuple[int, ...]](most=10_000)


@cache
def _of_user() -> PreparedQuery[Membership]:
    rows = Membership.objects.active().filter(user=Given("user")).select_related("organization", "user", "unit")
    return PreparedQuery(rows.order_by("organization__legal_name", "pk"))


def memberships_of(user_id: int) -> list[Membership]:
    """The companies in which this person may act, by name. 1 statement, and only 1 in a request."""
    return _MEMBERSHIPS.get(user_id, lambda: _of_user().ask(user=user_id))


def as_of_now(member: Membership) -> Membership:
    """The member with their company as they are now, however long ago the request began. 1 statement.

    :raises NotAllowed: the person may not act any more.
    """
    found = Membership.objects.active().select_related("organization", "user", "unit").filter(pk=member.pk).first()
    if found is None:
        raise NotAllowed
    return found


def still_there(unit: OrgUnit) -> OrgUnit:
    """The unit under the lock of its company. 1 statement.

    :raises IllegalTransition: somebody has removed it.
    """
    found: OrgUnit | None = OrgUnit.objects.filter(pk=unit.pk).first()
    if found is None:
        raise IllegalTransition
    return found


def units_above(organization: Organization, unit_id: int) -> tuple[int, ...]:
    """A unit of the company and all above it, the root first. 2 statements, none while the company is unchanged."""

    def read() -> tuple[int, ...]:
        unit = OrgUnit.objects.get(organization=organization, pk=unit_id)
        return (*OrgUnit.objects.get_ancestors(unit).values_list("pk", flat=True), unit.pk)

    return _UNITS.get((organization.pk, organization.version, unit_id), read)


def buying_context(membership: Membership) -> BuyingContext:
    """The member as rules see them. 2 statements, none while the company is unchanged."""
    organization = membership.organization
    return BuyingContext(
        organization_id=organization.pk,
        customer_type_id=organization.customer_type_id,
        unit_ids=units_above(organization, membership.unit_id),
        membership_id=membership.pk,
        currency=organization.currency,
        language=get_language() or "en",
    )


def company_context(organization: Organization) -> BuyingContext:
    """What rules see of a company as a whole, without those for single people. 1 statement."""
    return BuyingContext(
        organization_id=organization.pk,
        customer_type_id=organization.customer_type_id,
        unit_ids=tuple(OrgUnit.objects.filter(organization=organization, depth=1).values_list("pk", flat=True)),
        membership_id=0,
        currency=organization.currency,
        language=get_language() or "en",
    )


def admins(member: Membership) -> MembershipQuerySet:
    """Those of the company who can sign in and may manage all its people."""
    return Membership.objects.visible_to(member).filter(
        state=Membership.State.ACTIVE,
        user__is_active=True,
        assignments__role__grants__permission="company.people",
        assignments__role__grants__scope=RoleGrant.Scope.ORGANIZATION,
    )


def admins_besides(member: Membership) -> bool:
    """Whether anybody else who can sign in may manage all people of the company. 1 statement."""
    return admins(member).exclude(pk=member.pk).exists()


def sizes(membership: Membership) -> Mapping[str, int]:
    """How many rows each page of the company has, by its tab: people with those who are invited, addresses, cost
    centers, units, roles with the built-in ones. 1 statement, and only 1 in a request."""

    def read() -> Mapping[str, int]:
        built_in = Role.objects.filter(organization=None).annotate(here=Value(membership.organization_id))
        open_invitations = Invitation.objects.open()
        counted = {
            "people": count_of(Membership.objects.all(), "organization") + count_of(open_invitations, "organization"),
            "addresses": count_of(Address.objects.all(), "organization"),
            "cost_centers": count_of(CostCenter.objects.all(), "organization"),
            "units": count_of(OrgUnit.objects.all(), "organization"),
            "roles": count_of(Role.objects.all(), "organization") + count_of(built_in, "here"),
        }
        row: Mapping[str, int] = Organization.objects.visible_to(membership).annotate(**counted).values(*counted).get()
        return row

    return _SIZES.get(membership.pk, read)


def people(membership: Membership) -> list[Membership]:
    """Everybody of the company with roles, limits and approver, by name. 3 statements."""
    return list(Membership.objects.visible_to(membership).with_roles().order_by("state", "user__name", "pk"))


def person(membership: Membership, uid: UUID) -> Membership | None:
    """One of the company with roles, limits and approver. 3 statements."""
    return Membership.objects.visible_to(membership).with_roles().filter(uid=uid).first()


def open_invitations(membership: Membership) -> list[Invitation]:
    """Who was asked to join and has not answered, newest first. 1 statement."""
    return list(Invitation.objects.visible_to(membership).open().select_related("role").order_by("-pk"))


def roles_to_give(membership: Membership, unit: OrgUnit) -> list[Role]:
    """The roles that this person may let others hold at this unit. 2 statements."""
    roles = Role.objects.visible_to(membership).prefetch_related("grants").order_by("position", "pk")
    return [role for role in roles if membership.may_give(role, unit)]


def roles_to_give_at(membership: Membership, units: Iterable[OrgUnit]) -> Mapping[int, Sequence[Role]]:
    """The roles that this person may let others hold, by unit. 3 statements, however many units."""
    roles = list(Role.objects.visible_to(membership).prefetch_related("grants").order_by("position", "pk"))
    paths = dict(OrgUnit.objects.visible_to(membership).values_list("pk", "path"))
    return {unit.pk: [role for role in roles if membership.may_give(role, unit, paths)] for unit in set(units)}


def roles(membership: Membership) -> list[Role]:
    """The built-in roles and the company's own, with their grants. 2 statements."""
    rows = Role.objects.visible_to(membership).prefetch_related("grants")
    return sorted(rows, key=lambda role: (role.position, role.label.casefold(), role.pk))


def units(membership: Membership) -> list[OrgUnit]:
    """All units of the company, each above those below it and by name beside the others, with `people`, how many
    belong to it. 1 statement."""
    rows = list(OrgUnit.objects.visible_to(membership).annotate(people=count_of(Membership.objects.all(), "unit")))
    names = {row.path: row.name.casefold() for row in rows}

    def place(row: OrgUnit) -> list[tuple[str, str]]:
        above = (row.path[:end] for end in range(OrgUnit.steplen, len(row.path) + 1, OrgUnit.steplen))
        return [(names[path], path) for path in above]

    return sorted(rows, key=place)


def addresses(membership: Membership) -> list[Address]:
    """All addresses of the company, the first choice on top. 1 statement."""
    return list(Address.objects.visible_to(membership).order_by("state", "-is_default", "name", "pk"))


def cost_centers(membership: Membership) -> list[CostCenter]:
    """All cost centers of the company by code. 1 statement."""
    return list(
        CostCenter.objects.visible_to(membership).select_related("manager__user").order_by("state", "code", "pk")
    )


_SHIP_TO = VersionedMemo[list[Address]](most=5_000)
_COST_CENTERS = VersionedMemo[list[CostCenter]](most=5_000)


def ship_to_addresses(membership: Membership) -> list[Address]:
    """Where goods of the company can go, the first choice on top. 1 statement, none while the company is unchanged."""

    def read() -> list[Address]:
        rows = Address.objects.visible_to(membership).active().exclude(kind=Address.Kind.BILL_TO)
        return list(rows.order_by("-is_default", "name", "pk"))

    return _SHIP_TO.get((membership.organization_id, membership.organization.version), read)


def open_cost_centers(membership: Membership) -> list[CostCenter]:
    """The cost centers that can be ordered for, by code. 1 statement, none while the company is unchanged."""

    def read() -> list[CostCenter]:
        return list(
            CostCenter.objects.visible_to(membership).filter(state=CostCenter.State.ACTIVE).order_by("code", "pk")
        )

    return _COST_CENTERS.get((membership.organization_id, membership.organization.version), read)


def log_of_changes(membership: Membership, before: int | None, size: int) -> list[Event]:
    """The next `size` + 1 facts of the company, newest first, older than the event `before`. 1 statement."""
    events = Event.objects.visible_to(membership)
    if before:
        at = events.filter(pk=before).values("created_at")[:1]
        events = events.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=before))
    return list(events.newest_first()[: size + 1])


def invitation_for_link(uid: UUID) -> Invitation | None:
    """The invitation that a link names, for whoever has the link; its token decides. 1 statement."""
    return Invitation.objects.select_related("organization", "role").filter(uid=uid).first()


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address. 1 statement."""
    return bool(User.objects.filter(email__iexact=email).exists())
