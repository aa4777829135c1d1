"""Fifty documents at once against room for ten."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from apps.ledger.actions import hold_amounts as holding
from apps.ledger.actions.hold_amounts import LimitExceeded, Part, Source, hold_amounts
from apps.ledger.actions.save_limit import save_limit
from apps.ledger.models import Account, Limit, Posting
from apps.ledger.queries import reconcile
from tests.factories import NOW, SYSTEM, OrganizationFactory

AtOnce = Callable[..., list[Any]]
ACTORS = 50


@pytest.fixture
def credit(transactional_db: None) -> Limit:
    return save_limit(actor=SYSTEM, organization=OrganizationFactory(), kind="credit", amount=Decimal(1000), now=NOW)


@pytest.fixture(autouse=True)
def slowly(pause_after: Any) -> None:
    pause_after(holding.rules, "short_by", 0.01)


def hold(limit: Limit, key: str) -> Posting:
    with transaction.atomic():
        return hold_amounts(
            organization=limit.organization,
            key=key,
            source=Source("order", uuid4()),
            parts=[Part(limit, Decimal(100))],
            day=date(2026, 11, 23),
            now=NOW,
        )


def test_exactly_as_many_fit_as_there_is_room(credit: Limit, at_once: AtOnce) -> None:
    results = at_once(*(lambda n=number: hold(credit, f"order:{n}") for number in range(ACTORS)))

    assert [type(result) for result in results].count(Posting) == 10
    assert [type(result) for result in results].count(LimitExceeded) == 40
    assert Account.objects.get().held == 1000
    assert reconcile() == []


def test_one_act_fifty_times_is_one_act(credit: Limit, at_once: AtOnce) -> None:
    results = at_once(*(lambda: hold(credit, "order:1") for _number in range(ACTORS)))

    assert {type(result) for result in results} == {Posting}
    assert Account.objects.get().held == 100
    assert reconcile() == []


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_lock_and_the_constraint_the_books_are_wrong(credit: Limit, at_once: AtOnce) -> None:
    constraint = next(row for row in Account._meta.constraints if row.name == "account_within_ceiling")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Account, constraint)
    try:
        results = at_once(*(lambda n=number: hold(credit, f"order:{n}") for number in range(ACTORS)))

        assert [type(result) for result in results].count(Posting) > 10
        assert reconcile() != []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ledger_account CASCADE")
        with connection.schema_editor() as editor:
            editor.add_constraint(Account, constraint)


class TestAnAccountThatOpens:
    """While somebody lowers the limit of which it is."""

    @pytest.fixture(autouse=True)
    def slowly_read(self, pause_after: Any) -> None:
        pause_after(holding, "fresh_limits", 0.2)

    def amounts(self, credit: Limit, at_once: AtOnce) -> tuple[Decimal | None, Decimal | None]:
        company = credit.organization

        def lower() -> None:
            time.sleep(0.1)
            save_limit(actor=SYSTEM, organization=company, kind="credit", amount=Decimal(200), now=NOW)

        at_once(lambda: hold(credit, "order:1"), lower)
        credit.refresh_from_db()
        return Account.objects.get().amount, credit.amount

    def test_has_the_amount_of_the_limit(self, credit: Limit, at_once: AtOnce) -> None:
        assert self.amounts(credit, at_once) == (200, 200)

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_lock_it_keeps_the_old_one(self, credit: Limit, at_once: AtOnce) -> None:
        assert self.amounts(credit, at_once) == (1000, 200)
