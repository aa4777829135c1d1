from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.permissions import StaffActor, SystemActor
from apps.inventory.actions.lock_supply import lock_supply
from apps.inventory.models import Demand, Receipt, StockMovement


class MoreThanExpected(DomainError):
    message = _("Fewer are expected. Change the quantity of the receipt first.")


@transaction.atomic
def receive_goods(*, actor: StaffActor | SystemActor, receipt: Receipt, quantity: Decimal, now: datetime) -> Receipt:
    """Take goods of a receipt into stock, in base units; what was reserved of the receipt is now reserved in stock.

    The best ranks get theirs first; what is free then goes to whoever waits for the product.

    :raises MoreThanExpected: fewer are still to come.
    """
    assert quantity > 0
    demands = Demand.objects.filter(product=receipt.product_id).open()
    supply = lock_supply(products=[receipt.product_id], demands=demands)
    found = supply.rows.get((Receipt, receipt.pk))
    if not isinstance(found, Receipt) or quantity > found.quantity - found.arrived:
        raise MoreThanExpected
    stock = supply.stock_at(found.product_id, found.warehouse_id)
    assert stock is not None
    found.arrived += quantity
    supply.touch(found)
    supply.move(stock, quantity, StockMovement.Reason.RECEIPT, str(found.uid), now)
    left = quantity
    for demand in supply.by_rank():
        moved = min(left, supply.held(demand, found))
        if moved > 0:
            supply.reserve(demand, found, -moved)
            supply.reserve(demand, stock, moved)
            left -= moved
    supply.cover_waiting()
    supply.save()
    record_event(
        "inventory.goods_received",
        actor=actor,
        subject=found,
        now=now,
        payload={"quantity": f"{quantity.normalize():f}"},
    )
    return found
