from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db.models import Max, QuerySet

from apps.core.querysets import count_of
from apps.orders.models import Order, OrderLine, PurchasingList, PurchasingListLine
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


def last_ordered(membership: Membership, lines: Sequence[PurchasingListLine]) -> Mapping[int, datetime]:
    """When each list was ordered last, by list: since when half of its products were ordered again, in orders that this
    person sees. A list of which less than half was ever ordered is left out. `lines` are all lines of the lists.

    1 statement.
    """
    seen = Order.objects.visible_to(membership).exclude(state=Order.State.CANCELLED)
    rows = OrderLine.objects.filter(
        organization=membership.organization_id, sku__in={line.product.sku for line in lines}, order__in=seen
    )
    last = dict(rows.values("sku").annotate(last=Max("order__placed_at")).values_list("sku", "last"))
    found = {}
    for list_id, own in groupby(sorted(lines, key=attrgetter("purchasing_list_id")), attrgetter("purchasing_list_id")):
        skus = [line.product.sku for line in own]
        moments = sorted((last[sku] for sku in skus if sku in last), reverse=True)
        half = (len(skus) + 1) // 2
        if len(moments) >= half:
            found[list_id] = moments[half - 1]
    return found
