from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.inventory.actions.release_demands import lock_demands
from apps.inventory.models import StockMovement, Warehouse


class NotInWarehouse(DomainError):
    """The warehouse has only `there` of the product for this demand."""

    message = _("%(warehouse)s has only %(there)s of %(product)s for this order.")

    def __init__(self, warehouse: Warehouse, product: Product, there: Decimal) -> None:
        words = {"warehouse": warehouse, "product": product, "there": f"{there.normalize():f}"}
        super().__init__(self.message % words)
        self.warehouse = warehouse
        self.product = product
        self.there = there


def consume_demands(*, quantities: Mapping[int, Decimal], warehouse: Warehouse, source: str, now: datetime) -> None:
    """Ship so much of demands, by their ids, from one warehouse; `source` is what the movements name.

    What is reserved for a demand there goes first, then what is free there; as much of its reservations elsewhere is
    given back, and goes to whoever waits.

    An inner step: it runs in the transaction of the action that calls it, and its movements are its record.

    :raises MoreThanOpen: less is open of a demand; nothing was written.
    :raises NotInWarehouse: less of a product is there for a demand; nothing was written.
    """
    supply, demands = lock_demands(quantities)
    for demand in demands:
        quantity = quantities[demand.pk]
        stock = supply.stock_at(demand.product_id, warehouse.pk)
        own = supply.held(demand, stock) if stock else Decimal(0)
        if stock is None or quantity > own + stock.free:
            raise NotInWarehouse(warehouse, demand.product, own + (stock.free if stock else 0))
        supply.reserve(demand, stock, -min(quantity, own))
        supply.move(stock, -quantity, StockMovement.Reason.SHIPMENT, source, now)
        demand.fulfilled += quantity
        supply.give_back_excess(demand)
    supply.cover_waiting()
    supply.save()
