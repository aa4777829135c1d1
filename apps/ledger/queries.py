from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.activity.models import Event
from apps.ledger import rules
from apps.ledger.models import AMOUNT, Account, Entry, Hold, Limit
from apps.orgs.models import Membership, Organization


@dataclass(frozen=True)
class Spendable:
    """What a person can still spend of one limit, in the company's currency; None where there is no limit."""

    limit: Limit
    amount: Decimal | None
    used: Decimal

    @property
    def available(self) -> Decimal | None:
        return None if self.amount is None else self.amount - self.used


def limits_of(membership: Membership) -> dict[str, Limit]:
    """The company's credit and the person's own limits by their kind. 1 statement."""
    rows = Limit.objects.visible_to(membership).filter(Q(membership=None) | Q(membership=membership))
    return {limit.kind: limit for limit in rows.order_by("kind", "pk")}


def spendable(membership: Membership, day: date) -> Sequence[Spendable]:
    """The company's credit and the person's own limits on this day. 2 statements."""
    limits = list(limits_of(membership).values())
    starts = {limit.pk: rules.period_of(day, limit.period)[0] for limit in limits}
    accounts = {row.limit_id: row for row in Account.objects.of(limits) if row.period_start == starts[row.limit_id]}
    return [
        Spendable(limit, limit.amount, accounts[limit.pk].used if limit.pk in accounts else Decimal(0))
        for limit in limits
    ]


def used_in_month(membership: Membership, day: date) -> Mapping[int, Decimal]:
    """What each person of the company has used in the month of this day, by membership. 1 statement."""
    start, _end = rules.period_of(day, Limit.Period.MONTH)
    accounts = Account.objects.visible_to(membership).filter(
        limit__kind=Limit.Kind.PERSONAL, limit__period=Limit.Period.MONTH, period_start=start
    )
    return {row.limit.membership_id: row.used for row in accounts.select_related("limit") if row.limit.membership_id}


def company_credit(organization: Organization) -> Spendable | None:
    """What a company can still spend on credit, whoever does; None where nobody set a credit. 2 statements."""
    limit = Limit.objects.filter(organization=organization, kind=Limit.Kind.CREDIT).first()
    if limit is None:
        return None
    account = Account.objects.of([limit]).first()
    return Spendable(limit, limit.amount, account.used if account else Decimal(0))


def with_source(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with `source_label`: what the log calls the document that their posting speaks for. No statement of its
    own."""
    told = Event.objects.filter(
        subject_kind=OuterRef("posting__source_kind"), subject_uid=OuterRef("posting__source_uid")
    )
    return entries.annotate(source_label=Subquery(told.order_by("-pk").values("subject_label")[:1]))


def reconcile() -> list[str]:
    """Every account whose balance is not the sum of its entries, or not what its holds still speak for. 1 statement."""
    nothing = Decimal(0)
    of_entries = Entry.objects.filter(account=OuterRef("pk")).order_by().values("account")
    of_holds = Hold.objects.filter(account=OuterRef("pk")).order_by().values("account")
    money = DecimalField(**AMOUNT)
    rows = (
        Account.objects.annotate(
            by_entries=Coalesce(
                Subquery(of_entries.annotate(sum=Sum("held_delta")).values("sum")), nothing, output_field=money
            ),
            by_holds=Coalesce(
                Subquery(of_holds.annotate(sum=Sum("remaining")).values("sum")), nothing, output_field=money
            ),
        )
        .exclude(held=F("by_entries"), by_holds=F("by_entries"))
        .values_list("pk", "held", "by_entries", "by_holds")
    )
    return [f"Account {pk} holds {held}, its entries {entries}, its holds {holds}" for pk, held, entries, holds in rows]
