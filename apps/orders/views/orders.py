from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.activity.descriptions import sentence
from apps.activity.models import Event
from apps.core import panels
from apps.core.downloads import csv_download
from apps.core.pages import go_to, post_only, render_page
from apps.core.templatetags.portico import day, qty
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.actions.repeat_order import repeat_order
from apps.orders.models import Order, OrderLine, ScheduleLine
from apps.orders.queries import orders as queries
from apps.orders.queries.orders import Approval, still_owed
from apps.orgs.access import MemberRequest, limited, permission_required

PAGE = 25
LONGEST_WORDS = 100


def find_order(request: MemberRequest, number: str) -> Order:
    order = queries.order_of(request.membership, number)
    if order is None:
        raise Http404
    return order


def read_ask(request: HttpRequest) -> queries.Ask:
    tab = request.GET.get("tab", queries.ALL)
    return queries.Ask(
        words=request.GET.get("q", "").strip()[:LONGEST_WORDS],
        tab=tab if tab in {queries.OPEN, queries.MINE} else queries.ALL,
    )


@permission_required("orders.view")
def index(request: MemberRequest) -> HttpResponse:
    ask = read_ask(request)
    counts = queries.counts(request.membership)
    labels = {queries.ALL: _("All"), queries.OPEN: pgettext("orders", "Open"), queries.MINE: _("Mine")}
    found = Paginator(queries.orders_for(request.membership, ask), PAGE).get_page(request.GET.get("page"))
    words = panels.known("orders.progress", request, orders=found.object_list)
    page: dict[str, Any] = {
        "ask": ask,
        "page": found,
        "orders": [(order, words.get(order.pk)) for order in found.object_list],
        "tabs": [
            {"url": f"?tab={tab}", "label": label, "count": counts[tab], "is_current": tab == ask.tab}
            for tab, label in labels.items()
        ],
        "may_see_prices": request.membership.may("prices.view"),
        "may_buy": request.membership.may("cart.edit"),
    }
    return render_page(request, "orders/orders.html", page, partial="list")


@permission_required("orders.view")
@limited("exports", person=60, company=300)
def export(request: MemberRequest) -> HttpResponseBase:
    """The lines of the orders that the list shows, as CSV."""
    rows = queries.orders_for(request.membership, read_ask(request))
    sees_prices = request.membership.may("prices.view")
    hidden = queries.SUPPLIER_COLUMNS if sees_prices else queries.SUPPLIER_COLUMNS | queries.PRICE_COLUMNS
    shown = [place for place, name in enumerate(queries.COLUMNS) if name not in hidden]
    columns = [queries.COLUMNS[place] for place in shown]
    return csv_download("orders", columns, ([row[place] for place in shown] for row in queries.export_rows(rows)))


@permission_required("orders.view")
def order(request: MemberRequest, number: str) -> HttpResponse:
    found = find_order(request, number)
    parts = panels.known("order.shipments", request, order=found)
    approval = next((row for row in panels.fill("order.approval", request, order=found) if row), None)
    requests = [approval.request_uid] if approval else []
    events = queries.timeline(request.membership, found, parts, requests)
    steps = progress_steps(found, approval, events)
    page = {
        "order": found,
        "delivery": found.deliveries.all()[0],
        "events": [{"event": row, "text": sentence(row), "part": parts.get(row.subject_uid, "")} for row in events],
        "owed": still_owed(found, found.lines.all()),
        "panels": panels.fill("order.main", request, order=found),
        "may_cancel": found.may(request.membership, "orders.cancel") and found.may_be_cancelled,
        "may_save_list": request.membership.may("lists.edit"),
        "may_repeat": request.membership.may("cart.edit"),
        "may_see_prices": request.membership.may("prices.view"),
        "steps": steps,
        "present": next((step for step in steps if not step.is_done), None),
        "is_reverse_charge": any(group["category"] in {"K", "G"} for group in found.tax_groups),
    }
    return render_page(request, "orders/order.html", page)


