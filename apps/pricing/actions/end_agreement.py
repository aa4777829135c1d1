from datetime import date, datetime

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DaysInWrongOrder
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs.models import Organization
from apps.pricing.actions.open_agreement import AgreementOverlaps
from apps.pricing.models import Agreement
from apps.pricing.queries import STAMP


@transaction.atomic
def end_agreement(
    *, actor: StaffActor | SystemActor, agreement: Agreement, valid_until: date | None, now: datetime
) -> Agreement:
    """Let a contract end with this day, or let it go on without an end; orders keep the prices that they have.

    :raises DaysInWrongOrder: it would end before it begins.
    :raises AgreementOverlaps: the next contract of the company begins before.
    """
    Organization.objects.locked().get(pk=agreement.organization_id)
    agreement = Agreement.objects.locked().get(pk=agreement.pk)
    if valid_until and valid_until < agreement.valid_from:
        raise DaysInWrongOrder
    later = Agreement.objects.filter(organization=agreement.organization_id, valid_from__gt=agreement.valid_from)
    if (later.filter(valid_from__lte=valid_until) if valid_until else later).exists():
        raise AgreementOverlaps
    agreement.valid_until = valid_until
    agreement.save(update_fields=["valid_until"])
    record_event(
        "pricing.agreement_ended",
        actor=actor,
        subject=agreement,
        now=now,
        audience=Audience(agreement.organization_id, "company.log"),
        payload={"until": valid_until.isoformat() if valid_until else ""},
    )
    Stamp.bump(STAMP)
    return agreement
