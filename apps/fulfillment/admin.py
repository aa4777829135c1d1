from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import DomainError
from apps.core.formats import quantity_text
from apps.core.staff import STOREKEEPERS, ReadOnlyAdmin, staff_actor
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.actions.ship_order import ship_order
from apps.fulfillment.forms import ShipForm
from apps.fulfillment.models import Shipment
from apps.orders.models import Order
from apps.orders.queries.staff import order_for_staff


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    """What has left. Shipments are made on the page of their order."""

    editors = STOREKEEPERS
    list_display = ("number", "organization", "warehouse", "carrier", "tracking_number", "state", "dispatched_at")
    list_filter = ("state", "warehouse", "dispatched_at")
    list_select_related = ("organization", "warehouse")
    search_fields = (
        "number",
        "tracking_number",
        "organization__legal_name",
        "lines__schedule_line__line__order__number",
    )
    ordering = ("-dispatched_at", "-pk")
    told = ("contents",)

    @admin.display(description=_lazy("Lines"))
    def contents(self, shipment: Shipment) -> str:
        rows = shipment.lines.select_related("schedule_line__line__order").order_by("schedule_line__line__position")
        lines = ((row.quantity, row.schedule_line.line) for row in rows)
        return format_html_join(
            mark_safe("<br>"),
            "{} × {} ({})",
            ((quantity_text(quantity, "", get_language() or "en"), line.sku, line.order) for quantity, line in lines),
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("orders/<uuid:order_uid>/", view(self.dispatch), name="fulfillment_shipment_dispatch"),
            path("<uuid:uid>/delivery/", view(self.delivery), name="fulfillment_shipment_delivery"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "POST"]))
    def dispatch(self, request: HttpRequest, order_uid: UUID) -> HttpResponse:
        """Send something of an order; what cannot be sent stands at its row, with all that was typed."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        order = self.find_order(order_uid)
        form = ShipForm(request.POST or None, order=order)
        if form.is_valid():
            try:
                shipment = self.ship(request, order, form)
            except DomainError as refusal:
                order = self.find_order(order_uid)
                form = ShipForm(request.POST, order=order)
                form.refuse(refusal)
            else:
                text = _("The shipment %(number)s is on its way.")
                self.message_user(request, text % {"number": shipment.number}, messages.SUCCESS)
                return redirect("admin:orders_order_change", order.pk)
        page = {
            **self.admin_site.each_context(request),
            "opts": Order._meta,
            "original": order,
            "title": _("Ship the order %(number)s") % {"number": order.number},
            "order": order,
            "ship": form,
        }
        return render(request, "fulfillment/staff_ship.html", page, status=422 if form.is_bound else 200)

    def ship(self, request: HttpRequest, order: Order, form: ShipForm) -> Shipment:
        return ship_order(
            actor=staff_actor(request),
            order_uid=order.uid,
            quantities=form.quantities,
            warehouse=form.cleaned_data["warehouse"],
            carrier=form.cleaned_data["carrier"],
            tracking_number=form.cleaned_data["tracking_number"],
            now=timezone.now(),
        )

    def find_order(self, uid: UUID) -> Order:
        order = order_for_staff(uid=uid)
        if order is None:
            raise Http404
        return order

    @method_decorator(require_POST)
    def delivery(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        """Note that a shipment has arrived."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        shipment = get_object_or_404(Shipment, uid=uid)
        actor, now = staff_actor(request), timezone.now()
        self.act(
            request,
            lambda: record_delivery(actor=actor, shipment_uid=uid, now=now),
            _("The shipment %(number)s has arrived.") % {"number": shipment.number},
        )
        order = Order.objects.filter(lines__schedule__shipment_lines__shipment=shipment).earliest("pk")
        return redirect("admin:orders_order_change", order.pk)
