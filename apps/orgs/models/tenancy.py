"""The ground of every row that belongs to one company."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.permissions import Member
from apps.core.querysets import LockingQuerySet
from apps.orgs.models.organization import Organization

Row = TypeVar("Row", bound=models.Model)


class OrgOwnedQuerySet(LockingQuerySet[Row]):
    def visible_to(self, membership: Member) -> Self:
        """Rows of the member's company: the only filter, for lists, details, exports and searches alike."""
        return self.filter(organization_id=membership.organization_id)


class OrgOwned(models.Model):
    """A row of one company. The pair (organization, id) is unique, so that other rows can point at it by both."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("company")
    )

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "id"], name="%(class)s_tenant"),
        ]

    @classmethod
    def visible_to(cls, membership: Member) -> OrgOwnedQuerySet[Self]:
        """Where views get their rows: what this member's company has, as far as the member may see it."""
        manager: Any = cls._default_manager
        rows: OrgOwnedQuerySet[Self] = manager.visible_to(membership)
        return rows
