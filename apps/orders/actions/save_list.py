from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotAllowed
from apps.orders.models import Cart, CartLine, Order, OrderLine, PurchasingList, PurchasingListLine
from apps.orgs.models import Membership


class NameMissing(DomainError):
    message = _("Give the list a name.")


@transaction.atomic
def save_list(
    *, actor: Membership, name: str, now: datetime, cart_uid: UUID | None = None, order_uid: UUID | None = None
) -> PurchasingList:
    """Begin a purchasing list of the person's own: an empty one, or what is in a cart or an order that they see.

    The same product on several lines becomes one.

    :raises NotAllowed: the person may not keep lists.
    :raises NameMissing: a list needs a name.
    """
    if not actor.may("lists.edit"):
        raise NotAllowed
    if not name:
        raise NameMissing
    found = PurchasingList.objects.create(
        organization_id=actor.organization_id,
        unit_id=actor.unit_id,
        owner=actor,
        name=name,
        created_at=now,
        updated_at=now,
    )
    rows: Iterable[tuple[int, Decimal]] = ()
    if cart_uid:
        cart = Cart.objects.visible_to(actor).get(uid=cart_uid)
        rows = CartLine.objects.filter(cart=cart).order_by("pk").values_list("product_id", "quantity")
    elif order_uid:
        order = Order.objects.visible_to(actor).get(uid=order_uid)
        rows = OrderLine.objects.filter(order=order).order_by("position").values_list("product_id", "quantity")
    quantities: dict[int, Decimal] = {}
    for product, quantity in rows:
        quantities[product] = quantities.get(product, Decimal(0)) + quantity
    PurchasingListLine.objects.bulk_create(
        PurchasingListLine(
            organization_id=actor.organization_id, purchasing_list=found, product_id=product, quantity=quantity
        )
        for product, quantity in quantities.items()
    )
    return found
