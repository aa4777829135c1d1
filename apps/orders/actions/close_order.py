from datetime import datetime

from django.db import connection

from apps.activity.actions.record_event import Audience, record_event
from apps.core.permissions import Actor
from apps.ledger.actions.release_holds import release_holds
from apps.ledger.models import Limit
from apps.orders.actions.place_order import source_of
from apps.orders.models import Order, OrderLine
from apps.orders.queries.orders import still_owed


def close_order(*, actor: Actor, order: Order, now: datetime) -> Order:
    """End a locked order of which all has arrived: its credit is free again, because invoices are kept elsewhere.

    An inner step of delivering. What the person spent stays counted in their month.
    """
    assert connection.in_atomic_block
    order.become(Order.State.CLOSED)
    order.save(update_fields=["state"])
    owed = still_owed(order, OrderLine.objects.filter(order=order))
    release_holds(
        organization=order.organization,
        key=f"order:{order.uid}:close",
        source=source_of(order.uid),
        keep={Limit.Kind.PERSONAL: owed.goods_net},
        now=now,
    )
    record_event(
        "orders.order_closed",
        actor=actor,
        subject=order,
        now=now,
        audience=Audience(order.organization_id, "orders.view", order.unit_id, order.owner_id),
    )
    return order
