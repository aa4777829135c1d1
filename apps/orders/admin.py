from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from apps.core import panels
from apps.core.downloads import csv_download
from apps.core.errors import DomainError
from apps.core.formats import money_text
from apps.core.staff import SALES, STOREKEEPERS, ReadOnlyAdmin, facts_text, has_role, staff_actor
from apps.ledger.queries import company_credit
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.actions.cancel_remainder import cancel_remainder
from apps.orders.actions.confirm_order import confirm_order
from apps.orders.forms.staff import AnswerForm, StaffCancelForm, answer_forms
from apps.orders.models import Cart, Order, Submission
from apps.orders.queries import orders as queries
from apps.orders.queries.orders import still_owed
from apps.orders.queries.staff import order_for_staff, to_confirm, to_ship

LONGEST_WORK_LIST = 20


def work(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What waits for whoever opens the admin: the dashboard callback of Unfold. 2 statements a list."""
    every = reverse("admin:orders_order_changelist")
    lists = []
    if has_role(request, SALES):
        lists.append((_("Orders to confirm"), to_confirm(), f"{every}?state__exact=placed"))
    if has_role(request, STOREKEEPERS):
        url = f"{every}?state__exact=confirmed&progress__in=none,partial"
        lists.append((_("Orders to ship"), to_ship(), url))
    context["work"] = [
        {"title": title, "orders": rows[:LONGEST_WORK_LIST], "count": rows.count(), "url": url}
        for title, rows, url in lists
    ]
    return context


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Orders of all companies. Each has a page of its own, where it is answered; what higher apps do with it stands
    there as well."""

    editors = SALES
    list_display = ("number", "company", "buyer", "po_number", "placed_at", "state", "progress", "total")
    list_filter = ("state", "progress", "placed_at")
    list_select_related = ("organization", "owner__user")
    search_fields = ("number", "po_number", "organization__legal_name", "organization__number", "lines__sku")
    ordering = ("-placed_at", "-pk")
    actions: ClassVar[list[Any]] = ["export"]

    @admin.display(description=_lazy("Company"), ordering="organization__legal_name")
    def company(self, order: Order) -> str:
        return str(order.organization)

    @admin.display(description=_lazy("Buyer"), ordering="owner__user__name")
    def buyer(self, order: Order) -> str:
        return order.owner.label

    @admin.display(description=_lazy("Total"), ordering="gross")
    def total(self, order: Order) -> str:
        return money_text(order.gross, order.currency, get_language() or "en")

    @admin.action(description=_lazy("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponseBase:
        """The lines of the chosen orders."""
        return csv_download("orders", queries.COLUMNS, queries.export_rows(queryset))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:uid>/confirmation/", view(self.confirmation), name="orders_order_confirmation"),
            path("<uuid:uid>/cancellation/", view(self.cancellation), name="orders_order_cancellation"),
            path("<uuid:uid>/remainder/", view(self.remainder), name="orders_order_remainder"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.page(request, self.find(pk=object_id))

    def find(self, **place: object) -> Order:
        order = order_for_staff(**place)
        if order is None:
            raise Http404
        return order

    def page(
        self,
        request: HttpRequest,
        order: Order,
        *,
        answers: list[AnswerForm] | None = None,
        cancel: StaffCancelForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        may_answer = self.has_change_permission(request)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": order,
            "title": _("Order %(number)s") % {"number": order.number},
            "order": order,
            "delivery": order.deliveries.all()[0],
            "owed": still_owed(order, order.lines.all()),
            "credit": company_credit(order.organization),
            "answers": (answers or answer_forms(order)) if may_answer and order.state == Order.State.PLACED else [],
            "cancel": (cancel or StaffCancelForm()) if may_answer and order.may_be_cancelled else None,
            "has_remainder": may_answer and order.has_remainder,
            "panels": panels.fill("staff.order", request, order=order),
        }
        return render(request, "orders/staff_order.html", page, status=status)

    @method_decorator(require_POST)
    def confirmation(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        """Answer an order line by line; with a row that cannot be, all stays as it was typed."""
        order = self.order_to_answer(request, uid)
        answers = answer_forms(order, request.POST)
        # All of them are asked, so that each row says what is wrong with it.
        if any([not form.is_valid() for form in answers]):  # noqa: C419
            messages.error(request, _("Nothing is confirmed yet: some rows below cannot be."))
            return self.page(request, order, answers=answers, status=422)
        try:
            done = confirm_order(
                actor=staff_actor(request),
                order_uid=uid,
                answers={form.row.line.uid: form.answer for form in answers},
                now=timezone.now(),
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.page(request, self.find(uid=uid), answers=answers, status=422)
        text = (
            _("Nothing of the order %(number)s comes: it was canceled.")
            if done.state == Order.State.CANCELLED
            else _("The order %(number)s was confirmed.")
        )
        messages.success(request, text % {"number": order.number})
        return redirect("admin:orders_order_change", order.pk)

    @method_decorator(require_POST)
    def cancellation(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        """Cancel all of an order."""
        order = self.order_to_answer(request, uid)
        form = StaffCancelForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The order is not canceled yet: its customer is told a reason."))
            return self.page(request, order, cancel=form, status=422)
        actor, now = staff_actor(request), timezone.now()
        self.act(
            request,
            lambda: cancel_order(actor=actor, order_uid=uid, now=now, **form.cleaned_data),
            _("The order %(number)s was canceled.") % {"number": order.number},
        )
        return redirect("admin:orders_order_change", order.pk)

    @method_decorator(require_POST)
    def remainder(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        """Cancel what has not left of an order."""
        order = self.order_to_answer(request, uid)
        actor, now = staff_actor(request), timezone.now()
        self.act(
            request,
            lambda: cancel_remainder(actor=actor, order_uid=uid, now=now),
            _("What was left of the order %(number)s was canceled.") % {"number": order.number},
        )
        return redirect("admin:orders_order_change", order.pk)

    def order_to_answer(self, request: HttpRequest, uid: UUID) -> Order:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return self.find(uid=uid)


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "owner", "state", "line_count", "last_total", "currency", "updated_at")
    list_filter = ("state",)
    list_select_related = ("organization", "owner__user")
    search_fields = ("name", "organization__legal_name", "owner__user__name", "po_number")
    ordering = ("-updated_at", "-pk")
    exclude = ("version", "revision")


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("cart", "revision", "organization", "submitted_by", "net", "tax", "currency", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("organization", "cart", "submitted_by__user")
    search_fields = ("cart__name", "organization__legal_name", "submitted_by__user__name", "content_hash")
    ordering = ("-pk",)
    told = ("deliver_to", "contents")
    exclude = ("content", "content_hash")

    @admin.display(description=_lazy("Deliver to"))
    def deliver_to(self, submission: Submission) -> str:
        return facts_text(submission.content["ship_to"])

    @admin.display(description=_lazy("Lines"))
    def contents(self, submission: Submission) -> str:
        """As they were sent, whatever has become of the cart and of the products."""
        lines = [
            {
                **line,
                "quantity": Decimal(line["quantity"]),
                "unit_price": Decimal(line["unit_price"]) if line["unit_price"] else None,
                "net": Decimal(line["net"]),
                "promised_date": date.fromisoformat(line["promised_date"]) if line["promised_date"] else None,
            }
            for line in submission.content["lines"]
        ]
        return render_to_string("orders/staff_submission.html", {"currency": submission.currency, "lines": lines})
