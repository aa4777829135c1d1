from typing import Any, ClassVar

from django.contrib import admin
from django.utils import timezone
from unfold.admin import TabularInline

from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.models import (
    AssortmentRule,
    Attribute,
    Brand,
    Category,
    CategoryText,
    Family,
    ItemNumber,
    PackLevel,
    Product,
    ProductText,
    QuantityRule,
)
from apps.core.permissions import StaffActor
from apps.core.staff import ActionForm, ReadOnlyAdmin, StaffAdmin


class Rows(TabularInline):  # type: ignore[misc]
    """Rows below their product, to look at: the catalog is written by its import."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, *_args: Any) -> bool:
        return True

    def has_change_permission(self, *_args: Any) -> bool:
        return False

    def has_add_permission(self, *_args: Any) -> bool:
        return False


class ProductTextRows(Rows):
    model = ProductText


class ItemNumberRows(Rows):
    model = ItemNumber


class PackLevelRows(Rows):
    model = PackLevel


class CategoryTextRows(Rows):
    model = CategoryText


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("sku", "category", "brand", "family", "lifecycle", "popularity")
    list_filter = ("lifecycle", "tax_class")
    list_select_related = ("category", "brand", "family")
    search_fields = ("sku", "sku_key", "numbers__code_key", "texts__name")
    ordering = ("sku",)
    inlines: ClassVar = [ProductTextRows, ItemNumberRows, PackLevelRows]


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    list_display = ("slug", "depth", "drawing")
    search_fields = ("slug", "texts__name")
    ordering = ("path",)
    inlines: ClassVar = [CategoryTextRows]


@admin.register(Brand)
class BrandAdmin(ReadOnlyAdmin):
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Family)
class FamilyAdmin(ReadOnlyAdmin):
    list_display = ("code", "category", "position")
    list_select_related = ("category",)
    search_fields = ("code",)
    ordering = ("code",)


@admin.register(Attribute)
class AttributeAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "unit")
    list_filter = ("kind",)
    search_fields = ("code",)
    ordering = ("code",)


@admin.register(AssortmentRule)
class AssortmentRuleAdmin(ReadOnlyAdmin):
    list_display = ("effect", "audience", "category", "brand", "names_products", "valid_from", "valid_until", "reason")
    list_filter = ("effect", "names_products")
    list_select_related = ("customer_type", "organization", "unit", "membership__user", "category", "brand")
    search_fields = ("reason", "organization__legal_name", "customer_type__name")
    ordering = ("-pk",)


@admin.register(QuantityRule)
class QuantityRuleAdmin(StaffAdmin):
    form = ActionForm
    fields = (
        "product", "category", "customer_type", "organization", "min_quantity", "order_multiple", "max_quantity",
    )  # fmt: skip
    autocomplete_fields = ("product", "category", "customer_type", "organization")
    list_display = ("product", "category", "audience", "min_quantity", "order_multiple", "max_quantity")
    list_select_related = ("product", "category", "customer_type", "organization", "unit", "membership__user")
    search_fields = ("product__sku", "category__slug", "organization__legal_name", "customer_type__name")
    ordering = ("-pk",)

    def write(self, actor: StaffActor, form: ActionForm) -> QuantityRule:
        rule = form.instance if form.instance.pk else None
        return save_quantity_rule(actor=actor, rule=rule, now=timezone.now(), **form.cleaned_data)
