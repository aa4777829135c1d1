from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.notifications.models import NotificationPreference
from apps.notifications.rules import KINDS
from apps.orgs.models import Membership


@transaction.atomic
def save_preferences(
    *, actor: Membership, by_mail: Collection[str], by_bell: Collection[str], now: datetime
) -> list[NotificationPreference]:
    """Remember of which kinds of things the person wants to hear by e-mail, and of which in the portal."""
    rows = NotificationPreference.objects.bulk_create(
        (
            NotificationPreference(
                organization_id=actor.organization_id,
                membership=actor,
                kind=kind,
                by_mail=kind in by_mail,
                by_bell=kind in by_bell,
            )
            for kind in KINDS
        ),
        update_conflicts=True,
        unique_fields=["membership", "kind"],
        update_fields=["by_mail", "by_bell"],
    )
    record_event("notifications.preferences_saved", actor=actor, subject=actor, now=now)
    return rows
