from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import connection
from django.utils.timezone import localdate

from apps.orders.models import Cart, CartChange, CartLine
from apps.orders.queries.carts import goods_total
from apps.orgs.models import Membership

Kept = list[dict[str, Any]]


def kept(lines: Iterable[CartLine]) -> Kept:
    """These lines as they are now, for `touch_cart` to keep after they were changed or removed."""
    rows: Kept = serializers.serialize("python", lines)
    return rows


def touch_cart(*, cart: Cart, actor: Membership, before: Kept, added: Iterable[CartLine] = (), now: datetime) -> Cart:
    """Raise the version of a locked cart after its lines changed, keep what the header shows of it, and what takes the
    change back (see `undo_change`).

    An inner step of everything that changes the lines of a cart.
    """
    assert connection.in_atomic_block
    cart.line_count, cart.last_total = goods_total(cart, localdate(now))
    cart.version += 1
    cart.updated_at = now
    cart.save(update_fields=["line_count", "last_total", "version", "updated_at"])
    fresh = [line.pk for line in added]
    if before or fresh:
        change = CartChange(
            organization_id=cart.organization_id, cart=cart, version=cart.version, author=actor,
            before=before, added=fresh,
        )  # fmt: skip
        CartChange.objects.bulk_create(
            [change], update_conflicts=True, unique_fields=["cart"],
            update_fields=["version", "author", "before", "added"],
        )  # fmt: skip
    return cart
