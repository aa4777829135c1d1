from datetime import datetime

from django.db import connection

from apps.ledger.actions.hold_amounts import Source, post_once
from apps.ledger.models import Account, Entry, Hold, Posting
from apps.orgs.models import Organization


def release_holds(*, organization: Organization, key: str, source: Source, now: datetime) -> Posting:
    """Give back everything that a document still holds; a repeated key changes nothing.

    An inner step: it runs in the transaction of the action that calls it, and its posting is its record.
    """
    assert connection.in_atomic_block
    posting, is_new = post_once(organization, key, "release", source, now)
    if not is_new:
        return posting
    of_source = Hold.objects.filter(organization=organization, source_kind=source.kind, source_uid=source.uid)
    accounts = {row.pk: row for row in Account.objects.filter(holds__in=of_source).locked()}
    holds = [hold for hold in of_source.locked() if hold.remaining]
    entries = []
    for hold in holds:
        account = accounts[hold.account_id]
        account.held -= hold.remaining
        if account.amount is not None:
            account.ceiling = max(account.amount, account.used)
        entries.append(
            Entry(
                organization=organization,
                posting=posting,
                account=account,
                kind=Entry.Kind.RELEASE,
                held_delta=-hold.remaining,
                held_after=account.held,
            )
        )
        hold.released = hold.amount
    Account.objects.bulk_update(accounts.values(), ["held", "ceiling"])
    Hold.objects.bulk_update(holds, ["released"])
    Entry.objects.bulk_create(entries)
    return posting
