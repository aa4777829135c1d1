from datetime import datetime

from django.db import transaction

from apps.activity.actions.lease_deliveries import LEASE
from apps.activity.models import Delivery


@transaction.atomic
def start_delivery(*, delivery_id: int, now: datetime) -> bool:
    """Begin one try of a delivery, and hold it for as long as a task may take; whether there is anything to do.

    A message that waited long in its queue was sent again meanwhile, and a killed worker's comes back at once: whoever
    begins second finds the delivery in work, done, or put back to be tried later, and leaves it.
    """
    delivery = Delivery.objects.locked().get(pk=delivery_id)
    if delivery.state != Delivery.State.LEASED:
        return False
    delivery.state = Delivery.State.RUNNING
    delivery.lease_until = now + LEASE
    delivery.attempts += 1
    delivery.save(update_fields=["state", "lease_until", "attempts"])
    return True
