from collections.abc import Mapping
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.orders import rules
from apps.orders.models import Order, OrderLine


class QuantityExceeded(DomainError):
    message = _("This is more than is open.")


def advance_lines(
    *,
    order: Order,
    cancelled: Mapping[int, Decimal] | None = None,
    shipped: Mapping[int, Decimal] | None = None,
    delivered: Mapping[int, Decimal] | None = None,
) -> list[OrderLine]:
    """Count up, by line id, what of a locked order was canceled, shipped or delivered, and how far it has come.

    The only writer of these counters, an inner step of whatever moves goods.

    :raises QuantityExceeded: more than was ordered, or more delivered than shipped.
    """
    assert connection.in_atomic_block
    lines = list(OrderLine.objects.filter(order=order).locked())
    for line in lines:
        line.cancelled += (cancelled or {}).get(line.pk, Decimal(0))
        line.shipped += (shipped or {}).get(line.pk, Decimal(0))
        line.delivered += (delivered or {}).get(line.pk, Decimal(0))
        if line.open < 0 or line.delivered > line.shipped:
            raise QuantityExceeded
    order.progress = rules.progress_of(
        rules.Counters(line.quantity, line.cancelled, line.shipped, line.delivered) for line in lines
    )
    OrderLine.objects.write(lines, "cancelled", "shipped", "delivered")
    order.save(update_fields=["progress"])
    return lines
