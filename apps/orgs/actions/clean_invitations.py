from datetime import datetime, timedelta

from django.db import transaction

from apps.core.querysets import delete_batch
from apps.orgs.models import Invitation

KEPT = timedelta(days=365)


@transaction.atomic
def clean_invitations(*, now: datetime) -> bool:
    """Delete a batch of invitations that ended long ago; whether there may be more. The events tell of them on."""
    return delete_batch(Invitation.objects.filter(expires_at__lt=now - KEPT))
