from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.activity.actions.record_event import record_event
from apps.core.permissions import PersonActor


@transaction.atomic
def update_profile(*, actor: PersonActor, now: datetime, **changes: str) -> User:
    """Change the person's own name, language, theme or row height; fields that are not named stay."""
    user: User = User.objects.locked().get(pk=actor.user_id)
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))
    record_event("accounts.profile_updated", actor=actor, subject=user, now=now, payload={"fields": sorted(changes)})
    return user
