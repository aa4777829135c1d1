from datetime import datetime, timedelta

from django.db import transaction

from apps.activity.actions.fail_delivery import MOST_ATTEMPTS
from apps.activity.models import Delivery

LEASE = timedelta(minutes=6)  # longer than a task's hard time limit
# What is more waits here: in a queue that takes longer than a lease to work off, all of it would be sent again.
MOST_QUEUED = 1_000
LOST = "The worker was killed, or the task took too long."


@transaction.atomic
def lease_deliveries(*, now: datetime, limit: int) -> list[Delivery]:
    """Take up to `limit` due deliveries to be sent to their subscribers; others skip them until the lease ends.

    None while MOST_QUEUED of them have been sent and not begun.

    A lease that ends unfinished makes the delivery due again: its message was lost, or its worker. One whose last
    attempt ended so is parked.
    """
    queued = Delivery.objects.filter(state=Delivery.State.LEASED, lease_until__gt=now).count()
    due = list(Delivery.objects.due(now).leased()[: max(min(limit, MOST_QUEUED - queued), 0)])
    for delivery in due:
        if delivery.attempts >= MOST_ATTEMPTS:
            delivery.state, delivery.lease_until, delivery.error = Delivery.State.PARKED, None, LOST
        else:
            delivery.state, delivery.lease_until = Delivery.State.LEASED, now + LEASE
    Delivery.objects.write(due, "state", "lease_until", "error")
    return [delivery for delivery in due if delivery.state == Delivery.State.LEASED]
