"""Many checkouts at once, and many hands on one request."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import connections

from apps.approvals.actions import decide_step as deciding
from apps.approvals.actions import submit_cart as submitting
from apps.approvals.actions import withdraw_request as withdrawing
from apps.approvals.actions.decide_step import AlreadyDecided, decide_step
from apps.approvals.actions.submit_cart import AlreadySubmitted, CreditExceeded, submit_cart
from apps.approvals.actions.withdraw_request import withdraw_request
from apps.approvals.models import Decision, Request, RequestStep
from apps.core.errors import DomainError
from apps.inventory.actions import reserve_demands as reserving
from apps.inventory.actions.reserve_demands import OutOfStock
from apps.inventory.models import Stock
from apps.ledger.actions import hold_amounts as holding
from apps.ledger.actions.save_limit import save_limit
from apps.ledger.models import Account
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.freeze_cart import CartRefused
from apps.orders.actions.open_cart import open_cart
from apps.orders.actions.reopen_cart import reopen_cart
from apps.orders.models import Cart, Order, Submission
from apps.orgs.models import Membership
from apps.portal.queries import broken_invariants
from tests.factories import (
    NOW,
    SYSTEM,
    Market,
    OrganizationFactory,
    fill_cart,
    make_address,
    make_member,
    make_product,
    open_market,
    put_in_stock,
)

AtOnce = Callable[..., list[Any]]
CHECKOUTS = 50
D = Decimal


@pytest.fixture
def market(transactional_db: None) -> Market:
    return open_market()


@pytest.fixture
def buyer(market: Market) -> Membership:
    company = OrganizationFactory(legal_name="Norrvik Shipyard")
    make_address(company)
    return make_member(company, "Mira", "buyer", "admin")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty on two processors wait for longer than a person should have to."""
    options = connections.settings["default"]["OPTIONS"]
    monkeypatch.setitem(options, "options", options["options"].replace("lock_timeout=3", "lock_timeout=60"))


def carts(buyer: Membership, market: Market) -> list[Cart]:
    """Fifty carts with one pair of gloves each: €10, €38 freight, €12 VAT."""
    found = []
    for number in range(CHECKOUTS):
        cart = open_cart(actor=buyer, name=f"Cart {number}", now=NOW)
        found.append(add_lines(actor=buyer, cart_uid=cart.uid, lines=[WantedLine(market.gloves, D(1))], now=NOW))
    return found


def checkouts(buyer: Membership, found: list[Cart]) -> list[Callable[[], Any]]:
    def send(cart: Cart) -> Callable[[], Any]:
        member = Membership.objects.select_related("organization", "user", "unit").get(pk=buyer.pk)
        return lambda: (
            submit_cart(
                actor=member, cart_uid=cart.uid, expected_version=cart.version, expected_total=D("60.00"), now=NOW
            ).order
        )

    return [send(cart) for cart in found]


@pytest.mark.usefixtures("patient")
def test_fifty_checkouts_for_ten_pieces(market: Market, buyer: Membership, at_once: AtOnce) -> None:
    results = at_once(*checkouts(buyer, carts(buyer, market)))

    kinds = Counter(type(result) for result in results)
    assert kinds[Order] == 10
    assert kinds[OutOfStock] + kinds[CartRefused] == 40
    assert Stock.objects.get(product=market.gloves).reserved == 10
    assert broken_invariants() == []


@pytest.mark.usefixtures("patient")
def test_fifty_checkouts_against_credit_for_ten(market: Market, buyer: Membership, at_once: AtOnce) -> None:
    Stock.objects.filter(product=market.gloves).update(on_hand=1000)
    save_limit(actor=SYSTEM, organization=buyer.organization, kind="credit", amount=D(600), now=NOW)

    results = at_once(*checkouts(buyer, carts(buyer, market)))

    kinds = Counter(type(result) for result in results)
    assert (kinds[Order], kinds[CreditExceeded]) == (10, 40)
    assert Account.objects.get(limit__kind="credit").held == D(600)
    assert broken_invariants() == []


def test_one_cart_sent_twenty_times_is_one_order(market: Market, buyer: Membership, at_once: AtOnce) -> None:
    cart = fill_cart(buyer, gloves=(market.gloves, 1))

    results = at_once(*checkouts(buyer, [cart] * 20))

    kinds = Counter(type(result) for result in results)
    assert (kinds[Order], kinds[AlreadySubmitted]) == (1, 19)
    assert {result.outcome.order for result in results if isinstance(result, AlreadySubmitted)} == {Order.objects.get()}


@pytest.fixture
def request_of_omar(market: Market, buyer: Membership) -> Request:
    """Waits for Dana or Tomas, whoever is first."""
    company = buyer.organization
    for name in ("Dana", "Tomas"):
        make_member(company, name, "approver")
    omar = make_member(company, "Omar", "requester", order_limit=1)
    total = D("60.00")
    cart = fill_cart(omar, gloves=(market.gloves, 1))
    found = submit_cart(
        actor=omar, cart_uid=cart.uid, expected_version=cart.version, expected_total=total, now=NOW
    ).request
    assert found
    return found


