from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DaysInWrongOrder, DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs.models import Organization
from apps.pricing.models import Agreement, PriceList
from apps.pricing.queries import STAMP


class NumberTaken(DomainError):
    message = _("There is a contract or a price list of this name already.")


class AgreementOverlaps(DomainError):
    message = _("The company has a contract for some of these days already. End that one first.")


@transaction.atomic
def open_agreement(
    *,
    actor: StaffActor | SystemActor,
    organization: Organization,
    number: str,
    valid_from: date,
    now: datetime,
    valid_until: date | None = None,
) -> Agreement:
    """Open a contract of one company with an empty list of its own, in the company's currency.

    :raises NumberTaken: another contract has this number, or a price list is called so.
    :raises DaysInWrongOrder: it ends before it begins.
    :raises AgreementOverlaps: the company has a contract for some of these days.
    """
    if valid_until and valid_until < valid_from:
        raise DaysInWrongOrder
    organization = Organization.objects.locked().get(pk=organization.pk)
    if PriceList.objects.filter(name=number).exists():
        raise NumberTaken
    later = Agreement.objects.filter(organization=organization).exclude(valid_until__lt=valid_from)
    if (later.filter(valid_from__lte=valid_until) if valid_until else later).exists():
        raise AgreementOverlaps
    price_list = PriceList.objects.create(name=number, kind=PriceList.Kind.AGREEMENT, currency=organization.currency)
    agreement = Agreement.objects.create(
        organization=organization,
        number=number,
        price_list=price_list,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    record_event(
        "pricing.agreement_opened",
        actor=actor,
        subject=agreement,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    Stamp.bump(STAMP)
    return agreement
