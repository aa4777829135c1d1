from uuid import UUID

from django.db import transaction

from apps.orders.actions.take_list import take_list
from apps.orders.models import PurchasingListLine
from apps.orgs.models import Membership


@transaction.atomic
def remove_list(*, actor: Membership, list_uid: UUID) -> None:
    """Remove a list with all its lines.

    :raises ListGone, NotAllowed: see `take_list`.
    """
    found = take_list(actor=actor, list_uid=list_uid)
    PurchasingListLine.objects.filter(purchasing_list=found).delete()
    found.delete()
