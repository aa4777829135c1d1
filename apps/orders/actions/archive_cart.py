from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.orders.actions.take_cart import take_cart
from apps.orders.models import Cart
from apps.orgs.models import Membership


@transaction.atomic
def archive_cart(*, actor: Membership, cart_uid: UUID, now: datetime) -> Cart:
    """Put an open cart away for good.

    :raises CartClosed: the cart was sent or put away in the meantime.
    """
    cart = take_cart(actor=actor, now=now, cart_uid=cart_uid)
    cart.state = Cart.State.ARCHIVED
    cart.updated_at = now
    cart.save(update_fields=["state", "updated_at"])
    return cart
