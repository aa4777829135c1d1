from datetime import datetime, timedelta

from django.db import transaction

from apps.core.querysets import delete_batch
from apps.orders.models import QuickRow

KEPT = timedelta(days=90)


@transaction.atomic
def clean_quick_rows(*, now: datetime) -> bool:
    """Delete a batch of rows that were typed long ago and never ordered; whether there may be more."""
    return delete_batch(QuickRow.objects.filter(created_at__lt=now - KEPT))
