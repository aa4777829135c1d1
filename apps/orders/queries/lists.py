from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.orders.models import PurchasingList, PurchasingListLine
from apps.orgs.models import Membership


def lists_of(membership: Membership) -> list[PurchasingList]:
    """The lists that this person sees, each with its `line_count`, by name. 1 statement."""
    rows = PurchasingList.objects.visible_to(membership).select_related("owner__user")
    return list(rows.annotate(line_count=Count("lines")).order_by("name", "pk"))


def lists_like(membership: Membership, words: str) -> QuerySet[PurchasingList]:
    """Those with these words in their name, each with its `line_count`, by name. 1 statement."""
    rows = PurchasingList.objects.visible_to(membership).filter(name__icontains=words)
    return rows.annotate(line_count=Count("lines")).order_by("name", "pk")


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
