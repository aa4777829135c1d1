from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.core.permissions import StaffActor
from apps.orders.actions.release_lines import release_lines
from apps.orders.models import Order, OrderLine
from apps.orgs.models import Membership


class AlreadyShipping(DomainError):
    message = _("Something of this order has left already. Call us about the rest.")


@transaction.atomic
def cancel_order(*, actor: Membership | StaffActor, order_uid: UUID, reason: str, now: datetime) -> Order:
    """Cancel a whole order of which nothing has left: its stock, credit and month are free again.

    :raises AlreadyShipping: something has left.
    :raises IllegalTransition: it is canceled or closed already.
    :raises NotAllowed: the person sees the order but may not cancel it.
    """
    rows = Order.objects.visible_to(actor) if isinstance(actor, Membership) else Order.objects.all()
    order = rows.locked().select_related("organization").get(uid=order_uid)
    if isinstance(actor, Membership) and not order.may(actor, "orders.cancel"):
        raise NotAllowed
    if order.progress != Order.Progress.NONE:
        raise AlreadyShipping
    order.become(Order.State.CANCELLED)
    order.save(update_fields=["state"])
    lines = OrderLine.objects.filter(order=order)
    release_lines(order=order, quantities={line.pk: line.open for line in lines if line.open}, reason="cancel", now=now)
    record_event(
        "orders.order_cancelled",
        actor=actor,
        subject=order,
        now=now,
        audience=Audience(order.organization_id, "orders.view", order.unit_id, order.owner_id),
        payload={"reason": reason},
    )
    return order
