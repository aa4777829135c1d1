from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.rules import judge_line
from apps.core.errors import DomainError
from apps.orders.actions.add_lines import QuantityRefused
from apps.orders.actions.take_cart import CartClosed, take_cart
from apps.orders.actions.touch_cart import kept, touch_cart
from apps.orders.models import CartLine
from apps.orders.queries.carts import cart_context
from apps.orgs.models import CostCenter, Membership


class StaleLine(DomainError):
    """The line was changed since this person saw it; `line` is as it is now, with who made it so."""

    message = _("This line was changed in the meantime.")

    def __init__(self, line: CartLine) -> None:
        super().__init__()
        self.line = line


@dataclass(frozen=True)
class LineFacts:
    """What a person may change of a line. The quantity is in base units."""

    quantity: Decimal
    cost_center: CostCenter | None
    requested_date: date | None


@transaction.atomic
def change_line(
    *, actor: Membership, cart_uid: UUID, line_uid: UUID, version: int, facts: LineFacts, now: datetime
) -> CartLine:
    """Change one line of an open cart, if it is still as the person saw it.

    A line that becomes equal to another in product, cost center and day is added to that one.

    :raises StaleLine: somebody was faster; nothing was changed.
    :raises QuantityRefused: the quantity cannot be ordered.
    :raises CartClosed: the cart or the line is not there any more.
    """
    cart = take_cart(actor=actor, now=now, cart_uid=cart_uid)
    line = CartLine.objects.filter(cart=cart, uid=line_uid).select_related("product").first()
    if line is None:
        raise CartClosed(_("The line was removed in the meantime."))
    if line.version != version:
        raise StaleLine(line)
    others = list(CartLine.objects.filter(cart=cart, product=line.product).exclude(pk=line.pk))
    wanted = (facts.cost_center.pk if facts.cost_center else None, facts.requested_date)
    twin = next((row for row in others if (row.cost_center_id, row.requested_date) == wanted), None)
    terms = quantity_terms(cart_context(cart), catalog_tree(), [line.product])[line.product_id]
    elsewhere = sum((row.quantity for row in others if row is not twin), Decimal(0))
    judged = judge_line(facts.quantity + (twin.quantity if twin else 0), elsewhere, terms)
    if judged.quantity is None:
        raise QuantityRefused([(line.product, judged)])
    before = kept([line, twin] if twin else [line])
    if twin:
        line.delete()
        twin.product = line.product
        line = twin
    line.quantity = judged.quantity
    line.cost_center, line.requested_date = facts.cost_center, facts.requested_date
    line.version += 1
    line.changed_by = actor
    line.save(update_fields=["quantity", "cost_center", "requested_date", "version", "changed_by"])
    touch_cart(cart=cart, actor=actor, before=before, now=now)
    return line
