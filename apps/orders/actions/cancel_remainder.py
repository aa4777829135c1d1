from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, IllegalTransition
from apps.core.permissions import StaffActor
from apps.orders.actions.close_order import close_order
from apps.orders.actions.release_lines import release_lines
from apps.orders.models import Order, OrderLine


class NothingOpen(DomainError):
    message = _("Nothing of this is open any more.")


class NothingShipped(DomainError):
    message = _("Nothing of this order has left yet. Cancel all of it.")


@transaction.atomic
def cancel_remainder(*, actor: StaffActor, order_uid: UUID, now: datetime) -> Order:
    """Give up what of a partly shipped order will never come: its stock, and its part of credit and month, are free.

    When all that was shipped has arrived, the order is closed by it.

    :raises IllegalTransition: the order is not confirmed, or over already.
    :raises NothingShipped: nothing has left, so that there is no remainder.
    :raises NothingOpen: all of it has left.
    """
    order = Order.objects.filter(uid=order_uid).locked().select_related("organization").get()
    if order.state != Order.State.CONFIRMED:
        raise IllegalTransition
    if order.progress == Order.Progress.NONE:
        raise NothingShipped
    rest = {line.pk: line.open for line in OrderLine.objects.filter(order=order) if line.open}
    if not rest:
        raise NothingOpen
    release_lines(order=order, quantities=rest, reason="remainder", now=now)
    record_event(
        "orders.remainder_cancelled",
        actor=actor,
        subject=order,
        now=now,
        audience=Audience(order.organization_id, "orders.view", order.unit_id, order.owner_id),
        payload={"lines": len(rest)},
    )
    if order.progress == Order.Progress.DELIVERED:
        close_order(actor=actor, order=order, now=now)
    return order
