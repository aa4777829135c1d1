from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.core.permissions import StaffActor, SystemActor
from apps.inventory.actions.lock_supply import lock_supply
from apps.inventory.models import Demand, Stock, Warehouse


class StockReserved(DomainError):
    """Less would lie there than is reserved."""

    message = _("%(reserved)s of the %(on_hand)s in stock are reserved: no more than %(free)s can go.")
    field = "delta"

    def __init__(self, stock: Stock) -> None:
        numbers = {"reserved": stock.reserved, "on_hand": stock.on_hand, "free": stock.on_hand - stock.reserved}
        super().__init__(self.message % {name: f"{number.normalize():f}" for name, number in numbers.items()})


@transaction.atomic
def adjust_stock(
    *,
    actor: StaffActor | SystemActor,
    product: Product,
    warehouse: Warehouse,
    delta: Decimal,
    reason: str,
    now: datetime,
    safety: Decimal | None = None,
) -> Stock:
    """Change what lies in a warehouse by `delta` base units, and give what is free to whoever waits for it.

    `safety` is what is never promised of it; None leaves it as it is.

    :raises StockReserved: less would be left than is reserved.
    """
    Stock.objects.get_or_create(product=product, warehouse=warehouse, defaults={"updated_at": now})
    supply = lock_supply(products=[product.pk], demands=Demand.objects.filter(product=product).waiting())
    stock = supply.stock_at(product.pk, warehouse.pk)
    assert stock is not None
    if stock.on_hand + delta < stock.reserved:
        raise StockReserved(stock)
    if safety is not None:
        stock.safety = safety
    supply.touch(stock)
    if delta:
        supply.move(stock, delta, reason, "", now)
    supply.cover_waiting()
    supply.save()
    record_event(
        "inventory.stock_changed",
        actor=actor,
        subject=product,
        now=now,
        payload={"warehouse": warehouse.code, "delta": f"{delta.normalize():+f}", "reason": reason},
    )
    return stock
