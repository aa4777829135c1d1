from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models.categories import Category
from apps.catalog.models.products import Product
from apps.core.models import Versioned
from apps.core.querysets import LockingQuerySet

# The two values of every attribute that is either.
YES_NO_NAMES = {
    "yes": {"en": "Yes", "ru": "Да", "ar": "نعم", "zh-hans": "是", "zh-hant": "是"},
    "no": {"en": "No", "ru": "Нет", "ar": "لا", "zh-hans": "否", "zh-hant": "否"},
}


class Attribute(Versioned):
    """One technical property: thread, length in mm, material. `names` holds its name by language, English at least."""

    class Kind(models.TextChoices):
        NUMBER = "number", pgettext_lazy("attribute", "Number with unit")
        CHOICE = "choice", pgettext_lazy("attribute", "Choice")
        TEXT = "text", pgettext_lazy("attribute", "Text")
        YES_NO = "yes_no", pgettext_lazy("attribute", "Yes or no")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    names = models.JSONField(_("names by language"), default=dict)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    unit = models.CharField(_("unit"), max_length=12, blank=True)

    objects = LockingQuerySet["Attribute"].as_manager()

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["number", "choice", "text", "yes_no"]), name="attribute_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(names__has_key="en"), name="attribute_has_english_name"),
        ]

    def __str__(self) -> str:
        return self.code

    def name(self, language: str) -> str:
        return str(self.names.get(language) or self.names["en"])


class AttributeOption(models.Model):
    """One value of a choice, at its place in engineering order: M4 before M10, steel before brass."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="options")
    code = models.CharField(_("value"), max_length=80)
    names = models.JSONField(_("names by language"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attribute", "code"], name="attributeoption_once"),
        ]

    def __str__(self) -> str:
        return self.code

    def name(self, language: str) -> str:
        """The value in a language; sizes like M8 are the same in all."""
        return str(self.names.get(language) or self.names.get("en") or self.code)


class CategoryAttribute(models.Model):
    """How a category uses an attribute: as a column of its table, as a facet, as the head of a family."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", verbose_name=_("attribute"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_column = models.BooleanField(_("column of the table"), default=False)
    is_facet = models.BooleanField(_("filter"), default=False)

    class Meta:
        verbose_name = _("attribute of the category")
        verbose_name_plural = _("attributes of the category")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "attribute"], name="categoryattribute_once"),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.attribute}"


class AttributeValue(models.Model):
    """What one product has of one attribute. The category is copied, so that facets are counted from one index."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="values")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", verbose_name=_("attribute"))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    option = models.ForeignKey(AttributeOption, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "attribute", "option"], name="attributevalue_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(option__isnull=False, number=None, text="")
                | models.Q(option=None, number__isnull=False, text="")
                | models.Q(option=None, number=None) & ~models.Q(text=""),
                name="attributevalue_is_one_value",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "attribute", "option", "product"], name="attributevalue_facet"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute}: {self.option or self.number or self.text}"

    def told(self, language: str) -> Decimal | str:
        """The value in a language; numbers as such."""
        if self.option is not None:
            return self.option.name(language)
        return self.text if self.number is None else self.number
