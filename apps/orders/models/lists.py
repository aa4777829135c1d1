from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.core.constraints import TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.core.permissions import Member
from apps.orgs.models import OrgOwned, OrgOwnedQuerySet, Scoped


class PurchasingListQuerySet(OrgOwnedQuerySet["PurchasingList"]):
    def visible_to(self, membership: Member) -> Self:
        """The member's own lists, and those that colleagues share."""
        seen = Q(owner=membership.membership_id or 0) | Q(is_shared=True)
        return super().visible_to(membership).filter(seen)


class PurchasingList(PublicIdModel, Scoped):
    """What somebody buys again and again. It keeps no prices: they are worked out when it is shown."""

    name = models.CharField(_("name"), max_length=80)
    is_shared = models.BooleanField(_("shared with the company"), default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = PurchasingListQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchasing list")
        verbose_name_plural = _("purchasing lists")
        constraints: ClassVar = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(condition=~Q(name=""), name="purchasinglist_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PurchasingListLine(PublicIdModel, OrgOwned):
    """So many base units of one product, as usual."""

    purchasing_list = models.ForeignKey(
        PurchasingList, on_delete=models.PROTECT, db_constraint=False, related_name="lines"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    objects = OrgOwnedQuerySet["PurchasingListLine"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["purchasing_list", "product"], name="purchasinglistline_once"),
            models.CheckConstraint(condition=Q(quantity__gt=Decimal(0)), name="purchasinglistline_quantity_positive"),
            TenantForeignKey(field="purchasing_list", name="purchasinglistline_list_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} x {self.product}"
