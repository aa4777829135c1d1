from collections.abc import Collection
from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models import Brand, Category, Product
from apps.core.ids import PublicIdModel
from apps.core.querysets import LockingQuerySet
from apps.orgs.models import Audience, AudienceQuerySet, OrgOwned, OrgOwnedQuerySet
from apps.orgs.models.organization import CURRENCIES


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


def valid_on(day: date) -> Q:
    """Rows whose days include this one; an open end is open."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_until=None) | Q(valid_until__gte=day))


class PriceList(PublicIdModel):
    """Prices of one currency under one name. The base list of a currency is what everybody pays who has no other."""

    class Kind(models.TextChoices):
        BASE = "base", pgettext_lazy("price list", "Base")
        LIST = "list", pgettext_lazy("price list", "List")
        AGREEMENT = "agreement", pgettext_lazy("price list", "Contract")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    currency = models.CharField(_("currency"), max_length=3, choices=[(code, code) for code in CURRENCIES])
    priority = models.SmallIntegerField(_("priority"), default=0)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = LockingQuerySet["PriceList"].as_manager()

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency"], condition=Q(kind="base"), name="pricelist_one_base"),
            models.CheckConstraint(condition=Q(kind__in=["base", "list", "agreement"]), name="pricelist_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=models.F("valid_until")),
                name="pricelist_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceListAssignment(Audience):
    """Who gets a list."""

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("price list")
    )

    objects = AudienceQuerySet["PriceListAssignment"].as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints: ClassVar = [
            *Audience.Meta.constraints,
            models.UniqueConstraint(
                fields=["price_list", "customer_type", "organization", "unit", "membership"],
                name="pricelistassignment_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price_list}: {self.audience}"


class Price(models.Model):
    """What `price_per` units of a product cost in one list, from a quantity on; with dates, only on these days."""

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="prices", verbose_name=_("price list")
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices", verbose_name=_("product"))
    min_quantity = models.DecimalField(_("from quantity"), max_digits=12, decimal_places=3)
    amount = models.DecimalField(_("price"), max_digits=14, decimal_places=4)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["price_list", "product", "min_quantity"],
                condition=Q(valid_from=None, valid_until=None),
                include=["amount"],
                name="price_one_standing_per_slot",
            ),
            # Only over dated rows: four times cheaper to load than over all of them.
            ExclusionConstraint(
                name="price_one_dated_per_day",
                expressions=[
                    ("price_list", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    ("min_quantity", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_until", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(valid_from__isnull=False) | Q(valid_until__isnull=False),
            ),
            models.CheckConstraint(condition=Q(min_quantity__gt=0), name="price_quantity_positive"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["product", "price_list", "min_quantity"],
                include=["amount", "valid_from", "valid_until"],
                name="price_of_page",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, {self.price_list}, {self.min_quantity.normalize():f}+"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave it to the action: it knows what takes the place of what, and refuses in words."""


class DiscountRule(PublicIdModel, Audience):
    """A percentage off the base list for an audience: on everything, a category or a brand."""

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("brand")
    )
    rate = models.DecimalField(_("rate"), max_digits=5, decimal_places=4)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = AudienceQuerySet["DiscountRule"].as_manager()

    class Meta:
        verbose_name = _("discount")
        verbose_name_plural = _("discounts")
        constraints: ClassVar = [
            *Audience.Meta.constraints,
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lt=1), name="discountrule_rate_is_a_share"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=models.F("valid_until")),
                name="discountrule_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{(self.rate * 100).normalize():f}%: {self.audience}"


class AgreementQuerySet(OrgOwnedQuerySet["Agreement"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))


class Agreement(PublicIdModel, OrgOwned):
    """A contract of one company: its own list, for its days."""

    number = models.CharField(_("contract no."), max_length=20, unique=True)
    price_list = models.OneToOneField(PriceList, on_delete=models.PROTECT, related_name="agreement")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from__lte=models.F("valid_until")),
                name="agreement_days_in_order",
            ),
            # What a company is charged, and under which number, must not be a matter of chance.
            ExclusionConstraint(
                name="agreement_one_per_day",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_until", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TaxRate(PublicIdModel):
    """The VAT on a class of products that are delivered to a country, for its days."""

    country = models.CharField(_("country"), max_length=2)
    tax_class = models.CharField(_("tax class"), max_length=8, choices=Product.TaxClass)
    rate = models.DecimalField(_("rate"), max_digits=5, decimal_places=4)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = LockingQuerySet["TaxRate"].as_manager()

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="taxrate_rate_is_a_share"),
            models.CheckConstraint(condition=Q(tax_class__in=["standard", "reduced", "zero"]), name="taxrate_class"),
            ExclusionConstraint(
                name="taxrate_one_per_day",
                expressions=[
                    ("country", RangeOperators.EQUAL),
                    ("tax_class", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_until", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {(self.rate * 100).normalize():f}%"
