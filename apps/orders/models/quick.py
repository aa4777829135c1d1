from typing import ClassVar, Self

from django.db import models

from apps.catalog.models import Product
from apps.core.constraints import TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.orgs.models import Membership, OrgOwned, OrgOwnedQuerySet


class QuickRowQuerySet(OrgOwnedQuerySet["QuickRow"]):
    def of(self, membership: Membership) -> Self:
        """The rows of this person, and of nobody else in the company."""
        return self.visible_to(membership).filter(owner=membership)


class QuickRow(PublicIdModel, OrgOwned):
    """One row of a person's quick order as it was typed. What it means is judged anew whenever it is shown."""

    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=60, blank=True)
    quantity = models.CharField(max_length=40, blank=True)
    # What the person decided that the number means.
    chosen = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = QuickRowQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            TenantForeignKey(field="owner", name="quickrow_owner_tenant"),
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "position"], name="quickrow_of_owner")]

    def __str__(self) -> str:
        return f"{self.number} {self.quantity}".strip()
