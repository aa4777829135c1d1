"""What is kept for a while only, and for how long; every night something looks at all of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import Model

from apps.accounts.actions.clean_sessions import clean_sessions
from apps.activity.actions.clean_deliveries import clean_deliveries
from apps.activity.models import Delivery, Event
from apps.core import querysets
from apps.orders.actions.clean_quick_rows import clean_quick_rows
from apps.orders.actions.save_quick_rows import save_quick_rows
from apps.orders.models import QuickRow
from apps.orgs.actions.clean_invitations import clean_invitations
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.models import Invitation, Membership, Role
from tests.factories import NOW

YEAR_AND_WEEK = timedelta(days=372)
CASES: dict[str, tuple[Any, type[Model], timedelta]] = {
    "deliveries": (clean_deliveries, Delivery, timedelta(days=90)),
    "sessions": (clean_sessions, Session, timedelta(days=14)),
    "invitations": (clean_invitations, Invitation, YEAR_AND_WEEK),
    "quick rows": (clean_quick_rows, QuickRow, timedelta(days=90)),
}


@pytest.fixture
def three_of_each(lena: Membership) -> None:
    offer = Offer(Role.objects.get(code="buyer"), lena.unit, None)
    emails = [f"{name}@norrvik.example" for name in ("ines", "per", "kim")]
    invite_members(actor=lena, emails=emails, offer=offer, now=NOW)
    Delivery.objects.update(state=Delivery.State.DONE)
    save_quick_rows(actor=lena, rows=[("HX-1", "1"), ("HX-2", "2"), ("HX-3", "3")], now=NOW)
    for key in "abc":
        Session.objects.create(session_key=key, session_data="", expire_date=NOW + timedelta(days=14))


@pytest.mark.usefixtures("three_of_each")
@pytest.mark.parametrize("name", CASES)
def test_rows_go_when_their_time_is_over_and_not_before(name: str) -> None:
    clean, model, kept = CASES[name]
    rows = model._default_manager

    assert not clean(now=NOW + kept)
    assert rows.count() == 3

    assert not clean(now=NOW + kept + timedelta(seconds=1))
    assert rows.count() == 0


@pytest.mark.usefixtures("three_of_each")
@pytest.mark.parametrize("name", CASES)
def test_rows_go_in_batches(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clean, model, kept = CASES[name]
    monkeypatch.setattr(querysets, "BATCH", 2)

    assert clean(now=NOW + 2 * kept)
    assert model._default_manager.count() == 1
    assert not clean(now=NOW + 2 * kept)


@pytest.mark.usefixtures("three_of_each")
def test_work_that_is_not_done_stays_and_so_does_every_event() -> None:
    Delivery.objects.update(state=Delivery.State.PARKED)
    before = Event.objects.count()

    clean_deliveries(now=NOW + timedelta(days=1_000))

    assert (Delivery.objects.count(), Event.objects.count()) == (3, before)
