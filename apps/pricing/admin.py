from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.core.errors import DomainError
from apps.core.permissions import StaffActor
from apps.core.sheets import read_sheet
from apps.core.staff import SALES, ActionForm, Rows, StaffAdmin, staff_actor, staff_link
from apps.pricing.actions.assign_price_list import assign_price_list
from apps.pricing.actions.change_prices import PriceRefused, change_prices
from apps.pricing.actions.end_agreement import end_agreement
from apps.pricing.actions.import_prices import import_prices
from apps.pricing.actions.open_agreement import open_agreement
from apps.pricing.actions.save_discount import save_discount
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.actions.save_tax_rate import save_tax_rate
from apps.pricing.actions.unassign_price_list import unassign_price_list
from apps.pricing.forms import PriceFields, PriceFileForm, PriceForm, new_price
from apps.pricing.models import Agreement, DiscountRule, Price, PriceList, PriceListAssignment, TaxRate

SHOWN_FAULTS = 50


class RateForm(ActionForm):
    """A form with a rate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "rate" in self.fields:
            self.fields["rate"].help_text = gettext("As a fraction: 0.05 is 5%.")


class NewPriceRows(Rows):
    """Prices to add to the list; those that it has are a table of their own, too long for a page."""

    model = Price
    form = PriceFields
    fields = ("product", "min_quantity", "amount", "valid_from", "valid_until")
    autocomplete_fields = ("product",)
    verbose_name = _("new price")
    verbose_name_plural = _("new prices")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).none()


@admin.register(PriceList)
class PriceListAdmin(StaffAdmin):
    form = ActionForm
    editors = SALES
    list_display = ("name", "kind", "currency", "priority", "valid_from", "valid_until")
    list_filter = ("kind", "currency")
    search_fields = ("name",)
    ordering = ("name",)
    actions_detail: ClassVar = ["upload"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        prices = ("price_count",) if obj else ()
        return ("name", "kind", "currency", "priority", "valid_from", "valid_until", *prices)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind", "currency", "price_count") if obj else ()

    @action(description=_("Import a file"), url_path="import", permissions=["change"])  # type: ignore[untyped-decorator]
    def upload(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Take a file of prices into the list: all of it, or nothing and what is wrong with it."""
        price_list = self.get_object(request, str(object_id))
        if price_list is None:
            raise Http404
        form = PriceFileForm(request.POST or None, request.FILES or None)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": price_list,
            "title": gettext("Import prices into %(list)s") % {"list": price_list},
            "form": form,
        }
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                sheet = read_sheet(file)
                outcome = import_prices(
                    actor=staff_actor(request),
                    price_list=price_list,
                    columns=sheet.columns,
                    rows=sheet,
                    name=file.name,
                    now=timezone.now(),
                )
            except DomainError as refusal:
                form.add_error("file", str(refusal))
            else:
                if outcome.was_saved:
                    done = gettext("%(created)s new prices, %(updated)s changed, %(unchanged)s as they were.")
                    messages.success(request, done % outcome.counts)
                    return redirect("admin:pricing_pricelist_change", price_list.pk)
                page |= {"outcome": outcome, "faults": outcome.faults[:SHOWN_FAULTS]}
        is_refused = "outcome" in page or form.errors
        return render(request, "pricing/import.html", page, status=422 if is_refused else 200)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[Rows]]:
        return [NewPriceRows] if obj and self.has_change_permission(request, obj) else []

    @admin.display(description=_("Prices"))
    def price_count(self, price_list: PriceList) -> str:
        count = price_list.prices.count()
        text = ngettext("%(count)s price", "%(count)s prices", count) % {"count": count}
        url = f"{reverse('admin:pricing_price_changelist')}?price_list__id__exact={price_list.pk}"
        return staff_link(url, text)

    def write(self, actor: StaffActor, form: ActionForm) -> PriceList:
        found = form.instance if form.instance.pk else None
        if found and (rows := form.rows(Price)):
            prices = [new_price(row["product"].pk, row) for row in rows]
            try:
                change_prices(actor=actor, price_list=found, prices=prices, now=timezone.now())
            except PriceRefused as refused:
                form.row_forms(Price)[refused.place].add_error(None, str(refused))
                raise
        kept = {"kind": found.kind, "currency": found.currency} if found else {}
        return save_price_list(actor=actor, price_list=found, now=timezone.now(), **{**form.cleaned_data, **kept})


