from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.fields import WeekdaysField, weekdays_text
from apps.core.permissions import StaffActor, StaffRole
from apps.core.staff import STOREKEEPERS, ActionForm, ReadOnlyAdmin, StaffAdmin
from apps.inventory.actions.adjust_stock import adjust_stock
from apps.inventory.actions.receive_goods import receive_goods
from apps.inventory.actions.save_receipt import save_receipt
from apps.inventory.actions.save_warehouse import save_warehouse
from apps.inventory.models import QUANTITY, Demand, Receipt, Stock, StockMovement, Warehouse

VIEWERS = frozenset({StaffRole.SALES})


@cache
def time_zones() -> list[tuple[str, str]]:
    """Their names, read from disk once."""
    return [(name, name) for name in sorted(available_timezones())]


def closed_days(warehouse: Warehouse) -> str:
    days = warehouse.closures.order_by("day").values_list("day", flat=True)
    return "\n".join(day.isoformat() for day in days)


class WarehouseForm(ActionForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, initial=settings.TIME_ZONE)
    weekdays = WeekdaysField(label=_("Working days"))
    closed_days = forms.CharField(
        label=_("Closed on"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Beside weekends and holidays: one day a line, as 2026-12-31."),
    )

    class Meta:
        model = Warehouse
        fields = ("code", "name", "country", "time_zone", "weekdays")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["closed_days"] = closed_days(self.instance)

    def clean_closed_days(self) -> list[date]:
        try:
            return [date.fromisoformat(line) for line in self.cleaned_data["closed_days"].split()]
        except ValueError as error:
            raise forms.ValidationError(_("Write each day as 2026-12-31.")) from error


@admin.register(Warehouse)
class WarehouseAdmin(StaffAdmin):
    form = WarehouseForm
    viewers = VIEWERS
    editors = STOREKEEPERS
    list_display = ("code", "name", "country", "time_zone")
    list_filter = ("country",)
    search_fields = ("code", "name")
    ordering = ("code",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        days = "weekdays" if self.has_change_permission(request, obj) else "working_days"
        return ("code", "name"), ("country", "time_zone"), days, "closed_days"

    @admin.display(description=_("Closed on"))
    def closed_days(self, warehouse: Warehouse) -> str:
        """For those who may only look."""
        return closed_days(warehouse)

    @admin.display(description=_("Working days"))
    def working_days(self, warehouse: Warehouse) -> str:
        """Likewise."""
        return weekdays_text(warehouse.weekdays)

    def write(self, actor: StaffActor, form: ActionForm) -> Warehouse:
        found = form.instance if form.instance.pk else None
        values = {**form.cleaned_data, "closures": form.cleaned_data["closed_days"]}
        del values["closed_days"]
        return save_warehouse(actor=actor, warehouse=found, now=timezone.now(), **values)


class StockForm(ActionForm):
    delta = forms.DecimalField(
        label=_("Change by"), help_text=_("In base units; with a minus for what is gone."), **QUANTITY
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[row for row in StockMovement.Reason.choices if row[0] not in {"receipt", "shipment"}],
    )

    class Meta:
        model = Stock
        fields = ("product", "warehouse", "safety")


@admin.register(Stock)
class StockAdmin(StaffAdmin):
    """What lies where. A new row begins with what was counted; from then on it is changed by a quantity."""

    form = StockForm
    viewers = VIEWERS
    editors = STOREKEEPERS
    list_display = ("product", "warehouse", "on_hand", "reserved", "safety", "updated_at")
    list_filter = ("warehouse",)
    list_select_related = ("product", "warehouse")
    search_fields = ("product__sku", "product__sku_key", "product__texts__name")
    autocomplete_fields = ("product", "warehouse")
    ordering = ("product__sku", "pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        known = ("on_hand", "reserved", "updated_at") if obj else ()
        changes = ("delta", "reason") if self.has_change_permission(request, obj) else ()
        return ("product", "warehouse", *known, *changes, "safety")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("product", "warehouse", "on_hand", "reserved", "updated_at") if obj else ()

    def write(self, actor: StaffActor, form: ActionForm) -> Stock:
        row = form.instance
        values = {"product": row.product, "warehouse": row.warehouse, **form.cleaned_data}
        return adjust_stock(actor=actor, now=timezone.now(), **values)


class ReceiptForm(ActionForm):
    receive = forms.DecimalField(
        label=_("Take in"),
        required=False,
        min_value=Decimal("0.001"),
        help_text=_("What has come now, in base units."),
        **QUANTITY,
    )

    class Meta:
        model = Receipt
        fields = ("kind", "product", "warehouse", "due_on", "quantity")


@admin.register(Receipt)
class ReceiptAdmin(StaffAdmin):
    """What is on its way: when and how much is changed here, and taken in when it comes."""

    form = ReceiptForm
    viewers = VIEWERS
    editors = STOREKEEPERS
    list_display = ("product", "warehouse", "kind", "due_on", "quantity", "reserved", "arrived")
    list_filter = ("warehouse", "kind", "due_on")
    list_select_related = ("product", "warehouse")
    search_fields = ("product__sku", "product__sku_key", "product__texts__name")
    autocomplete_fields = ("product", "warehouse")
    ordering = ("due_on", "pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        known = ("reserved", "arrived") if obj else ()
        changes = ("receive",) if obj and self.has_change_permission(request, obj) else ()
        return ("kind", "product", "warehouse", "due_on", "quantity", *known, *changes)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind", "product", "warehouse", "reserved", "arrived") if obj else ()

    def write(self, actor: StaffActor, form: ActionForm) -> Receipt:
        row, values, now = form.instance, form.cleaned_data, timezone.now()
        if row.pk and values["receive"]:
            return receive_goods(actor=actor, receipt=row, quantity=values["receive"], now=now)
        return save_receipt(
            actor=actor,
            receipt=row if row.pk else None,
            kind=row.kind,
            product=row.product,
            warehouse=row.warehouse,
            due_on=values["due_on"],
            quantity=values["quantity"],
            now=now,
        )


class RecordAdmin(ReadOnlyAdmin):
    viewers: ClassVar[frozenset[str]] = VIEWERS
    editors: ClassVar[frozenset[str]] = STOREKEEPERS


@admin.register(Demand)
class DemandAdmin(RecordAdmin):
    list_display = ("product", "organization", "quantity", "fulfilled", "cancelled", "requested_date", "rank")
    list_filter = ("rank",)
    list_select_related = ("product", "organization")
    search_fields = ("product__sku", "product__sku_key", "organization__legal_name")
    ordering = ("-pk",)
    exclude = ("source_uid",)


@admin.register(StockMovement)
class StockMovementAdmin(RecordAdmin):
    list_display = ("created_at", "stock", "delta", "reason", "source")
    list_filter = ("reason", "stock__warehouse")
    list_select_related = ("stock__product", "stock__warehouse")
    search_fields = ("stock__product__sku", "stock__product__sku_key", "source")
    ordering = ("-pk",)
