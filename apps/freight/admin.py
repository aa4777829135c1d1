from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.fields import AmountField, WeekdaysField, weekdays_text
from apps.core.permissions import StaffActor, StaffRole
from apps.core.staff import SALES, STOREKEEPERS, ActionForm, StaffAdmin, VersionedAdmin, VersionedForm
from apps.freight.actions.save_delivery_method import save_delivery_method
from apps.freight.actions.save_freight_rate import save_freight_rate
from apps.freight.actions.save_freight_rule import save_freight_rule
from apps.freight.actions.save_route import save_route
from apps.freight.actions.save_zone import save_zone
from apps.freight.models import DeliveryMethod, FreightRate, FreightRule, FreightZone, Route


class FreightAdmin(StaffAdmin):
    """Pages of the warehouse; sales may look."""

    form = ActionForm
    viewers = frozenset({StaffRole.SALES})
    editors = STOREKEEPERS


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(FreightAdmin):
    list_display = ("code", "kind", "carrier", "position", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "carrier")
    ordering = ("position", "pk")
    fields = (("code", "kind"), "carrier", ("position", "is_active"))

    def write(self, actor: StaffActor, form: ActionForm) -> DeliveryMethod:
        found = form.instance if form.instance.pk else None
        return save_delivery_method(actor=actor, method=found, now=timezone.now(), **form.cleaned_data)


@admin.register(FreightZone)
class FreightZoneAdmin(FreightAdmin):
    list_display = ("code", "country", "postal_from", "postal_to")
    list_filter = ("country",)
    search_fields = ("code", "country")
    ordering = ("country", "postal_from", "postal_to")
    fields = (("code", "country"), ("postal_from", "postal_to"))

    def write(self, actor: StaffActor, form: ActionForm) -> FreightZone:
        found = form.instance if form.instance.pk else None
        return save_zone(actor=actor, zone=found, now=timezone.now(), **form.cleaned_data)


class RouteForm(ActionForm):
    weekdays = WeekdaysField(label=_("Leaves on"))


@admin.register(Route)
class RouteAdmin(FreightAdmin):
    form = RouteForm
    list_display = ("warehouse", "zone", "method", "cut_off", "transit_days")
    list_filter = ("warehouse", "method", "zone__country")
    list_select_related = ("warehouse", "zone", "method")
    search_fields = ("zone__code", "method__code", "warehouse__code")
    autocomplete_fields = ("warehouse", "zone", "method")
    ordering = ("warehouse", "zone", "method")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        days = "weekdays" if self.has_change_permission(request, obj) else "leaves_on"
        return "warehouse", "zone", "method", days, "cut_off", "transit_days"

    @admin.display(description=_("Leaves on"))
    def leaves_on(self, route: Route) -> str:
        """For those who may only look."""
        return weekdays_text(route.weekdays)

    def write(self, actor: StaffActor, form: ActionForm) -> Route:
        found = form.instance if form.instance.pk else None
        return save_route(actor=actor, route=found, now=timezone.now(), **form.cleaned_data)


class RateForm(ActionForm):
    price = AmountField(label=_("Price"))


@admin.register(FreightRate)
class FreightRateAdmin(FreightAdmin):
    form = RateForm
    list_display = ("method", "zone", "currency", "basis", "from_value", "price")
    list_filter = ("method", "currency", "zone__country")
    list_select_related = ("zone", "method")
    search_fields = ("zone__code", "method__code")
    autocomplete_fields = ("zone", "method")
    ordering = ("method", "zone", "currency", "basis", "from_value")
    fields = (("method", "zone"), ("basis", "from_value"), ("currency", "price"))

    def write(self, actor: StaffActor, form: ActionForm) -> FreightRate:
        found = form.instance if form.instance.pk else None
        return save_freight_rate(actor=actor, rate=found, now=timezone.now(), **form.cleaned_data)


class RuleForm(VersionedForm):
    free_from = AmountField(label=_("Free from"))


@admin.register(FreightRule)
class FreightRuleAdmin(FreightAdmin, VersionedAdmin):
    form = RuleForm
    editors = SALES | STOREKEEPERS
    list_display = ("free_from", "currency", "method", "audience")
    list_filter = ("currency", "method")
    list_select_related = ("method", "customer_type", "organization", "unit", "membership__user")
    search_fields = ("organization__legal_name", "customer_type__name")
    autocomplete_fields = ("method", "customer_type", "organization")
    ordering = ("-pk",)
    fields = (("free_from", "currency"), "method", "customer_type", "organization")

    def write(self, actor: StaffActor, form: ActionForm) -> FreightRule:
        found = form.instance if form.instance.pk else None
        return save_freight_rule(actor=actor, rule=found, now=timezone.now(), **form.cleaned_data)
