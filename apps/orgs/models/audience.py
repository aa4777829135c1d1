"""Who a rule of the supplier is for."""

from typing import Any, ClassVar, Self, TypeVar

from django.contrib import admin
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from apps.core.constraints import TenantForeignKey
from apps.core.querysets import LockingQuerySet
from apps.orgs.context import BuyingContext
from apps.orgs.models.organization import CustomerType, Organization
from apps.orgs.models.people import Membership
from apps.orgs.models.units import OrgUnit

Row = TypeVar("Row", bound=models.Model)

# Powers of two in order of nearness: the nearest dimension decides, and a combination beats its parts.
WEIGHTS = {"customer_type": 2, "organization": 16, "unit": 32, "membership": 64}


def _weight(field: str) -> Case:
    return Case(When(**{f"{field}__isnull": False}, then=Value(WEIGHTS[field])), default=Value(0))


class AudienceQuerySet(LockingQuerySet[Row]):
    def matching(self, context: BuyingContext) -> Self:
        """Rules that hold for this buyer: every dimension that a rule names is the buyer's own."""
        return self.filter(
            Q(customer_type=None) | Q(customer_type=context.customer_type_id),
            Q(organization=None) | Q(organization=context.organization_id),
            Q(unit=None) | Q(unit__in=context.unit_ids),
            Q(membership=None) | Q(membership=context.membership_id),
        )


class Audience(models.Model):
    """Dimensions that must all match; a rule that names none is for everybody.

    `specificity` puts rules in order: the nearest audience first. A rule of a unit holds for all units below it.
    """

    customer_type = models.ForeignKey(
        CustomerType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer type")
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("company")
    )
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    specificity: Any = models.GeneratedField(
        expression=_weight("customer_type") + _weight("organization") + _weight("unit") + _weight("membership"),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False) | Q(unit=None, membership=None),
                name="%(class)s_audience_within_company",
            ),
            TenantForeignKey(field="unit", name="%(class)s_unit_tenant"),
            TenantForeignKey(field="membership", name="%(class)s_membership_tenant"),
        ]

    @property
    @admin.display(description=_("customers"))
    def audience(self) -> str:
        """Whom the rule is for, for the lists of the admin."""
        named = [str(row) for row in (self.customer_type, self.organization, self.unit, self.membership) if row]
        return ", ".join(named) or str(_("everybody"))
