from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models.categories import LANGUAGE_FIELD, Category
from apps.core.constraints import TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.core.models import Versioned
from apps.core.querysets import LockingQuerySet
from apps.orgs.models import Membership, OrgOwned, OrgOwnedQuerySet

# UN/ECE Recommendation 20: what one of the base unit is.
BASE_UNITS = [
    ("C62", pgettext_lazy("unit", "piece")),
    ("PR", pgettext_lazy("unit", "pair")),
    ("MTR", pgettext_lazy("unit", "meter")),
    ("KGM", pgettext_lazy("unit", "kilogram")),
    ("LTR", pgettext_lazy("unit", "liter")),
    ("RO", pgettext_lazy("unit", "roll")),
    ("SET", pgettext_lazy("unit", "set")),
]
# UN/ECE Recommendation 21: what goods are packed in.
PACK_UNITS = [
    ("BX", pgettext_lazy("pack", "box")),
    ("BG", pgettext_lazy("pack", "bag")),
    ("CT", pgettext_lazy("pack", "carton")),
    ("LY", pgettext_lazy("pack", "layer")),
    ("PX", pgettext_lazy("pack", "pallet")),
]


class Brand(Versioned):
    """Who makes or labels products."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    objects = LockingQuerySet["Brand"].as_manager()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.name


class Family(Versioned):
    """Products of one block of a table: the same thread and material in all their lengths."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="families", verbose_name=_("category")
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = LockingQuerySet["Family"].as_manager()

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")

    def __str__(self) -> str:
        return self.code


class FamilyText(models.Model):
    """The head of a block in one language."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(**LANGUAGE_FIELD)
    name = models.CharField(_("name"), max_length=160)
    description = models.CharField(_("description"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["family", "language"], name="familytext_one_per_language")
        ]

    def __str__(self) -> str:
        return self.name


class Product(PublicIdModel, Versioned):
    """One thing that can be ordered by its number. Quantities are in its base unit."""

    class Lifecycle(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("product", "Draft")
        ACTIVE = "active", pgettext_lazy("product", "Active")
        PHASE_OUT = "phase_out", pgettext_lazy("product", "Runs out")
        DISCONTINUED = "discontinued", pgettext_lazy("product", "Discontinued")

    class TaxClass(models.TextChoices):
        STANDARD = "standard", pgettext_lazy("tax class", "Standard")
        REDUCED = "reduced", pgettext_lazy("tax class", "Reduced")
        ZERO = "zero", pgettext_lazy("tax class", "Zero")

    sku = models.CharField(_("part no."), max_length=40, unique=True)
    # The number as search sees it: no separators, one case.
    sku_key = models.CharField(max_length=40, unique=True, editable=False)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products", verbose_name=_("brand"))
    family = models.ForeignKey(
        Family, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("family")
    )
    family_position = models.PositiveIntegerField(_("position in the family"), default=0)
    popularity = models.PositiveIntegerField(_("popularity"), default=0, editable=False)
    lifecycle = models.CharField(_("life cycle"), max_length=12, choices=Lifecycle, default=Lifecycle.ACTIVE)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("successor")
    )
    base_unit = models.CharField(_("unit"), max_length=3, choices=BASE_UNITS, default="C62")
    price_per = models.PositiveSmallIntegerField(
        _("price for"), choices=[(n, str(n)) for n in (1, 10, 100, 1000)], default=1
    )
    tax_class = models.CharField(_("tax class"), max_length=8, choices=TaxClass, default=TaxClass.STANDARD)
    min_quantity = models.DecimalField(
        _("minimum"),
        max_digits=12,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    order_multiple = models.DecimalField(
        _("multiple"),
        max_digits=12,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    net_weight_g = models.PositiveIntegerField(_("weight, g"), null=True, blank=True)
    # Until goods that are bought now are in the warehouse; null: it is not bought again.
    lead_days = models.PositiveSmallIntegerField(_("lead time, days"), null=True, blank=True)

    objects = LockingQuerySet["Product"].as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(min_quantity__gt=0), name="product_minimum_positive"),
            models.CheckConstraint(condition=models.Q(order_multiple__gt=0), name="product_multiple_positive"),
            models.CheckConstraint(
                condition=models.Q(price_per__in=[1, 10, 100, 1000]), name="product_price_per_known"
            ),
            models.CheckConstraint(
                condition=models.Q(lifecycle__in=["draft", "active", "phase_out", "discontinued"]),
                name="product_lifecycle_known",
            ),
            models.CheckConstraint(
                condition=models.Q(tax_class__in=["standard", "reduced", "zero"]), name="product_tax_class_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "-popularity", "id"], include=["brand"], name="product_by_popularity"),
            models.Index(fields=["category", "family", "family_position", "id"], name="product_in_engineering_order"),
            models.Index(fields=["sku_key"], opclasses=["text_pattern_ops"], name="product_sku_prefix"),
            GinIndex(fields=["sku_key"], opclasses=["gin_trgm_ops"], name="product_sku_part"),
        ]

    def __str__(self) -> str:
        return self.sku


class ProductText(models.Model):
    """What a product is called in one language; English is the one that every product has."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(**LANGUAGE_FIELD)
    name = models.CharField(_("name"), max_length=240)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "language"], name="producttext_one_per_language")
        ]

    def __str__(self) -> str:
        return self.name


class ItemNumber(models.Model):
    """A number under which a product is known beside its own: the maker's, the one on the bar code, an old one."""

    class Kind(models.TextChoices):
        MPN = "mpn", pgettext_lazy("number", "Maker's number")
        GTIN = "gtin", pgettext_lazy("number", "GTIN")
        OLD = "old", pgettext_lazy("number", "Old number")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="numbers")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    code = models.CharField(_("number"), max_length=60)
    code_key = models.CharField(max_length=60, editable=False)

    class Meta:
        verbose_name = _("number")
        verbose_name_plural = _("numbers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "kind", "code_key"], name="itemnumber_once"),
            # A bar code names one product; makers' numbers of different makers may be alike.
            models.UniqueConstraint(
                fields=["code_key"], condition=models.Q(kind="gtin"), name="itemnumber_gtin_names_one_product"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=["mpn", "gtin", "old"]), name="itemnumber_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["code_key"], opclasses=["text_pattern_ops"], name="itemnumber_prefix"),
        ]

    def __str__(self) -> str:
        return self.code


class CustomerItemCode(OrgOwned):
    """What one company calls a product. Such a number finds the product everywhere, for that company only."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=60)
    code_key = models.CharField(max_length=60, editable=False)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")

    objects = OrgOwnedQuerySet["CustomerItemCode"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "code_key"], name="customeritemcode_names_one_product"),
            TenantForeignKey(field="author", name="customeritemcode_author_tenant"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "code_key"],
                opclasses=["int8_ops", "text_pattern_ops"],
                name="customeritemcode_prefix",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PackLevel(models.Model):
    """A pack in which a product comes: so many base units in a box, so many on a pallet."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="packs")
    unit = models.CharField(_("pack"), max_length=2, choices=PACK_UNITS)
    factor = models.DecimalField(_("holds"), max_digits=12, decimal_places=3)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    weight_g = models.PositiveIntegerField(_("weight, g"), null=True, blank=True)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "unit"], name="packlevel_one_per_unit"),
            models.CheckConstraint(condition=models.Q(factor__gt=0), name="packlevel_factor_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_unit_display()} {self.factor.normalize():f}"
