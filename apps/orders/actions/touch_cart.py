from datetime import datetime

from django.db import connection
from django.utils.timezone import localdate

from apps.orders.models import Cart
from apps.orders.queries.carts import goods_total


def touch_cart(*, cart: Cart, now: datetime) -> Cart:
    """Raise the version of a locked cart after its lines changed, and keep what the header shows of it.

    An inner step of everything that changes a cart.
    """
    assert connection.in_atomic_block
    cart.line_count, cart.last_total = goods_total(cart, localdate(now))
    cart.version += 1
    cart.updated_at = now
    cart.save(update_fields=["line_count", "last_total", "version", "updated_at"])
    return cart
