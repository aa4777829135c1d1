from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from apps.ledger.models import Account, Limit
from apps.orgs.models import Membership, Organization


def set_limit(
    *,
    organization: Organization,
    kind: str,
    amount: Decimal | None,
    day: date,
    membership: Membership | None = None,
    period: str = Limit.Period.NONE,
) -> Limit:
    """Make a limit be this amount, with the accounts of the period of `day` and later; None means no limit.

    An inner step. A limit that is lowered under what is used refuses whatever comes next, and takes nothing back.
    """
    assert connection.in_atomic_block
    limit, is_new = Limit.objects.get_or_create(
        organization=organization, kind=kind, membership=membership, period=period, defaults={"amount": amount}
    )
    if is_new or limit.amount == amount:
        return limit
    limit = Limit.objects.locked().get(pk=limit.pk)
    limit.amount = amount
    limit.save(update_fields=["amount"])
    is_open = Q(period_end=None) | Q(period_end__gte=day)
    accounts = list(Account.objects.of([limit]).filter(is_open).locked())
    for account in accounts:
        account.amount = amount
        account.ceiling = None if amount is None else max(amount, account.used)
    Account.objects.write(accounts, "amount", "ceiling")
    return limit
