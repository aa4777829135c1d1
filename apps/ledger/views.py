from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from apps.core.permissions import Reach
from apps.ledger import queries
from apps.orgs.access import MemberRequest
from apps.orgs.models import Membership


def used_this_month(request: MemberRequest, *, people: Sequence[Membership]) -> Mapping[int, Decimal]:
    """Panel of the people page: what each person has used of the month, by membership.

    Only for those whose orders, and their prices, the reader may see.
    """
    reader = request.membership
    if not reader.may("prices.view"):
        return {}
    reach = reader.grants.get("orders.view", Reach())
    used = queries.used_in_month(reader, timezone.localdate())
    return {
        person.pk: used.get(person.pk, Decimal(0))
        for person in people
        if reach.covers(person.unit_id, person.pk, reader.pk)
    }
