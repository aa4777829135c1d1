from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.errors import NotAllowed
from apps.orders.actions.take_cart import make_cart, take_cart
from apps.orders.models import Cart, CurrentCart
from apps.orgs.models import Membership


@transaction.atomic
def open_cart(*, actor: Membership, now: datetime, name: str = "", cart_uid: UUID | None = None) -> Cart:
    """Make a cart the one into which the person puts things from now on: one that is there, or a new one.

    :raises CartClosed: the cart was sent or put away in the meantime.
    :raises NotAllowed: the person may not fill carts.
    """
    if not actor.may("cart.edit"):
        raise NotAllowed
    cart = take_cart(actor=actor, now=now, cart_uid=cart_uid) if cart_uid else make_cart(actor, name, now)
    CurrentCart.objects.bulk_create(
        [CurrentCart(organization_id=actor.organization_id, membership=actor, cart=cart)],
        update_conflicts=True,
        unique_fields=["membership"],
        update_fields=["cart"],
    )
    return cart
