from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from apps.core.permissions import StaffActor, StaffRole
from apps.core.staff import ActionForm, ReadOnlyAdmin, StaffAdmin
from apps.pricing.actions.assign_price_list import assign_price_list
from apps.pricing.actions.open_agreement import open_agreement
from apps.pricing.actions.save_discount import save_discount
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.actions.save_tax_rate import save_tax_rate
from apps.pricing.models import Agreement, DiscountRule, Price, PriceList, PriceListAssignment, TaxRate

PRICERS = frozenset({StaffRole.SALES, StaffRole.ADMINISTRATOR})


@admin.register(PriceList)
class PriceListAdmin(StaffAdmin):
    form = ActionForm
    editors = PRICERS
    list_display = ("name", "kind", "currency", "priority", "valid_from", "valid_until")
    list_filter = ("kind", "currency")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "kind", "currency", "priority", "valid_from", "valid_until")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind", "currency") if obj else ()

    def write(self, actor: StaffActor, form: ActionForm) -> PriceList:
        found = form.instance if form.instance.pk else None
        kept = {"kind": found.kind, "currency": found.currency} if found else {}
        return save_price_list(actor=actor, price_list=found, now=timezone.now(), **{**form.cleaned_data, **kept})


@admin.register(Agreement)
class AgreementAdmin(StaffAdmin):
    form = ActionForm
    editors = PRICERS
    list_display = ("number", "organization", "valid_from", "valid_until")
    list_select_related = ("organization",)
    search_fields = ("number", "organization__legal_name")
    autocomplete_fields = ("organization",)
    ordering = ("number",)
    fields = ("organization", "number", "valid_from", "valid_until")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, actor: StaffActor, form: ActionForm) -> Agreement:
        return open_agreement(actor=actor, now=timezone.now(), **form.cleaned_data)


@admin.register(DiscountRule)
class DiscountRuleAdmin(StaffAdmin):
    form = ActionForm
    editors = PRICERS
    list_display = ("rate", "audience", "category", "brand")
    list_select_related = ("customer_type", "organization", "unit", "membership__user", "category", "brand")
    search_fields = ("organization__legal_name", "customer_type__name")
    autocomplete_fields = ("customer_type", "organization")
    ordering = ("-pk",)
    fields = ("rate", "customer_type", "organization", "category", "brand")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, actor: StaffActor, form: ActionForm) -> DiscountRule:
        return save_discount(actor=actor, now=timezone.now(), **form.cleaned_data)


@admin.register(PriceListAssignment)
class PriceListAssignmentAdmin(StaffAdmin):
    form = ActionForm
    editors = PRICERS
    fields = ("price_list", "customer_type", "organization")
    autocomplete_fields = ("price_list", "customer_type", "organization")
    list_display = ("price_list", "audience")
    list_select_related = ("price_list", "customer_type", "organization", "unit", "membership__user")
    search_fields = ("price_list__name", "organization__legal_name")
    ordering = ("-pk",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, actor: StaffActor, form: ActionForm) -> PriceListAssignment:
        return assign_price_list(actor=actor, now=timezone.now(), **form.cleaned_data)


@admin.register(Price)
class PriceAdmin(ReadOnlyAdmin):
    list_display = ("product", "price_list", "min_quantity", "amount", "valid_from", "valid_until")
    list_filter = ("price_list__currency",)
    list_select_related = ("product", "price_list")
    search_fields = ("product__sku", "price_list__name")
    ordering = ("-pk",)


@admin.register(TaxRate)
class TaxRateAdmin(StaffAdmin):
    form = ActionForm
    editors = PRICERS
    fields = ("country", "tax_class", "rate", "valid_from")
    list_display = ("country", "tax_class", "rate", "valid_from", "valid_until")
    list_filter = ("tax_class",)
    search_fields = ("country",)
    ordering = ("country", "tax_class", "-valid_from")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, actor: StaffActor, form: ActionForm) -> TaxRate:
        return save_tax_rate(actor=actor, now=timezone.now(), **form.cleaned_data)
