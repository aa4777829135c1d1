from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.freight import rules
from apps.freight.models import FreightZone
from apps.freight.queries import STAMP


class CodesInWrongOrder(DomainError):
    message = _("Give the first and the last postal code of the zone, or neither.")


@transaction.atomic
def save_zone(
    *,
    actor: StaffActor | SystemActor,
    code: str,
    country: str,
    now: datetime,
    postal_from: str = "",
    postal_to: str = "",
    zone: FreightZone | None = None,
) -> FreightZone:
    """Add a zone or change one: a whole country, or the postal codes that begin within a range.

    :raises CodesInWrongOrder: one end of the range is missing, or the last is before the first.
    """
    first, last = rules.postal_key(postal_from), rules.postal_key(postal_to)
    if bool(first) != bool(last) or last < first:
        raise CodesInWrongOrder
    zone = FreightZone.objects.locked().get(pk=zone.pk) if zone else FreightZone()
    zone.code, zone.country = code, country
    zone.postal_from, zone.postal_to = first, last
    zone.save()
    record_event("freight.freight_changed", actor=actor, subject=zone, now=now)
    Stamp.bump(STAMP)
    return zone
