"""What those who decide see of a request."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.approvals.actions.decide_step import decide_step
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.actions.withdraw_request import withdraw_request
from apps.approvals.models import Request
from apps.approvals.queries import change_counts, decided_since, inbox, sent_by
from apps.approvals.views import verdict_text
from apps.orders.actions.remove_lines import remove_lines
from apps.orgs.models import Membership, RoleGrant
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, Market, fill_cart, send_cart

SignIn = Callable[[Any], Client]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def asked(market: Market, mira: Membership, omar: Membership) -> Request:
    """1,000 screws for €1,500 and four boxes of gloves, above Omar's limit of €1,000: Mira decides."""
    Membership.objects.filter(pk=omar.pk).update(approver=mira)
    cart = fill_cart(omar, screw=(market.screw, 1000), gloves=(market.gloves, 4))
    request = send_cart(omar, cart).request
    assert request
    return request


def rows_of(client: Client, request: Request) -> list[str]:
    """The lines of the request as texts."""
    page = client.get(reverse("approvals:request", args=[request.uid])).content.decode()
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>") if "<td" in row]


class TestRequest:
    def test_says_why_when_and_what_comes_next(self, asked: Request, mira: Membership, sign_in: SignIn) -> None:
        page = sign_in(mira).get(reverse("approvals:request", args=[asked.uid])).content.decode()

        for text in ("Why it comes to you", "limit is €1,000.00", "2 lines", "The order goes to", "Approve €"):
            assert text in page
        assert "since Omar sent it" not in page

    def test_what_changed_since_the_time_before_comes_first(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, sign_in: SignIn
    ) -> None:
        withdraw_request(actor=omar, request_uid=asked.uid, for_changes=True, now=LATER)
        fill_cart(omar, screw=(market.screw, 200))
        gloves = asked.cart.lines.get(product=market.gloves)
        remove_lines(actor=omar, cart_uid=asked.cart.uid, line_uids=[gloves.uid], now=LATER)
        send_cart(omar, asked.cart, LATER)
        client = sign_in(mira)

        page = client.get(reverse("approvals:request", args=[asked.uid])).content.decode()
        screws, gone = rows_of(client, asked)

        assert "2 changes since Omar sent it the time before." in page
        assert "quantity" in screws
        assert "was 1,000 1,200" in screws
        assert re.search(r"\+€\d", screws)
        assert "removed" in gone
        assert market.gloves.sku in gone

    def test_who_sees_no_prices_learns_of_the_change_and_of_no_amount(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, sign_in: SignIn
    ) -> None:
        withdraw_request(actor=omar, request_uid=asked.uid, for_changes=True, now=LATER)
        fill_cart(omar, screw=(market.screw, 200))
        send_cart(omar, asked.cart, LATER)
        RoleGrant.objects.filter(permission="prices.view").delete()

        page = sign_in(mira).get(reverse("approvals:request", args=[asked.uid])).content.decode()

        assert "1 change since Omar sent it the time before." in page
        assert "€" not in page

    def test_a_refused_rejection_stays_open_with_what_was_typed(
        self, asked: Request, mira: Membership, sign_in: SignIn
    ) -> None:
        form = {"outcome": "reject", "hash": asked.submission.content_hash, "reason": " "}

        answer = sign_in(mira).post(reverse("approvals:decision", args=[asked.uid]), form)

        assert answer.status_code == 422
        assert '<details class="p-menu p-menu--up p-end" data-menu open>' in answer.content.decode()


