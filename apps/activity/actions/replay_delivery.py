from datetime import datetime

from django.db import transaction

from apps.activity.models import Delivery
from apps.core.errors import IllegalTransition
from apps.core.permissions import StaffActor


@transaction.atomic
def replay_delivery(*, actor: StaffActor, delivery_id: int, now: datetime) -> Delivery:
    """Give a parked delivery a new run of attempts.

    :raises IllegalTransition: it is not parked (any more).
    """
    delivery = Delivery.objects.locked().get(pk=delivery_id)
    if delivery.state != Delivery.State.PARKED:
        raise IllegalTransition
    delivery.state = Delivery.State.WAITING
    delivery.attempts = 0
    delivery.available_at = now
    delivery.save(update_fields=["state", "attempts", "available_at"])
    return delivery
