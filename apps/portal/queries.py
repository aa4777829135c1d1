from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from apps.approvals.models import Request
from apps.core.permissions import Reach
from apps.core.prepared import Given, GivenMember, PreparedQuery
from apps.core.querysets import count_of
from apps.inventory.queries import broken_reservations
from apps.ledger.queries import reconcile
from apps.orders.models import Order, PurchasingList
from apps.orders.queries.checks import broken_orders
from apps.orgs.models import Membership, Organization

COUNTED = ("lists.edit", "orders.view", "approvals.decide")


def broken_invariants() -> list[str]:
    """Every place where the books contradict themselves; empty when all is well. Runs after tests and at night."""
    return reconcile() + broken_reservations() + broken_orders()


def counters(membership: Membership) -> Mapping[str, int]:
    """What stands behind the entries of the navigation, by the right that each needs: lists, open orders, requests that
    wait for this person. 1 statement."""
    rights = tuple((code, membership.grants[code]) for code in COUNTED if membership.may(code))
    counted = _counters(rights).ask(organization=membership.organization_id, membership=membership.pk)
    return dict(zip((code for code, _reach in rights), counted[0], strict=True)) if rights else {}


@lru_cache(maxsize=500)
def _counters(rights: Iterable[tuple[str, Reach]]) -> PreparedQuery[tuple[int, ...]]:
    """For all people with these rights."""
    member = GivenMember(dict(rights))
    rows: Mapping[str, QuerySet[Any]] = {
        "lists.edit": PurchasingList.objects.visible_to(member),
        "orders.view": Order.objects.visible_to(member).open(),
        "approvals.decide": Request.objects.visible_to(member).waiting_for(member),
    }
    counts = [count_of(rows[code], "organization") for code, _reach in rights]
    return PreparedQuery(Organization.objects.filter(pk=Given("organization")).values_list(*counts))
