from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import connection

from apps.inventory.actions.release_demands import release_demands
from apps.ledger.actions.release_holds import release_holds
from apps.ledger.models import Limit
from apps.orders.actions.advance_lines import advance_lines
from apps.orders.actions.place_order import source_of
from apps.orders.models import Order, ScheduleLine
from apps.orders.queries.orders import still_owed


def release_lines(*, order: Order, quantities: Mapping[int, Decimal], reason: str, now: datetime) -> None:
    """Give up open quantities of a locked order, by line id: their stock, and their part of credit and month.

    An inner step of canceling and of confirming less. Its posting's key is made of `reason` and of what is canceled
    by now: lines may be released again and again, and each time that is more.

    :raises QuantityExceeded: more than is open.
    """
    assert connection.in_atomic_block
    lines = advance_lines(order=order, cancelled=quantities)
    demands = dict(ScheduleLine.objects.filter(line__in=list(quantities)).values_list("line_id", "demand_id"))
    release_demands(quantities={demands[line]: quantity for line, quantity in quantities.items()}, now=now)
    owed = still_owed(order, lines)
    cancelled = sum(line.cancelled for line in lines)
    release_holds(
        organization=order.organization,
        key=f"order:{order.uid}:{reason}:{cancelled}",
        source=source_of(order.uid),
        keep={Limit.Kind.CREDIT: owed.gross, Limit.Kind.PERSONAL: owed.goods_net},
        now=now,
    )
