from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.pricing.models import TaxRate
from apps.pricing.queries import STAMP


class RateOverlaps(DomainError):
    message = _("There is a rate from this day or a later one already. Rates follow one another.")


@transaction.atomic
def save_tax_rate(
    *, actor: StaffActor | SystemActor, country: str, tax_class: str, rate: Decimal, valid_from: date, now: datetime
) -> TaxRate:
    """Let a VAT rate hold from a day on; the one before it ends the day before. `rate` is a share: 0.25 for 25%.

    :raises RateOverlaps: a rate begins on this day or later.
    """
    same = TaxRate.objects.filter(country=country, tax_class=tax_class)
    before = same.locked().filter(valid_until=None).first()
    if same.filter(valid_from__gte=valid_from).exists():
        raise RateOverlaps
    if before:
        before.valid_until = valid_from - timedelta(days=1)
        before.save(update_fields=["valid_until"])
    row = TaxRate.objects.create(country=country, tax_class=tax_class, rate=rate, valid_from=valid_from)
    record_event(
        "pricing.tax_rate_saved", actor=actor, subject=row, now=now, payload={"tax_class": tax_class, "rate": str(rate)}
    )
    Stamp.bump(STAMP)
    return row
