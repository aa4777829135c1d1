"""What is wanted, frozen, and owed to the buyer."""

from apps.orders.models.carts import Cart, CartChange, CartLine, CurrentCart
from apps.orders.models.lists import PurchasingList, PurchasingListLine
from apps.orders.models.orders import Order, OrderDelivery, OrderLine, ScheduleLine
from apps.orders.models.quick import QuickRow
from apps.orders.models.submissions import Clearance, Submission

__all__ = [
    "Cart",
    "CartChange",
    "CartLine",
    "Clearance",
    "CurrentCart",
    "Order",
    "OrderDelivery",
    "OrderLine",
    "PurchasingList",
    "PurchasingListLine",
    "QuickRow",
    "ScheduleLine",
    "Submission",
]
