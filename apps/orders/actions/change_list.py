from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.errors import NotAllowed
from apps.orders.actions.save_list import NameMissing
from apps.orders.actions.take_list import take_list
from apps.orders.models import PurchasingList
from apps.orgs.models import Membership


@transaction.atomic
def change_list(*, actor: Membership, list_uid: UUID, name: str, is_shared: bool, now: datetime) -> PurchasingList:
    """Call a list something else; its owner shares it with the whole company, or keeps it.

    :raises NameMissing: a list needs a name.
    :raises NotAllowed: only the owner shares a list, or stops sharing it.
    :raises ListGone, NotAllowed: see `take_list`.
    """
    found = take_list(actor=actor, list_uid=list_uid)
    if not name:
        raise NameMissing
    if is_shared != found.is_shared and found.owner_id != actor.pk:
        raise NotAllowed
    found.name, found.is_shared, found.updated_at = name, is_shared, now
    found.save(update_fields=["name", "is_shared", "updated_at"])
    return found
