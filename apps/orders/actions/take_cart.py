from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.errors import DomainError, NotAllowed
from apps.orders.models import Cart, CurrentCart
from apps.orders.queries.carts import CURRENT, usual_ship_to
from apps.orgs.models import Membership


class CartClosed(DomainError):
    message = gettext_lazy("This cart was sent or put away in the meantime. Nothing was changed.")


def take_cart(*, actor: Membership, now: datetime, cart_uid: UUID | None = None) -> Cart:
    """Lock the cart that is to be changed: the named one, or the person's current one, made when there is none.

    An inner step of everything that changes a cart.

    :raises CartClosed: the cart is not open, or not there for this person.
    :raises NotAllowed: the person sees the cart but may not change it.
    """
    assert connection.in_atomic_block
    CURRENT.forget()
    if cart_uid is None:
        return _current(actor, now)
    cart = Cart.objects.visible_to(actor).filter(uid=cart_uid).locked().first()
    if cart is None or not cart.is_open:
        raise CartClosed
    cart.organization = actor.organization
    if not cart.may(actor, "cart.edit"):
        raise NotAllowed
    return cart


def _current(actor: Membership, now: datetime) -> Cart:
    if not actor.may("cart.edit"):
        raise NotAllowed
    choice = CurrentCart.objects.filter(membership=actor)
    current = choice.locked().first()
    if current is None:
        # The row comes first and is locked, so that two tabs do not each make a cart.
        CurrentCart.objects.bulk_create(
            [CurrentCart(organization_id=actor.organization_id, membership=actor)], ignore_conflicts=True
        )
        current = choice.locked().get()
    cart = Cart.objects.visible_to(actor).open().filter(chosen_by=current).locked().first()
    if cart:
        cart.organization = actor.organization
    else:
        cart = make_cart(actor, _("Cart of %(name)s") % {"name": actor.label}, now)
        current.cart = cart
        current.save(update_fields=["cart"])
    return cart


def make_cart(actor: Membership, name: str, now: datetime) -> Cart:
    """A new cart of the person, for their usual address."""
    CURRENT.forget()
    return Cart.objects.create(
        organization=actor.organization,
        unit_id=actor.unit_id,
        owner=actor,
        name=name[:80],
        currency=actor.organization.currency,
        ship_to=usual_ship_to(actor),
        created_at=now,
        updated_at=now,
    )
