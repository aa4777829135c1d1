"""The bell, its page, and what people choose to be told."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.activity.models import Event
from apps.approvals.actions.post_message import post_message
from apps.approvals.models import Request
from apps.fulfillment.models import Shipment
from apps.notifications.actions.save_preferences import save_preferences
from apps.notifications.models import Notice, NotificationPreference
from apps.orders.models import Order
from apps.orgs.models import Membership
from tests.factories import NOW
from tests.notifications.conftest import Tell

INDEX = "/notifications/"


@pytest.fixture
def browser(mira: Membership, sign_in: Any) -> Client:
    return sign_in(mira)


@pytest.fixture
def asked(request_of_omar: Request, tell: Tell) -> Notice:
    tell("approvals.approval_requested")
    return Notice.objects.get()


class TestBell:
    def test_it_counts_what_is_new_and_stays_silent_otherwise(self, asked: Notice, browser: Client) -> None:
        assert 'aria-label="Notifications, 1 new"' in browser.get(INDEX).content.decode()

        browser.post(reverse("notifications:all_read"))

        assert 'aria-label="Notifications"' in browser.get(INDEX).content.decode()

    def test_one_event_is_told_once(self, asked: Notice, tell: Tell) -> None:
        tell("approvals.approval_requested")

        assert Notice.objects.count() == 1

    def test_nobody_sees_the_bell_of_a_colleague(self, asked: Notice, lena: Membership, sign_in: Any) -> None:
        assert "Omar asked" not in sign_in(lena).get(INDEX).content.decode()
        assert sign_in(lena).post(reverse("notifications:notice", args=[asked.uid])).status_code == 404
        asked.refresh_from_db()
        assert asked.read_at is None


class TestPage:
    def test_it_tells_what_happened_and_looking_changes_nothing(self, asked: Notice, browser: Client) -> None:
        page = browser.get(INDEX).content.decode()

        assert f"Omar asked for approval of {asked.event.subject_label}." in page
        asked.refresh_from_db()
        assert asked.read_at is None

    def test_opening_one_leads_to_its_document_and_marks_it(
        self, asked: Notice, request_of_omar: Request, browser: Client
    ) -> None:
        answer = browser.post(reverse("notifications:notice", args=[asked.uid]))

        assert (answer.status_code, answer["Location"]) == (
            303,
            reverse("approvals:request", args=[request_of_omar.uid]),
        )
        asked.refresh_from_db()
        assert asked.read_at
        assert f'href="{answer["Location"]}"' in browser.get(INDEX).content.decode()

    def test_an_order_and_a_shipment_lead_to_the_order(
        self, shipment: Shipment, order_of_mira: Order, tell: Tell, browser: Client
    ) -> None:
        tell("orders.order_placed")
        tell("fulfillment.shipment_dispatched")

        for notice in Notice.objects.all():
            answer = browser.post(reverse("notifications:notice", args=[notice.uid]))
            assert answer["Location"] == reverse("orders:order", args=[order_of_mira.number])

    def test_it_goes_on_where_it_ended(
        self, asked: Notice, request_of_omar: Request, omar: Membership, browser: Client, tell: Tell
    ) -> None:
        post_message(actor=omar, request_uid=request_of_omar.uid, text="For the crew", now=NOW)
        tell("approvals.message_posted")
        newest = Notice.objects.latest("pk")

        assert "Omar asked" in browser.get(INDEX, {"before": newest.pk}).content.decode()
        assert "Nothing new" in browser.get(INDEX, {"before": asked.pk}).content.decode()

    def test_many_take_as_many_statements_as_one(
        self, asked: Notice, request_of_omar: Request, mira: Membership, omar: Membership, browser: Client, tell: Tell
    ) -> None:
        def statements() -> int:
            with CaptureQueriesContext(connection) as counted:
                browser.get(INDEX)
            return len(counted)

        browser.get(INDEX)
        few = statements()
        for number in range(19):
            post_message(actor=omar, request_uid=request_of_omar.uid, text=f"Word {number}", now=NOW)
            tell("approvals.message_posted")

        assert Notice.objects.filter(membership=mira).count() == 20
        assert statements() == few


def ticked(browser: Client) -> set[tuple[str, str]]:
    page = browser.get(reverse("notifications:settings")).content.decode()
    return set(re.findall(r'name="by_(mail|bell)" value="(\w+)"[^>]* checked', page))


class TestSettings:
    def test_everything_is_on_until_somebody_says_otherwise(self, browser: Client) -> None:
        assert len(ticked(browser)) == 16

    def test_what_is_not_ticked_is_not_told(
        self, request_of_omar: Request, browser: Client, mira: Membership, tell: Tell
    ) -> None:
        answer = browser.post(reverse("notifications:settings"), {"by_mail": ["placed"], "by_bell": ["asked"]})

        assert answer.status_code == 303
        assert ticked(browser) == {("mail", "placed"), ("bell", "asked")}
        tell("approvals.approval_requested")
        assert mail.outbox == []
        assert Notice.objects.count() == 1

    def test_changing_it_again_keeps_one_row_a_kind(self, mira: Membership) -> None:
        for _time in range(2):
            save_preferences(actor=mira, by_mail=[], by_bell=["asked"], now=NOW)

        assert NotificationPreference.objects.filter(membership=mira).count() == 8
        assert NotificationPreference.objects.get(membership=mira, kind="asked").by_bell
        assert Event.objects.filter(name="notifications.preferences_saved").count() == 2

    def test_an_unknown_kind_changes_nothing(self, browser: Client) -> None:
        answer = browser.post(reverse("notifications:settings"), {"by_mail": ["nonsense"]})

        assert answer.status_code == 422
        assert not NotificationPreference.objects.exists()
