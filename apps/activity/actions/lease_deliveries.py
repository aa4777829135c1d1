from datetime import datetime, timedelta

from django.db import transaction

from apps.activity.models import Delivery

LEASE = timedelta(minutes=6)  # longer than a task's hard time limit


@transaction.atomic
def lease_deliveries(*, now: datetime, limit: int) -> list[Delivery]:
    """Take up to `limit` due deliveries for this worker; others skip them until the lease ends.

    The caller sends each to its subscriber. A lease that ends unfinished makes the delivery due again.
    """
    deliveries = list(Delivery.objects.due(now).leased()[:limit])
    for delivery in deliveries:
        delivery.state = Delivery.State.LEASED
        delivery.lease_until = now + LEASE
        delivery.attempts += 1
    Delivery.objects.write(deliveries, "state", "lease_until", "attempts")
    return deliveries
