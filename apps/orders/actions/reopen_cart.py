from datetime import datetime

from django.db import connection

from apps.orders.models import Cart


def reopen_cart(*, cart: Cart, now: datetime) -> Cart:
    """Let people change a locked cart again that was sent. An inner step of withdrawing and rejecting."""
    assert connection.in_atomic_block
    assert cart.state == Cart.State.SUBMITTED
    cart.state = Cart.State.OPEN
    cart.updated_at = now
    cart.save(update_fields=["state", "updated_at"])
    return cart
