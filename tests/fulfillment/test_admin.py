"""What the warehouse does on the page of an order."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.permissions import StaffRole
from apps.fulfillment.models import Shipment
from apps.inventory.models import Stock, StockMovement, Warehouse
from apps.orders.models import Order
from tests.factories import Market, make_staff, make_warehouse, put_in_stock
from tests.fulfillment.test_actions import counters, ship

SignIn = Callable[[Any], Client]


def nothing_left(order: Order) -> bool:
    order.refresh_from_db()
    is_unmoved = counters(order) == [(0, 0, 0), (0, 0, 0)] and order.progress == Order.Progress.NONE
    return is_unmoved and not Shipment.objects.exists() and not StockMovement.objects.filter(reason="shipment").exists()


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def wim(db: None, sign_in: SignIn) -> Client:
    return sign_in(make_staff("Wim", StaffRole.WAREHOUSE))


def page_of(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def dispatch(order: Order) -> str:
    return reverse("admin:fulfillment_shipment_dispatch", args=[order.uid])


def typed(**changes: Any) -> dict[str, Any]:
    facts = {"line-1": "150", "line-2": "", "carrier": "Bring", "tracking_number": "NF 140 221 887"}
    return facts | {"warehouse": Warehouse.objects.get(code="OSL").pk} | changes


def test_a_part_leaves_then_the_rest_and_both_arrive(order: Order, wim: Client) -> None:
    assert dispatch(order) in wim.get(page_of(order)).content.decode()

    wim.post(dispatch(order), typed())
    wim.post(dispatch(order), typed(**{"line-1": "250", "line-2": "4"}))
    order.refresh_from_db()
    assert order.progress == Order.Progress.SHIPPED

    for shipment in Shipment.objects.all():
        wim.post(reverse("admin:fulfillment_shipment_delivery", args=[shipment.uid]))
    order.refresh_from_db()
    assert order.state == Order.State.CLOSED
    body = wim.get(page_of(order)).content.decode()
    assert dispatch(order) not in body
    assert "NF 140 221 887" in body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line-1": "401"}, "This is more than is open."),
        ({"line-1": "", "line-2": ""}, "Say of at least one line how much leaves."),
        ({"line-1": "1.2345"}, "Ensure that there are no more than 3 decimal places."),
    ],
    ids=["too much", "nothing", "too fine"],
)
def test_what_cannot_leave_stands_in_the_form_with_what_was_typed(
    changes: dict[str, str], said: str, order: Order, wim: Client
) -> None:
    response = wim.post(dispatch(order), typed(carrier="Nordfrakt", **changes))

    assert response.status_code == 422
    assert said in response.content.decode()
    assert "Nordfrakt" in response.content.decode()
    assert nothing_left(order)


def test_too_little_in_the_warehouse_stands_at_the_row(order: Order, market: Market, wim: Client) -> None:
    far = make_warehouse("HAM")

    response = wim.post(dispatch(order), typed(warehouse=far.pk))

    assert response.status_code == 422
    assert response.context["ship"].errors["line-1"] == [f"Warehouse HAM has only 0 of {market.screw} for this order."]
    assert nothing_left(order)
    assert Stock.objects.get(product=market.screw).on_hand == 1000


def test_the_warehouse_that_keeps_it_for_the_order_is_offered_first(order: Order, market: Market, wim: Client) -> None:
    far = make_warehouse("AAR")
    put_in_stock(market.screw, far, 500)

    form = wim.get(dispatch(order)).context["ship"]

    assert [row.code for row in form.fields["warehouse"].queryset] == ["OSL", "AAR"]


@pytest.mark.parametrize("role", [StaffRole.SALES, StaffRole.CATALOG])
def test_others_look_at_what_left_and_send_nothing(role: str, order: Order, sign_in: SignIn) -> None:
    client, shipment = sign_in(make_staff("Roy", role)), ship(order, "1")

    body = client.get(page_of(order)).content.decode()

    assert shipment.number in body
    assert dispatch(order) not in body
    assert client.post(dispatch(order), typed()).status_code == 403
    assert client.post(reverse("admin:fulfillment_shipment_delivery", args=[shipment.uid])).status_code == 403
    assert Shipment.objects.get().is_on_the_way


def test_only_a_confirmed_order_is_sent(placed: Order, wim: Client) -> None:
    response = wim.post(dispatch(placed), typed(), follow=True)

    assert "This was changed in the meantime." in response.content.decode()
    assert nothing_left(placed)


def test_a_delivery_is_noted_once(order: Order, wim: Client) -> None:
    url = reverse("admin:fulfillment_shipment_delivery", args=[ship(order, "1").uid])
    wim.post(url)

    response = wim.post(url, follow=True)

    assert "This was changed in the meantime." in response.content.decode()
    assert wim.get(url).status_code == 405


def test_the_record_of_a_shipment_is_read_only(order: Order, wim: Client) -> None:
    shipment = ship(order, "1")
    url = reverse("admin:fulfillment_shipment_change", args=[shipment.pk])

    record = wim.get(url).content.decode()
    assert f"1 × HX-933-0840A2 ({order})" in record
    assert "_save" not in record
    assert "<br>".join((shipment.ship_to["name"], shipment.ship_to["street"])) in record
    assert wim.get(reverse("admin:fulfillment_shipment_add")).status_code == 403
