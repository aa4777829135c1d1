from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import shown
from apps.core.errors import DomainError
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.models import Cart, Order
from apps.orgs.models import CostCenter, Membership
from apps.orgs.queries import buying_context


class NothingToRepeat(DomainError):
    message = _("Nothing of this order is in your catalog any more.")


@transaction.atomic
def repeat_order(*, actor: Membership, order_uid: UUID, now: datetime) -> tuple[Cart, int]:
    """Put the lines of an order into the person's current cart again, at the same quantities; a cost center that was
    closed gives way to the cart's own.

    :return: the cart, and how many lines were left out because their product is not in the catalog any more.
    :raises NothingToRepeat: that is so for all of them.
    """
    order = Order.objects.visible_to(actor).get(uid=order_uid)
    lines = list(order.lines.select_related("product", "cost_center").order_by("position"))
    products = [line.product for line in lines]
    seen = {product.pk: product for product in shown(buying_context(actor), catalog_tree(), localdate(now), products)}
    wanted = [
        WantedLine(seen[line.product_id], line.quantity, _open(line.cost_center))
        for line in lines
        if line.product_id in seen
    ]
    if not wanted:
        raise NothingToRepeat
    return add_lines(actor=actor, lines=wanted, now=now), len(lines) - len(wanted)


def _open(cost_center: CostCenter | None) -> CostCenter | None:
    """The cost center of then, if it still takes orders."""
    return cost_center if cost_center and cost_center.state == CostCenter.State.ACTIVE else None
