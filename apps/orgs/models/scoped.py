"""Rows of a company that not everybody in it sees: those of a unit, and those of a person."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.constraints import TenantForeignKey
from apps.core.permissions import Member, Reach
from apps.orgs.models.people import Membership
from apps.orgs.models.tenancy import OrgOwned, OrgOwnedQuerySet
from apps.orgs.models.units import OrgUnit

Row = TypeVar("Row", bound="Scoped")


class ScopedQuerySet(OrgOwnedQuerySet[Row]):
    def visible_to(self, membership: Member) -> Self:
        """Rows of the member's company that the view permission of the table reaches."""
        reach = membership.grants.get(self.model.VIEW_PERMISSION, Reach())
        return super().visible_to(membership).filter(reach.condition(membership.membership_id or 0))


class Scoped(OrgOwned):
    """A row that belongs to a unit and a person: who sees it is told by `VIEW_PERMISSION` and its reach."""

    VIEW_PERMISSION: ClassVar[str]

    unit = models.ForeignKey(
        OrgUnit,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=pgettext_lazy("company", "unit"),
    )
    owner = models.ForeignKey(
        Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("Owner")
    )

    class Meta:
        abstract = True
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            TenantForeignKey(field="unit", name="%(class)s_unit_tenant"),
            TenantForeignKey(field="owner", name="%(class)s_owner_tenant"),
        ]

    def may(self, membership: Membership, permission: str) -> bool:
        """Whether this right of the member reaches this row."""
        reach = membership.grants.get(permission, Reach())
        is_own_company = membership.organization_id == self.organization_id
        return is_own_company and reach.covers(self.unit_id, self.owner_id, membership.pk)
