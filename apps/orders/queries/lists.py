from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from math import ceil
from operator import or_
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from apps.core.querysets import count_of
from apps.orders.models import Order, OrderLine, PurchasingList, PurchasingListLine
from apps.orgs.models import Membership

# Somebody who leaves a line out has ordered the list all the same.
MOST_OF_A_LIST = 0.75


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


def last_ordered(membership: Membership, lines: Sequence[PurchasingListLine]) -> Mapping[int, datetime]:
    """When each list was ordered last, by list: with the last order that this person sees and that has most of it.
    What was never ordered is left out. `lines` are all lines of the lists.

    1 statement.
    """
    skus: dict[int, set[str]] = {}
    for line in lines:
        skus.setdefault(line.purchasing_list_id, set()).add(line.product.sku)
    if not skus:
        return {}
    seen = Order.objects.visible_to(membership).exclude(state=Order.State.CANCELLED)
    ordered = OrderLine.objects.filter(
        organization=membership.organization_id, sku__in=set().union(*skus.values()), order__in=seen
    )
    least = {f"of_{number}": ceil(len(wanted) * MOST_OF_A_LIST) for number, wanted in skus.items()}
    counted = {f"of_{number}": Count("sku", Q(sku__in=wanted), distinct=True) for number, wanted in skus.items()}
    has_most = reduce(or_, (Q((f"{name}__gte", count)) for name, count in least.items()))
    rows = ordered.values("order").annotate(at=Max("order__placed_at"), **counted).filter(has_most).order_by("at")
    found: dict[int, datetime] = {}
    for row in rows.values_list("at", *counted, named=True):
        found |= {number: row.at for number in skus if getattr(row, f"of_{number}") >= least[f"of_{number}"]}
    return found
