from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.orders.actions.take_list import take_list
from apps.orders.models import PurchasingList, PurchasingListLine
from apps.orgs.models import Membership


@transaction.atomic
def change_list_lines(
    *, actor: Membership, list_uid: UUID, quantities: Mapping[int, Decimal], now: datetime
) -> PurchasingList:
    """Keep these products on a list in these quantities, in base units by product id; what is not on it yet comes last.

    :raises ListGone, NotAllowed: see `take_list`.
    """
    found = take_list(actor=actor, list_uid=list_uid)
    PurchasingListLine.objects.bulk_create(
        (
            PurchasingListLine(
                organization_id=found.organization_id, purchasing_list=found, product_id=product, quantity=quantity
            )
            for product, quantity in quantities.items()
        ),
        update_conflicts=True,
        unique_fields=["purchasing_list", "product"],
        update_fields=["quantity"],
    )
    found.updated_at = now
    found.save(update_fields=["updated_at"])
    return found
