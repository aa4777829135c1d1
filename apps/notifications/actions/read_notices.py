from datetime import datetime
from uuid import UUID

from apps.notifications.models import Notice
from apps.orgs.models import Membership


def read_notices(*, actor: Membership, now: datetime, uid: UUID | None = None) -> int:
    """Mark one notice of this person as read, or all of them; returns how many were not read before."""
    rows = Notice.objects.visible_to(actor).unread()
    return (rows.filter(uid=uid) if uid else rows).update(read_at=now)
