from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.catalog.actions.remove_assortment_rule import remove_assortment_rule
from apps.catalog.actions.remove_product_file import remove_product_file
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.actions.save_attribute import save_attribute
from apps.catalog.actions.save_brand import save_brand
from apps.catalog.actions.save_category import AttributeUse, save_category
from apps.catalog.actions.save_family import save_family
from apps.catalog.actions.save_product import PackFacts, ProductFacts, save_product
from apps.catalog.actions.save_product_file import save_product_file
from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.forms import (
    AssortmentRuleForm,
    AttributeForm,
    CategoryForm,
    CoverageForm,
    NumberForm,
    OptionForm,
    ProductFileForm,
    TextForm,
    ValueForm,
)
from apps.catalog.models import (
    AssortmentRule,
    Attribute,
    AttributeOption,
    AttributeValue,
    Brand,
    Category,
    CategoryAttribute,
    CategoryText,
    Family,
    FamilyText,
    ItemNumber,
    PackLevel,
    Product,
    ProductFile,
    ProductText,
    QuantityRule,
)
from apps.catalog.queries.staff import about, coverage, named_by, plain_value, rules_for
from apps.catalog.queries.tree import catalog_tree
from apps.core.permissions import StaffActor
from apps.core.staff import CATALOGERS, SALES, ActionForm, Rows, StaffAdmin, VersionedAdmin, VersionedForm, staff_link
from apps.orgs.queries import company_context

# There is one in each language.
SHORT_TEXTS: dict[type[Any], dict[str, Any]] = {
    models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 2})}
}


class TextRows(Rows):
    form = TextForm
    fields = ("language", "name", "description")
    min_num = 1

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("language")


class ProductTextRows(TextRows):
    model = ProductText
    formfield_overrides = SHORT_TEXTS


class CategoryTextRows(TextRows):
    model = CategoryText


class FamilyTextRows(TextRows):
    model = FamilyText


class ItemNumberRows(Rows):
    model = ItemNumber
    form = NumberForm
    fields = ("kind", "code")


class PackLevelRows(Rows):
    model = PackLevel
    fields = ("unit", "factor", "gtin", "weight_g")


