from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.money import line_net
from apps.inventory.actions.release_demands import release_demands
from apps.ledger.actions.release_holds import release_holds
from apps.ledger.models import Limit
from apps.orders.actions.advance_lines import advance_lines
from apps.orders.actions.place_order import source_of
from apps.orders.models import Order, OrderLine, ScheduleLine


class NothingOpen(DomainError):
    message = _("Nothing of this is open any more.")


def release_lines(*, order: Order, quantities: Mapping[int, Decimal], reason: str, now: datetime) -> None:
    """Give up open quantities of a locked order, by line id: their stock, and their part of credit and month.

    An inner step of canceling and of confirming less. `reason` makes the posting's key, once for each order.

    :raises QuantityExceeded: more than is open.
    """
    assert connection.in_atomic_block
    advance_lines(order=order, cancelled=quantities)
    demands = dict(ScheduleLine.objects.filter(line__in=list(quantities)).values_list("line_id", "demand_id"))
    release_demands(quantities={demands[line]: quantity for line, quantity in quantities.items()}, now=now)
    goods, gross = still_owed(order)
    release_holds(
        organization=order.organization,
        key=f"order:{order.uid}:{reason}",
        source=source_of(order.uid),
        keep={Limit.Kind.CREDIT: gross, Limit.Kind.PERSONAL: goods},
        now=now,
    )


def still_owed(order: Order) -> tuple[Decimal, Decimal]:
    """Net goods and gross total of what of an order is not canceled; freight stays due unless all is canceled."""
    goods, tax = Decimal(0), Decimal(0)
    lines = list(OrderLine.objects.filter(order=order))
    for line in lines:
        left = line.quantity - line.cancelled
        if left == line.quantity:
            goods, tax = goods + line.net, tax + line.tax
        elif left:
            net = line_net(left, line.unit_price, line.price_per, order.currency)
            goods += net
            tax += line_net(net, line.tax_rate, 1, order.currency)
    if not goods:
        return Decimal(0), Decimal(0)
    freight_tax = order.tax - sum((line.tax for line in lines), Decimal(0))
    return goods, goods + tax + order.freight_net + freight_tax