@admin.register(Agreement)
class AgreementAdmin(StaffAdmin):
    form = ActionForm
    editors = SALES
    list_display = ("number", "organization", "valid_from", "valid_until")
    list_select_related = ("organization",)
    search_fields = ("number", "organization__legal_name")
    autocomplete_fields = ("organization",)
    ordering = ("number",)
    fields = ("organization", "number", "valid_from", "valid_until")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organization", "number", "valid_from") if obj else ()

    def write(self, actor: StaffActor, form: ActionForm) -> Agreement:
        if form.instance.pk:
            return end_agreement(actor=actor, agreement=form.instance, now=timezone.now(), **form.cleaned_data)
        return open_agreement(actor=actor, now=timezone.now(), **form.cleaned_data)


@admin.register(DiscountRule)
class DiscountRuleAdmin(StaffAdmin):
    form = RateForm
    editors = SALES
    list_display = ("rate", "audience", "category", "brand", "valid_from", "valid_until")
    list_select_related = ("customer_type", "organization", "unit", "membership__user", "category", "brand")
    search_fields = ("organization__legal_name", "customer_type__name")
    autocomplete_fields = ("customer_type", "organization")
    ordering = ("-pk",)
    fields = ("rate", "customer_type", "organization", "category", "brand", ("valid_from", "valid_until"))

    def write(self, actor: StaffActor, form: ActionForm) -> DiscountRule:
        rule = form.instance if form.instance.pk else None
        return save_discount(actor=actor, rule=rule, now=timezone.now(), **form.cleaned_data)


@admin.register(PriceListAssignment)
class PriceListAssignmentAdmin(StaffAdmin):
    form = ActionForm
    editors = SALES
    fields = ("price_list", "customer_type", "organization")
    autocomplete_fields = ("price_list", "customer_type", "organization")
    list_display = ("price_list", "audience")
    list_select_related = ("price_list", "customer_type", "organization", "unit", "membership__user")
    search_fields = ("price_list__name", "organization__legal_name")
    ordering = ("-pk",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def write(self, actor: StaffActor, form: ActionForm) -> PriceListAssignment:
        return assign_price_list(actor=actor, now=timezone.now(), **form.cleaned_data)

    def remove(self, actor: StaffActor, row: PriceListAssignment) -> None:
        unassign_price_list(actor=actor, assignment=row, now=timezone.now())


@admin.register(Price)
class PriceAdmin(StaffAdmin):
    """The prices of all lists. One that is saved takes the place of what its list has for the quantity and the day."""

    form = PriceForm
    editors = SALES
    list_display = ("product", "price_list", "min_quantity", "amount", "valid_from", "valid_until")
    list_filter = ("price_list__currency", "price_list")
    list_select_related = ("product", "price_list")
    search_fields = ("product__sku", "product__sku_key", "price_list__name")
    autocomplete_fields = ("product", "price_list")
    ordering = ("product__sku", "price_list", "min_quantity", "pk")
    fields = (("product", "price_list"), ("min_quantity", "amount"), ("valid_from", "valid_until"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("product", "price_list") if obj else ()

    def currency_of(self, row: Any) -> str:
        return str(row.price_list.currency)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def write(self, actor: StaffActor, form: ActionForm) -> Price:
        price = form.instance
        new = new_price(price.product_id, form.cleaned_data)
        change_prices(
            actor=actor,
            price_list=price.price_list,
            prices=[new],
            removed=[price.pk] if price.pk else [],
            now=timezone.now(),
        )
        product, quantity, _is_dated, begins = new.slot
        saved: Price = Price.objects.get(
            price_list=price.price_list,
            product=product,
            min_quantity=quantity,
            valid_from=begins,
            valid_until=new.valid_until,
        )
        return saved

    def remove(self, actor: StaffActor, row: Price) -> None:
        change_prices(actor=actor, price_list=row.price_list, prices=[], removed=[row.pk], now=timezone.now())


@admin.register(TaxRate)
class TaxRateAdmin(StaffAdmin):
    form = RateForm
    editors = SALES
    fields = ("country", "tax_class", "rate", "valid_from")
    list_display = ("country", "tax_class", "rate", "valid_from", "valid_until")
    list_filter = ("tax_class",)
    search_fields = ("country",)
    ordering = ("country", "tax_class", "-valid_from")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, actor: StaffActor, form: ActionForm) -> TaxRate:
        return save_tax_rate(actor=actor, now=timezone.now(), **form.cleaned_data)
