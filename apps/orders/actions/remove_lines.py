from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.orders.actions.take_cart import take_cart
from apps.orders.actions.touch_cart import kept, touch_cart
from apps.orders.models import Cart, CartLine
from apps.orgs.models import Membership


@transaction.atomic
def remove_lines(*, actor: Membership, cart_uid: UUID, line_uids: Sequence[UUID], now: datetime) -> Cart:
    """Take lines out of an open cart; those that are gone already are no reason to complain.

    :raises CartClosed: the cart was sent or put away in the meantime.
    """
    cart = take_cart(actor=actor, now=now, cart_uid=cart_uid)
    lines = CartLine.objects.filter(cart=cart, uid__in=line_uids)
    before = kept(lines)
    lines.delete()
    return touch_cart(cart=cart, actor=actor, before=before, now=now)
