from collections.abc import Sequence
from datetime import datetime

from apps.activity.models import Event
from apps.notifications.models import Notice
from apps.orgs.models import Membership


def post_notices(*, event: Event, kind: str, members: Sequence[Membership], now: datetime) -> None:
    """Let these people find an event behind their bell, once, however often it is asked."""
    Notice.objects.bulk_create(
        (
            Notice(organization_id=member.organization_id, membership=member, event=event, kind=kind, created_at=now)
            for member in members
        ),
        ignore_conflicts=True,
    )
