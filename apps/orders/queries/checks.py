"""What must hold of orders whatever happened to them."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from django.db.models import F, Sum

from apps.ledger.models import Hold, Limit
from apps.orders import rules
from apps.orders.models import Order, OrderLine
from apps.orders.queries.orders import still_owed


def broken_orders() -> list[str]:
    """Every order whose totals, progress or holds are not what its lines say, every line that supply counts otherwise.

    3 statements; the lines are read as a stream.
    """
    return [*_by_lines(), *_by_demands()]


def _by_lines() -> Iterator[str]:
    held = {
        (uid, kind): remaining
        for uid, kind, remaining in Hold.objects.filter(
            source_kind="order", source_uid__in=Order.objects.open().values("uid")
        ).values_list("source_uid", "account__limit__kind", "remaining")
    }
    rows = OrderLine.objects.select_related("order").order_by("order", "pk").iterator(chunk_size=1000)
    for order, group in groupby(rows, key=lambda line: line.order):
        lines = list(group)
        progress = rules.progress_of(
            rules.Counters(line.quantity, line.cancelled, line.shipped, line.delivered) for line in lines
        )
        if order.progress != progress:
            yield f"Order {order} is {order.progress}, by its lines {progress}"
        goods = sum((line.net for line in lines), Decimal(0))
        if order.goods_net != goods:
            yield f"Order {order} has goods of {order.goods_net}, its lines {goods}"
        tax = sum((Decimal(row["tax"]) for row in order.tax_groups), Decimal(0))
        if order.tax != tax:
            yield f"Order {order} has a VAT of {order.tax}, its groups {tax}"
        owed = still_owed(order, lines)
        for kind, amount in ((Limit.Kind.CREDIT, owed.gross), (Limit.Kind.PERSONAL, owed.goods_net)):
            remaining = held.get((order.uid, kind))
            if remaining is not None and remaining != amount:
                yield f"Order {order} holds {remaining} of {kind}, owed are {amount}"


def _by_demands() -> Iterator[str]:
    rows = OrderLine.objects.annotate(
        wanted=Sum("schedule__demand__quantity", default=Decimal(0)),
        fulfilled=Sum("schedule__demand__fulfilled", default=Decimal(0)),
        released=Sum("schedule__demand__cancelled", default=Decimal(0)),
    ).exclude(quantity=F("wanted"), shipped=F("fulfilled"), cancelled=F("released"))
    for line in rows.select_related("order"):
        yield (
            f"Line {line} has {line.quantity}, {line.shipped} shipped, {line.cancelled} canceled;"
            f" its demand {line.wanted}, {line.fulfilled}, {line.released}"
        )
