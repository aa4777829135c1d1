from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import connection

from apps.ledger.actions.hold_amounts import Source, post_once
from apps.ledger.models import Account, Entry, Hold, Posting
from apps.orgs.models import Organization


def release_holds(
    *, organization: Organization, key: str, source: Source, now: datetime, keep: Mapping[str, Decimal] | None = None
) -> Posting:
    """Give back what a document holds; a repeated key changes nothing.

    `keep` says by kind of limit how much stays held at most; without it nothing does. An inner step: it runs in the
    transaction of the action that calls it, and its posting is its record.
    """
    assert connection.in_atomic_block
    posting, is_new = post_once(organization, key, "release", source, now)
    if not is_new:
        return posting
    of_source = Hold.objects.filter(organization=organization, source_kind=source.kind, source_uid=source.uid)
    kept = keep or {}
    accounts = {row.pk: row for row in Account.objects.filter(holds__in=of_source).select_related("limit").locked()}
    holds, entries = [], []
    for hold in of_source.locked():
        account = accounts[hold.account_id]
        freed = hold.remaining - kept.get(account.limit.kind, Decimal(0))
        if freed <= 0:
            continue
        account.held -= freed
        if account.amount is not None:
            account.ceiling = max(account.amount, account.used)
        entries.append(
            Entry(
                organization=organization,
                posting=posting,
                account=account,
                kind=Entry.Kind.RELEASE,
                held_delta=-freed,
                held_after=account.held,
            )
        )
        hold.released += freed
        holds.append(hold)
    Account.objects.write(accounts.values(), "held", "ceiling")
    Hold.objects.write(holds, "released")
    Entry.objects.bulk_create(entries)
    return posting
