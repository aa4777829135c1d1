import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.core.constraints import TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.core.memo import VersionedMemo
from apps.core.permissions import Member, Reach
from apps.core.querysets import LockingQuerySet
from apps.orgs.models.organization import Organization
from apps.orgs.models.tenancy import OrgOwned, OrgOwnedQuerySet
from apps.orgs.models.units import OrgUnit

# Reaches by (membership, version of the company).
_GRANTS = VersionedMemo[Mapping[str, Reach]](most=10_000)


class RoleQuerySet(LockingQuerySet["Role"]):
    def visible_to(self, membership: Member) -> Self:
        """The built-in roles and the company's own."""
        return self.filter(models.Q(organization_id=None) | models.Q(organization_id=membership.organization_id))


class Role(models.Model):
    """What a person may do, under one name. Without a company it is built in."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "code"], name="role_one_per_code", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language: built-in roles are translated, a company's own stand as typed."""
        return str(BUILT_IN_ROLES.get(self.code, self.name)) if self.organization_id is None else self.name


BUILT_IN_ROLES = {
    "admin": pgettext_lazy("role", "Admin"),
    "buyer": pgettext_lazy("role", "Buyer"),
    "requester": pgettext_lazy("role", "Requester"),
    "approver": pgettext_lazy("role", "Approver"),
    "finance": pgettext_lazy("role", "Finance"),
    "viewer": pgettext_lazy("role", "Viewer"),
}


