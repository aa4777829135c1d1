"""The counters of the navigation: what is open, and what waits for this person."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from apps.orders.actions.save_list import save_list
from apps.orgs.models import Membership, Organization
from apps.portal.queries import counters
from tests.conftest import Statements
from tests.factories import NOW, Market, fill_cart, make_address, make_member, send_cart

SignIn = Callable[[Membership], Client]
LISTS, ORDERS, WAITING = "lists.edit", "orders.view", "approvals.decide"


@pytest.fixture
def busy(market: Market, mira: Membership, omar: Membership) -> Market:
    """An order of Mira, a list and a request of Omar that she decides."""
    Membership.objects.filter(pk=omar.pk).update(approver=mira)
    omar.refresh_from_db()
    send_cart(mira, fill_cart(mira, screw=(market.screw, 100)))
    cart = fill_cart(omar, screw=(market.screw, 800))
    save_list(actor=omar, name="Weekly restock", cart_uid=cart.uid, now=NOW)
    send_cart(omar, cart)
    return market


def test_counts_what_the_person_sees(busy: Market, mira: Membership, omar: Membership, norrvik: Organization) -> None:
    viewer = make_member(norrvik, "Vera", "viewer")

    assert counters(mira) == {LISTS: 0, ORDERS: 1, WAITING: 1}
    assert counters(omar) == {LISTS: 1, ORDERS: 0} | ({WAITING: 0} if omar.may(WAITING) else {})
    assert counters(viewer) == {ORDERS: 1}


def test_nothing_of_another_company_is_counted(busy: Market, gus: Membership) -> None:
    make_address(gus.organization)

    assert set(counters(gus).values()) == {0}


def test_an_order_that_is_through_is_not_open_any_more(busy: Market, mira: Membership) -> None:
    mira.organization.bump()
    order = send_cart(mira, fill_cart(mira, screw=(busy.screw, 10))).order
    assert order
    assert counters(mira)[ORDERS] == 2

    type(order).objects.filter(pk=order.pk).update(state="closed")

    assert counters(mira)[ORDERS] == 1


def test_the_page_shows_them(busy: Market, mira: Membership, sign_in: SignIn) -> None:
    page = sign_in(mira).get("/").content.decode()
    menu = page.split('<nav class="p-nav"')[1].split("</nav>")[0]
    told = {" ".join(re.sub(r"<[^>]+>", " ", entry).split()) for entry in menu.split("</a>")}

    assert {"Orders 1", "Approvals 1", "Lists"} <= told


def test_it_is_one_statement(busy: Market, mira: Membership, statements: Statements) -> None:
    assert mira.may(WAITING)
    counters(mira)

    assert statements(lambda: counters(mira)) == 1
