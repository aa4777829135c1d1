"""What those who decide see of a request."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.approvals.actions.withdraw_request import withdraw_request
from apps.approvals.models import Request
from apps.approvals.queries import inbox, sent_by
from apps.orders.actions.remove_lines import remove_lines
from apps.orgs.models import Membership, RoleGrant
from tests.factories import NOW, Market, fill_cart, send_cart

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

        assert inbox(mira, most=1) == [asked]
        assert sent_by(omar, most=1) == [second]

        monkeypatch.setattr("apps.approvals.queries.MOST", 2)
        assert "2 wait for you." in sign_in(mira).get(reverse("approvals:inbox")).content.decode()
