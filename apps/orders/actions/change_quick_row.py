from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.orders.models import QuickRow
from apps.orgs.models import Membership


class QuickRowGone(DomainError):
    message = _("This row is not here any more. It was added or removed in another window.")


@transaction.atomic
def change_quick_row(
    *,
    actor: Membership,
    uid: UUID,
    number: str,
    quantity: str,
    chosen: Product | None = None,
    folded: Collection[UUID] = (),
) -> QuickRow:
    """Write one row anew, as typed; `chosen` is the product that the person decided it to mean.

    `folded` are other rows of the same part that were counted with it: they go, the quantity stands for all.

    :raises QuickRowGone: the row is not there, or not this person's.
    """
    rows = QuickRow.objects.of(actor).filter(uid__in={uid, *folded}).locked()
    by_uid = {row.uid: row for row in rows}
    if uid not in by_uid:
        raise QuickRowGone
    row = by_uid.pop(uid)
    row.number, row.quantity, row.chosen = number, quantity, chosen
    row.save(update_fields=["number", "quantity", "chosen"])
    QuickRow.objects.filter(pk__in=[other.pk for other in by_uid.values()]).delete()
    return row
