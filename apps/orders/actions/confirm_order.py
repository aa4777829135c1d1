from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, IllegalTransition
from apps.core.permissions import StaffActor
from apps.orders.actions.advance_lines import QuantityExceeded
from apps.orders.actions.release_lines import release_lines
from apps.orders.models import Order, OrderLine, ScheduleLine


class DayMissing(DomainError):
    message = _("A line that is confirmed needs a day.")


class DayBeforeOrder(DomainError):
    message = _("This day is before the order.")


@dataclass(frozen=True)
class Answer:
    """What the supplier says of one line: how many base units come (0 rejects it), and on which day they arrive."""

    quantity: Decimal
    confirmed_date: date | None


@transaction.atomic
def confirm_order(*, actor: StaffActor, order_uid: UUID, answers: Mapping[UUID, Answer], now: datetime) -> Order:
    """Answer a placed order line by line; lines without an answer are accepted as promised.

    What is not confirmed of a line is canceled: its stock, and its part of credit and month, are free again. An order
    of which nothing is confirmed becomes canceled.

    :raises IllegalTransition: the order was answered or canceled already.
    :raises QuantityExceeded: more than was ordered.
    :raises DayMissing: a confirmed line has neither a promised day nor a new one.
    :raises DayBeforeOrder: goods cannot have come before they were ordered.
    """
    order = Order.objects.filter(uid=order_uid).locked().select_related("organization").get()
    if order.state != Order.State.PLACED:
        raise IllegalTransition
    rows = list(ScheduleLine.objects.filter(line__order=order).select_related("line").order_by("line__position"))
    given_up: dict[int, Decimal] = {}
    for row in rows:
        answer = answers.get(row.line.uid, Answer(row.quantity, row.promised_date))
        if not 0 <= answer.quantity <= row.quantity:
            raise QuantityExceeded
        if answer.quantity and answer.confirmed_date is None:
            raise DayMissing
        if answer.confirmed_date and answer.confirmed_date < localdate(order.placed_at):
            raise DayBeforeOrder
        row.confirmation = _confirmation(row, answer)
        row.confirmed_date = answer.confirmed_date if answer.quantity else None
        if answer.quantity < row.quantity:
            given_up[row.line_id] = row.quantity - answer.quantity
    ScheduleLine.objects.write(rows, "confirmation", "confirmed_date")
    if given_up:
        release_lines(order=order, quantities=given_up, reason="confirm", now=now)
    is_empty = all(line.open == 0 for line in OrderLine.objects.filter(order=order))
    order.become(Order.State.CANCELLED if is_empty else Order.State.CONFIRMED)
    order.save(update_fields=["state"])
    record_event(
        "orders.order_cancelled" if is_empty else "orders.order_confirmed",
        actor=actor,
        subject=order,
        now=now,
        audience=Audience(order.organization_id, "orders.view", order.unit_id, order.owner_id),
        payload={"changed": sum(row.confirmation != ScheduleLine.Confirmation.ACCEPTED for row in rows)},
    )
    return order


def _confirmation(row: ScheduleLine, answer: Answer) -> str:
    if not answer.quantity:
        return ScheduleLine.Confirmation.REJECTED
    is_as_promised = answer.quantity == row.quantity and answer.confirmed_date == row.promised_date
    return ScheduleLine.Confirmation.ACCEPTED if is_as_promised else ScheduleLine.Confirmation.CHANGED
