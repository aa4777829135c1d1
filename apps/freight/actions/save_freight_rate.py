from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.freight.models import DeliveryMethod, FreightRate, FreightZone
from apps.freight.queries import STAMP


@transaction.atomic
def save_freight_rate(
    *,
    actor: StaffActor | SystemActor,
    method: DeliveryMethod,
    zone: FreightZone,
    currency: str,
    basis: str,
    from_value: Decimal,
    price: Decimal,
    now: datetime,
    rate: FreightRate | None = None,
) -> FreightRate:
    """Price deliveries from a weight in kg or a net value on, or change a price; net, in `currency`."""
    rate = FreightRate.objects.locked().get(pk=rate.pk) if rate else FreightRate()
    rate.method, rate.zone, rate.currency = method, zone, currency
    rate.basis, rate.from_value, rate.price = basis, from_value, price
    rate.save()
    record_event("freight.freight_changed", actor=actor, subject=rate, now=now)
    Stamp.bump(STAMP)
    return rate
