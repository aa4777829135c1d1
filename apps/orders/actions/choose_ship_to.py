from datetime import datetime

from django.db import transaction

from apps.core.errors import NotAllowed
from apps.orders.actions.change_cart import AddressBlocked, change_cart
from apps.orders.models import Cart, CurrentCart
from apps.orders.queries.carts import CURRENT
from apps.orgs.models import Address, Membership


@transaction.atomic
def choose_ship_to(*, actor: Membership, address: Address, now: datetime) -> CurrentCart:
    """Deliver to this address from now on: the person's current cart, if there is one, and the carts they begin later.

    :raises AddressBlocked: the address is not in use any more.
    :raises NotAllowed: the person may not fill carts, or only look at the current one.
    """
    if not actor.may("cart.edit"):
        raise NotAllowed
    CurrentCart.objects.bulk_create(
        [CurrentCart(organization_id=actor.organization_id, membership=actor)], ignore_conflicts=True
    )
    current = CurrentCart.objects.filter(membership=actor).locked().get()
    if address.state != Address.State.ACTIVE:
        raise AddressBlocked
    cart = Cart.objects.visible_to(actor).open().filter(chosen_by=current).first()
    if cart:
        change_cart(actor=actor, cart_uid=cart.uid, facts={"ship_to": address}, now=now)
    CURRENT.forget()
    current.ship_to = address
    current.save(update_fields=["ship_to"])
    return current
