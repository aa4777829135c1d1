from datetime import datetime

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.pricing.models import PriceListAssignment
from apps.pricing.queries import STAMP


@transaction.atomic
def unassign_price_list(*, actor: StaffActor | SystemActor, assignment: PriceListAssignment, now: datetime) -> None:
    """Take a list away from those who had it; orders keep the prices that they have."""
    record_event(
        "pricing.price_list_unassigned",
        actor=actor,
        subject=assignment.price_list,
        now=now,
        payload={"to": assignment.audience},
    )
    assignment.delete()
    Stamp.bump(STAMP)
