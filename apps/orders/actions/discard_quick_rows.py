from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from apps.orders.models import QuickRow
from apps.orgs.models import Membership


@transaction.atomic
def discard_quick_rows(*, actor: Membership, uids: Collection[UUID] | None = None) -> int:
    """Take rows off the person's quick order, all of them without `uids`; how many there were."""
    rows = QuickRow.objects.of(actor)
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    found = list(rows.locked().values_list("pk", flat=True))
    QuickRow.objects.filter(pk__in=found).delete()
    return len(found)
