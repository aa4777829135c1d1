from datetime import datetime, timedelta

from django.db import transaction

from apps.activity.models import Delivery
from apps.core.querysets import delete_batch

KEPT = timedelta(days=90)


@transaction.atomic
def clean_deliveries(*, now: datetime) -> bool:
    """Delete a batch of work that was done long ago; whether there may be more. Parked work stays, and every event."""
    return delete_batch(Delivery.objects.filter(state=Delivery.State.DONE, available_at__lt=now - KEPT))
