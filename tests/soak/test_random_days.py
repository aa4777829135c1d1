"""Days of trade without a plan: whatever people do, in whatever order and at once, the books agree afterwards.

    make soak

plays them. Only refusals may come of it: an error, a deadlock or a wrong balance is a fault.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection

from apps.approvals.actions.decide_step import decide_step
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.actions.submit_cart import submit_cart
from apps.approvals.actions.withdraw_request import withdraw_request
from apps.approvals.models import PolicyVersion, Request
from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.core.permissions import StaffActor
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.actions.ship_order import ship_order
from apps.fulfillment.models import Shipment
from apps.inventory.actions.adjust_stock import adjust_stock
from apps.inventory.actions.receive_goods import receive_goods
from apps.inventory.models import Receipt, Warehouse
from apps.ledger.actions.save_limit import save_limit
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.actions.cancel_remainder import cancel_remainder
from apps.orders.actions.change_line import LineFacts, change_line
from apps.orders.actions.confirm_order import Answer, confirm_order
from apps.orders.actions.remove_lines import remove_lines
from apps.orders.models import Cart, CartLine, Order, OrderLine
from apps.orders.queries.carts import cart_of, priced_cart
from apps.orgs.models import Membership
from apps.portal.queries import broken_invariants
from tests.factories import (
    NOW,
    SYSTEM,
    Market,
    OrganizationFactory,
    expect_goods,
    make_address,
    make_member,
    make_product,
    make_staff,
    open_market,
    put_in_stock,
)

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

STEPS = int(os.environ.get("SOAK_STEPS", "1500"))
HANDS = 4
LOCK_NOT_AVAILABLE = "55P03"
D = Decimal


@dataclass
class World:
    """What one pair of hands acts on; each has its own dice, and reads everything anew."""

    market: Market
    staff: StaffActor
    dice: random.Random
    now: datetime = NOW

    def member(self, *roles: str, **facts: object) -> Membership:
        rows = Membership.objects.filter(assignments__role__code__in=roles, **facts)
        return self.dice.choice(list(rows.select_related("organization", "user").order_by("pk")))

    def any_of(self, rows: "list[object]") -> "object | None":
        return self.dice.choice(rows) if rows else None


def fill(world: World) -> None:
    products = world.dice.sample(list(Product.objects.order_by("pk")), world.dice.randint(1, 4))
    lines = [WantedLine(product, D(world.dice.randint(1, 6))) for product in products]
    add_lines(actor=world.member("buyer", "requester"), lines=lines, now=world.now)


def change(world: World) -> None:
    line = world.any_of(list(CartLine.objects.filter(cart__state=Cart.State.OPEN).select_related("cart")))
    if line:
        member = Membership.objects.select_related("organization", "user").get(pk=line.cart.owner_id)
        facts = LineFacts(D(world.dice.randint(1, 9)), None, world.dice.choice([None, date(2026, 12, 4)]))
        change_line(
            actor=member, cart_uid=line.cart.uid, line_uid=line.uid, version=line.version, facts=facts, now=world.now
        )


def take_out(world: World) -> None:
    line = world.any_of(list(CartLine.objects.filter(cart__state=Cart.State.OPEN).select_related("cart")))
    if line:
        member = Membership.objects.select_related("organization", "user").get(pk=line.cart.owner_id)
        remove_lines(actor=member, cart_uid=line.cart.uid, line_uids=[line.uid], now=world.now)


def send(world: World) -> None:
    cart = world.any_of(list(Cart.objects.filter(state=Cart.State.OPEN, line_count__gt=0)))
    if cart:
        member = Membership.objects.select_related("organization", "user").get(pk=cart.owner_id)
        found = cart_of(member, cart.uid)
        if found:
            total = priced_cart(found, world.now).gross
            submit_cart(
                actor=member,
                cart_uid=cart.uid,
                expected_version=found.version,
                expected_total=total,
                now=world.now,
            )


def decide(world: World) -> None:
    request = world.any_of(list(Request.objects.filter(state=Request.State.PENDING).select_related("submission")))
    if request:
        outcome = world.dice.choice(["approve", "approve", "approve", "reject"])
        decide_step(
            actor=world.member("approver", organization=request.organization_id), request_uid=request.uid,
            outcome=outcome, reason="Not now", expected_hash=request.submission.content_hash, now=world.now,
        )  # fmt: skip


def withdraw(world: World) -> None:
    request = world.any_of(list(Request.objects.filter(state=Request.State.PENDING).select_related("requester__user")))
    if request:
        member = Membership.objects.select_related("organization", "user").get(pk=request.requester_id)
        is_for_changes = world.dice.random() < 0.5
        withdraw_request(actor=member, request_uid=request.uid, for_changes=is_for_changes, now=world.now)


def confirm(world: World) -> None:
    order = world.any_of(list(Order.objects.filter(state=Order.State.PLACED)))
    if order:
        answers = {
            line.uid: Answer(D(world.dice.randint(0, int(line.quantity))), date(2026, 12, 1))
            for line in OrderLine.objects.filter(order=order)
            if world.dice.random() < 0.3
        }
        confirm_order(actor=world.staff, order_uid=order.uid, answers=answers, now=world.now)


def ship(world: World) -> None:
    order = world.any_of(list(Order.objects.filter(state=Order.State.CONFIRMED)))
    if order:
        quantities = {
            line.uid: D(world.dice.randint(1, max(int(line.open), 1)))
            for line in OrderLine.objects.filter(order=order)
            if line.open and world.dice.random() < 0.8
        }
        ship_order(
            actor=world.staff, order_uid=order.uid, quantities=quantities, carrier="Bring", tracking_number="1",
            warehouse=world.dice.choice(list(Warehouse.objects.order_by("pk"))), now=world.now,
        )  # fmt: skip


def deliver(world: World) -> None:
    shipment = world.any_of(list(Shipment.objects.exclude(state=Shipment.State.DELIVERED)))
    if shipment:
        record_delivery(actor=world.staff, shipment_uid=shipment.uid, now=world.now)


def cancel(world: World) -> None:
    order = world.any_of(list(Order.objects.filter(state__in=[Order.State.PLACED, Order.State.CONFIRMED])))
    if order:
        cancel_order(actor=world.staff, order_uid=order.uid, reason="Not needed", now=world.now)


def cancel_rest(world: World) -> None:
    order = world.any_of(list(Order.objects.filter(state=Order.State.CONFIRMED)))
    if order:
        cancel_remainder(actor=world.staff, order_uid=order.uid, now=world.now)


def count_stock(world: World) -> None:
    adjust_stock(
        actor=SYSTEM,
        product=world.dice.choice(list(Product.objects.order_by("pk"))),
        warehouse=world.dice.choice(list(Warehouse.objects.order_by("pk"))),
        delta=D(world.dice.randint(-3, 12)),
        reason="count",
        now=world.now,
    )


def take_in(world: World) -> None:
    receipt = world.any_of(list(Receipt.objects.open()))
    if receipt:
        quantity = D(world.dice.randint(1, int(receipt.quantity - receipt.arrived)))
        receive_goods(actor=SYSTEM, receipt=receipt, quantity=quantity, now=world.now)
    else:
        product = world.dice.choice(list(Product.objects.order_by("pk")))
        expect_goods(product, world.market.warehouse, world.dice.randint(5, 30), date(2026, 12, 7))


def reprice(world: World) -> None:
    product = world.dice.choice(list(Product.objects.order_by("pk")))
    world.market.price(product, f"{world.dice.randint(100, 3000) / 100:.2f}")


WAYS: tuple[Callable[[World], None], ...] = (
    *(fill,) * 5, *(change,) * 2, take_out, *(send,) * 4, *(decide,) * 3, withdraw, *(confirm,) * 3, *(ship,) * 4,
    *(deliver,) * 2, cancel, cancel_rest, *(count_stock,) * 2, *(take_in,) * 2, reprice,
)  # fmt: skip


@pytest.fixture
def market() -> Market:
    """Two companies whose credit, months and stock are short enough to be refused now and then."""
    market = open_market()
    for number in range(8):
        product = make_product(market.screw.category, f"HX-{number}", lead_days=number if number % 2 else None)
        put_in_stock(product, market.warehouse, 40)
        market.price(product, f"{2 + number}.50")
    for name in ("Norrvik Shipyard", "Fjellbygg Works"):
        company = OrganizationFactory(legal_name=name)
        make_address(company)
        save_limit(actor=SYSTEM, organization=company, kind="credit", amount=D(6000), now=NOW)
        dana = make_member(company, "Dana", "approver", "admin")
        make_member(company, "Mira", "buyer", "approver", order_limit=120, month_limit=D(2500), approver=dana)
        make_member(company, "Omar", "requester", order_limit=60, approver=dana)
        terms = PolicyTerms(PolicyVersion.Condition.OWN_LIMIT, None, [{"kind": "approver"}])
        save_policy(actor=SYSTEM, organization=company, terms=terms, now=NOW)
    return market


def play(world: World, steps: int, told: Counter[str]) -> None:
    """So many things done; what was refused is counted, a lock that was not given in time as well."""
    for _step in range(steps):
        way = world.dice.choice(WAYS)
        world.now += timedelta(minutes=world.dice.randint(1, 30))
        try:
            way(world)
        except DomainError as refusal:
            told[f"{way.__name__}: {type(refusal).__name__}"] += 1
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            told["busy"] += 1
        else:
            told[way.__name__] += 1


@pytest.mark.parametrize("seed", range(3))
def test_a_long_day_of_one_pair_of_hands(market: Market, seed: int) -> None:
    sam = make_staff()
    world, told = World(market, StaffActor(sam.pk, "Sam"), random.Random(seed)), Counter[str]()
    for _part in range(20):
        play(world, STEPS // 20, told)
        assert broken_invariants() == []
    assert min(told[way.__name__] for way in WAYS) > 0, told


@pytest.mark.parametrize("seed", range(3))
def test_a_long_day_of_many_hands(market: Market, seed: int) -> None:
    sam, told, faults = make_staff(), Counter[str](), list[BaseException]()

    def hand(number: int) -> None:
        try:
            play(World(market, StaffActor(sam.pk, "Sam"), random.Random(100 * seed + number)), STEPS // HANDS, told)
        except BaseException as fault:  # noqa: BLE001  the test raises it
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand, args=[number]) for number in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert broken_invariants() == []
    assert told["send"] > 0, told
