"""Orders as the supplier's staff work on them, whatever the company."""

from typing import Any

from django.db.models import Min, OuterRef, Prefetch, QuerySet, Subquery

from apps.inventory.models import Stock
from apps.orders.models import Order, OrderLine, ScheduleLine


def order_for_staff(**place: Any) -> Order | None:
    """One order with its lines, days, deliveries, and what lies of its products in which warehouse. 6 statements."""
    stocks = Stock.objects.filter(on_hand__gt=0).select_related("warehouse").order_by("warehouse__code")
    schedule = ScheduleLine.objects.order_by("pk")
    lines = OrderLine.objects.select_related("product").order_by("position")
    in_full = lines.prefetch_related(Prefetch("schedule", schedule)).prefetch_related(
        Prefetch("product__stocks", stocks)
    )
    rows = Order.objects.filter(**place).select_related("organization", "owner__user", "clearance")
    return rows.prefetch_related(Prefetch("lines", in_full)).prefetch_related("deliveries__method").first()


def to_confirm() -> QuerySet[Order]:
    """Orders that wait for the supplier's answer, the oldest first, each with the first day that was promised as
    `first_day`. 1 statement for a page, 1 for its count."""
    rows = Order.objects.filter(state=Order.State.PLACED).annotate(first_day=_first("promised_date"))
    return rows.select_related("organization").order_by("placed_at", "pk")


def to_ship() -> QuerySet[Order]:
    """Confirmed orders of which something has not left, the oldest first, each with the first day that was confirmed
    as `first_day`. 1 statement for a page, 1 for its count."""
    unfinished = [Order.Progress.NONE, Order.Progress.PARTIAL]
    rows = Order.objects.filter(state=Order.State.CONFIRMED, progress__in=unfinished)
    rows = rows.annotate(first_day=_first("confirmed_date"))
    return rows.select_related("organization").order_by("placed_at", "pk")


def _first(day: str) -> Subquery:
    """The first of such a day of an order's lines, worked out for the orders of a page only."""
    days = ScheduleLine.objects.filter(line__order=OuterRef("pk")).order_by().values("line__order")
    return Subquery(days.annotate(first=Min(day)).values("first"))