class ValueRows(Rows):
    model = AttributeValue
    form = ValueForm
    fields = ("attribute", "value")
    autocomplete_fields = ("attribute",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("attribute", "option").order_by("attribute__code", "pk")

    @admin.display(description=_("Value"))
    def value(self, value: AttributeValue) -> str:
        """For those who may only look."""
        return plain_value(value)


def name_of(row: Product | Category | Family) -> str:
    """In the reader's language, or in English; its texts are fetched."""
    names = {text.language: text.name for text in row.texts.all()}
    return names.get(get_language() or "") or names.get("en", "")


class NamedAdmin(VersionedAdmin):
    """Of what is called something else in each language."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=pgettext_lazy("column", "Name"))
    def name(self, row: Any) -> str:
        return name_of(row)

    def label_of(self, row: Any) -> str:
        return f"{name_of(row)} ({row})"


@admin.register(Product)
class ProductAdmin(NamedAdmin):
    form = VersionedForm
    editors = CATALOGERS
    list_display = ("sku", "name", "shelf", "brand", "lifecycle", "popularity")
    list_filter = ("lifecycle", "tax_class")
    list_select_related = ("category", "brand")
    search_fields = ("sku", "sku_key", "numbers__code_key", "texts__name")
    autocomplete_fields = ("category", "brand", "family", "successor")
    ordering = ("sku",)
    inlines = (ProductTextRows, ItemNumberRows, PackLevelRows, ValueRows)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("category__texts")

    def label_of(self, row: Product) -> str:
        return f"{row} {name_of(row)}"

    @admin.display(description=_("Category"), ordering="category__path")
    def shelf(self, product: Product) -> str:
        return name_of(product.category)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return (
            ("sku", "lifecycle"),
            ("category", "brand"),
            ("family", "family_position"),
            "successor",
            ("base_unit", "price_per", "tax_class"),
            ("min_quantity", "order_multiple"),
            ("net_weight_g", "lead_days"),
            *(["documents"] if obj else []),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("documents",) if obj else ()

    @admin.display(description=_("Documents"))
    def documents(self, product: Product) -> str:
        """They have pages of their own: a file is not typed again when a row is wrong."""
        url = f"{reverse('admin:catalog_productfile_changelist')}?product__id__exact={product.pk}"
        add = f"{reverse('admin:catalog_productfile_add')}?product={product.pk}"
        count = product.files.count()
        text = ngettext("%(count)s document", "%(count)s documents", count) % {"count": count}
        return format_html("{} · {}", staff_link(url, text), staff_link(add, gettext("Add one")))

    def write(self, actor: StaffActor, form: ActionForm) -> Product:
        values = dict(form.cleaned_data)
        seen = values.pop("seen_version")
        packs = [{name: row[name] for name in PackLevelRows.fields} for row in form.rows(PackLevel)]
        facts = ProductFacts(
            texts=TextForm.facts(form.rows(ProductText)),
            numbers=[(row["kind"], row["code"]) for row in form.rows(ItemNumber)],
            packs=[PackFacts(**pack) for pack in packs],
            values=[row["facts"] for row in form.rows(AttributeValue)],
            **values,
        )
        found = form.instance if form.instance.pk else None
        return save_product(actor=actor, product=found, seen_version=seen, facts=facts, now=timezone.now())


@admin.register(ProductFile)
class ProductFileAdmin(StaffAdmin):
    form = ProductFileForm
    editors = CATALOGERS
    list_display = ("product", "kind", "title", "language", "media_type", "size")
    list_filter = ("kind", "language")
    list_select_related = ("product",)
    search_fields = ("product__sku", "product__sku_key", "title")
    autocomplete_fields = ("product",)
    ordering = ("product__sku", "position", "pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        upload = ("upload",) if self.has_change_permission(request, obj) else ()
        known = ("media_type", "size") if obj else ()
        return ("product", ("kind", "language"), "title", "position", *upload, *known)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("media_type", "size") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def write(self, actor: StaffActor, form: ActionForm) -> ProductFile:
        found = form.instance if form.instance.pk else None
        return save_product_file(actor=actor, product_file=found, now=timezone.now(), **form.cleaned_data)

    def remove(self, actor: StaffActor, row: ProductFile) -> None:
        remove_product_file(actor=actor, product_file=row, now=timezone.now())


class CategoryAttributeRows(Rows):
    model = CategoryAttribute
    fields = ("attribute", "position", "is_column", "is_facet")
    autocomplete_fields = ("attribute",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("attribute").order_by("position", "pk")


@admin.register(Category)
class CategoryAdmin(NamedAdmin):
    form = CategoryForm
    editors = CATALOGERS
    list_display = ("name", "slug", "drawing")
    search_fields = ("slug", "texts__name")
    ordering = ("path",)
    inlines = (CategoryTextRows, CategoryAttributeRows)
    label_is_at_hand = True

    @admin.display(description=pgettext_lazy("column", "Name"))
    def name(self, row: Category) -> str:
        """With blanks in front that show the place in the tree, in any direction of reading."""
        return "\u2003" * (int(row.depth) - 1) + name_of(row)

    def label_of(self, row: Category) -> str:
        """With the names on the way to it: shelves have parts of the same name."""
        tree = catalog_tree()
        node, language = tree.by_id.get(row.pk), get_language() or "en"
        return " › ".join(above.name(language) for above in tree.above(node)) if node else name_of(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug", "drawing") if obj else ("parent", "slug", "drawing")

    def write(self, actor: StaffActor, form: ActionForm) -> Category:
        values = dict(form.cleaned_data)
        parent = values.pop("parent", None)
        return save_category(
            actor=actor,
            category=form.instance if form.instance.pk else None,
            parent=Category.objects.get(pk=parent) if parent else None,
            texts=TextForm.facts(form.rows(CategoryText)),
            attributes=[
                AttributeUse(**{name: row[name] for name in CategoryAttributeRows.fields})
                for row in form.rows(CategoryAttribute)
            ],
            now=timezone.now(),
            **values,
        )


@admin.register(Brand)
class BrandAdmin(VersionedAdmin):
    form = VersionedForm
    editors = CATALOGERS
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name",)

    def write(self, actor: StaffActor, form: ActionForm) -> Brand:
        found = form.instance if form.instance.pk else None
        return save_brand(actor=actor, brand=found, now=timezone.now(), **form.cleaned_data)


@admin.register(Family)
class FamilyAdmin(NamedAdmin):
    form = VersionedForm
    editors = CATALOGERS
    list_display = ("code", "name", "category", "position")
    list_select_related = ("category",)
    search_fields = ("code", "texts__name")
    autocomplete_fields = ("category",)
    ordering = ("code",)
    fields = (("code", "category"), "position")
    inlines = (FamilyTextRows,)

    def write(self, actor: StaffActor, form: ActionForm) -> Family:
        found = form.instance if form.instance.pk else None
        texts = TextForm.facts(form.rows(FamilyText))
        return save_family(actor=actor, family=found, texts=texts, now=timezone.now(), **form.cleaned_data)


class OptionRows(Rows):
    model = AttributeOption
    form = OptionForm
    fields = ("code", "position", "names")
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("position", "pk")


@admin.register(Attribute)
class AttributeAdmin(VersionedAdmin):
    form = AttributeForm
    editors = CATALOGERS
    list_display = ("code", "called", "kind", "unit")
    list_filter = ("kind",)
    search_fields = ("code",)
    ordering = ("code",)
    fields = ("code", ("kind", "unit"), "names")
    inlines = (OptionRows,)

    @admin.display(description=pgettext_lazy("column", "Name"))
    def called(self, attribute: Attribute) -> str:
        return attribute.name(get_language() or "en")

    def label_of(self, row: Attribute) -> str:
        return f"{self.called(row)} ({row})"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def write(self, actor: StaffActor, form: ActionForm) -> Attribute:
        options = sorted(form.rows(AttributeOption), key=lambda row: row["position"])
        return save_attribute(
            actor=actor,
            options={row["code"]: row["names"] for row in options},
            now=timezone.now(),
            **{"code": form.instance.code, **form.cleaned_data},
        )


@admin.register(AssortmentRule)
class AssortmentRuleAdmin(VersionedAdmin):
    """Who sees what. A rule of a unit or of a person is only shown here: staff make rules for companies and types."""

    form = AssortmentRuleForm
    editors = CATALOGERS | SALES
    list_display = ("effect", "audience", "category", "brand", "names_products", "valid_from", "valid_until", "reason")
    list_filter = ("effect", "names_products")
    list_select_related = ("customer_type", "organization", "unit", "membership__user", "category", "brand")
    search_fields = ("reason", "organization__legal_name", "customer_type__name")
    autocomplete_fields = ("customer_type", "organization", "category", "brand")
    ordering = ("-pk",)
    actions_list: ClassVar = ["coverage"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        target = ("category", "brand"), "products"
        days = ("valid_from", "valid_until")
        return ("effect", ("customer_type", "organization"), *target, days, "reason", *(["size"] if obj else []))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("size",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_ours = obj is None or (obj.unit_id is None and obj.membership_id is None)
        return is_ours and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    @admin.display(description=_("Products"))
    def products(self, rule: AssortmentRule) -> str:
        """For those who may only look."""
        return "\n".join(named_by(rule))

    @admin.display(description=_("What it is about"))
    def size(self, rule: AssortmentRule) -> str:
        count = about(rule)
        text = ngettext("%(count)s product", "%(count)s products", count) % {"count": count}
        if rule.organization is None:
            return text
        url = f"{reverse('admin:catalog_assortmentrule_coverage')}?organization={rule.organization.pk}"
        link = staff_link(url, gettext("What %(company)s sees") % {"company": rule.organization})
        return format_html("{} · {}", text, link)

    def write(self, actor: StaffActor, form: ActionForm) -> AssortmentRule:
        rule = form.instance if form.instance.pk else None
        return save_assortment_rule(actor=actor, rule=rule, now=timezone.now(), **form.cleaned_data)

    def remove(self, actor: StaffActor, row: AssortmentRule) -> None:
        remove_assortment_rule(actor=actor, rule=row, now=timezone.now())

    @action(description=_("What a company sees"), url_path="coverage")  # type: ignore[untyped-decorator]
    def coverage(self, request: HttpRequest) -> HttpResponse:
        """How much of each shelf a company sees today, and by which rules."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = CoverageForm(request.GET or None)
        field: Any = self.opts.get_field("organization")
        form.fields["organization"] = self.formfield_for_foreignkey(field, request)
        company = form.cleaned_data["organization"] if form.is_valid() else None
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("What a company sees"),
            "form": form,
            "media": self.media + form.media,
            "company": company,
        }
        if company:
            context, tree, day = company_context(company), catalog_tree(), timezone.localdate()
            page |= {"shelves": coverage(context, tree, day), "rules": rules_for(context, day)}
        return render(request, "catalog/coverage.html", page)


@admin.register(QuantityRule)
class QuantityRuleAdmin(VersionedAdmin):
    form = VersionedForm
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
