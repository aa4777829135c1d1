from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models.categories import Category
from apps.catalog.models.products import Brand, Product
from apps.core.ids import PublicIdModel
from apps.core.models import Versioned
from apps.orgs.models import Audience, AudienceQuerySet


class AssortmentRuleQuerySet(AudienceQuerySet["AssortmentRule"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(
            models.Q(valid_from=None) | models.Q(valid_from__lte=day),
            models.Q(valid_until=None) | models.Q(valid_until__gte=day),
        )


class AssortmentRule(PublicIdModel, Versioned, Audience):
    """Shows or hides a part of the catalog for an audience: a category, a brand, both, named products, or everything.

    Precedence: nearest audience, then narrowest target, then deny; where no rule speaks, products are visible.
    """

    class Effect(models.TextChoices):
        ALLOW = "allow", pgettext_lazy("assortment", "Show")
        DENY = "deny", pgettext_lazy("assortment", "Hide")

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("brand")
    )
    names_products = models.BooleanField(_("names single products"), default=False)
    effect = models.CharField(_("effect"), max_length=5, choices=Effect)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = AssortmentRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("assortment rule")
        verbose_name_plural = _("assortment rules")
        constraints: ClassVar = [
            *Audience.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(names_products=False) | models.Q(category=None, brand=None),
                name="assortmentrule_one_kind_of_target",
            ),
            models.CheckConstraint(
                condition=models.Q(effect__in=["allow", "deny"]), name="assortmentrule_effect_known"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_from__lte=models.F("valid_until")),
                name="assortmentrule_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
            models.UniqueConstraint(
                fields=[
                    "customer_type",
                    "organization",
                    "unit",
                    "membership",
                    "category",
                    "brand",
                    "effect",
                    "valid_from",
                ],
                condition=models.Q(names_products=False),
                name="assortmentrule_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()}: {self.audience}"


class AssortmentItem(models.Model):
    """One product that a rule names; its category is copied, for the index of the page."""

    rule = models.ForeignKey(AssortmentRule, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "product"], name="assortmentitem_once")]
        indexes: ClassVar = [models.Index(fields=["rule", "category", "product"], name="assortmentitem_page")]

    def __str__(self) -> str:
        return str(self.product)
