"""Where goods go: one address for dates, freight and VAT on every page, switched in the header."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.errors import NotAllowed
from apps.orders.actions.change_cart import AddressBlocked
from apps.orders.actions.choose_ship_to import choose_ship_to
from apps.orders.actions.open_cart import open_cart
from apps.orders.models import Cart, CurrentCart
from apps.orders.queries.carts import ship_to_of
from apps.orgs.actions.change_address_state import change_address_state
from apps.orgs.models import Address, Membership
from tests.conftest import Statements
from tests.factories import NOW, make_address
from tests.refusals import refused

SignIn = Callable[[Any], Client]


@pytest.fixture
def yard(mira: Membership) -> Address:
    return make_address(mira.organization)


@pytest.fixture
def dock(yard: Address) -> Address:
    return make_address(yard.organization, "Bergen dock", city="Bergen", is_default=False)


class TestChoosing:
    def test_changes_the_current_cart_and_those_to_come(self, mira: Membership, yard: Address, dock: Address) -> None:
        cart = open_cart(actor=mira, now=NOW)
        assert cart.ship_to == ship_to_of(mira) == yard

        choose_ship_to(actor=mira, address=dock, now=NOW)

        cart.refresh_from_db()
        assert cart.ship_to == ship_to_of(mira) == dock
        assert cart.version == 2
        assert open_cart(actor=mira, now=NOW, name="Next").ship_to == dock

    def test_counts_without_a_cart_and_for_this_person_alone(
        self, mira: Membership, lena: Membership, yard: Address, dock: Address
    ) -> None:
        choose_ship_to(actor=mira, address=dock, now=NOW)

        assert ship_to_of(mira) == dock
        assert ship_to_of(lena) == yard
        assert not Cart.objects.exists()

    def test_an_address_that_is_blocked_later_gives_way_to_the_company_s(
        self, mira: Membership, lena: Membership, yard: Address, dock: Address
    ) -> None:
        choose_ship_to(actor=mira, address=dock, now=NOW)
        block(lena, dock)

        assert ship_to_of(mira) == yard

    def test_refuses_a_blocked_address(self, mira: Membership, lena: Membership, yard: Address, dock: Address) -> None:
        block(lena, dock)

        with refused(AddressBlocked):
            choose_ship_to(actor=mira, address=Address.objects.get(pk=dock.pk), now=NOW)

    def test_refuses_who_may_not_buy(self, dana: Membership, yard: Address, dock: Address) -> None:
        with refused(NotAllowed):
            choose_ship_to(actor=dana, address=dock, now=NOW)


def block(admin: Membership, address: Address) -> None:
    change_address_state(actor=admin, uid=address.uid, state=Address.State.BLOCKED, now=NOW)


class TestHeader:
    def test_switches_and_comes_back(self, mira: Membership, yard: Address, dock: Address, sign_in: SignIn) -> None:
        client = sign_in(mira)
        assert "Ship to: Oslo yard, gate 3" in client.get("/help/").content.decode()

        response = client.post(reverse("orders:ship_to"), {"address": dock.uid, "next": "/help/"})

        assert response["Location"] == "/help/"
        assert "Ship to: Bergen dock" in client.get("/help/").content.decode()

    def test_another_company_s_address_is_not_there(
        self, mira: Membership, gus: Membership, yard: Address, sign_in: SignIn
    ) -> None:
        for address in (yard.uid, "x", ""):
            assert sign_in(gus).post(reverse("orders:ship_to"), {"address": address}).status_code == 404
        assert not CurrentCart.objects.exists()

    def test_stands_fixed_where_there_is_no_choice(
        self, mira: Membership, dana: Membership, gus: Membership, yard: Address, sign_in: SignIn
    ) -> None:
        assert 'id="ship-to-switch"' not in sign_in(mira).get("/help/").content.decode()
        assert "Ship to" not in sign_in(gus).get("/help/").content.decode()
        make_address(mira.organization, "Bergen dock", is_default=False)
        assert 'id="ship-to-switch"' not in sign_in(dana).get("/help/").content.decode()
        assert 'id="ship-to-switch"' in sign_in(mira).get("/help/").content.decode()

    def test_twenty_addresses_take_as_many_statements_as_two(
        self, mira: Membership, yard: Address, dock: Address, sign_in: SignIn, statements: Statements
    ) -> None:
        client = sign_in(mira)
        few = statements(lambda: client.get("/help/"))
        for number in range(20):
            make_address(mira.organization, f"Dock {number}", is_default=False)

        assert statements(lambda: client.get("/help/")) == few
