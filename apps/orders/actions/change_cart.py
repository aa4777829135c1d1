from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.orders.actions.take_cart import take_cart
from apps.orders.models import Cart
from apps.orgs.models import Address, Membership


class AddressBlocked(DomainError):
    message = _("Nothing is delivered to this address any more. Choose another one.")


class CartFacts(TypedDict, total=False):
    """What may be changed of a cart; a field that is left out stays, so that two people do not undo each other."""

    name: str
    ship_to: Address | None
    method: Any
    requested_date: Any
    po_number: str
    cost_center: Any
    note: str


@transaction.atomic
def change_cart(*, actor: Membership, cart_uid: UUID, facts: CartFacts, now: datetime) -> Cart:
    """Change where, when and under which number an open cart is to be delivered, or what it is called.

    :raises AddressBlocked: the address is not in use any more.
    :raises CartClosed: the cart was sent or put away in the meantime.
    """
    cart = take_cart(actor=actor, now=now, cart_uid=cart_uid)
    address = facts.get("ship_to")
    if address and address.state != Address.State.ACTIVE:
        raise AddressBlocked
    for field, value in facts.items():
        setattr(cart, field, value)
    cart.version += 1
    cart.updated_at = now
    cart.save(update_fields=[*facts, "version", "updated_at"])
    return cart
