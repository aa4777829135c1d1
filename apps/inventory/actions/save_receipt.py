from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.core.permissions import StaffActor, SystemActor
from apps.inventory.actions.lock_supply import lock_supply
from apps.inventory.models import Demand, Receipt, Stock, Warehouse


class ArrivedAlready(DomainError):
    message = _("More of it has arrived already.")


@transaction.atomic
def save_receipt(
    *,
    actor: StaffActor | SystemActor,
    product: Product,
    warehouse: Warehouse,
    due_on: date,
    quantity: Decimal,
    now: datetime,
    kind: str = Receipt.Kind.PURCHASE,
    receipt: Receipt | None = None,
) -> Receipt:
    """Expect goods, or change when and how many come; kind, product and warehouse stay as they were.

    Whoever waits for the product gets of it first. When fewer come than are reserved, the worst ranks wait again.

    :raises ArrivedAlready: more than the new quantity has come.
    """
    if receipt is None:
        # Goods that come in have their place in stock from now on, so that reservations can follow them there.
        Stock.objects.get_or_create(product=product, warehouse=warehouse, defaults={"updated_at": now})
        receipt = Receipt.objects.create(
            kind=kind, product=product, warehouse=warehouse, due_on=due_on, quantity=quantity
        )
    waiting = Demand.objects.filter(product=receipt.product_id).open()
    supply = lock_supply(products=[receipt.product_id], demands=waiting)
    found = supply.rows.get((Receipt, receipt.pk))
    if not isinstance(found, Receipt) or quantity < found.arrived:
        raise ArrivedAlready
    found.due_on, found.quantity = due_on, quantity
    supply.touch(found)
    for demand in reversed(supply.by_rank()):
        excess = min(-found.free, supply.held(demand, found))
        if excess > 0:
            supply.reserve(demand, found, -excess)
    supply.cover_waiting()
    supply.save()
    record_event("inventory.receipt_saved", actor=actor, subject=found, now=now)
    return found
