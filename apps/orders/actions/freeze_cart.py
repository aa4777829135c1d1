from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotAllowed
from apps.orders.actions.take_cart import CartClosed
from apps.orders.models import Cart, Submission
from apps.orders.queries.carts import CURRENT, FAULTS, NOT_DELIVERED, ON_HOLD, PricedCart, content_of, priced_cart
from apps.orders.rules import content_hash
from apps.orgs.models import Address, Membership, Organization


class CartRefused(DomainError):
    """Something has to be put right before the cart can be sent; `field` says where it stands on the page."""

    def __init__(self, message: object, field: str) -> None:
        super().__init__(message)
        self.field = field


class PriceMoved(DomainError):
    """The total is not the one that the person saw."""

    message = _("The total changed while you looked at the cart. Look at it and send it again.")


class CartMoved(DomainError):
    """Somebody changed the cart since the person saw it."""

    message = _("The cart was changed while you looked at it. Look at it and send it again.")


def freeze_cart(
    *, actor: Membership, cart: Cart, expected_version: int, expected_total: Decimal | None, now: datetime
) -> Submission:
    """Write down a locked, open cart as its next submission, with everything that keeps it from being sent refused.

    An inner step of `approvals.submit_cart`. `expected_version` is the version of the cart that the person saw and
    `expected_total` its gross total, None for somebody who may not see prices.

    :raises CartRefused: no lines, no address, no PO number where the company wants one, a line at fault.
    :raises CartMoved: somebody changed the cart since the person saw it.
    :raises PriceMoved: the total has changed since the person saw it.
    :raises NotAllowed: the person may not send this cart, or the company is on hold.
    :raises CartClosed: the cart was sent or put away in the meantime.
    """
    assert connection.in_atomic_block
    if not cart.is_open:
        raise CartClosed
    if not cart.may(actor, "cart.submit"):
        raise NotAllowed
    if cart.organization.state != Organization.State.ACTIVE:
        raise NotAllowed(FAULTS[ON_HOLD])
    if cart.version != expected_version:
        raise CartMoved
    priced = priced_cart(cart, now)
    _refuse_what_is_missing(priced)
    if priced.gross != expected_total and (expected_total is not None or actor.may("prices.view")):
        raise PriceMoved
    content = content_of(priced)
    CURRENT.forget()
    cart.revision += 1
    cart.state = Cart.State.SUBMITTED
    cart.updated_at = now
    cart.save(update_fields=["revision", "state", "updated_at"])
    return Submission.objects.create(
        organization_id=cart.organization_id,
        cart=cart,
        revision=cart.revision,
        content=content,
        content_hash=content_hash(content),
        currency=cart.currency,
        goods_net=priced.goods_net,
        net=priced.net,
        tax=priced.tax,
        price_day=priced.day,
        submitted_by=actor,
        created_at=now,
    )


def _refuse_what_is_missing(priced: PricedCart) -> None:
    cart = priced.cart
    if not priced.lines:
        raise CartRefused(_("The cart is empty."), "lines")
    if priced.faulty:
        raise CartRefused(priced.faulty[0].fault_words, "lines")
    if cart.ship_to is None:
        raise CartRefused(_("Choose an address for the delivery."), "ship_to")
    if cart.ship_to.state != Address.State.ACTIVE:
        raise CartRefused(FAULTS[NOT_DELIVERED], "ship_to")
    if priced.option is None:
        raise CartRefused(_("We have no delivery to this address yet. Choose another one, or call us."), "ship_to")
    if cart.organization.po_number_required and not cart.po_number:
        raise CartRefused(_("Your company wants a PO number on every order."), "po_number")
