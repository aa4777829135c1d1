from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.orders.actions.take_list import take_list
from apps.orders.models import PurchasingListLine
from apps.orgs.models import Membership


@transaction.atomic
def remove_list_lines(*, actor: Membership, list_uid: UUID, line_uids: Collection[UUID], now: datetime) -> int:
    """Take lines off a list; returns how many were on it.

    :raises ListGone, NotAllowed: see `take_list`.
    """
    found = take_list(actor=actor, list_uid=list_uid)
    removed, _by_model = PurchasingListLine.objects.filter(purchasing_list=found, uid__in=line_uids).delete()
    found.updated_at = now
    found.save(update_fields=["updated_at"])
    return removed
