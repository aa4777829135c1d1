from datetime import datetime

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.freight.models import DeliveryMethod
from apps.freight.queries import STAMP


@transaction.atomic
def save_delivery_method(
    *,
    actor: StaffActor | SystemActor,
    code: str,
    kind: str,
    now: datetime,
    carrier: str = "",
    position: int = 0,
    is_active: bool = True,
    method: DeliveryMethod | None = None,
) -> DeliveryMethod:
    """Add a way in which goods travel, or change one; what is not active is not offered any more."""
    method = DeliveryMethod.objects.locked().get(pk=method.pk) if method else DeliveryMethod()
    method.code, method.kind, method.carrier = code, kind, carrier
    method.position, method.is_active = position, is_active
    method.save()
    record_event("freight.freight_changed", actor=actor, subject=method, now=now)
    Stamp.bump(STAMP)
    return method
