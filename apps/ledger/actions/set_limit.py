from decimal import Decimal

from django.db import connection

from apps.ledger.models import Account, Limit
from apps.orgs.models import Membership, Organization


def set_limit(
    *,
    organization: Organization,
    kind: str,
    amount: Decimal | None,
    membership: Membership | None = None,
    period: str = Limit.Period.NONE,
) -> Limit:
    """Make a limit be this amount, with the ceilings of its open accounts; None means no limit.

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
    accounts = list(Account.objects.of([limit]).locked())
    for account in accounts:
        account.amount = amount
        account.ceiling = None if amount is None else max(amount, account.used)
    Account.objects.write(accounts, "amount", "ceiling")
    return limit
