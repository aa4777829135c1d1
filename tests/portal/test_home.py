"""The buyer's day: what waits, what comes, what was ordered, what is left."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.templatetags.portico import day
from apps.ledger.actions.save_limit import save_limit
from apps.orders.actions.change_list import change_list
from apps.orders.actions.save_list import save_list
from apps.orders.models import CartLine, Order, PurchasingList
from apps.orders.queries.lists import last_ordered, lines_of_list
from apps.orgs.models import Membership, Organization
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, Market, fill_cart, make_member, send_cart

SignIn = Callable[[Membership], Client]


@pytest.fixture
def busy(market: Market, norrvik: Organization, mira: Membership, omar: Membership) -> Market:
    """An order on its way, a request of Omar that Mira decides, and a cart of hers."""
    save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=Decimal(50_000), now=NOW)
    Membership.objects.filter(pk=omar.pk).update(approver=mira)
    omar.refresh_from_db()
    send_cart(mira, fill_cart(mira, screw=(market.screw, 100)))
    send_cart(omar, fill_cart(omar, screw=(market.screw, 800)))
    fill_cart(mira, gloves=(market.gloves, 2))
    return market


def test_it_shows_what_a_buyer_has_to_do(busy: Market, mira: Membership, sign_in: SignIn) -> None:
    page = sign_in(mira).get("/").content.decode()

    for text in ("Cart of Mira", "Recent orders", "Decide about Omar’s cart", "Deliveries this week", "Company credit"):
        assert text in page


def test_a_list_is_bought_with_one_click(busy: Market, mira: Membership, omar: Membership, sign_in: SignIn) -> None:
    cart = fill_cart(omar, screw=(busy.screw, 20), gloves=(busy.gloves, 1))
    kept = save_list(actor=omar, name="Weekly restock", cart_uid=cart.uid, now=NOW)
    browser = sign_in(mira)
    assert "Weekly restock" not in browser.get("/").content.decode()
    change_list(actor=omar, list_uid=kept.uid, name=kept.name, is_shared=True, now=NOW)

    page = browser.get("/").content.decode()
    browser.post(reverse("shop:list_cart_lines", args=[kept.uid]))

    assert "Weekly restock" in page
    assert "Add all of Weekly restock" in page
    assert {row.product for row in CartLine.objects.filter(author=mira)} == {busy.screw, busy.gloves}


def test_somebody_who_only_looks_is_asked_for_nothing(busy: Market, norrvik: Organization, sign_in: SignIn) -> None:
    page = sign_in(make_member(norrvik, "Vera", "viewer")).get("/").content.decode()

    assert "Recent orders" in page
    assert "Decide about" not in page
    assert "Buy again" not in page
    assert "Add all" not in page


def test_a_list_says_when_most_of_it_was_ordered_last(
    busy: Market, mira: Membership, omar: Membership, sign_in: SignIn
) -> None:
    cart = fill_cart(mira, screw=(busy.screw, 20), gloves=(busy.gloves, 1))
    save_list(actor=mira, name="Weekly restock", cart_uid=cart.uid, now=NOW)
    found = PurchasingList.objects.get()

    def ordered(member: Membership) -> datetime | None:
        return last_ordered(member, lines_of_list(found)).get(found.pk)

    Order.objects.update(state="cancelled")
    assert ordered(mira) is None
    send_cart(mira, cart)
    placed = Order.objects.order_by("-pk")[0]
    assert ordered(mira) == placed.placed_at
    assert ordered(omar) is None
    assert f'm-hide w-hide">{day(placed.placed_at)}</td>' in sign_in(mira).get("/").content.decode()


def test_another_company_sees_none_of_it(busy: Market, gus: Membership, sign_in: SignIn) -> None:
    page = sign_in(gus).get("/").content.decode()

    assert "SO-" not in page
    assert "Omar" not in page


def test_five_orders_take_as_many_statements_as_one(
    busy: Market, mira: Membership, sign_in: SignIn, statements: Statements
) -> None:
    browser = sign_in(mira)
    few = statements(lambda: browser.get("/"))
    for _number in range(4):
        send_cart(mira, fill_cart(mira, screw=(busy.screw, 1)))
    fill_cart(mira, gloves=(busy.gloves, 1))

    assert statements(lambda: browser.get("/")) == few
