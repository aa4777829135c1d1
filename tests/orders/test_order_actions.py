"""From the cart to the order and on: what is frozen, reserved, held, answered, canceled and repeated."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.activity.models import Event
from apps.approvals.actions.submit_cart import AlreadySubmitted, CreditExceeded, submit_cart
from apps.core.errors import IllegalTransition, NotAllowed
from apps.core.permissions import StaffActor
from apps.freight.actions.save_route import save_route
from apps.freight.models import Route
from apps.inventory.actions.reserve_demands import OutOfStock
from apps.inventory.models import Stock
from apps.ledger.actions.save_limit import save_limit
from apps.ledger.models import Account, Limit
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.advance_lines import QuantityExceeded
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.actions.change_cart import change_cart
from apps.orders.actions.confirm_order import Answer, DayBeforeOrder, DayMissing, confirm_order
from apps.orders.actions.freeze_cart import CartMoved, CartRefused, PriceMoved
from apps.orders.actions.place_order import NotCleared, place_order
from apps.orders.actions.repeat_order import repeat_order
from apps.orders.models import Cart, Clearance, Order, OrderLine, ScheduleLine
from apps.orders.queries.carts import priced_cart
from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.save_cost_center import save_cost_center
from apps.orgs.actions.save_role import save_role
from apps.orgs.models import Address, Membership, Organization
from tests.conftest import Statements
from tests.factories import (
    NOW,
    SYSTEM,
    Market,
    fill_cart,
    make_member,
    make_product,
    make_warehouse,
    put_in_stock,
    send_cart,
)
from tests.refusals import refused

D = Decimal
SAM = StaffActor(user_id=1, label="Sam")


def held(kind: str) -> Decimal:
    return sum((row.held for row in Account.objects.filter(limit__kind=kind)), D(0))


@pytest.fixture
def credit(norrvik: Organization) -> Limit:
    return save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=D(50_000), now=NOW)


@pytest.fixture
def order(market: Market, mira: Membership, credit: Limit) -> Order:
    """400 screws and 4 gloves: €640 goods, €38 freight, €169.50 VAT."""
    found = send_cart(mira, fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4))).order
    assert found
    return found


class TestPlacing:
    def test_an_order_is_what_the_cart_came_to(self, order: Order, mira: Membership) -> None:
        assert order.number.startswith("SO-")
        assert (order.goods_net, order.freight_net, order.tax) == (D("640.00"), D("38.00"), D("169.50"))
        order.refresh_from_db()
        assert order.gross == D("847.50")
        assert order.owner == mira
        assert [(line.sku, line.quantity, line.net) for line in order.lines.order_by("position")] == [
            ("HX-933-0840A2", D(400), D("600.00")),
            ("GL-N7-0930B", D(4), D("40.00")),
        ]
        assert sum(line.tax for line in order.lines.all()) + order.deliveries.get().tax == order.tax

    def test_stock_is_reserved_and_limits_are_held(self, order: Order, market: Market) -> None:
        assert Stock.objects.get(product=market.gloves).reserved == D(4)
        assert held("credit") == D("847.50")
        assert held("personal") == D("640.00")

    def test_days_are_promised(self, order: Order) -> None:
        days = set(ScheduleLine.objects.filter(line__order=order).values_list("promised_date", flat=True))

        assert days == {date(2026, 11, 24)}

    def test_goods_are_taken_from_where_they_were_promised(self, market: Market, mira: Membership) -> None:
        """Oslo has them too, and the lower key; but from Bergen they are there today."""
        bergen = make_warehouse("BGO")
        put_in_stock(market.screw, bergen, 300)
        route = Route.objects.get(warehouse=market.warehouse)
        save_route(
            actor=SYSTEM, warehouse=bergen, zone=route.zone, method=route.method, transit_days=0, cut_off=time(14),
            now=NOW,
        )  # fmt: skip
        order = send_cart(mira, fill_cart(mira, screw=(market.screw, 300))).order
        assert order

        schedule = ScheduleLine.objects.get(line__order=order)
        assert schedule.promised_date == NOW.date()
        assert [(row.stock.warehouse, row.quantity) for row in schedule.demand.reservations.all() if row.stock] == [
            (bergen, D(300))
        ]

        # What is more than Bergen has comes from Oslo, a day later.
        put_in_stock(market.screw, bergen, 5)
        more = send_cart(mira, fill_cart(mira, screw=(market.screw, 8))).order
        assert more
        schedule = ScheduleLine.objects.get(line__order=more)
        assert schedule.promised_date == NOW.date() + timedelta(days=1)
        assert {row.stock.warehouse: row.quantity for row in schedule.demand.reservations.all() if row.stock} == {
            bergen: D(5),
            market.warehouse: D(3),
        }

    def test_the_statements_do_not_depend_on_the_lines(
        self, market: Market, mira: Membership, statements: Statements
    ) -> None:
        rows = [make_product(market.screw.category, f"HX-{number}") for number in range(50)]
        for row in rows:
            put_in_stock(row, market.warehouse, 10)
            market.price(row, "2")
        small = fill_cart(mira, screw=(market.screw, 1))
        total = priced_cart(small, NOW).gross
        few = statements(
            lambda: submit_cart(
                actor=mira, cart_uid=small.uid, expected_version=small.version, expected_total=total, now=NOW
            )
        )
        large = fill_cart(mira, **{row.sku: (row, 1) for row in rows})
        total = priced_cart(large, NOW).gross

        assert (
            statements(
                lambda: submit_cart(
                    actor=mira, cart_uid=large.uid, expected_version=large.version, expected_total=total, now=NOW
                )
            )
            <= few
        )

    def test_the_cart_is_over_and_the_next_one_is_new(self, order: Order, market: Market, mira: Membership) -> None:
        assert order.cart.state == Cart.State.ORDERED
        assert fill_cart(mira, screw=(market.screw, 1)) != order.cart

    def test_the_supplier_and_the_company_hear_of_it_once(self, order: Order) -> None:
        assert Event.objects.filter(name="orders.order_placed", subject_uid=order.uid).count() == 1

    def test_sent_twice_it_is_one_order(self, order: Order, mira: Membership) -> None:
        with refused(AlreadySubmitted) as refusal:
            submit_cart(
                actor=mira,
                cart_uid=order.cart.uid,
                expected_version=order.cart.version,
                expected_total=D("847.50"),
                now=NOW,
            )

        assert refusal.value.outcome.order == order

    def test_another_total_than_the_one_seen_places_nothing(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        market.price(market.screw, "1.60")

        with refused(PriceMoved):
            submit_cart(
                actor=mira, cart_uid=cart.uid, expected_version=cart.version, expected_total=D("797.50"), now=NOW
            )

    @pytest.mark.parametrize(
        ("spoil", "field"),
        [
            (lambda cart: cart.lines.all().delete(), "lines"),
            (lambda cart: Cart.objects.filter(pk=cart.pk).update(ship_to=None), "ship_to"),
            (lambda cart: Address.objects.update(country="FR"), "ship_to"),
            (lambda cart: Address.objects.update(state="blocked"), "ship_to"),
            (lambda cart: Organization.objects.update(po_number_required=True), "po_number"),
            (lambda cart: cart.lines.update(quantity=D("0.5")), "lines"),
        ],
        ids=["empty", "no address", "nowhere", "blocked", "no PO", "quantity"],
    )
    def test_what_is_missing_stands_at_its_field(
        self, spoil: object, field: str, market: Market, mira: Membership
    ) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        spoil(cart)

        with refused(CartRefused) as refusal:
            send_cart(mira, cart)

        assert refusal.value.field == field

    def test_a_company_on_hold_orders_nothing(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 1))
        Organization.objects.update(state="on_hold")

        with refused(NotAllowed):
            send_cart(mira, cart)

    def test_credit_is_a_hard_stop(self, market: Market, mira: Membership, norrvik: Organization) -> None:
        save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=D("797.49"), now=NOW)
        cart = fill_cart(mira, screw=(market.screw, 400))

        with refused(CreditExceeded) as refusal:
            send_cart(mira, cart)

        assert refusal.value.short_by == D("0.01")

    def test_a_credit_of_nothing_lets_nothing_through_and_none_lets_all(
        self, market: Market, mira: Membership, norrvik: Organization
    ) -> None:
        save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=D(0), now=NOW)
        cart = fill_cart(mira, screw=(market.screw, 1))
        with refused(CreditExceeded):
            send_cart(mira, cart)

        save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=None, now=NOW)
        assert send_cart(mira, cart).order

    def test_a_cart_that_a_colleague_changed_is_not_sent_unseen(
        self, market: Market, mira: Membership, lena: Membership
    ) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        change_cart(actor=lena, cart_uid=cart.uid, facts={"po_number": "X"}, now=NOW)

        with refused(CartMoved):
            submit_cart(
                actor=mira, cart_uid=cart.uid, expected_version=cart.version, expected_total=D("847.50"), now=NOW
            )

    def test_the_total_is_not_asked_of_whoever_sees_no_prices(
        self, market: Market, mira: Membership, lena: Membership, norrvik: Organization
    ) -> None:
        cart = fill_cart(mira, screw=(market.screw, 1))
        with refused(PriceMoved):
            submit_cart(actor=mira, cart_uid=cart.uid, expected_version=cart.version, expected_total=None, now=NOW)
        grants = {"cart.view": "own", "cart.edit": "own", "cart.submit": "own", "catalog.view": "organization"}
        role = save_role(actor=lena, name="Storeman", grants=grants, now=NOW)
        ines = make_member(norrvik, "Ines")
        give_role(actor=lena, uid=ines.uid, role=role, unit=ines.unit, now=NOW)
        ines = Membership.objects.get(pk=ines.pk)
        cart = fill_cart(ines, screw=(market.screw, 1))

        outcome = submit_cart(
            actor=ines, cart_uid=cart.uid, expected_version=cart.version, expected_total=None, now=NOW
        )
        assert outcome.order

    def test_a_requester_sends_only_their_own_carts(self, market: Market, mira: Membership, omar: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 1))

        with refused(NotAllowed):
            send_cart(omar, cart)

    def test_what_is_gone_between_two_carts_is_refused(
        self, market: Market, mira: Membership, lena: Membership
    ) -> None:
        first, second = fill_cart(mira, gloves=(market.gloves, 6)), fill_cart(lena, gloves=(market.gloves, 6))
        total = D("47.50") + D("75.00")
        send_cart(mira, first)

        with refused((CartRefused, OutOfStock)):
            submit_cart(actor=lena, cart_uid=second.uid, expected_version=second.version, expected_total=total, now=NOW)

    def test_a_cost_center_closed_since_is_a_fault_of_its_line(
        self, market: Market, mira: Membership, norrvik: Organization
    ) -> None:
        facts: dict[str, Any] = {"organization": norrvik, "code": "4711", "name": "Hull", "manager": None, "now": NOW}
        center = save_cost_center(actor=SYSTEM, **facts)
        cart = add_lines(actor=mira, lines=[WantedLine(market.screw, D(1), center)], now=NOW)
        save_cost_center(actor=SYSTEM, **facts, uid=center.uid, state="closed")

        with refused(CartRefused, match="cost center"):
            send_cart(mira, cart)


class TestGate:
    def test_no_order_without_a_clearance_of_exactly_this_submission(self, order: Order) -> None:
        other = Clearance(
            organization=order.organization, submission=order.submission, content_hash="0" * 64, basis="no_rule"
        )
        cart = order.cart
        cart.state = Cart.State.SUBMITTED

        with refused(NotCleared), transaction.atomic():
            place_order(actor=SYSTEM, cart=cart, submission=order.submission, clearance=other, now=NOW)

    def test_the_database_wants_a_clearance(self, order: Order) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(clearance=None)

    def test_a_submission_is_never_changed(self, order: Order) -> None:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE orders_submission SET net = 1")


class TestConfirming:
    def test_as_promised(self, order: Order) -> None:
        confirm_order(actor=SAM, order_uid=order.uid, answers={}, now=NOW)

        order.refresh_from_db()
        assert order.state == Order.State.CONFIRMED
        rows = ScheduleLine.objects.filter(line__order=order)
        assert {row.confirmation for row in rows} == {"accepted"}
        assert {row.confirmed_date for row in rows} == {date(2026, 11, 24)}

    def test_less_and_later_frees_stock_and_limits(self, order: Order, market: Market) -> None:
        screw, gloves = order.lines.order_by("position")
        answers = {
            screw.uid: Answer(D(300), date(2026, 12, 1)),
            gloves.uid: Answer(D(0), None),
        }

        confirm_order(actor=SAM, order_uid=order.uid, answers=answers, now=NOW)

        screw.refresh_from_db()
        gloves.refresh_from_db()
        assert (screw.cancelled, screw.open, gloves.open) == (D(100), D(300), D(0))
        assert Stock.objects.get(product=market.gloves).reserved == 0
        assert held("personal") == D("450.00")
        assert held("credit") == D("450.00") * D("1.25") + D("47.50")
        assert screw.schedule.get().confirmation == "changed"

    def test_nothing_at_all_cancels_the_order(self, order: Order) -> None:
        answers = {line.uid: Answer(D(0), None) for line in order.lines.all()}

        confirm_order(actor=SAM, order_uid=order.uid, answers=answers, now=NOW)

        order.refresh_from_db()
        assert order.state == Order.State.CANCELLED
        assert held("credit") == held("personal") == 0

    def test_neither_more_than_ordered_nor_a_day_that_cannot_be(self, order: Order) -> None:
        line = order.lines.first()

        with refused(QuantityExceeded):
            confirm_order(actor=SAM, order_uid=order.uid, answers={line.uid: Answer(D(401), NOW.date())}, now=NOW)
        with refused(DayMissing):
            confirm_order(actor=SAM, order_uid=order.uid, answers={line.uid: Answer(D(400), None)}, now=NOW)
        day_before = NOW.date() - timedelta(days=1)
        with refused(DayBeforeOrder):
            confirm_order(actor=SAM, order_uid=order.uid, answers={line.uid: Answer(D(400), day_before)}, now=NOW)

    def test_once_only(self, order: Order) -> None:
        confirm_order(actor=SAM, order_uid=order.uid, answers={}, now=NOW)

        with refused(IllegalTransition):
            confirm_order(actor=SAM, order_uid=order.uid, answers={}, now=NOW)


class TestCanceling:
    def test_freight_stays_due_for_goods_that_cost_nothing(
        self, market: Market, mira: Membership, credit: Limit
    ) -> None:
        market.price(market.gloves, "0")
        order = send_cart(mira, fill_cart(mira, gloves=(market.gloves, 4))).order
        assert order
        schedule = ScheduleLine.objects.get(line__order=order)

        confirm_order(
            actor=SAM, order_uid=order.uid, answers={schedule.uid: Answer(D(2), schedule.promised_date)}, now=NOW
        )

        assert held("credit") == order.net + order.tax == D("47.50")

    def test_everything_is_free_again(self, order: Order, market: Market, mira: Membership) -> None:
        cancel_order(actor=mira, order_uid=order.uid, reason="Wrong size", now=NOW)

        order.refresh_from_db()
        assert order.state == Order.State.CANCELLED
        assert Stock.objects.get(product=market.gloves).reserved == 0
        assert held("credit") == held("personal") == 0
        assert all(line.open == 0 for line in order.lines.all())

    def test_twice_is_refused(self, order: Order, mira: Membership) -> None:
        cancel_order(actor=mira, order_uid=order.uid, reason="", now=NOW)

        with refused(IllegalTransition):
            cancel_order(actor=mira, order_uid=order.uid, reason="", now=NOW)

    def test_somebody_who_only_looks_may_not(self, order: Order, norrvik: Organization) -> None:
        viewer = make_member(norrvik, "Vera", "viewer")

        with refused(NotAllowed):
            cancel_order(actor=viewer, order_uid=order.uid, reason="", now=NOW)

    def test_another_company_finds_no_such_order(self, order: Order, gus: Membership) -> None:
        with refused(Order.DoesNotExist):
            cancel_order(actor=gus, order_uid=order.uid, reason="", now=NOW)


class TestRepeating:
    def test_a_cost_center_that_was_closed_is_left_out(
        self, market: Market, mira: Membership, norrvik: Organization
    ) -> None:
        facts: dict[str, Any] = {"organization": norrvik, "code": "4711", "name": "Hull", "manager": None, "now": NOW}
        center = save_cost_center(actor=SYSTEM, **facts)
        order = send_cart(mira, add_lines(actor=mira, lines=[WantedLine(market.screw, D(1), center)], now=NOW)).order
        assert order
        save_cost_center(actor=SYSTEM, **facts, uid=center.uid, state="closed")

        cart, left_out = repeat_order(actor=mira, order_uid=order.uid, now=NOW)

        assert left_out == 0
        assert cart.lines.get().cost_center is None

    def test_the_lines_are_in_the_cart_at_todays_price(self, order: Order, market: Market, mira: Membership) -> None:
        market.price(market.screw, "1.60")

        cart, left_out = repeat_order(actor=mira, order_uid=order.uid, now=NOW + timedelta(days=7))

        assert left_out == 0
        assert cart.last_total == D("680.00")

    def test_what_is_not_sold_any_more_is_left_out(self, order: Order, market: Market, mira: Membership) -> None:
        market.gloves.lifecycle = "discontinued"
        market.gloves.save()

        cart, left_out = repeat_order(actor=mira, order_uid=order.uid, now=NOW)

        assert (cart.line_count, left_out) == (1, 1)


def test_the_lines_of_an_order_keep_what_they_cost(order: Order, market: Market) -> None:
    market.price(market.screw, "9.99")

    assert OrderLine.objects.get(order=order, sku="HX-933-0840A2").unit_price == D("1.5000")
