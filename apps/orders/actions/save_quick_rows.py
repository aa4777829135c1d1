from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.orders.models import QuickRow
from apps.orgs.models import Membership

MOST_ROWS = 2000


class TooManyQuickRows(DomainError):
    message = _("A quick order holds 2,000 rows. Add or clear those that are here first.")


@transaction.atomic
def save_quick_rows(*, actor: Membership, rows: Sequence[tuple[str, str]], now: datetime) -> list[QuickRow]:
    """Keep typed rows, each a number and a quantity as they were typed, behind those that the person has already.

    :raises TooManyQuickRows: there would be more than MOST_ROWS.
    """
    kept = QuickRow.objects.of(actor).aggregate(count=Count("pk"), last=Max("position"))
    if kept["count"] + len(rows) > MOST_ROWS:
        raise TooManyQuickRows
    first = (kept["last"] or 0) + 1
    return QuickRow.objects.bulk_create(
        QuickRow(
            organization_id=actor.organization_id,
            owner=actor,
            position=position,
            number=number,
            quantity=quantity,
            created_at=now,
        )
        for position, (number, quantity) in enumerate(rows, start=first)
    )
