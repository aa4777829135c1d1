from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import shown
from apps.core.errors import DomainError
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.take_list import ListGone
from apps.orders.models import Cart, PurchasingList
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context


class NothingToAdd(DomainError):
    message = _("Nothing of this is in your catalog any more.")


@transaction.atomic
def add_list_to_cart(
    *,
    actor: Membership,
    list_uid: UUID,
    now: datetime,
    line_uids: Collection[UUID] | None = None,
    quantities: Mapping[int, Decimal] | None = None,
) -> tuple[Cart, int, int]:
    """Put a whole list into the person's current cart, or only the named lines of it.

    `quantities` has by product id what is wanted this time instead of the quantity of the list, in base units.

    :return: the cart, how many lines came into it, and how many were left out because their product is not in the
        catalog any more.
    :raises ListGone: the list is not there for this person.
    :raises NothingToAdd: no line is left to be added.
    :raises QuantityRefused: see `add_lines`; nothing was added.
    """
    found = PurchasingList.objects.visible_to(actor).filter(uid=list_uid).first()
    if found is None:
        raise ListGone
    rows = found.lines.select_related("product").order_by("pk")
    lines = list(rows if line_uids is None else rows.filter(uid__in=line_uids))
    products = [line.product for line in lines]
    seen = {product.pk: product for product in shown(buying_context(actor), catalog_tree(), localdate(now), products)}
    wanted = [
        WantedLine(seen[line.product_id], (quantities or {}).get(line.product_id, line.quantity))
        for line in lines
        if line.product_id in seen
    ]
    if not wanted:
        raise NothingToAdd
    return add_lines(actor=actor, lines=wanted, now=now), len(wanted), len(lines) - len(wanted)
