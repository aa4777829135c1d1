from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.permissions import StaffActor
from apps.orgs.models import CustomerType, Organization, PaymentTerms


@dataclass(frozen=True)
class OrganizationFacts:
    """What staff may change of a company; its number, country, VAT ID and currency stand on documents and stay."""

    legal_name: str
    customer_type: CustomerType
    payment_terms: PaymentTerms
    language: str
    priority_rank: int
    po_number_required: bool
    state: str


@transaction.atomic
def change_organization(
    *, actor: StaffActor, organization: Organization, facts: OrganizationFacts, now: datetime
) -> Organization:
    """Change a company's terms or state; blocking or closing it shuts its people out with their next click."""
    row = Organization.objects.locked().get(pk=organization.pk)
    changed = [name for name, value in vars(facts).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, getattr(facts, name))
    row.save(update_fields=changed)
    row.bump()
    record_event(
        "orgs.company_changed",
        actor=actor,
        subject=row,
        now=now,
        audience=Audience(row.pk, "company.log"),
        payload={"fields": changed},
    )
    return row
