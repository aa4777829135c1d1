"""Orders as people look for them: lists, one order with all its lines, the rows of an export."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from apps.activity.models import Event
from apps.catalog.models import Product
from apps.catalog.rules import normalize_number
from apps.core.money import round_half_up
from apps.core.querysets import count_of
from apps.orders.models import Order, OrderLine, ScheduleLine
from apps.orgs.models import Membership

ALL, OPEN, MINE = "all", "open", "mine"


@dataclass(frozen=True)
class Ask:
    """What a person asks of the list of orders."""

    words: str = ""
    tab: str = ALL


_due = (
    ScheduleLine.objects.filter(
        line__order=OuterRef("pk"), line__quantity__gt=F("line__cancelled") + F("line__delivered")
    )
    .annotate(day=Coalesce("confirmed_date", "promised_date"))
    .filter(day__isnull=False)
    .order_by("day")
)


def orders_for(membership: Membership, ask: Ask) -> QuerySet[Order]:
    """The orders that this person may see, the newest first; found by order, PO or part number, own number or person.

    Each with its `line_count`, and `due_on`, the day on which the next of what is still to come arrives.

    1 statement for a page, 1 for its count.
    """
    rows = Order.objects.visible_to(membership)
    if ask.tab == OPEN:
        rows = rows.open()
    elif ask.tab == MINE:
        rows = rows.filter(owner=membership)
    if ask.words:
        rows = rows.filter(_found(ask.words))
    return (
        rows.select_related("owner__user", "cart__ship_to")
        .annotate(line_count=count_of(OrderLine.objects.all(), "order"), due_on=Subquery(_due.values("day")[:1]))
        .order_by("-placed_at", "-pk")
    )


def _found(words: str) -> Q:
    key = normalize_number(words)
    lines = OrderLine.objects.filter(Q(product__sku_key=key) | Q(own_code__iexact=words), order=OuterRef("pk"))
    return (
        Q(number__icontains=words)
        | Q(po_number__icontains=words)
        | Q(owner__user__name__istartswith=words)
        | (Q(Exists(lines)) if key else Q(pk__in=[]))
    )


def bought_last(membership: Membership, limit: int) -> list[int]:
    """The ids of the products that this person ordered last, the latest first. 1 statement."""
    lines = OrderLine.objects.filter(order__in=Order.objects.visible_to(membership).filter(owner=membership))
    rows = lines.values("product").annotate(last=Max("order__placed_at")).order_by("-last", "product")
    return list(rows.values_list("product", flat=True)[:limit])


def last_lines(membership: Membership, products: Collection[Product]) -> dict[int, OrderLine]:
    """The line in which the company ordered each of these products last, as far as this person sees its orders, with
    its order; by product id. 1 statement."""
    lines = OrderLine.objects.filter(
        organization=membership.organization_id,
        # There is an index of part numbers, and none of products within a company.
        sku__in=[product.sku for product in products],
        order__in=Order.objects.visible_to(membership),
    )
    rows = lines.select_related("order").order_by("product", "-order__placed_at", "-pk").distinct("product")
    return {line.product_id: line for line in rows}


def counts(membership: Membership) -> dict[str, int]:
    """How many orders each tab of the list has. 1 statement."""
    found = Order.objects.visible_to(membership).aggregate(
        **{
            ALL: Count("pk"),
            OPEN: Count("pk", filter=Q(state__in=[Order.State.PLACED, Order.State.CONFIRMED])),
            MINE: Count("pk", filter=Q(owner=membership)),
        }
    )
    return dict(found)


def order_of(membership: Membership, number: str) -> Order | None:
    """One order that this person sees, with its lines, days and deliveries. 4 statements."""
    rows = Order.objects.visible_to(membership).filter(number=number)
    return with_page_facts(rows).first()


def with_page_facts(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with everything that their page shows. 3 statements more."""
    lines = OrderLine.objects.select_related("author__user", "product__category").order_by("position")
    schedule = ScheduleLine.objects.select_related("delivery__method").order_by("pk")
    return orders.select_related("organization", "owner__user", "submission", "clearance", "cart").prefetch_related(
        Prefetch("lines", lines.prefetch_related(Prefetch("schedule", schedule))), "deliveries__method"
    )


@dataclass(frozen=True)
class Approval:
    """What led to an order that somebody had to approve: `names` of who did, in the order of the steps."""

    request_uid: UUID
    names: str
    sent_at: datetime
    decided_at: datetime


