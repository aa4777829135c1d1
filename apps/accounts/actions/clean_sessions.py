from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from apps.core.querysets import delete_batch


@transaction.atomic
def clean_sessions(*, now: datetime) -> bool:
    """Delete a batch of sessions that are over; whether there may be more."""
    return delete_batch(Session.objects.filter(expire_date__lt=now))