def deciders(request: Request) -> list[Callable[[], Any]]:
    def decide(name: str) -> Callable[[], Any]:
        member = Membership.objects.select_related("organization", "user").get(user__name=name)
        content_hash = request.submission.content_hash
        return lambda: decide_step(
            actor=member, request_uid=request.uid, outcome="approve", expected_hash=content_hash, now=NOW
        )

    return [decide("Dana"), decide("Tomas")]


def test_of_two_approvers_one_decides(request_of_omar: Request, at_once: AtOnce) -> None:
    results = at_once(*deciders(request_of_omar))

    assert Counter(type(result) for result in results) == {Request: 1, AlreadyDecided: 1}
    assert Decision.objects.count() == 1
    assert Order.objects.count() == 1


def test_an_approval_and_a_withdrawal_never_both_hold(request_of_omar: Request, at_once: AtOnce) -> None:
    omar = Membership.objects.select_related("organization", "user").get(user__name="Omar")
    [approve, _other] = deciders(request_of_omar)

    results = at_once(
        approve, lambda: withdraw_request(actor=omar, request_uid=request_of_omar.uid, for_changes=False, now=NOW)
    )

    refused = [result for result in results if isinstance(result, DomainError)]
    request_of_omar.refresh_from_db()
    assert len(refused) == 1
    assert Order.objects.count() == (1 if request_of_omar.state == Request.State.ORDERED else 0)
    assert Cart.objects.get(owner=omar).is_open == (request_of_omar.state == Request.State.WITHDRAWN)


@pytest.mark.usefixtures("without_locks")
def test_control_without_locks_and_constraints_two_decide(
    request_of_omar: Request,
    at_once: AtOnce,
    pause_after: Any,
    without_constraint: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both write a decision, and the request is settled twice; only the order of one cart stays unique."""
    without_constraint(Decision, "UNIQUE (step_id)")
    pause_after(deciding.StepApprover.objects.none().__class__, "exists")
    monkeypatch.setattr(deciding, "settle_request", lambda **facts: facts["request"])

    at_once(*deciders(request_of_omar))

    assert Decision.objects.count() == 2
    assert RequestStep.objects.exists()


@pytest.mark.usefixtures("without_locks")
def test_control_without_locks_an_approval_and_a_withdrawal_both_hold(
    request_of_omar: Request, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is placed, and its requester is told that it was taken back."""
    omar = Membership.objects.select_related("organization", "user").get(user__name="Omar")
    [approve, _other] = deciders(request_of_omar)
    approved = Event()

    def approve_in_between() -> Request:
        try:
            return approve()
        finally:
            approved.set()

    def reopen_late(**facts: Any) -> Cart:
        approved.wait(10)
        return reopen_cart(**facts)

    monkeypatch.setattr(withdrawing, "reopen_cart", reopen_late)
    results = at_once(
        approve_in_between,
        lambda: withdraw_request(actor=omar, request_uid=request_of_omar.uid, for_changes=False, now=NOW),
    )

    assert [type(result) for result in results] == [Request, Request]
    assert Order.objects.count() == 1
    assert Cart.objects.get(owner=omar).is_open


MANY = 12


@pytest.mark.usefixtures("without_locks")
def test_control_without_lock_and_constraint_more_is_ordered_than_there_is(
    market: Market, buyer: Membership, at_once: AtOnce, pause_after: Any, without_constraint: Any
) -> None:
    without_constraint(Stock, "stock_reserved_is_there")
    pause_after(reserving, "lock_supply")

    results = at_once(*checkouts(buyer, carts(buyer, market)[:MANY]))

    assert Counter(type(result) for result in results)[Order] > 10
    assert broken_invariants() != []


@pytest.mark.usefixtures("without_locks")
def test_control_without_lock_and_constraint_more_is_ordered_than_the_credit(
    market: Market, buyer: Membership, at_once: AtOnce, pause_after: Any, without_constraint: Any
) -> None:
    """Each cart has a product of its own: the stock of a common one would let only one at a time reach the credit."""
    save_limit(actor=SYSTEM, organization=buyer.organization, kind="credit", amount=D(600), now=NOW)
    found = []
    for number in range(MANY):
        product = make_product(market.gloves.category, f"GL-{number}")
        put_in_stock(product, market.warehouse, 1)
        market.price(product, "10")
        cart = open_cart(actor=buyer, name=f"Cart {number}", now=NOW)
        found.append(add_lines(actor=buyer, cart_uid=cart.uid, lines=[WantedLine(product, D(1))], now=NOW))
    without_constraint(Account, "account_within_ceiling")
    pause_after(holding, "lock_accounts")

    results = at_once(*checkouts(buyer, found))

    assert Counter(type(result) for result in results)[Order] > 10
    assert broken_invariants() != []


@pytest.mark.usefixtures("without_locks")
def test_control_without_lock_and_constraints_one_cart_is_ordered_twice(
    market: Market, buyer: Membership, at_once: AtOnce, pause_after: Any, without_constraint: Any
) -> None:
    cart = fill_cart(buyer, gloves=(market.gloves, 1))
    without_constraint(Order, "UNIQUE (cart_id)")
    without_constraint(Submission, "submission_one_per_revision")
    pause_after(submitting, "freeze_cart")

    results = at_once(*checkouts(buyer, [cart] * 2))

    assert [type(result) for result in results] == [Order, Order]
