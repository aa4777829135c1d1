from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate

from apps.activity.actions.record_event import Audience, record_event
from apps.core.permissions import StaffActor, SystemActor
from apps.ledger.actions.set_limit import set_limit
from apps.ledger.models import Limit
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
    limit = set_limit(
        organization=organization, kind=kind, amount=amount, day=localdate(now), membership=membership, period=period
    )
    record_event(
        "ledger.limit_changed",
        actor=actor,
        subject=limit,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"amount": None if amount is None else str(amount)},
    )
    return limit
