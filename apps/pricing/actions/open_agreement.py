from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs.models import Organization
from apps.pricing.models import Agreement, PriceList
from apps.pricing.queries import STAMP


class NumberTaken(DomainError):
    message = _("There is a contract with this number already.")


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

    :raises NumberTaken: another contract has this number.
    """
    if Agreement.objects.filter(number=number).exists():
        raise NumberTaken
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
