"""What staff do with orders in the admin: the list, its export, the page of one order, and what waits on the index."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core.formats import money_text
from apps.core.permissions import StaffRole
from apps.ledger.actions.save_limit import save_limit
from apps.orders.models import Order, ScheduleLine
from apps.orgs.models import Membership, Organization
from tests.factories import NOW, SYSTEM, Market, fill_cart, make_staff, send_cart

SignIn = Callable[[Any], Client]
LIST = "admin:orders_order_changelist"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def order(market: Market, mira: Membership, norrvik: Organization) -> Order:
    """400 screws and 4 gloves: €847.50 of a credit of €50,000."""
    save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=Decimal(50_000), now=NOW)
    found = send_cart(mira, fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4))).order
    assert found
    return found


@pytest.fixture
def sal(db: None, sign_in: SignIn) -> Client:
    return sign_in(make_staff("Sal", StaffRole.SALES))


@pytest.fixture
def wim(db: None, sign_in: SignIn) -> Client:
    return sign_in(make_staff("Wim", StaffRole.WAREHOUSE))


def page_of(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def act(name: str, order: Order) -> str:
    return reverse(f"admin:orders_order_{name}", args=[order.uid])


def answers(**changes: str) -> dict[str, str]:
    """What the form sends when nothing is touched, and what is."""
    typed = {"line-1-quantity": "400", "line-1-confirmed_date": "2026-11-24"}
    typed |= {"line-2-quantity": "4", "line-2-confirmed_date": "2026-11-24"}
    return typed | {name.replace("_", "-", 2): value for name, value in changes.items()}


class TestPage:
    def test_it_shows_what_a_decision_needs(self, order: Order, sal: Client) -> None:
        body = sal.get(page_of(order)).content.decode()

        for said in (order.number, "Norrvik Shipyard", "Hex screw M8×40", "€49,152.50", "OSL 1,000", "€847.50"):
            assert said in body
        assert 'value="400"' in body
        assert 'value="2026-11-24"' in body

    def test_it_costs_the_same_for_one_line_and_for_two(
        self, order: Order, market: Market, mira: Membership, sal: Client, django_assert_num_queries: Any
    ) -> None:
        other = send_cart(mira, fill_cart(mira, screw=(market.screw, 1))).order
        assert other
        with CaptureQueriesContext(connection) as first:
            sal.get(page_of(other))

        with django_assert_num_queries(len(first)):
            sal.get(page_of(order))

    @pytest.mark.parametrize(
        ("role", "confirms"),
        [("sales", True), ("administrator", True), ("warehouse", False), ("catalog", False)],
    )
    def test_each_role_sees_it_and_only_some_answer(
        self, role: str, confirms: bool, order: Order, sign_in: SignIn
    ) -> None:
        client = sign_in(make_staff("Roy", role))

        response = client.get(page_of(order))

        assert response.status_code == 200
        assert (act("confirmation", order) in response.content.decode()) is confirms
        if not confirms:
            for name in ("confirmation", "cancellation", "remainder"):
                assert client.post(act(name, order)).status_code == 403
            order.refresh_from_db()
            assert order.state == Order.State.PLACED

    def test_a_buyer_and_somebody_unknown_do_not(self, order: Order, mira: Membership, sign_in: SignIn) -> None:
        assert sign_in(mira).get(page_of(order)).status_code == 302
        assert Client().get(page_of(order)).status_code == 302

    def test_nothing_is_written_by_looking(self, order: Order, sal: Client) -> None:
        assert sal.post(page_of(order)).status_code == 405
        assert sal.get(act("confirmation", order)).status_code == 405

    def test_what_is_not_there(self, order: Order, sal: Client) -> None:
        assert sal.get(reverse("admin:orders_order_change", args=[order.pk + 1])).status_code == 404


class TestConfirming:
    def test_as_it_stands(self, order: Order, sal: Client) -> None:
        assert sal.post(act("confirmation", order), answers()).status_code == 302

        order.refresh_from_db()
        assert order.state == Order.State.CONFIRMED
        assert set(ScheduleLine.objects.values_list("confirmation", flat=True)) == {"accepted"}

    def test_less_and_later_and_not_at_all(self, order: Order, sal: Client) -> None:
        sal.post(
            act("confirmation", order),
            answers(line_1_quantity="300", line_1_confirmed_date="2026-12-01", line_2_quantity="0"),
        )

        screw, gloves = ScheduleLine.objects.order_by("line__position")
        assert (screw.confirmation, gloves.confirmation) == ("changed", "rejected")
        assert (screw.line.cancelled, gloves.line.cancelled) == (100, 4)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"line_1_quantity": "401"}, "This is more than is open."),
            ({"line_1_quantity": "-1"}, "greater than or equal to 0"),
            ({"line_1_quantity": ""}, "This field is required."),
            ({"line_1_confirmed_date": ""}, "A line that is confirmed needs a day."),
            ({"line_1_confirmed_date": "2020-11-24"}, "This day is before the order."),
        ],
        ids=["too much", "negative", "empty", "no day", "long gone"],
    )
    def test_a_wrong_row_says_so_and_keeps_what_was_typed(
        self, changes: dict[str, str], said: str, order: Order, sal: Client
    ) -> None:
        response = sal.post(act("confirmation", order), answers(line_2_quantity="3", **changes))

        body = response.content.decode()
        assert response.status_code == 422
        assert said in body
        assert "Nothing is confirmed yet" in body
        assert 'value="3"' in body
        order.refresh_from_db()
        assert order.state == Order.State.PLACED

    def test_what_somebody_else_answered_meanwhile_is_said(self, order: Order, sal: Client) -> None:
        sal.post(act("confirmation", order), answers())

        response = sal.post(act("confirmation", order), answers(line_1_quantity="1"))

        assert response.status_code == 422
        assert "This was changed in the meantime." in response.content.decode()

    def test_nothing_at_all_cancels(self, order: Order, sal: Client) -> None:
        response = sal.post(act("confirmation", order), answers(line_1_quantity="0", line_2_quantity="0"), follow=True)

        order.refresh_from_db()
        assert order.state == Order.State.CANCELLED
        assert "it was canceled" in response.content.decode()


class TestCanceling:
    def test_with_a_reason(self, order: Order, sal: Client) -> None:
        sal.post(act("cancellation", order), {"reason": "Not sold any more"})

        order.refresh_from_db()
        assert order.state == Order.State.CANCELLED

    def test_without_one_it_says_so(self, order: Order, sal: Client) -> None:
        response = sal.post(act("cancellation", order), {"reason": ""})

        assert response.status_code == 422
        assert "The order is not canceled yet" in response.content.decode()
        assert "This field is required." in response.content.decode()
        order.refresh_from_db()
        assert order.state == Order.State.PLACED

    def test_no_remainder_of_what_never_left(self, order: Order, sal: Client) -> None:
        response = sal.post(act("remainder", order), follow=True)

        assert "This was changed in the meantime." in response.content.decode()


class TestList:
    @pytest.mark.parametrize("words", ["Norrvik", "HX-933-0840A2", "C-20417"])
    def test_it_is_searched(self, words: str, order: Order, sal: Client) -> None:
        assert order.number in sal.get(reverse(LIST), {"q": words}).content.decode()
        assert order.number not in sal.get(reverse(LIST), {"q": "nothing"}).content.decode()

    def test_it_costs_the_same_for_one_order_and_for_many(
        self, order: Order, market: Market, mira: Membership, sal: Client, django_assert_num_queries: Any
    ) -> None:
        with CaptureQueriesContext(connection) as first:
            sal.get(reverse(LIST))
        for _number in range(4):
            send_cart(mira, fill_cart(mira, screw=(market.screw, 1)))

        with django_assert_num_queries(len(first)):
            sal.get(reverse(LIST))

    def test_the_filtered_list_is_exported_with_its_companies(self, order: Order, sal: Client) -> None:
        Order.objects.filter(pk=order.pk).update(po_number="=1+1")

        response = sal.post(
            reverse(LIST) + "?state__exact=placed",
            {"action": "export", "select_across": "1", ACTION_CHECKBOX_NAME: [order.pk]},
        )

        head, *rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert head.startswith("order,placed,state,customer_no,company,po_number")
        assert len(rows) == 2
        assert f"{order.number},2026-11-23,placed,C-20417,Norrvik Shipyard,'=1+1,Mira,1,HX-933-0840A2" in rows[0]


class TestIndex:
    def test_sales_see_what_to_confirm_and_the_warehouse_what_to_ship(
        self, order: Order, sal: Client, wim: Client
    ) -> None:
        index = reverse("admin:index")
        assert order.number in sal.get(index).content.decode()
        assert order.number not in wim.get(index).content.decode()

        sal.post(act("confirmation", order), answers(), follow=True)

        assert order.number not in sal.get(index).content.decode()
        assert order.number in wim.get(index).content.decode()

    def test_the_catalog_role_has_no_lists(self, order: Order, sign_in: SignIn) -> None:
        body = sign_in(make_staff("Cat", StaffRole.CATALOG)).get(reverse("admin:index")).content.decode()

        assert "Orders to" not in body


@pytest.mark.parametrize("kind", ["cart", "submission"])
def test_carts_and_submissions_are_records(kind: str, order: Order, sal: Client) -> None:
    row = getattr(order, kind)

    assert sal.get(reverse(f"admin:orders_{kind}_changelist"), {"q": "Norrvik"}).status_code == 200
    assert sal.get(reverse(f"admin:orders_{kind}_change", args=[row.pk])).status_code == 200
    assert sal.get(reverse(f"admin:orders_{kind}_add")).status_code == 403


def test_a_submission_reads_as_a_list_of_lines(order: Order, sal: Client) -> None:
    html = sal.get(reverse("admin:orders_submission_change", args=[order.submission.pk])).content.decode()

    assert all(line.name in html for line in order.lines.all())
    assert money_text(order.lines.all()[0].net, order.currency, "en") in html
    assert "&quot;" not in html
