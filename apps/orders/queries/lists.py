from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from apps.core.querysets import count_of
from apps.orders.models import PurchasingList, PurchasingListLine
from apps.orgs.models import Membership


def lists_of(membership: Membership) -> list[PurchasingList]:
    """The lists that this person sees, each with its `line_count`, by name. 1 statement."""
    return list(_counted(PurchasingList.objects.visible_to(membership).select_related("owner__user")))


def lists_like(membership: Membership, words: str) -> QuerySet[PurchasingList]:
    """Those with these words in their name, likewise. 1 statement."""
    return _counted(PurchasingList.objects.visible_to(membership).filter(name__icontains=words))


def _counted(lists: QuerySet[PurchasingList]) -> QuerySet[PurchasingList]:
    count = count_of(PurchasingListLine.objects.all(), "purchasing_list")
    return lists.annotate(line_count=count).order_by("name", "pk")


def list_of(membership: Membership, uid: UUID) -> PurchasingList | None:
    """One list that this person sees. 1 statement."""
    return PurchasingList.objects.visible_to(membership).select_related("owner__user").filter(uid=uid).first()


def lines_of_list(found: PurchasingList) -> list[PurchasingListLine]:
    """The lines of a list in the order in which they came. 1 statement."""
    return lines_of_lists([found])


def lines_of_lists(found: Sequence[PurchasingList]) -> list[PurchasingListLine]:
    """The lines of these lists in the order in which they came. 1 statement."""
    rows = PurchasingListLine.objects.filter(purchasing_list__in=found).select_related("product__brand")
    return list(rows.order_by("pk"))
