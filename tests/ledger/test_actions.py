from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.ledger.actions.hold_amounts import LimitExceeded, Part, Source, hold_amounts
from apps.ledger.actions.release_holds import release_holds
from apps.ledger.actions.save_limit import save_limit
from apps.ledger.models import Account, Entry, Hold, Limit, Posting
from apps.ledger.queries import spendable
from apps.orgs.models import Membership, Organization
from apps.portal.queries import broken_invariants
from tests.factories import NOW, SYSTEM
from tests.refusals import refused

DAY = date(2026, 11, 23)


@pytest.fixture
def credit(norrvik: Organization) -> Limit:
    return save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=Decimal(1000), now=NOW)


@pytest.fixture(autouse=True)
def balanced(db: None) -> object:
    yield
    assert broken_invariants() == []


def hold(limit: Limit, amount: str, *, key: str = "", approved: bool = False, day: date = DAY) -> Source:
    source = Source("order", uuid4())
    with transaction.atomic():
        hold_amounts(
            organization=limit.organization,
            key=key or f"order:{source.uid}:place",
            source=source,
            parts=[Part(limit, Decimal(amount), approved)],
            day=day,
            now=NOW,
        )
    return source


def release(limit: Limit, source: Source) -> None:
    release_holds(organization=limit.organization, key=f"order:{source.uid}:cancel", source=source, now=NOW)


def test_a_changed_limit_leaves_months_that_are_over_as_they_were(norrvik: Organization, mira: Membership) -> None:
    facts: dict[str, Any] = {"organization": norrvik, "kind": "personal", "membership": mira, "period": "month"}
    limit = save_limit(actor=SYSTEM, amount=Decimal(1000), now=NOW, **facts)
    for day in (date(2026, 10, 5), DAY):
        hold(limit, "100", day=day)

    save_limit(actor=SYSTEM, amount=Decimal(300), now=NOW, **facts)

    amounts = dict(Account.objects.values_list("period_start", "amount"))
    assert amounts == {date(2026, 10, 1): Decimal(1000), date(2026, 11, 1): Decimal(300)}


class TestHoldAmounts:
    def test_speaks_for_an_amount(self, credit: Limit) -> None:
        hold(credit, "400")

        account = Account.objects.get()
        assert (account.held, account.available) == (400, 600)
        assert Entry.objects.get().held_after == 400

    def test_an_account_opens_with_the_amount_of_now(self, credit: Limit) -> None:
        save_limit(actor=SYSTEM, organization=credit.organization, kind="credit", amount=Decimal(100), now=NOW)

        with refused(LimitExceeded):
            hold(credit, "400")

    def test_the_last_cent_fits_and_one_more_does_not(self, credit: Limit) -> None:
        hold(credit, "999.99")
        hold(credit, "0.01")

        with refused(LimitExceeded) as refusal:
            hold(credit, "0.01")

        assert refusal.value.short_by == Decimal("0.01")

    def test_a_repeated_act_changes_nothing(self, credit: Limit) -> None:
        for _time in range(3):
            hold(credit, "400", key="order:1:place")

        assert Account.objects.get().held == 400
        assert (Posting.objects.count(), Entry.objects.count()) == (1, 1)

    def test_all_parts_or_none(self, credit: Limit, omar: Membership) -> None:
        personal = save_limit(
            actor=SYSTEM, organization=omar.organization, kind="personal", membership=omar, amount=Decimal(100),
            period="month", now=NOW,
        )  # fmt: skip
        parts = [Part(credit, Decimal(500)), Part(personal, Decimal(101))]
        with refused(LimitExceeded) as refusal, transaction.atomic():
            hold_amounts(
                organization=omar.organization, key="k", source=Source("order", uuid4()), parts=parts, day=DAY, now=NOW
            )

        assert refusal.value.limit == personal

    def test_no_limit_holds_whatever_comes_and_zero_holds_nothing(self, norrvik: Organization) -> None:
        limit = save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=None, now=NOW)
        hold(limit, "99999999")
        limit = save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=Decimal(0), now=NOW)

        with refused(LimitExceeded):
            hold(limit, "0.01")

    def test_an_approved_overrun_is_marked_and_lifts_the_ceiling_for_itself_only(self, credit: Limit) -> None:
        hold(credit, "1200", approved=True)

        account = Account.objects.get()
        assert (account.ceiling, account.available) == (1200, -200)
        assert Entry.objects.get().is_forced
        with refused(LimitExceeded):
            hold(credit, "1")

    def test_a_new_month_begins_with_nothing_used(self, omar: Membership) -> None:
        limit = save_limit(
            actor=SYSTEM, organization=omar.organization, kind="personal", membership=omar, amount=Decimal(100),
            period="month", now=NOW,
        )  # fmt: skip
        hold(limit, "100")
        hold(limit, "100", day=date(2026, 12, 1))

        with refused(LimitExceeded):
            hold(limit, "1", day=date(2026, 11, 30))
        assert [row.used for row in spendable(omar, date(2027, 2, 1))] == [0]


class TestReleaseHolds:
    def test_gives_back_once(self, credit: Limit) -> None:
        source = hold(credit, "400")

        release(credit, source)
        release(credit, source)

        account = Account.objects.get()
        assert (account.held, account.available) == (0, 1000)
        assert Hold.objects.get().remaining == 0

    def test_an_overrun_goes_back_under_the_limit(self, credit: Limit) -> None:
        source = hold(credit, "1200", approved=True)

        release(credit, source)

        assert Account.objects.get().ceiling == 1000


class TestSaveLimit:
    def test_lowered_under_its_use_it_refuses_the_next_until_there_is_room(self, credit: Limit) -> None:
        source = hold(credit, "1000")
        limit = save_limit(actor=SYSTEM, organization=credit.organization, kind="credit", amount=Decimal(600), now=NOW)

        with refused(LimitExceeded):
            hold(limit, "1")
        release(limit, source)
        hold(limit, "600")

        assert Account.objects.get().available == 0


class TestDatabase:
    def test_refuses_more_than_the_ceiling_by_itself(self, credit: Limit) -> None:
        hold(credit, "1000")

        with pytest.raises(IntegrityError, match="account_within_ceiling"), transaction.atomic():
            Account.objects.update(held=1001)

    def test_entries_stand(self, credit: Limit) -> None:
        hold(credit, "1")

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Entry.objects.update(held_delta=2)

    def test_an_account_cannot_be_another_company_s(self, credit: Limit, gus: Membership) -> None:
        hold(credit, "1")

        with pytest.raises(IntegrityError, match="_tenant"), transaction.atomic():
            Account.objects.update(organization=gus.organization)
            transaction.get_connection().check_constraints()
