from datetime import datetime

from django.db import transaction

from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.rules import Outcome, judge_quantity
from apps.orders.actions.add_lines import QuantityRefused
from apps.orders.actions.take_cart import take_cart
from apps.orders.actions.touch_cart import touch_cart
from apps.orders.models import Cart, CartLine
from apps.orders.queries.carts import cart_context
from apps.orgs.models import Membership


@transaction.atomic
def restore_line(*, actor: Membership, line: CartLine, now: datetime) -> Cart:
    """Put a line that was removed back into its open cart as it was, with its author, cost center and day.

    One that has come back stays as it is. Where another line has taken its place, its quantity is added to that one.

    :raises QuantityRefused: both together cannot be ordered.
    :raises CartClosed: the cart was sent or put away in the meantime.
    """
    cart = take_cart(actor=actor, now=now, cart_uid=line.cart.uid)
    rows = CartLine.objects.filter(cart=cart)
    if line.uid in cart.joined or rows.filter(pk=line.pk).exists():
        return cart
    twin = rows.filter(
        product=line.product_id, cost_center=line.cost_center_id, requested_date=line.requested_date
    ).first()
    if twin is None:
        line.save(force_insert=True)
        return touch_cart(cart=cart, now=now)
    terms = quantity_terms(cart_context(cart), catalog_tree(), [line.product])[line.product_id]
    judged = judge_quantity(twin.quantity + line.quantity, terms)
    if judged.outcome == Outcome.REFUSED or judged.quantity is None:
        raise QuantityRefused([(line.product, judged)])
    twin.quantity, twin.version, twin.changed_by = judged.quantity, twin.version + 1, actor
    twin.save(update_fields=["quantity", "version", "changed_by"])
    cart.joined.append(line.uid)
    cart.save(update_fields=["joined"])
    return touch_cart(cart=cart, now=now)
