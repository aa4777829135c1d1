from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.categories import Category
from apps.catalog.models.products import Product
from apps.catalog.rules.quantities import FINEST
from apps.core.ids import PublicIdModel
from apps.core.models import Versioned
from apps.orgs.models import Audience, AudienceQuerySet

QUANTITY: dict[str, Any] = {
    "max_digits": 12,
    "decimal_places": 3,
    "validators": [MinValueValidator(FINEST)],
}


class QuantityRule(PublicIdModel, Versioned, Audience):
    """In what quantities an audience buys a product or the products of a category. Null inherits the field."""

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    min_quantity = models.DecimalField(_("minimum"), null=True, blank=True, **QUANTITY)
    order_multiple = models.DecimalField(_("multiple"), null=True, blank=True, **QUANTITY)
    max_quantity = models.DecimalField(_("maximum"), null=True, blank=True, **QUANTITY)

    objects = AudienceQuerySet["QuantityRule"].as_manager()

    class Meta:
        verbose_name = _("quantity rule")
        verbose_name_plural = _("quantity rules")
        constraints: ClassVar = [
            *Audience.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(product=None, category__isnull=False)
                | models.Q(product__isnull=False, category=None),
                name="quantityrule_one_target",
            ),
            models.CheckConstraint(
                condition=~models.Q(min_quantity=None, order_multiple=None, max_quantity=None),
                name="quantityrule_says_something",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{field: None}) | models.Q(**{f"{field}__gt": 0}),
                    name=f"quantityrule_{field}_positive",
                )
                for field in ("min_quantity", "order_multiple", "max_quantity")
            ),
            models.CheckConstraint(
                condition=models.Q(min_quantity=None)
                | models.Q(max_quantity=None)
                | models.Q(min_quantity__lte=models.F("max_quantity")),
                name="quantityrule_bounds_in_order",
            ),
            models.UniqueConstraint(
                fields=["customer_type", "organization", "unit", "membership", "product", "category"],
                name="quantityrule_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product or self.category}: {self.audience}"