@dataclass(frozen=True)
class Step:
    """One mark on the way of an order."""

    label: str
    is_done: bool
    at: datetime | None = None
    text: str = ""


def progress_steps(order: Order, approval: Approval | None, events: Sequence[Event]) -> list[Step]:
    """The marks of an order: what is done, and since when."""
    at = {row.name: row.created_at for row in events}
    lines = [line for line in order.lines.all() if line.quantity > line.cancelled]
    sent = sum(line.shipped + line.cancelled >= line.quantity for line in lines)
    is_confirmed = order.state in {Order.State.CONFIRMED, Order.State.CLOSED}
    is_there = order.progress == Order.Progress.DELIVERED
    steps = [Step(pgettext("order", "Placed"), is_done=True, at=approval.sent_at if approval else order.placed_at)]
    if approval:
        steps.append(
            Step(pgettext("decision", "Approved"), is_done=True, at=approval.decided_at, text=approved_words(approval))
        )
    confirmed_at = at.get("orders.order_confirmed")
    sent_words = _("%(sent)s of %(count)s lines") % {"sent": qty(sent), "count": qty(len(lines))} if sent else ""
    return [
        *steps,
        Step(
            pgettext("order", "Confirmed"), is_confirmed, confirmed_at, confirmed_words(lines) if confirmed_at else ""
        ),
        Step(pgettext("shipping", "Shipped"), bool(lines) and sent == len(lines), text=sent_words),
        Step(
            pgettext("shipping", "Delivered"),
            is_there,
            at.get("orders.order_closed"),
            "" if is_there else last_day(lines),
        ),
    ]


def approved_words(approval: Approval) -> str:
    """Who approved it, and how long that took."""
    hours, minutes = divmod(int((approval.decided_at - approval.sent_at).total_seconds()) // 60, 60)
    words = {"names": approval.names, "hours": qty(hours), "minutes": qty(minutes)}
    return _("%(names)s, after %(hours)s h %(minutes)s min") % words


def confirmed_words(lines: Sequence[OrderLine]) -> str:
    """Whether the supplier confirmed what it had promised."""
    changed = sum(
        row.confirmation != ScheduleLine.Confirmation.ACCEPTED for line in lines for row in line.schedule.all()
    )
    if not changed:
        return _("All days as promised")
    text = ngettext("%(count)s line changed", "%(count)s lines changed", changed)
    return text % {"count": qty(changed)}


def last_day(lines: Sequence[OrderLine]) -> str:
    """When the last of it comes, as far as that is known."""
    days = [row.arrives_on for line in lines for row in line.schedule.all()]
    known = [found for found in days if found]
    return _("Last: %(day)s") % {"day": day(max(known))} if known else ""


@post_only
@permission_required("orders.view")
def cancellation(request: MemberRequest, number: str) -> HttpResponse:
    found = find_order(request, number)
    reason = request.POST.get("reason", "").strip()[:240]
    cancel_order(actor=request.membership, order_uid=found.uid, reason=reason, now=timezone.now())
    messages.success(request, _("The order %(number)s was canceled.") % {"number": found.number})
    return go_to(request, reverse("orders:order", args=[found.number]))


@post_only
@permission_required("orders.view")
def repetition(request: MemberRequest, number: str) -> HttpResponse:
    found = find_order(request, number)
    cart, left_out = repeat_order(actor=request.membership, order_uid=found.uid, now=timezone.now())
    if left_out:
        text = ngettext(
            "%(count)d line was left out: it is not in your catalog any more.",
            "%(count)d lines were left out: they are not in your catalog any more.",
            left_out,
        )
        messages.warning(request, text % {"count": left_out})
    messages.success(request, _("The lines of %(number)s are in the cart.") % {"number": found.number})
    return go_to(request, reverse("orders:cart", args=[cart.uid]))
