from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import sold_to
from apps.catalog.rules import Judged, judge_line
from apps.core.errors import DomainError
from apps.orders.actions.take_cart import take_cart
from apps.orders.actions.touch_cart import kept, touch_cart
from apps.orders.models import Cart, CartLine
from apps.orders.queries.carts import cart_context, lines_with, quantities_of
from apps.orgs.models import CostCenter, Membership


@dataclass(frozen=True)
class WantedLine:
    """So many base units of a product; without a cost center the cart's own, without a day as soon as possible."""

    product: Product
    quantity: Decimal
    cost_center: CostCenter | None = None
    requested_date: date | None = None


class QuantityRefused(DomainError):
    """`rows` has for each refused product why."""

    message = _("Not sold in this quantity.")

    def __init__(self, rows: Sequence[tuple[Product, Judged]]) -> None:
        super().__init__()
        self.rows = rows


class NotInCatalog(DomainError):
    message = _("This is not in your catalog.")


@transaction.atomic
def add_lines(*, actor: Membership, lines: Sequence[WantedLine], now: datetime, cart_uid: UUID | None = None) -> Cart:
    """Put products into a cart, one or a thousand at once; without `cart_uid` into the person's current one.

    The same product for the same cost center and day adds up. A quantity below the minimum or between two multiples
    is rounded up, as the pages have said before.

    :raises QuantityRefused: a quantity cannot be ordered at all; nothing was added.
    :raises NotInCatalog: a product is not in the catalog of the cart's company.
    :raises CartClosed: the cart was sent or put away in the meantime.
    """
    cart = take_cart(actor=actor, now=now, cart_uid=cart_uid)
    context, tree = cart_context(cart), catalog_tree()
    products = {line.product.pk: line.product for line in lines}
    if len(sold_to(context, tree, localdate(now), products.values())) < len(products):
        raise NotInCatalog
    wanted: dict[tuple[int, int | None, date | None], Decimal] = {}
    for line in lines:
        cost_center = line.cost_center.pk if line.cost_center else cart.cost_center_id
        key = (line.product.pk, cost_center, line.requested_date)
        wanted[key] = wanted.get(key, Decimal(0)) + line.quantity
    there = {(row.product_id, row.cost_center_id, row.requested_date): row for row in lines_with(cart, list(products))}
    terms = quantity_terms(context, tree, list(products.values()))
    refused, grown, fresh = [], [], []
    together, before = quantities_of(there.values()), kept(row for key, row in there.items() if key in wanted)
    for key, quantity in wanted.items():
        row = there.get(key)
        already = row.quantity if row else Decimal(0)
        elsewhere = together.get(key[0], Decimal(0)) - already
        # Nothing and less stays that, whatever there is already.
        judged = judge_line(already + quantity if quantity > 0 else quantity, elsewhere, terms[key[0]])
        if judged.quantity is None:
            refused.append((products[key[0]], judged))
            continue
        together[key[0]] = elsewhere + judged.quantity
        if row:
            row.quantity, row.version, row.changed_by = judged.quantity, row.version + 1, actor
            grown.append(row)
        else:
            fresh.append(
                CartLine(
                    organization_id=cart.organization_id,
                    cart=cart,
                    product_id=key[0],
                    quantity=judged.quantity,
                    cost_center_id=key[1],
                    requested_date=key[2],
                    author=actor,
                    changed_by=actor,
                    created_at=now,
                )
            )
    if refused:
        raise QuantityRefused(refused)
    CartLine.objects.write(grown, "quantity", "version", "changed_by")
    CartLine.objects.bulk_create(fresh)
    return touch_cart(cart=cart, actor=actor, before=before, added=fresh, now=now)
