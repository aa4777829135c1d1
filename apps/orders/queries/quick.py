from apps.orders.models import QuickRow
from apps.orgs.models import Membership


def quick_rows(membership: Membership) -> list[QuickRow]:
    """The rows of this person's quick order that are still open, in their order. 1 statement."""
    return list(QuickRow.objects.of(membership).order_by("position", "pk"))
