"""Somebody chooses another address in one tab while the first thing put into a cart begins it in the other."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.orders.actions import take_cart as taking
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.choose_ship_to import choose_ship_to
from apps.orders.models import Cart, CurrentCart
from apps.orgs.models import Address, Membership
from tests.factories import NOW, OrganizationFactory, make_address, make_member, open_market

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def buyer(transactional_db: None) -> Membership:
    """Has chosen the yard before, and has no cart."""
    member = make_member(OrganizationFactory(legal_name="Norrvik Shipyard"), "Mira", "buyer")
    choose_ship_to(actor=member, address=make_address(member.organization), now=NOW)
    return member


@pytest.fixture
def both(buyer: Membership, at_once: AtOnce, pause_after: Any) -> Callable[[], Address]:
    dock = make_address(buyer.organization, "Bergen dock", is_default=False)
    screw = open_market().screw
    pause_after(taking, "usual_ship_to", 0.1)
    pause_after(CurrentCart, "save", 0.3)

    def run() -> Address:
        results = at_once(
            lambda: choose_ship_to(actor=buyer, address=dock, now=NOW),
            lambda: add_lines(actor=buyer, lines=[WantedLine(screw, Decimal(1))], now=NOW),
        )
        assert [result for result in results if isinstance(result, Exception)] == []
        return dock

    return run


def test_the_cart_goes_where_was_chosen(both: Callable[[], Address]) -> None:
    dock = both()

    assert Cart.objects.get().ship_to == dock


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_lock_it_goes_where_it_went_before(both: Callable[[], Address]) -> None:
    dock = both()

    assert Cart.objects.get().ship_to != dock
