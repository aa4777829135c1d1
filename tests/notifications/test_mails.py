"""Who is written to about what, once each, in their own language, and only what they may see at that moment."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from apps.activity.models import Delivery
from apps.approvals.actions.decide_step import decide_step
from apps.approvals.actions.hand_over_step import hand_over_step
from apps.approvals.actions.post_message import post_message
from apps.approvals.actions.withdraw_request import withdraw_request
from apps.approvals.models import Request
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.models import Shipment
from apps.notifications.models import MailMessage, NotificationPreference
from apps.notifications.tasks import notify
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.actions.cancel_remainder import cancel_remainder
from apps.orders.actions.confirm_order import Answer, confirm_order
from apps.orders.models import Order
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.models import Membership, RoleAssignment
from tests.factories import NOW, Market, hear
from tests.notifications.conftest import SAM, Tell

D = Decimal
TODAY = NOW.date()
LATER = NOW + timedelta(hours=1)


def letters() -> dict[str, Any]:
    """The letters of the outbox by their one address."""
    assert all(len(letter.to) == 1 for letter in mail.outbox)
    return {letter.to[0]: letter for letter in mail.outbox}


def parts(letter: Any) -> tuple[str, str]:
    return str(letter.body), str(letter.alternatives[0][0])


def decide(who: Membership, request: Request, outcome: str = "approve", **options: Any) -> Request:
    request.refresh_from_db()
    expected = request.submission.content_hash
    return decide_step(
        actor=who, request_uid=request.uid, outcome=outcome, expected_hash=expected, now=LATER, **options
    )


def speak(member: Membership, language: str) -> None:
    member.user.language = language
    member.user.save(update_fields=["language"])


class TestAsked:
    def test_the_first_in_line_reads_who_how_much_why_and_what(self, request_of_omar: Request, tell: Tell) -> None:
        tell("approvals.approval_requested")

        [letter] = mail.outbox
        assert letter.to == ["mira@norrvik.example"]
        assert letter.subject == f"Omar asks you to approve €1,500.00 ({request_of_omar.number})"
        link = settings.BASE_URL + reverse("approvals:request", args=[request_of_omar.uid])
        for part in parts(letter):
            for text in ("€1,500.00", "Hex screw M8×40", "limit is €1,000.00 per order", "For the new crew", link):
                assert text in part
            assert "decision" not in part

    def test_it_comes_once_however_often_the_task_runs(self, request_of_omar: Request, tell: Tell) -> None:
        for _time in range(3):
            tell("approvals.approval_requested")

        assert len(mail.outbox) == MailMessage.objects.count() == 1

    def test_it_speaks_the_language_of_its_reader(self, request_of_omar: Request, mira: Membership, tell: Tell) -> None:
        speak(mira, "ru")
        tell("approvals.approval_requested")

        body, html = parts(mail.outbox[0])
        assert "1 500,00 €" in body.replace("\N{NO-BREAK SPACE}", " ")
        assert 'lang="ru"' in html

    def test_arabic_reads_from_the_right_and_has_no_tags_in_its_text(
        self, request_of_omar: Request, mira: Membership, tell: Tell
    ) -> None:
        speak(mira, "ar")
        tell("approvals.approval_requested")

        body, html = parts(mail.outbox[0])
        assert "<" not in body + mail.outbox[0].subject
        assert 'dir="rtl"' in html
        assert "\u2066€1,500.00\u2069" in html

    def test_the_next_in_line_is_asked_when_the_first_has_approved(
        self, request_of_omar: Request, mira: Membership, tell: Tell
    ) -> None:
        decide(mira, request_of_omar)
        tell("approvals.step_approved")

        assert list(letters()) == ["dana@norrvik.example"]
        assert "Orders above €1,200.00" in mail.outbox[0].body

    def test_nobody_is_asked_about_what_is_decided_or_taken_back(
        self, request_of_omar: Request, omar: Membership, tell: Tell
    ) -> None:
        withdraw_request(actor=omar, request_uid=request_of_omar.uid, now=LATER)
        tell("approvals.approval_requested")

        assert mail.outbox == []

    def test_to_whom_it_was_handed_over_is_asked(
        self, request_of_omar: Request, lena: Membership, dana: Membership, tell: Tell
    ) -> None:
        hand_over_step(actor=lena, request_uid=request_of_omar.uid, to=dana, now=LATER)
        tell("approvals.step_handed_over")

        assert list(letters()) == ["dana@norrvik.example"]

    def test_who_was_suspended_or_may_not_decide_any_more_gets_none(
        self, request_of_omar: Request, mira: Membership, lena: Membership, tell: Tell
    ) -> None:
        RoleAssignment.objects.filter(membership=mira, role__code="approver").delete()
        tell("approvals.approval_requested")
        suspend_member(actor=lena, uid=mira.uid, now=LATER)
        tell("approvals.approval_requested")

        assert mail.outbox == []

    def test_who_may_not_see_prices_reads_none(self, request_of_omar: Request, mira: Membership, tell: Tell) -> None:
        for assignment in mira.assignments.all():
            assignment.role.grants.filter(permission="prices.view").delete()
        tell("approvals.approval_requested")

        assert not any("€1,500.00" in part for part in (*parts(mail.outbox[0]), mail.outbox[0].subject))

    def test_who_does_not_want_it_by_mail_gets_none(
        self, request_of_omar: Request, mira: Membership, tell: Tell
    ) -> None:
        NotificationPreference.objects.create(
            organization_id=mira.organization_id, membership=mira, kind="asked", by_mail=False, by_bell=True
        )
        tell("approvals.approval_requested")

        assert mail.outbox == []


class TestDecided:
    def test_the_requester_reads_in_one_letter_who_approved_and_under_which_number_it_was_ordered(
        self, request_of_omar: Request, mira: Membership, dana: Membership
    ) -> None:
        decide(mira, request_of_omar)
        decide(dana, request_of_omar)
        for delivery in Delivery.objects.filter(state=Delivery.State.WAITING).order_by("pk"):
            hear(notify, delivery)

        order = Order.objects.get()
        [letter] = [letter for letter in mail.outbox if letter.to == ["omar@norrvik.example"]]
        assert letter.subject == f"Order {order.number} was placed"
        assert all(f"Dana approved {order.cart.name}." in part and order.number in part for part in parts(letter))

    def test_the_requester_reads_why_it_was_rejected(
        self, request_of_omar: Request, mira: Membership, tell: Tell
    ) -> None:
        decide(mira, request_of_omar, "reject", reason="Too much <for> us")
        tell("approvals.request_rejected")

        body, html = parts(mail.outbox[0])
        assert "Too much <for> us" in body
        assert "Too much &lt;for&gt; us" in html

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_the_requester_reads_what_changed(
        self, language: str, request_of_omar: Request, market: Market, mira: Membership, dana: Membership,
        omar: Membership, tell: Tell,
    ) -> None:  # fmt: skip
        speak(omar, language)
        decide(mira, request_of_omar)
        market.price(market.screw, "1.60")
        decide(dana, request_of_omar)
        tell("approvals.recheck_needed")

        [letter] = mail.outbox
        with override(language):
            assert all("1.5" in part and "1.6" in part for part in parts(letter))


class TestTalk:
    def test_all_who_were_asked_hear_of_it_but_its_author(
        self, request_of_omar: Request, omar: Membership, mira: Membership, tell: Tell
    ) -> None:
        post_message(actor=mira, request_uid=request_of_omar.uid, text="Why\nso many?", now=LATER)
        tell("approvals.message_posted")

        # Dana's turn has not come.
        assert list(letters()) == ["omar@norrvik.example"]
        assert "Why\nso many?" in mail.outbox[0].body
        mail.outbox.clear()
        post_message(actor=omar, request_uid=request_of_omar.uid, text="New crew", now=LATER)
        tell("approvals.message_posted")
        assert list(letters()) == ["mira@norrvik.example"]


class TestOrders:
    def test_the_buyer_has_it_in_writing_and_the_supplier_in_english(
        self, order_of_mira: Order, mira: Membership, tell: Tell
    ) -> None:
        speak(mira, "ru")
        for _time in range(2):
            tell("orders.order_placed")

        assert set(letters()) == {"mira@norrvik.example", settings.SUPPLIER_EMAIL}
        assert len(mail.outbox) == 2
        supplier = letters()[settings.SUPPLIER_EMAIL]
        assert supplier.subject == f"New order {order_of_mira.number} of Norrvik Shipyard"
        for part in parts(supplier):
            for text in ("Mira", "C-20417", "Hex screw M8×40", "€600.00", "€38.00", "25%", "€847.50", "Verftsgata 1"):
                assert text in part
        for part in parts(letters()["mira@norrvik.example"]):
            plain = part.replace("\N{NO-BREAK SPACE}", " ")
            for text in (order_of_mira.number, "1,50 €", "640,00 €", "847,50 €", "Verftsgata 1"):
                assert text in plain

    def test_the_supplier_is_told_even_when_the_buyer_wants_no_mail(
        self, order_of_mira: Order, mira: Membership, tell: Tell
    ) -> None:
        NotificationPreference.objects.create(
            organization_id=mira.organization_id, membership=mira, kind="placed", by_mail=False, by_bell=False
        )
        tell("orders.order_placed")

        assert list(letters()) == [settings.SUPPLIER_EMAIL]

    def test_an_address_that_refuses_keeps_it_from_nobody_else(
        self, order_of_mira: Order, tell: Tell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = "mira@norrvik.example"
        send = mail.EmailMultiAlternatives.send

        def send_or_refuse(message: Any, **options: Any) -> int:
            if message.to == [refused]:
                raise ConnectionError(refused)
            return send(message, **options)

        monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send_or_refuse)
        with pytest.raises(ConnectionError):
            tell("orders.order_placed")
        assert list(letters()) == [settings.SUPPLIER_EMAIL]
        assert Delivery.objects.get(event__name="orders.order_placed").state == Delivery.State.WAITING

        monkeypatch.undo()
        tell("orders.order_placed")
        assert [letter.to for letter in mail.outbox] == [[settings.SUPPLIER_EMAIL], [refused]]

    def test_what_the_supplier_changed_is_marked(self, order_of_mira: Order, tell: Tell) -> None:
        screw, gloves = order_of_mira.lines.order_by("position")
        later = screw.schedule.get().promised_date + timedelta(days=5)
        answers = {screw.uid: Answer(D(300), later), gloves.uid: Answer(D(0), None)}
        confirm_order(actor=SAM, order_uid=order_of_mira.uid, answers=answers, now=LATER)
        tell("orders.order_confirmed")

        [letter] = mail.outbox
        assert letter.subject == f"Order {order_of_mira.number} was confirmed with changes"
        for part in parts(letter):
            assert "2 lines" in part
            assert "100 canceled" in part
            assert "not delivered" in part.lower()

    def test_a_plain_confirmation_says_so(self, order_of_mira: Order, tell: Tell) -> None:
        confirm_order(actor=SAM, order_uid=order_of_mira.uid, answers={}, now=LATER)
        tell("orders.order_confirmed")

        assert "as it was promised" in mail.outbox[0].body

    def test_the_owner_hears_who_canceled_and_why(self, order_of_mira: Order, lena: Membership, tell: Tell) -> None:
        cancel_order(actor=lena, order_uid=order_of_mira.uid, reason="Ordered twice", now=LATER)
        tell("orders.order_cancelled")

        assert all("Lena canceled your order" in part and "Ordered twice" in part for part in parts(mail.outbox[0]))

    def test_nobody_is_told_what_they_did_themselves(self, order_of_mira: Order, mira: Membership, tell: Tell) -> None:
        cancel_order(actor=mira, order_uid=order_of_mira.uid, reason="", now=LATER)
        tell("orders.order_cancelled")

        assert mail.outbox == []


class TestShipments:
    def test_the_buyer_hears_what_left_and_with_whom(self, shipment: Shipment, tell: Tell) -> None:
        tell("fulfillment.shipment_dispatched")

        for part in parts(mail.outbox[0]):
            for text in (shipment.number, "Bring", "TRACK-1", "300", "Hex screw", "Oslo yard, gate 3"):
                assert text in part
            assert "gloves" not in part

    def test_the_buyer_hears_that_it_arrived(self, shipment: Shipment, tell: Tell) -> None:
        record_delivery(actor=SAM, shipment_uid=shipment.uid, now=LATER)
        tell("fulfillment.shipment_delivered")

        assert all("delivered to Oslo yard, gate 3" in part for part in parts(mail.outbox[0]))

    def test_the_buyer_hears_what_will_never_come(self, shipment: Shipment, order_of_mira: Order, tell: Tell) -> None:
        cancel_remainder(actor=SAM, order_uid=order_of_mira.uid, now=LATER)
        tell("orders.remainder_cancelled")

        assert "- 100 × Hex screw M8×40" in mail.outbox[0].body
        assert "- 4 × Nitrile gloves" in mail.outbox[0].body


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_letter_is_written_in_every_language(
    language: str, request_of_omar: Request, market: Market, mira: Membership, dana: Membership, omar: Membership,
    tell: Tell,
) -> None:  # fmt: skip
    for person in (mira, dana, omar):
        speak(person, language)
    tell("approvals.approval_requested")
    post_message(actor=mira, request_uid=request_of_omar.uid, text="Why?", now=LATER)
    tell("approvals.message_posted")
    decide(mira, request_of_omar)
    decide(dana, request_of_omar)
    tell("orders.order_placed")
    order = Order.objects.get()
    confirm_order(actor=SAM, order_uid=order.uid, answers={order.lines.get().uid: Answer(D(9), TODAY)}, now=LATER)
    tell("orders.order_confirmed")
    cancel_order(actor=mira, order_uid=order.uid, reason="", now=LATER)
    tell("orders.order_cancelled")

    assert len(mail.outbox) == 6
    for letter in mail.outbox:
        if letter.to != [settings.SUPPLIER_EMAIL]:
            body, html = parts(letter)
            assert f'lang="{language}"' in html
            assert "<bdi" not in body + letter.subject
            assert "{" not in body + html + letter.subject


class TestLink:
    @pytest.fixture(autouse=True)
    def in_this_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Sign-in mails are sent where they are asked for, and attempts counted by nobody else."""
        monkeypatch.setattr("celery.app.task.Task.delay", lambda task, **kwargs: task(**kwargs))
        monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)

    def test_leads_through_the_sign_in_by_code_to_the_request_which_only_a_post_decides(
        self, request_of_omar: Request, tell: Tell
    ) -> None:
        tell("approvals.approval_requested")
        found = re.search(r"^http\S+$", mail.outbox[0].body, re.MULTILINE)
        assert found
        link = found[0].removeprefix(settings.BASE_URL)
        client = Client()

        sign_in = client.get(link)
        login = client.get(sign_in["Location"])
        [by_code] = re.findall(r'href="([^"]*/login/code/[^"]*)"', login.content.decode())
        assert f"next={link}" in by_code.replace("%2F", "/")
        form = client.get(by_code.replace("&amp;", "&")).content.decode()
        field = re.findall(r'<input type="hidden" name="next" value="([^"]*)"', form)[0]
        asked = client.post(reverse("account_request_login_code"), {"email": "mira@norrvik.example", "next": field})
        code = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", mail.outbox[1].body, re.MULTILINE)
        assert code
        signed_in = client.post(asked["Location"], {"code": code[1]})

        assert signed_in["Location"] == link
        page = client.get(link).content.decode()
        assert "Approve €1,500.00" in page
        assert client.get(reverse("approvals:decision", args=[request_of_omar.uid])).status_code == 303
        request_of_omar.refresh_from_db()
        assert request_of_omar.state == Request.State.PENDING
