from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotAllowed
from apps.orders.models import PurchasingList
from apps.orgs.models import Membership


class ListGone(DomainError):
    message = _("This list was removed, or is not shared any more. Nothing was changed.")


def take_list(*, actor: Membership, list_uid: UUID) -> PurchasingList:
    """Lock the list that is to be changed. An inner step of everything that changes a list.

    :raises ListGone: the list is not there for this person.
    :raises NotAllowed: the person sees the list but may not change it.
    """
    assert connection.in_atomic_block
    found = PurchasingList.objects.visible_to(actor).filter(uid=list_uid).locked().first()
    if found is None:
        raise ListGone
    if not found.may(actor, "lists.edit"):
        raise NotAllowed
    return found
