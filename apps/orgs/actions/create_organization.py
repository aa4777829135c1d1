from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs import rules
from apps.orgs.models import CustomerType, Organization, OrgUnit, PaymentTerms


class VatIdInvalid(DomainError):
    message = _("This is not a VAT ID of this country. Check the number and the country.")
    field = "vat_id"


class CompanyExists(DomainError):
    message = _("There is a company with this number or VAT ID already.")


@transaction.atomic
def create_organization(
    *,
    actor: StaffActor | SystemActor,
    number: str,
    legal_name: str,
    customer_type: CustomerType,
    country: str,
    currency: str,
    payment_terms: PaymentTerms,
    now: datetime,
    vat_id: str = "",
    language: str = "en",
    priority_rank: int = 5,
    po_number_required: bool = False,
) -> Organization:
    """Open a customer company with its root unit; people, addresses and contracts follow by their own actions.

    :raises VatIdInvalid: the VAT ID cannot be one of the country.
    :raises CompanyExists: number or VAT ID belong to a company already.
    """
    try:
        vat_id = rules.clean_vat_id(country, vat_id) if vat_id else ""
    except ValueError as error:
        raise VatIdInvalid from error
    same = Organization.objects.filter(number=number)
    if vat_id:
        same |= Organization.objects.filter(country=country, vat_id=vat_id)
    if same.exists():
        raise CompanyExists
    organization = Organization.objects.create(
        number=number,
        legal_name=legal_name,
        customer_type=customer_type,
        country=country,
        vat_id=vat_id,
        currency=currency,
        language=language,
        payment_terms=payment_terms,
        priority_rank=priority_rank,
        po_number_required=po_number_required,
        created_at=now,
    )
    OrgUnit.objects.add_root({"organization": organization, "name": legal_name})
    record_event(
        "orgs.company_created",
        actor=actor,
        subject=organization,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return organization
