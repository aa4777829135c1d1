from datetime import datetime, timedelta

from django.db import transaction

from apps.activity.models import Delivery

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=10)


@transaction.atomic
def fail_delivery(*, delivery_id: int, error: str, now: datetime) -> Delivery:
    """Put a delivery back to be tried again after a pause that doubles, or park it after the last attempt.

    A parked delivery holds up nothing else; staff see it in the admin and can replay it.
    """
    delivery = Delivery.objects.locked().get(pk=delivery_id)
    if delivery.state == Delivery.State.DONE:
        return delivery
    is_last = delivery.attempts >= MOST_ATTEMPTS
    delivery.state = Delivery.State.PARKED if is_last else Delivery.State.WAITING
    delivery.available_at = now + FIRST_PAUSE * 2 ** (min(max(delivery.attempts, 1), MOST_ATTEMPTS) - 1)
    delivery.lease_until = None
    delivery.error = error[:2000]
    delivery.save(update_fields=["state", "available_at", "lease_until", "error"])
    return delivery
