"""Filling carts: several people, no lost update, nothing that cannot be ordered."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.models import Product
from apps.core.errors import NotAllowed
from apps.core.models import Stamp
from apps.orders.actions.add_lines import NotInCatalog, QuantityRefused, WantedLine, add_lines
from apps.orders.actions.archive_cart import archive_cart
from apps.orders.actions.change_cart import AddressBlocked, change_cart
from apps.orders.actions.change_line import LineFacts, StaleLine, change_line
from apps.orders.actions.open_cart import open_cart
from apps.orders.actions.remove_lines import remove_lines
from apps.orders.actions.restore_line import restore_line
from apps.orders.actions.take_cart import CartClosed
from apps.orders.models import Cart, CartLine
from apps.orders.queries.carts import badge_of, current_cart, priced_cart
from apps.orgs.actions.change_address_state import change_address_state
from apps.orgs.actions.save_cost_center import save_cost_center
from apps.orgs.models import Address, CostCenter, Membership, Organization
from apps.pricing.models import TaxRate
from apps.pricing.queries import STAMP
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, Market, fill_cart, make_category, make_member, make_product
from tests.refusals import nothing_written, refused

D = Decimal


@pytest.fixture
def hull(norrvik: Organization) -> CostCenter:
    return save_cost_center(actor=SYSTEM, organization=norrvik, code="410", name="Hull", manager=None, now=NOW)


def line_of(cart: Cart) -> CartLine:
    return CartLine.objects.get(cart=cart)


class TestAddLines:
    def test_the_first_line_makes_the_cart_for_the_first_address(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))

        assert (cart.owner, cart.currency, cart.line_count) == (mira, "EUR", 1)
        assert cart.ship_to is not None
        assert cart.last_total == D("600.00")
        assert current_cart(mira) == cart

    def test_the_same_again_adds_up_under_its_first_author(
        self, market: Market, mira: Membership, omar: Membership
    ) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        add_lines(actor=omar, cart_uid=cart.uid, lines=[WantedLine(market.screw, D(100))], now=NOW)

        line = line_of(cart)
        assert (line.quantity, line.author, line.version) == (D(500), mira, 2)

    def test_another_cost_center_or_day_is_another_line(
        self, market: Market, mira: Membership, hull: CostCenter
    ) -> None:
        wanted = [
            WantedLine(market.screw, D(10)),
            WantedLine(market.screw, D(10), hull),
            WantedLine(market.screw, D(10), hull, date(2026, 12, 1)),
            WantedLine(market.screw, D(5), hull, date(2026, 12, 1)),
        ]
        cart = add_lines(actor=mira, lines=wanted, now=NOW)

        assert sorted(CartLine.objects.filter(cart=cart).values_list("quantity", flat=True)) == [10, 10, 15]

    def test_a_quantity_between_two_multiples_is_rounded_up(self, market: Market, mira: Membership) -> None:
        packed = make_product(market.screw.category, "NT-934", min_quantity=D(50), order_multiple=D(50))
        market.price(packed, "0.10")

        assert line_of(fill_cart(mira, nut=(packed, 130))).quantity == D(150)

    def test_one_bad_quantity_refuses_all(self, market: Market, mira: Membership) -> None:
        with refused(QuantityRefused) as refusal:
            fill_cart(mira, screw=(market.screw, 1), gloves=(market.gloves, "0.5"))

        assert [product for product, _judged in refusal.value.rows] == [market.gloves]

    def test_what_the_company_does_not_see_cannot_be_added(self, market: Market, mira: Membership) -> None:
        hidden = make_product(market.screw.category, "OLD-1", lifecycle="discontinued")

        with refused(NotInCatalog):
            fill_cart(mira, old=(hidden, 1))

    def test_another_company_finds_no_such_cart(self, market: Market, mira: Membership, gus: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))

        with refused(CartClosed):
            add_lines(actor=gus, cart_uid=cart.uid, lines=[WantedLine(market.screw, D(1))], now=NOW)

    def test_somebody_who_only_looks_may_not(self, market: Market, mira: Membership, norrvik: Organization) -> None:
        viewer = make_member(norrvik, "Vera", "viewer")
        cart = fill_cart(mira, screw=(market.screw, 400))

        with refused(NotAllowed):
            add_lines(actor=viewer, cart_uid=cart.uid, lines=[WantedLine(market.screw, D(1))], now=NOW)

    def test_a_thousand_lines_take_as_many_statements_as_two(
        self, market: Market, mira: Membership, statements: Statements
    ) -> None:
        category = make_category("Many")
        products = [make_product(category, f"P-{number}") for number in range(30)]
        fill_cart(mira, screw=(market.screw, 1))

        def add(*rows: Product) -> int:
            return statements(lambda: add_lines(actor=mira, lines=[WantedLine(row, D(1)) for row in rows], now=NOW))

        assert add(products[0], market.screw) == add(*products)

    def test_the_most_that_is_sold_holds_for_all_lines_of_a_product(self, market: Market, mira: Membership) -> None:
        save_quantity_rule(actor=SYSTEM, product=market.screw, max_quantity=D(10), now=NOW)
        cart = fill_cart(mira, screw=(market.screw, 6))
        elsewhen = WantedLine(market.screw, D(6), None, date(2026, 12, 1))

        with refused(QuantityRefused):
            add_lines(actor=mira, lines=[elsewhen], now=NOW)
        add_lines(actor=mira, lines=[WantedLine(market.screw, D(4), None, date(2026, 12, 1))], now=NOW)
        line = CartLine.objects.get(cart=cart, quantity=6)
        with refused(QuantityRefused):
            change_line(
                actor=mira,
                cart_uid=cart.uid,
                line_uid=line.uid,
                version=line.version,
                facts=LineFacts(D(7), None, None),
                now=NOW,
            )

    def test_what_two_lines_are_too_much_for_is_told_at_both(self, market: Market, mira: Membership) -> None:
        lines = [WantedLine(market.screw, D(6)), WantedLine(market.screw, D(6), None, date(2026, 12, 1))]
        cart = add_lines(actor=mira, lines=lines, now=NOW)
        save_quantity_rule(actor=SYSTEM, product=market.screw, max_quantity=D(10), now=NOW)

        assert [row.fault for row in priced_cart(cart, NOW).lines] == ["not_sold", "not_sold"]


class TestChangeLine:
    def test_the_version_that_was_seen_may_change(self, market: Market, mira: Membership, hull: CostCenter) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        line = line_of(cart)
        facts = LineFacts(D(500), hull, date(2026, 12, 1))

        change_line(actor=mira, cart_uid=cart.uid, line_uid=line.uid, version=line.version, facts=facts, now=NOW)

        line.refresh_from_db()
        assert (line.quantity, line.cost_center, line.requested_date) == (D(500), hull, date(2026, 12, 1))
        assert Cart.objects.get(pk=cart.pk).last_total == D("750.00")

    def test_nobody_overwrites_what_they_have_not_seen(
        self, market: Market, mira: Membership, omar: Membership
    ) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        seen = line_of(cart)
        add_lines(actor=omar, cart_uid=cart.uid, lines=[WantedLine(market.screw, D(100))], now=NOW)

        with refused(StaleLine) as refusal:
            change_line(
                actor=mira, cart_uid=cart.uid, line_uid=seen.uid, version=seen.version,
                facts=LineFacts(D(10), None, None), now=NOW,
            )  # fmt: skip

        assert (refusal.value.line.quantity, refusal.value.line.changed_by) == (D(500), omar)

    def test_two_lines_that_become_equal_become_one(self, market: Market, mira: Membership, hull: CostCenter) -> None:
        wanted = [WantedLine(market.screw, D(10)), WantedLine(market.screw, D(20), hull)]
        cart = add_lines(actor=mira, lines=wanted, now=NOW)
        plain = CartLine.objects.get(cart=cart, cost_center=None)

        facts = LineFacts(D(10), hull, None)
        change_line(actor=mira, cart_uid=cart.uid, line_uid=plain.uid, version=1, facts=facts, now=NOW)

        assert line_of(cart).quantity == D(30)
        assert Cart.objects.get(pk=cart.pk).line_count == 1

    def test_a_line_that_is_gone_says_so(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        line = line_of(cart)
        remove_lines(actor=mira, cart_uid=cart.uid, line_uids=[line.uid], now=NOW)

        with refused(CartClosed):
            change_line(
                actor=mira, cart_uid=cart.uid, line_uid=line.uid, version=1, facts=LineFacts(D(1), None, None), now=NOW
            )


class TestRestoreLine:
    def test_joins_a_line_that_has_taken_its_place(self, market: Market, mira: Membership, omar: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        line = line_of(cart)
        remove_lines(actor=mira, cart_uid=cart.uid, line_uids=[line.uid], now=NOW)
        add_lines(actor=omar, cart_uid=cart.uid, lines=[WantedLine(market.screw, D(100))], now=NOW)

        restore_line(actor=mira, line=line, now=NOW)

        there = line_of(cart)
        assert (there.quantity, there.author, there.version) == (D(500), omar, 2)
        with nothing_written():
            restore_line(actor=mira, line=line, now=NOW)

    def test_but_not_if_both_cannot_be_ordered(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, gloves=(market.gloves, 6))
        line = line_of(cart)
        remove_lines(actor=mira, cart_uid=cart.uid, line_uids=[line.uid], now=NOW)
        fill_cart(mira, gloves=(market.gloves, 6))

        save_quantity_rule(actor=SYSTEM, product=market.gloves, max_quantity=D(10), now=NOW)
        with refused(QuantityRefused):
            restore_line(actor=mira, line=line, now=NOW)

    def test_nothing_comes_back_into_a_cart_that_is_closed(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        line = line_of(cart)
        remove_lines(actor=mira, cart_uid=cart.uid, line_uids=[line.uid], now=NOW)
        archive_cart(actor=mira, cart_uid=cart.uid, now=NOW)

        with refused(CartClosed):
            restore_line(actor=mira, line=line, now=NOW)


class TestCarts:
    def test_a_field_that_is_not_named_stays(self, market: Market, mira: Membership, omar: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))

        change_cart(actor=mira, cart_uid=cart.uid, facts={"po_number": "PO-77134"}, now=NOW)
        change_cart(actor=omar, cart_uid=cart.uid, facts={"note": "Call the shift lead"}, now=NOW)

        cart.refresh_from_db()
        assert (cart.po_number, cart.note) == ("PO-77134", "Call the shift lead")

    def test_nothing_goes_to_a_blocked_address(self, market: Market, mira: Membership, lena: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        change_address_state(actor=lena, uid=cart.ship_to.uid, state=Address.State.BLOCKED, now=NOW)

        with refused(AddressBlocked):
            change_cart(actor=mira, cart_uid=cart.uid, facts={"ship_to": Address.objects.get()}, now=NOW)

    def test_a_person_can_fill_the_cart_of_another(self, market: Market, mira: Membership, omar: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))

        open_cart(actor=omar, cart_uid=cart.uid, now=NOW)
        fill_cart(omar, gloves=(market.gloves, 2))

        assert current_cart(omar) == cart
        assert CartLine.objects.filter(cart=cart).count() == 2

    def test_a_cart_that_was_put_away_takes_nothing(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        archive_cart(actor=mira, cart_uid=cart.uid, now=NOW)

        with refused(CartClosed):
            remove_lines(actor=mira, cart_uid=cart.uid, line_uids=[], now=NOW)
        assert badge_of(mira).line_count == 0

    def test_its_prices_are_those_of_its_owner(self, market: Market, mira: Membership, lena: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))

        assert priced_cart(cart, NOW).context.membership_id == mira.pk


class TestPricedCart:
    def test_a_day_ends_at_the_supplier_s_midnight(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 1))
        in_oslo_tomorrow = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

        assert priced_cart(cart, in_oslo_tomorrow).day == date(2026, 11, 24)

    def test_what_nobody_has_said_the_vat_of_is_a_fault(self, market: Market, mira: Membership) -> None:
        Product.objects.filter(pk=market.screw.pk).update(tax_class=Product.TaxClass.REDUCED)
        cart = fill_cart(mira, screw=(market.screw, 1), gloves=(market.gloves, 1))
        assert [row.fault for row in priced_cart(cart, NOW).lines] == ["untaxed", ""]

        TaxRate.objects.all().delete()
        Stamp.bump(STAMP)

        assert [row.fault for row in priced_cart(cart, NOW).lines] == ["untaxed", "untaxed"]

    def test_goods_freight_and_vat(self, market: Market, mira: Membership) -> None:
        priced = priced_cart(fill_cart(mira, screw=(market.screw, 400)), NOW)

        assert (priced.goods_net, priced.freight_net, priced.tax) == (D("600.00"), D("38.00"), D("159.50"))
        assert priced.gross == D("797.50")
        assert [line.promise.reason for line in priced.lines] == ["stock"]

    def test_a_line_at_fault_says_why(self, market: Market, mira: Membership) -> None:
        fill_cart(mira, gloves=(market.gloves, 11))
        market.gloves.lifecycle = "active"
        dear = make_product(market.screw.category, "NO-PRICE", lead_days=3)
        cart = fill_cart(mira, dear=(dear, 1))

        faults = {line.line.product.sku: line.fault for line in priced_cart(cart, NOW).lines}

        assert faults == {"GL-N7-0930B": "unavailable", "NO-PRICE": "on_request"}

    def test_the_statements_do_not_depend_on_the_lines(
        self, market: Market, mira: Membership, statements: Statements
    ) -> None:
        category = make_category("Many")
        cart = fill_cart(mira, screw=(market.screw, 1))

        def price() -> object:
            rows = Cart.objects.select_related("organization", "unit", "ship_to")
            return priced_cart(rows.get(pk=cart.pk), NOW)

        few = statements(price)
        wanted = [WantedLine(make_product(category, f"P-{n}", lead_days=3), D(n + 1)) for n in range(20)]
        add_lines(actor=mira, lines=wanted, now=NOW)

        assert statements(price) == few