class RoleGrant(models.Model):
    """One right of a role, and how far it reaches from the unit at which the role is held."""

    class Scope(models.TextChoices):
        OWN = "own", pgettext_lazy("scope", "Own")
        UNIT = "unit", pgettext_lazy("scope", "Unit")
        SUBTREE = "subtree", pgettext_lazy("scope", "Unit and below")
        ORGANIZATION = "organization", pgettext_lazy("scope", "Company")

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    permission = models.CharField(max_length=60)
    scope = models.CharField(max_length=12, choices=Scope)

    ORG_PATH = "role__organization"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "permission"], name="rolegrant_once"),
            models.CheckConstraint(
                condition=models.Q(scope__in=["own", "unit", "subtree", "organization"]), name="rolegrant_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permission} ({self.scope})"


class MembershipQuerySet(OrgOwnedQuerySet["Membership"]):
    def active(self) -> Self:
        """Memberships whose person may act now: the company is open, nobody suspended the person."""
        return self.filter(
            state=Membership.State.ACTIVE,
            user__is_active=True,
            organization__state__in=[Organization.State.ACTIVE, Organization.State.ON_HOLD],
        )

    def with_roles(self) -> Self:
        return self.select_related("user", "unit", "approver__user").prefetch_related(
            "assignments__role", "assignments__unit"
        )


class Membership(PublicIdModel, OrgOwned):
    """A person in one company; the actor of everything that company does here."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("person", "Active")
        SUSPENDED = "suspended", pgettext_lazy("person", "Suspended")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    unit = models.ForeignKey(
        OrgUnit,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=pgettext_lazy("company", "unit"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ACTIVE)
    # Null means no limit, zero means nothing. Net goods, in the company's currency.
    order_limit = models.DecimalField(_("Per order"), max_digits=14, decimal_places=2, null=True)
    month_limit = models.DecimalField(_("Per month"), max_digits=14, decimal_places=2, null=True)
    approver = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("Approver"),
    )
    created_at = models.DateTimeField(_("created"))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "user"], name="membership_one_per_person"),
            models.CheckConstraint(
                condition=models.Q(order_limit=None) | models.Q(order_limit__gte=0),
                name="membership_order_limit_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(month_limit=None) | models.Q(month_limit__gte=0),
                name="membership_month_limit_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(approver=None) | ~models.Q(approver=models.F("id")),
                name="membership_not_own_approver",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "suspended"]), name="membership_state_known"
            ),
            TenantForeignKey(field="unit", name="membership_unit_tenant"),
            TenantForeignKey(field="approver", name="membership_approver_tenant"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def membership_id(self) -> int:
        return self.pk

    @property
    def label(self) -> str:
        return str(self.user)

    @cached_property
    def grants(self) -> Mapping[str, Reach]:
        """Permission code -> where it holds for this person; read again only when the company changed. 2 statements."""
        return _GRANTS.get((self.pk, self.organization.version), self.read_grants)

    def read_grants(self) -> Mapping[str, Reach]:
        """The grants as the database has them now."""
        rows = list(
            RoleAssignment.objects.filter(membership=self).values_list(
                "role__grants__permission", "role__grants__scope", "unit_id"
            )
        )
        has_subtree = any(scope == RoleGrant.Scope.SUBTREE for _code, scope, _unit in rows)
        paths = self._unit_paths() if has_subtree else {}
        grants: dict[str, Reach] = defaultdict(Reach)
        for code, scope, unit_id in rows:
            if code is not None:
                grants[code] |= reach_at(unit_id, scope, paths)
        return dict(grants)

    def _unit_paths(self) -> Mapping[int, str]:
        return dict(OrgUnit.objects.visible_to(self).values_list("pk", "path"))

    def may(self, permission: str) -> bool:
        """Whether the person holds this right anywhere."""
        return bool(self.grants.get(permission))

    def may_at(self, permission: str, unit_id: int) -> bool:
        """Whether the person holds this right over all that belongs to this unit."""
        return self.grants.get(permission, Reach()).reaches(unit_id)

    @property
    def manages_everybody(self) -> bool:
        """Whether the person manages all people of the company, wherever they belong."""
        return self.grants.get("company.people", Reach()).everywhere

    def manages(self, unit_id: int) -> bool:
        """Whether the person manages those who belong to this unit."""
        return self.may_at("company.people", unit_id)

    def may_give(self, role: Role, unit: OrgUnit, paths: Mapping[int, str] | None = None) -> bool:
        """Whether the person may let others hold this role at this unit.

        A company's admin any; others where they manage people, and no right that would reach further than their own. 1
        statement more where a right reaches into the units below, and the `paths` of all units were not given.
        """
        if self.manages_everybody:
            return True
        grants = role.grants.all()
        has_subtree = any(grant.scope == RoleGrant.Scope.SUBTREE for grant in grants)
        if paths is None:
            paths = self._unit_paths() if has_subtree else {}
        return self.manages(unit.pk) and all(
            self.grants.get(grant.permission, Reach()).includes(reach_at(unit.pk, grant.scope, paths))
            for grant in grants
        )

    def roles(self) -> list[Role]:
        """What the person is at home, by the prefetched assignments."""
        at_home = (row.role for row in self.assignments.all() if row.unit_id == self.unit_id)
        return sorted(at_home, key=lambda role: (role.position, role.pk))

    def elsewhere(self) -> list["RoleAssignment"]:
        """What the person is at other units, by the prefetched assignments."""
        rows = (row for row in self.assignments.all() if row.unit_id != self.unit_id)
        return sorted(rows, key=lambda row: (row.unit.name, row.role.position, row.pk))


def reach_at(unit_id: int, scope: str, paths: Mapping[int, str]) -> Reach:
    """How far a right of this scope reaches from the unit at which it is held; a subtree is read off the paths."""
    if scope == RoleGrant.Scope.ORGANIZATION:
        return Reach(everywhere=True)
    if scope == RoleGrant.Scope.UNIT:
        return Reach(unit_ids=frozenset({unit_id}))
    if scope == RoleGrant.Scope.SUBTREE:
        top = paths[unit_id]
        return Reach(unit_ids=frozenset(pk for pk, path in paths.items() if path.startswith(top)))
    return Reach(own=True)


class RoleAssignment(OrgOwned):
    """What a person may do, and at which unit. One person can be buyer at one site and approver for another."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, db_constraint=False, related_name="assignments"
    )
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")

    objects = OrgOwnedQuerySet["RoleAssignment"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["membership", "unit", "role"], name="roleassignment_once"),
            TenantForeignKey(field="membership", name="roleassignment_membership_tenant"),
            TenantForeignKey(field="unit", name="roleassignment_unit_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.unit})"


class InvitationQuerySet(OrgOwnedQuerySet["Invitation"]):
    def open(self) -> Self:
        return self.filter(state=Invitation.State.SENT)

    def expire(self, now: datetime) -> None:
        """Let go of those whose days are over."""
        self.open().filter(expires_at__lte=now).update(state=Invitation.State.REVOKED)


def new_nonce() -> bytes:
    return secrets.token_bytes(32)


class Invitation(PublicIdModel, OrgOwned):
    """A promise of a membership to one e-mail address, for seven days, once.

    The token in the link is a MAC over (uid, e-mail, nonce) with the server's key. It is never stored: the mailer can
    make it again, and a stolen table opens nothing.
    """

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("invitation", "Invited")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        REVOKED = "revoked", pgettext_lazy("invitation", "Revoked")

    email = models.EmailField(_("e-mail"), max_length=254)
    # Null when the company took the role away after the answer: then its name is kept.
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("role"))
    former_role = models.CharField(_("former role"), max_length=80, blank=True)
    unit = models.ForeignKey(
        OrgUnit,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=pgettext_lazy("company", "unit"),
    )
    order_limit = models.DecimalField(_("Per order"), max_digits=14, decimal_places=2, null=True)
    nonce = models.BinaryField(max_length=32, default=new_nonce)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.SENT)
    invited_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        null=True,
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("valid until"))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(
                "organization", Lower("email"), condition=models.Q(state="sent"), name="invitation_one_open_per_email"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["sent", "accepted", "revoked"]), name="invitation_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(role__isnull=False, former_role="")
                | (models.Q(role=None) & ~models.Q(former_role="") & ~models.Q(state="sent")),
                name="invitation_has_its_role",
            ),
            TenantForeignKey(field="unit", name="invitation_unit_tenant"),
            TenantForeignKey(field="invited_by", name="invitation_inviter_tenant"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def token(self) -> str:
        message = f"{self.uid}:{self.email.lower()}:{bytes(self.nonce).hex()}"
        return salted_hmac("orgs.invitation", message, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()

    def is_opened_by(self, token: str, now: datetime) -> bool:
        """Whether this token opens the invitation now."""
        return constant_time_compare(self.token, token) and self.state == self.State.SENT and now < self.expires_at
