from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.change_quick_row import QuickRowGone
from apps.orders.models import Cart, QuickRow
from apps.orgs.models import Membership


@transaction.atomic
def add_quick_rows(
    *, actor: Membership, lines: Mapping[UUID, WantedLine], folded: Collection[UUID] = (), now: datetime
) -> Cart:
    """Put rows of the person's quick order into the current cart, and take them off the quick order.

    `lines` has by the uid of its row what each comes to; `folded` are further rows that were counted with one of them.

    :raises QuickRowGone: a row is not there any more: it was added in another window, and is not added twice.
    :raises QuantityRefused: a quantity cannot be ordered; nothing was added.
    """
    rows = QuickRow.objects.of(actor).filter(uid__in={*lines, *folded})
    found = list(rows.locked().values_list("pk", flat=True))
    if len(found) < len({*lines, *folded}):
        raise QuickRowGone
    cart = add_lines(actor=actor, lines=list(lines.values()), now=now)
    QuickRow.objects.filter(pk__in=found).delete()
    return cart