class TestInbox:
    def test_the_neighbors_can_be_reached_by_keys(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, sign_in: SignIn
    ) -> None:
        second = send_cart(omar, fill_cart(omar, screw=(market.screw, 1200)), LATER).request
        third = send_cart(omar, fill_cart(omar, screw=(market.screw, 1400)), LATER + timedelta(hours=1)).request
        assert second
        assert third

        page = sign_in(mira).get(reverse("approvals:request", args=[second.uid])).content.decode()

        for key, request in (("k", asked), ("j", third)):
            assert f'href="{reverse("approvals:request", args=[request.uid])}" data-shortcut="{key}"' in page

    def test_a_long_one_is_cut_and_counted_whole(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, sign_in: SignIn,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        second = send_cart(omar, fill_cart(omar, screw=(market.screw, 1200)), LATER).request

        page = sign_in(omar).get(reverse("approvals:inbox")).content.decode()
        assert " ".join(re.sub(r"<[^>]+>", " ", page.split("?tab=sent")[1].split("</a>")[0]).split()) == '">I sent 2'
        assert inbox(mira, most=1) == [asked]
        assert sent_by(omar, most=1) == [second]

        monkeypatch.setattr("apps.approvals.queries.MOST", 2)
        assert "2 wait for you." in sign_in(mira).get(reverse("approvals:inbox")).content.decode()

    def test_says_why_each_waits_and_how_much_is_not_as_it_was(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        before = client.get(reverse("approvals:inbox")).content.decode().split('id="inbox"')[1].split("</a>")[0]
        withdraw_request(actor=omar, request_uid=asked.uid, for_changes=True, now=LATER)
        fill_cart(omar, screw=(market.screw, 200))
        gloves = asked.cart.lines.get(product=market.gloves)
        remove_lines(actor=omar, cart_uid=asked.cart.uid, line_uids=[gloves.uid], now=LATER)
        send_cart(omar, asked.cart, LATER)

        after = client.get(reverse("approvals:inbox")).content.decode().split('id="inbox"')[1].split("</a>")[0]

        assert "limit is €1,000.00 per order" in before
        assert "2 changes since it was sent" in after
        assert change_counts(inbox(mira)) == {asked.pk: 2}

    def test_costs_as_much_for_many_as_for_one(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, statements: Statements,
        sign_in: SignIn,
    ) -> None:  # fmt: skip
        client, page = sign_in(mira), reverse("approvals:inbox")
        few = statements(lambda: client.get(page))
        for number in range(3):
            send_cart(omar, fill_cart(omar, screw=(market.screw, 1200)), LATER + timedelta(hours=number))

        assert statements(lambda: client.get(page)) == few


class TestDecidedThisWeek:
    def test_tells_what_i_decided_and_what_became_of_it(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, sign_in: SignIn
    ) -> None:
        second = send_cart(omar, fill_cart(omar, screw=(market.screw, 1200)), LATER).request
        assert second
        client = sign_in(mira)
        for request, facts in (
            (asked, {"outcome": "approve"}),
            (second, {"outcome": "reject", "reason": "Wait for the December budget"}),
        ):
            form = facts | {"hash": request.submission.content_hash}
            client.post(reverse("approvals:decision", args=[request.uid]), form)

        page = client.get(reverse("approvals:inbox")).content.decode().split("Decided this week")[1]

        rejected, approved = page.split('class="p-msg"')[1:3]
        assert "Rejected by you: “Wait for the December budget”" in rejected
        assert re.search(r"Approved by you, \w", approved)
        assert "Decided this week" not in sign_in(omar).get(reverse("approvals:inbox")).content.decode()

    def test_names_the_others_and_waits_with_them(
        self, asked: Request, mira: Membership, dana: Membership, omar: Membership, market: Market
    ) -> None:
        terms = PolicyTerms("amount", Decimal(100), [{"kind": "member", "member": dana.pk}])
        save_policy(actor=SYSTEM, organization=omar.organization, terms=terms, now=NOW)
        request = send_cart(omar, fill_cart(omar, screw=(market.screw, 1200)), LATER).request
        assert request

        def decide(actor: Membership, outcome: str = "approve", reason: str = "") -> None:
            decide_step(
                actor=actor, request_uid=request.uid, outcome=outcome, reason=reason, now=LATER,
                expected_hash=request.submission.content_hash,
            )  # fmt: skip

        def told(member: Membership) -> list[str]:
            return [verdict_text(row, member) for row in decided_since(member, NOW.date(), 5)]

        first = request.steps.get(state="active").approvers.get().membership
        last = mira if first == dana else dana
        decide(first)
        assert told(first) == ["Approved by you, Mon 23 Nov · Waiting for approval"]
        assert told(last) == []

        decide(last, "reject", "Too dear")
        assert told(first) == [f"Rejected by {last.label}: “Too dear”"]
        assert told(last) == ["Rejected by you: “Too dear”"]

    def test_the_last_of_two_who_approve_orders(
        self, market: Market, mira: Membership, dana: Membership, omar: Membership
    ) -> None:
        steps = [{"kind": "member", "member": mira.pk}, {"kind": "member", "member": dana.pk}]
        terms = PolicyTerms("amount", Decimal(100), steps)
        save_policy(actor=SYSTEM, organization=omar.organization, terms=terms, now=NOW)
        request = send_cart(omar, fill_cart(omar, screw=(market.screw, 200))).request
        assert request
        for member in (mira, dana):
            decide_step(
                actor=member, request_uid=request.uid, outcome="approve", now=LATER,
                expected_hash=request.submission.content_hash,
            )  # fmt: skip

        texts = [verdict_text(row, mira) for row in decided_since(mira, NOW.date(), 5)]

        assert texts == [f"Approved: you, then {dana.label} · Ordered Mon 23 Nov"]
        assert decided_since(mira, NOW.date() + timedelta(days=1), 5) == []

    def test_only_the_last_round_in_which_i_decided_counts(
        self, asked: Request, market: Market, omar: Membership, mira: Membership, dana: Membership
    ) -> None:
        terms = PolicyTerms("amount", Decimal(100), [{"kind": "member", "member": dana.pk}])
        save_policy(actor=SYSTEM, organization=omar.organization, terms=terms, now=NOW)
        request = send_cart(omar, fill_cart(omar, screw=(market.screw, 1200)), LATER).request
        assert request
        first = request.steps.get(state="active").approvers.get().membership
        decide_step(
            actor=first, request_uid=request.uid, outcome="approve", now=LATER,
            expected_hash=request.submission.content_hash,
        )  # fmt: skip
        withdraw_request(actor=omar, request_uid=request.uid, for_changes=True, now=LATER)
        send_cart(omar, request.cart, LATER)

        (verdict,) = decided_since(first, NOW.date(), 5)

        assert [row.decided_by for row in verdict.decisions] == [first]
