from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.ledger import rules
from apps.ledger.models import Account, Entry, Hold, Limit, Posting
from apps.orgs.models import Organization

# Tells in one statement who was first.
INSERT_ONCE = """
    INSERT INTO ledger_posting (organization_id, key, reason, source_kind, source_uid, created_at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (organization_id, key) DO NOTHING RETURNING id
"""


class LimitExceeded(DomainError):
    """The amount does not fit. `limit` is the first that it does not fit in, `short_by` what is missing there."""

    message = _("This is more than the limit allows.")

    def __init__(self, limit: Limit, short_by: Decimal) -> None:
        super().__init__()
        self.limit = limit
        self.short_by = short_by


@dataclass(frozen=True)
class Part:
    """So much of one limit; an approved part may go over it, and is marked so."""

    limit: Limit
    amount: Decimal
    is_approved: bool = False


@dataclass(frozen=True)
class Source:
    """The document that speaks for the amounts."""

    kind: str
    uid: UUID


def hold_amounts(
    *, organization: Organization, key: str, source: Source, parts: list[Part], day: date, now: datetime
) -> Posting:
    """Speak for amounts of limits on behalf of one document, all of them or none; a repeated key changes nothing.

    An inner step: it runs in the transaction of the action that calls it, and its posting is its record. Amounts are in
    the measure of their limits. Missing accounts of the period of `day` are opened first; then all are locked at once
    by primary key, so that two documents cannot wait for each other.

    :raises LimitExceeded: a part that nobody approved does not fit.
    """
    assert connection.in_atomic_block
    posting, is_new = post_once(organization, key, "hold", source, now)
    if not is_new:
        return posting
    accounts = {
        account.limit_id: account for account in lock_accounts(organization, [part.limit for part in parts], day)
    }
    holds, entries = [], []
    for part in parts:
        account = accounts[part.limit.pk]
        missing = rules.short_by(account.amount, account.used, part.amount)
        if missing and not part.is_approved:
            raise LimitExceeded(part.limit, missing)
        account.held += part.amount
        if account.ceiling is not None:
            account.ceiling = max(account.ceiling, account.used)
        holds.append(
            Hold(
                organization=organization,
                account=account,
                source_kind=source.kind,
                source_uid=source.uid,
                amount=part.amount,
            )
        )
        entries.append(
            Entry(
                organization=organization,
                posting=posting,
                account=account,
                kind=Entry.Kind.HOLD,
                held_delta=part.amount,
                held_after=account.held,
                is_forced=bool(missing),
            )
        )
    Account.objects.write(accounts.values(), "held", "ceiling")
    Hold.objects.bulk_create(holds)
    Entry.objects.bulk_create(entries)
    return posting


def post_once(organization: Organization, key: str, reason: str, source: Source, now: datetime) -> tuple[Posting, bool]:
    """The posting of this key, and whether it is new. A second writer of the key waits here for the first to commit."""
    posting = Posting(
        organization=organization,
        key=key,
        reason=reason,
        source_kind=source.kind,
        source_uid=source.uid,
        created_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ONCE, [organization.pk, key, reason, source.kind, source.uid, now])
        if row := cursor.fetchone():
            posting.pk = row[0]
            return posting, True
    return Posting.objects.get(organization=organization, key=key), False


def lock_accounts(organization: Organization, limits: list[Limit], day: date) -> list[Account]:
    periods = {limit.pk: rules.period_of(day, limit.period) for limit in limits}
    accounts = _locked(limits, periods)
    there = {account.limit_id for account in accounts}
    missing = {limit.pk for limit in limits if limit.pk not in there}
    if not missing:
        return accounts
    Account.objects.bulk_create(
        (
            Account(
                organization=organization,
                limit=limit,
                period_start=periods[limit.pk][0],
                period_end=periods[limit.pk][1],
                amount=limit.amount,
                ceiling=limit.amount,
            )
            for limit in fresh_limits(missing)
        ),
        ignore_conflicts=True,
    )
    return _locked(limits, periods)


def fresh_limits(ids: set[int]) -> list[Limit]:
    """These limits, locked and read anew: no account opens with an amount that somebody is changing."""
    return list(Limit.objects.filter(pk__in=ids).locked())


def _locked(limits: list[Limit], periods: Mapping[int, tuple[date | None, date | None]]) -> list[Account]:
    rows = Account.objects.of(limits).locked()
    return [account for account in rows if account.period_start == periods[account.limit_id][0]]
