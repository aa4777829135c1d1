from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.pricing.models import PriceList
from apps.pricing.queries import STAMP


class BaseListExists(DomainError):
    message = _("This currency has a base list already.")


@transaction.atomic
def save_price_list(
    *,
    actor: StaffActor | SystemActor,
    name: str,
    kind: str,
    currency: str,
    now: datetime,
    priority: int = 0,
    valid_from: date | None = None,
    valid_until: date | None = None,
    price_list: PriceList | None = None,
) -> PriceList:
    """Open a price list, or change one; kind and currency stay as they were opened.

    :raises BaseListExists: there is one base list for a currency.
    """
    if price_list is None:
        if kind == PriceList.Kind.BASE and PriceList.objects.filter(kind=kind, currency=currency).exists():
            raise BaseListExists
        price_list = PriceList(kind=kind, currency=currency)
    else:
        price_list = PriceList.objects.locked().get(pk=price_list.pk)
    price_list.name, price_list.priority = name, priority
    price_list.valid_from, price_list.valid_until = valid_from, valid_until
    price_list.save()
    record_event("pricing.price_list_saved", actor=actor, subject=price_list, now=now)
    Stamp.bump(STAMP)
    return price_list