def timeline(
    membership: Membership, order: Order, shipments: Collection[UUID], requests: Collection[UUID]
) -> list[Event]:
    """What happened to an order, to the requests for its approval and, as far as it concerns this order, to these
    shipments, the first fact first.

    1 statement.
    """
    own = Q(subject_kind="order", subject_uid=order.uid)
    sent = Q(subject_kind="shipment", subject_uid__in=shipments, payload__order=order.number)
    asked = Q(subject_kind="request", subject_uid__in=requests)
    return list(Event.objects.visible_to(membership).filter(own | sent | asked).order_by("pk"))


COLUMNS = (
    "order", "placed", "state", "customer_no", "company", "po_number", "buyer", "position", "sku", "own_number", "name",
    "quantity", "unit", "unit_price", "price_per", "currency", "net", "vat_rate", "cost_center", "requested",
    "promised", "confirmed", "shipped", "canceled",
)  # fmt: skip
# What a company need not be told of itself, and what not everybody in it sees.
SUPPLIER_COLUMNS = frozenset({"customer_no", "company"})
PRICE_COLUMNS = frozenset({"unit_price", "price_per", "currency", "net", "vat_rate"})


def export_rows(orders: QuerySet[Order]) -> Iterator[Sequence[Any]]:
    """The lines of these orders, one row a line in the order of COLUMNS; read in pieces, however many there are."""
    lines = (
        OrderLine.objects.filter(order__in=orders.order_by().values("pk"))
        .select_related("order__organization", "order__owner__user")
        .prefetch_related("schedule")
        .order_by("-order__placed_at", "order_id", "position")
    )
    for line in lines.iterator(chunk_size=1000):
        order, (schedule,) = line.order, line.schedule.all()
        yield (
            order.number,
            localdate(order.placed_at).isoformat(),
            order.state,
            order.organization.number,
            order.organization.legal_name,
            order.po_number,
            order.owner.label,
            line.position,
            line.sku,
            line.own_code,
            line.name,
            f"{line.quantity.normalize():f}",
            line.base_unit,
            f"{line.unit_price.normalize():f}",
            line.price_per,
            order.currency,
            f"{line.net:f}",
            f"{line.tax_rate.normalize():f}",
            line.cost_center_code,
            *(day.isoformat() if day else "" for day in _days(schedule)),
            f"{line.shipped.normalize():f}",
            f"{line.cancelled.normalize():f}",
        )


def _days(schedule: ScheduleLine) -> tuple[Any, Any, Any]:
    return schedule.requested_date, schedule.promised_date, schedule.confirmed_date


@dataclass(frozen=True)
class Owed:
    """What of an order is still to be paid: net goods and freight, its VAT by rate, and all together, gross."""

    goods_net: Decimal
    freight_net: Decimal
    tax_groups: Sequence[Mapping[str, Decimal]]
    gross: Decimal


def still_owed(order: Order, lines: Iterable[OrderLine]) -> Owed:
    """What of an order is not canceled, in its currency; freight stays due unless all is canceled.

    VAT is worked out as on the order, once per category and rate (EN 16931, BR-CO-17). `lines` are all lines of the
    order. Runs no statement.
    """
    nets = {(row["category"], Decimal(row["rate"])): Decimal(row["net"]) for row in order.tax_groups}
    goods, is_anything_left = Decimal(0), False
    for line in lines:
        is_anything_left |= line.cancelled < line.quantity
        line.order = order
        net = line.net_left
        group = line.tax_category, line.tax_rate
        nets[group] = nets.get(group, Decimal(0)) - line.net + net
        goods += net
    if not is_anything_left:
        return Owed(Decimal(0), Decimal(0), [], Decimal(0))
    groups = [
        {"rate": rate, "tax": round_half_up(net * rate, order.currency)}
        for (_category, rate), net in nets.items()
        if net
    ]
    whole = sum(nets.values(), Decimal(0))
    return Owed(goods, whole - goods, groups, whole + sum((group["tax"] for group in groups), Decimal(0)))


@dataclass(frozen=True)
class Arrival:
    """What of one order comes on one day."""

    day: date
    order: Order
    lines: int


def arrivals(membership: Membership, until: date) -> list[Arrival]:
    """What of open orders comes up to a day, what is late first. 1 statement."""
    rows = (
        ScheduleLine.objects.filter(
            line__order__in=Order.objects.visible_to(membership).open().values("pk"),
            line__quantity__gt=F("line__cancelled") + F("line__delivered"),
        )
        .annotate(day=Coalesce("confirmed_date", "promised_date"))
        .filter(day__lte=until)
        .select_related("line__order")
        .order_by("day", "line__order__number")
    )
    found: dict[tuple[date, Order], int] = {}
    for row in rows:
        key = (row.day, row.line.order)
        found[key] = found.get(key, 0) + 1
    return [Arrival(day, order, lines) for (day, order), lines in found.items()]
