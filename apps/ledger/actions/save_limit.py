from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.permissions import StaffActor, SystemActor
from apps.ledger.models import Account, Limit
from apps.orgs.models import Membership, Organization


@transaction.atomic
def save_limit(
    *,
    actor: StaffActor | SystemActor,
    organization: Organization,
    kind: str,
    amount: Decimal | None,
    now: datetime,
    membership: Membership | None = None,
    period: str = Limit.Period.NONE,
) -> Limit:
    """Set a limit, and what is open of it; None takes the limit away. Amounts are in the company's currency.

    A limit that is lowered under what is used refuses whatever comes next, and takes nothing back.
    """
    limit, _created = Limit.objects.get_or_create(
        organization=organization, kind=kind, membership=membership, period=period, defaults={"amount": amount}
    )
    limit = Limit.objects.locked().get(pk=limit.pk)
    limit.amount = amount
    limit.save(update_fields=["amount"])
    accounts = list(Account.objects.of([limit]).locked())
    for account in accounts:
        account.amount = amount
        account.ceiling = None if amount is None else max(amount, account.used)
    Account.objects.bulk_update(accounts, ["amount", "ceiling"])
    record_event(
        "ledger.limit_changed",
        actor=actor,
        subject=limit,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"amount": None if amount is None else str(amount)},
    )
    return limit
