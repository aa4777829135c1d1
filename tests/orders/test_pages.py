"""The pages of carts and orders: what is shown to whom, what a refusal keeps, and that long carts cost no more."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.change_line import LineFacts, change_line
from apps.orders.models import Cart, CartLine, Order
from apps.orgs.actions.save_cost_center import save_cost_center
from apps.orgs.models import Membership
from apps.pricing.actions.change_prices import NewPrice, change_prices
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, Market, fill_cart, make_category, make_product, send_cart

D = Decimal
SignIn = Callable[[Any], Client]


@pytest.fixture
def cart(market: Market, mira: Membership) -> Cart:
    return fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4))


@pytest.fixture
def order(market: Market, mira: Membership) -> Order:
    found = send_cart(mira, fill_cart(mira, screw=(market.screw, 400))).order
    assert found
    return found


@pytest.fixture
def browser(mira: Membership, sign_in: object) -> Client:
    return sign_in(mira)


def line_url(cart: Cart, sku: str) -> tuple[str, CartLine]:
    line = cart.lines.get(product__sku=sku)
    return reverse("orders:cart_line", args=[cart.uid, line.uid]), line


class TestCart:
    def test_it_shows_lines_days_totals_and_what_happens_next(self, cart: Cart, browser: Client) -> None:
        page = browser.get(reverse("orders:current_cart")).content.decode()

        for text in ("Hex screw M8×40", "€600.00", "VAT 25%", "€847.50", "Place order", "Your order limit"):
            assert text in page

    def test_it_says_what_is_saved_against_the_list_price(self, cart: Cart, browser: Client, market: Market) -> None:
        url = reverse("orders:cart", args=[cart.uid])
        assert "savings" not in browser.get(url).content.decode()
        row = NewPrice(market.screw.pk, D(200), D("1.20"))
        change_prices(actor=SYSTEM, price_list=market.prices, prices=[row], now=NOW)

        page = browser.get(url).content.decode()
        assert "Quantity and contract savings" in page
        assert "−€120.00 included" in page

    def test_without_a_cart_it_says_where_to_begin(self, market: Market, browser: Client) -> None:
        assert "Nothing in it yet" in browser.get(reverse("orders:current_cart")).content.decode()

    @pytest.mark.parametrize("by", ["delivery", "person", "cost_center", "nonsense"])
    def test_it_groups_its_lines(self, by: str, cart: Cart, browser: Client) -> None:
        assert browser.get(reverse("orders:cart", args=[cart.uid]), {"by": by}).status_code == 200

    def test_a_quantity_is_changed_as_it_was_typed(self, cart: Cart, browser: Client) -> None:
        url, line = line_url(cart, "HX-933-0840A2")

        answer = browser.post(url, {"quantity": "1,000", "version": line.version}, headers={"HX-Request": "true"})

        line.refresh_from_db()
        assert line.quantity == D(1000)
        body = answer.content.decode()
        assert "€1,500.00" in body
        assert 'id="cart-badge"' in body

    def test_without_scripts_it_goes_back_to_the_page(self, cart: Cart, browser: Client) -> None:
        url, line = line_url(cart, "HX-933-0840A2")

        answer = browser.post(url, {"quantity": "500", "version": line.version})

        assert (answer.status_code, answer["Location"]) == (303, reverse("orders:cart", args=[cart.uid]))

    def test_a_bad_quantity_stands_at_its_row_and_changes_nothing(self, cart: Cart, browser: Client) -> None:
        url, line = line_url(cart, "HX-933-0840A2")

        answer = browser.post(url, {"quantity": "many", "version": line.version}, headers={"HX-Request": "true"})

        assert answer.status_code == 422
        assert f'id="fault-{line.uid}"' in answer.content.decode()
        assert 'value="many"' in answer.content.decode()
        line.refresh_from_db()
        assert line.quantity == D(400)

    def test_a_change_that_was_not_seen_is_shown_first_with_the_choice_to_go_over_it(
        self, cart: Cart, browser: Client, lena: Membership, mira: Membership
    ) -> None:
        url, line = line_url(cart, "HX-933-0840A2")
        facts = LineFacts(D(500), None, None)
        change_line(actor=lena, cart_uid=cart.uid, line_uid=line.uid, version=1, facts=facts, now=NOW)
        typed = {"quantity": "10", "requested_date": "2027-03-01", "version": 1}

        # Also when it is sent once more, as rows do that save themselves.
        for _time in range(2):
            answer = browser.post(url, typed, headers={"HX-Request": "true"})
            assert answer.status_code == 409
            text = answer.content.decode()
            row = text[text.index(f'id="line-{line.uid}"') :]
            assert "Lena changed this line." in row
            assert "Quantity is 500 now, yours is 10." in row
            assert "Wanted day is any day now, yours is " in row
            assert 'inputmode="decimal" autocomplete="off" maxlength="40" value="10"' in row
            assert 'value="2027-03-01"' in row
            assert value_of(row, "version") == "1"
        line.refresh_from_db()
        assert (line.quantity, line.requested_date, line.changed_by) == (D(500), None, lena)
        assert "Lena" not in browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()

        answer = browser.post(url, {**typed, "over": "2"}, headers={"HX-Request": "true"})

        assert answer.status_code == 200
        line.refresh_from_db()
        assert (line.quantity, line.requested_date, line.changed_by) == (D(10), date(2027, 3, 1), mira)

    def test_the_choice_is_not_made_over_what_was_not_seen_either(
        self, cart: Cart, browser: Client, lena: Membership
    ) -> None:
        url, line = line_url(cart, "HX-933-0840A2")
        for version in (1, 2):
            facts = LineFacts(D(500 + version), None, None)
            change_line(actor=lena, cart_uid=cart.uid, line_uid=line.uid, version=version, facts=facts, now=NOW)

        answer = browser.post(url, {"quantity": "10", "version": 1, "over": 2})

        assert answer.status_code == 409
        assert "Quantity is 502 now, yours is 10." in answer.content.decode()
        line.refresh_from_db()
        assert line.quantity == D(502)

    def test_who_was_faster_elsewhere_is_told_so(self, cart: Cart, browser: Client) -> None:
        url, _line = line_url(cart, "HX-933-0840A2")
        browser.post(url, {"quantity": "500", "version": 1})

        answer = browser.post(url, {"quantity": "10", "version": 1})

        assert "You changed this line elsewhere." in answer.content.decode()

    def test_nothing_takes_a_line_out(self, cart: Cart, browser: Client) -> None:
        url, line = line_url(cart, "GL-N7-0930B")

        browser.post(url, {"quantity": "0", "version": line.version})

        assert [row.product.sku for row in cart.lines.all()] == ["HX-933-0840A2"]

    def test_a_line_that_was_removed_is_put_back_as_it_was(
        self, cart: Cart, browser: Client, omar: Membership, gus: Membership, sign_in: SignIn
    ) -> None:
        url, line = line_url(cart, "HX-933-0840A2")
        facts = {"code": "410", "name": "Hull", "manager": None, "now": NOW}
        center = save_cost_center(actor=SYSTEM, organization=cart.organization, **facts)
        Cart.objects.filter(pk=cart.pk).update(cost_center=center)
        CartLine.objects.filter(pk=line.pk).update(
            cost_center=None, requested_date=NOW.date() + timedelta(days=30), author=omar, version=3
        )
        [before] = CartLine.objects.filter(pk=line.pk).values()

        text = browser.post(f"{url}removal/", headers={"HX-Request": "true", "HX-Target": "cart"}).content.decode()
        undo = reverse("orders:cart_change_removal", args=[cart.uid])
        assert f"{line.product.sku} was removed." in text
        assert text.count(f'action="{undo}"') == 2
        assert cart.lines.count() == 1
        assert sign_in(gus).post(undo).status_code == 404
        assert cart.lines.count() == 1

        assert browser.post(undo).status_code == 303
        again = browser.post(undo)

        assert list(CartLine.objects.filter(product=line.product).values()) == [
            before | {"version": before["version"] + 2, "changed_by_id": cart.owner_id}
        ]
        assert again.status_code == 409
        assert "Nothing was undone." in again.content.decode()

    def test_the_foot_tells_who_added_last_and_offers_to_undo_my_last_change(
        self, cart: Cart, market: Market, browser: Client, omar: Membership, sign_in: SignIn
    ) -> None:
        url = reverse("orders:cart", args=[cart.uid])

        def foot(client: Client) -> str:
            text = client.get(url).content.decode().split('id="cart-foot"')[1].split("</section>")[0]
            return " ".join(re.sub(r"<[^>]+>", " ", text).split())

        assert foot(browser).endswith("Undo my last change")
        assert "added" not in foot(browser)
        assert "Mira added 2 lines · " in foot(sign_in(omar))

        shelf = make_category("Tape")
        tapes = [make_product(shelf, f"EL-TP{number}") for number in range(2)]
        lines = [WantedLine(tape, D(1)) for tape in tapes]
        add_lines(actor=omar, cart_uid=cart.uid, lines=lines, now=NOW + timedelta(hours=1))

        assert "Omar added 2 lines · " in foot(browser)
        assert "Undo" not in foot(browser)
        assert "Undo my last change" in foot(sign_in(omar))

    def test_a_line_can_be_typed(self, cart: Cart, browser: Client) -> None:
        url = reverse("orders:cart_lines", args=[cart.uid])

        browser.post(url, {"number": "hx 933-0840 a2", "quantity": "100"})
        answer = browser.post(url, {"number": "HX-999", "quantity": "7"})

        assert cart.lines.get(product__sku="HX-933-0840A2").quantity == D(500)
        assert answer.status_code == 422
        assert 'value="HX-999"' in answer.content.decode()
        assert 'value="7"' in answer.content.decode()

    def test_no_more_of_a_refused_quantity_is_kept_than_its_field_holds(self, cart: Cart, browser: Client) -> None:
        url, line = line_url(cart, "HX-933-0840A2")

        answer = browser.post(url, {"quantity": "many" * 1000, "version": line.version}, headers={"HX-Request": "true"})

        assert answer.status_code == 422
        assert "many" * 10 in answer.content.decode()
        assert "many" * 11 not in answer.content.decode()

    def test_where_and_when_is_changed_field_by_field(self, cart: Cart, browser: Client) -> None:
        url = reverse("orders:cart", args=[cart.uid])

        browser.post(url, {"po_number": "PO-77134"})
        browser.post(url, {"requested_date": "2026-12-01", "note": "Gate 3"})

        cart.refresh_from_db()
        assert (cart.po_number, cart.note, str(cart.requested_date)) == ("PO-77134", "Gate 3", "2026-12-01")

    def test_a_long_cart_takes_as_many_statements(
        self, cart: Cart, browser: Client, mira: Membership, statements: Statements
    ) -> None:
        url = reverse("orders:cart", args=[cart.uid])
        few = statements(lambda: browser.get(url))
        category = make_category("Many")
        fill_cart(mira, **{f"p{n}": (make_product(category, f"P-{n}", lead_days=3), n + 1) for n in range(20)})

        assert statements(lambda: browser.get(url)) == few

    def test_people_who_may_not_see_prices_see_none(self, cart: Cart, browser: Client, mira: Membership) -> None:
        from apps.orgs.models import RoleGrant

        RoleGrant.objects.filter(permission="prices.view").delete()

        page = browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()

        assert "€" not in page


class TestRow:
    """A line that is changed answers with its row, where that is all that changed."""

    def post(self, browser: Client, cart: Cart, sku: str, by: str = "delivery", **typed: str) -> tuple[str, str]:
        """What the first row of a part sends on an open page. The answer: where it goes to, and its text."""
        line = cart.lines.filter(product__sku=sku).order_by("pk")[0]
        url = reverse("orders:cart_line", args=[cart.uid, line.uid])
        page = browser.get(reverse("orders:cart", args=[cart.uid]), {"by": by}).content.decode()
        row = page[page.index(f'id="line-{line.uid}"') :]
        seen = {name: value_of(page, name) for name in ("since", "ways")}
        fields = {"quantity": "400", "version": line.version, "place": value_of(row, "place"), **seen, **typed}
        answer = browser.post(f"{url}?by={by}", fields, headers={"HX-Request": "true", "HX-Target": f"line-{line.uid}"})
        return answer.get("HX-Retarget", f"line-{line.uid}"), answer.content.decode()

    @pytest.mark.parametrize("by", ["delivery", "person", "cost_center"])
    def test_it_comes_alone_with_the_sums_beside_it(self, by: str, cart: Cart, browser: Client) -> None:
        target, text = self.post(browser, cart, "HX-933-0840A2", by, quantity="500")

        assert target.startswith("line-")
        assert text.strip().startswith("<td")
        assert "<tr" not in text
        for part in ("cart-seen", "cart-sum", "cart-badge", "cart-weight", "free-freight", "live"):
            assert text.count(f'id="{part}"') == 1
        assert "€750.00" in text
        assert f'name="since" value="{Cart.objects.get().version}"' in text

    def test_it_is_as_on_the_page(self, cart: Cart, browser: Client) -> None:
        _target, text = self.post(browser, cart, "HX-933-0840A2", quantity="500")

        page = browser.get(reverse("orders:cart", args=[cart.uid]), {"by": "delivery"}).content.decode()
        row = without_tokens(text[: text.index("<template>")])
        assert row.strip() in without_tokens(page)

    def test_a_refusal_comes_alone_too(self, cart: Cart, browser: Client) -> None:
        target, text = self.post(browser, cart, "HX-933-0840A2", quantity="many")

        assert target.startswith("line-")
        assert 'value="many"' in text
        assert "fault-" in text

    def test_a_line_that_comes_on_another_day_moves(self, cart: Cart, browser: Client) -> None:
        target, text = self.post(browser, cart, "HX-933-0840A2", requested_date="2027-03-01")

        assert target == "#cart"
        assert text.count("<tr id=") == 2

    def test_a_line_for_another_cost_center_moves_only_under_that_head(self, cart: Cart, browser: Client) -> None:
        facts = {"code": "410", "name": "Hull", "manager": None, "now": NOW}
        center = save_cost_center(actor=SYSTEM, organization=cart.organization, **facts)

        alone, _text = self.post(browser, cart, "HX-933-0840A2", cost_center=str(center.uid))
        moved, _text = self.post(browser, cart, "GL-N7-0930B", "cost_center", cost_center=str(center.uid))

        assert alone.startswith("line-")
        assert moved == "#cart"

    def test_lines_of_one_product_come_together(self, cart: Cart, browser: Client, market: Market) -> None:
        wanted = WantedLine(market.screw, D(100), requested_date=NOW.date() + timedelta(days=30))
        add_lines(actor=cart.owner, cart_uid=cart.uid, lines=[wanted], now=NOW)

        alone, _text = self.post(browser, cart, "GL-N7-0930B", quantity="8")
        together, _text = self.post(browser, cart, "HX-933-0840A2", quantity="500")

        assert alone.startswith("line-")
        assert together == "#cart"

    def test_what_somebody_else_changed_is_shown_as_well(
        self, cart: Cart, browser: Client, market: Market, mira: Membership
    ) -> None:
        page = browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()
        since = value_of(page, "since")
        fill_cart(mira, gloves=(market.gloves, 4))

        target, text = self.post(browser, cart, "HX-933-0840A2", quantity="500", since=since)

        assert target == "#cart"
        assert 'value="8"' in text

    def test_a_long_cart_takes_as_many_statements(
        self, cart: Cart, browser: Client, mira: Membership, statements: Statements
    ) -> None:
        few = statements(lambda: self.post(browser, cart, "HX-933-0840A2", quantity="500"))
        category = make_category("Many")
        fill_cart(mira, **{f"p{n}": (make_product(category, f"P-{n}", lead_days=3), n + 1) for n in range(20)})

        assert statements(lambda: self.post(browser, cart, "HX-933-0840A2", quantity="600")) == few


class TestChanges:
    """What an open page is told of a cart that is shared."""

    def ask(self, browser: Client, page: str, cart: Cart, **told: object) -> HttpResponse:
        seen = {name: html.unescape(value_of(page, name)) for name in ("since", "at")}
        url = reverse("orders:cart_changes", args=[cart.uid])
        return browser.get(url, {**seen, **told}, headers={"HX-Request": "true"})

    def test_nothing_new_takes_one_cheap_statement(self, cart: Cart, browser: Client) -> None:
        page = browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()

        with CaptureQueriesContext(connection) as asked:
            answer = self.ask(browser, page, cart)

        assert (answer.status_code, answer.content) == (204, b"")
        assert len([query for query in asked.captured_queries if "orders_" in query["sql"]]) == 1

    def test_it_says_who_added_lines_and_says_it_once(
        self, cart: Cart, browser: Client, market: Market, lena: Membership
    ) -> None:
        page = browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()
        wanted = [WantedLine(market.screw, D(10), requested_date=NOW.date() + timedelta(days=n)) for n in (30, 31)]
        add_lines(actor=lena, cart_uid=cart.uid, lines=wanted, now=NOW + timedelta(minutes=5))

        answer = self.ask(browser, page, cart)
        text = answer.content.decode()

        assert answer.status_code == 200
        assert "Lena added 2 lines." in text
        assert self.ask(browser, page, cart, told=value_of(text, "told")).status_code == 204

    def test_other_changes_are_told_too(self, cart: Cart, browser: Client) -> None:
        page = browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()
        browser.post(reverse("orders:cart", args=[cart.uid]), {"po_number": "PO-77134"})

        assert "This cart was changed." in self.ask(browser, page, cart).content.decode()

    def test_it_ends_with_the_cart(self, cart: Cart, browser: Client, mira: Membership) -> None:
        page = browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()
        send_cart(mira, cart)

        assert self.ask(browser, page, cart).status_code == 286
        page = browser.get(reverse("orders:cart", args=[cart.uid])).content.decode()
        assert "cart-news" not in page


def value_of(text: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', text)
    assert found
    return found[1]


def without_tokens(text: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', r"\1", text)


class TestAddingByNumber:
    @pytest.mark.parametrize("quantity", ["abc", "0", "1.5"])
    def test_a_quantity_that_cannot_be_read_stays_beside_its_number(
        self, quantity: str, cart: Cart, browser: Client, market: Market
    ) -> None:
        form = {"number": market.screw.sku, "quantity": quantity}

        answer = browser.post(reverse("orders:cart_lines", args=[cart.uid]), form)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="number-fault"' in page
        assert f'value="{market.screw.sku}"' in page
        assert f'value="{quantity}"' in page


class TestSending:
    def test_the_button_places_the_order(self, cart: Cart, browser: Client) -> None:
        url = reverse("approvals:submission", args=[cart.uid])

        answer = browser.post(url, {"version": cart.version, "expected_total": "847.50"})

        assert answer["Location"] == reverse("orders:order", args=[Order.objects.get().number])
        again = browser.post(url, {"version": cart.version, "expected_total": "847.50"})
        assert again["Location"] == answer["Location"]
        assert Order.objects.count() == 1

    def test_a_total_that_moved_is_shown_again(self, cart: Cart, browser: Client) -> None:
        answer = browser.post(
            reverse("approvals:submission", args=[cart.uid]), {"version": cart.version, "expected_total": "800.00"}
        )

        assert answer.status_code == 409
        assert "The total changed" in answer.content.decode()
        assert not Order.objects.exists()

    def test_a_missing_po_number_stands_at_its_field(self, cart: Cart, browser: Client, mira: Membership) -> None:
        mira.organization.po_number_required = True
        mira.organization.save()

        answer = browser.post(
            reverse("approvals:submission", args=[cart.uid]), {"version": cart.version, "expected_total": "847.50"}
        )

        assert answer.status_code == 422
        assert 'id="po-fault"' in answer.content.decode()


class TestOrders:
    @pytest.mark.parametrize("words", ["", "po-771", "hx 933-0840a2", "Mira", "NUMBER"])
    def test_it_is_found_by_anything(self, words: str, order: Order, browser: Client) -> None:
        Order.objects.filter(pk=order.pk).update(po_number="PO-77120")
        words = order.number.lower() if words == "NUMBER" else words

        assert order.number in browser.get(reverse("orders:orders"), {"q": words}).content.decode()

    def test_what_is_not_there_is_said(self, order: Order, browser: Client) -> None:
        page = browser.get(reverse("orders:orders"), {"q": "PO-1"}).content.decode()

        assert order.number not in page
        assert "No order has this" in page

    def test_its_page_names_price_terms_and_place(self, order: Order, browser: Client) -> None:
        page = browser.get(reverse("orders:order", args=[order.number])).content.decode()

        for text in ("€1.50", "€797.50", "Oslo yard, gate 3", "30 days net", "of 2026-11", "Cancel order"):
            assert text in page

    def test_it_is_canceled_with_a_reason(self, order: Order, browser: Client) -> None:
        browser.post(reverse("orders:order_cancellation", args=[order.number]), {"reason": "Wrong size"})

        order.refresh_from_db()
        assert order.state == Order.State.CANCELLED

    def test_it_is_bought_again(self, order: Order, browser: Client) -> None:
        answer = browser.post(reverse("orders:order_repetition", args=[order.number]))

        assert "/carts/" in answer["Location"]
        assert CartLine.objects.get(cart__state="open").quantity == D(400)

    def test_the_export_has_a_row_for_each_line_and_no_formula(
        self, order: Order, browser: Client, market: Market
    ) -> None:
        order.lines.update(name="=1+1")

        answer = browser.get(reverse("orders:orders_export"))
        head, row = answer.getvalue().decode("utf-8-sig").splitlines()

        assert head.startswith("order,placed,state")
        assert row.startswith(f"{order.number},{NOW.date()},placed")
        assert ",'=1+1," in row

    def test_a_requester_sees_only_their_own(self, order: Order, omar: Membership, sign_in: object) -> None:
        browser = sign_in(omar)

        assert order.number not in browser.get(reverse("orders:orders")).content.decode()
        assert browser.get(reverse("orders:order", args=[order.number])).status_code == 404

    def test_a_long_list_takes_as_many_statements(
        self, order: Order, browser: Client, market: Market, mira: Membership, statements: Statements
    ) -> None:
        few = statements(lambda: browser.get(reverse("orders:orders")))
        for _number in range(5):
            send_cart(mira, fill_cart(mira, screw=(market.screw, 1)))

        assert statements(lambda: browser.get(reverse("orders:orders"))) == few
