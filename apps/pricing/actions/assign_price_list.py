from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs.models import CustomerType, Organization
from apps.pricing.models import PriceList, PriceListAssignment
from apps.pricing.queries import STAMP


class NotAssignable(DomainError):
    message = _("Base lists are for everybody, and contracts for their company: only other lists are assigned.")


class AlreadyAssigned(DomainError):
    message = _("They have this list already.")


@transaction.atomic
def assign_price_list(
    *,
    actor: StaffActor | SystemActor,
    price_list: PriceList,
    now: datetime,
    customer_type: CustomerType | None = None,
    organization: Organization | None = None,
) -> PriceListAssignment:
    """Give a list to a customer type, to one company, or to everybody; the nearer it is, the earlier it decides.

    :raises NotAssignable: it is a base list or a contract's.
    :raises AlreadyAssigned: these have it.
    """
    price_list = PriceList.objects.locked().get(pk=price_list.pk)
    if price_list.kind != PriceList.Kind.LIST:
        raise NotAssignable
    audience = {"customer_type": customer_type, "organization": organization, "unit": None, "membership": None}
    if PriceListAssignment.objects.filter(price_list=price_list, **audience).exists():
        raise AlreadyAssigned
    row = PriceListAssignment.objects.create(price_list=price_list, **audience)
    record_event("pricing.price_list_assigned", actor=actor, subject=price_list, now=now, payload={"to": row.audience})
    Stamp.bump(STAMP)
    return row
