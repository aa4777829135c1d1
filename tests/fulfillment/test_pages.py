"""What the buyer sees of shipments on the page of the order, and who sees nothing."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.core.templatetags.portico import day
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.models import Shipment
from apps.fulfillment.queries import ways_of
from apps.orders.models import Order
from apps.orders.queries.staff import order_for_staff
from apps.orgs.models import Membership
from tests.factories import NOW
from tests.fulfillment.conftest import SAM
from tests.fulfillment.test_actions import ship

SignIn = Callable[[Any], Client]


def page(client: Client, order: Order) -> str:
    return client.get(reverse("orders:order", args=[order.number])).content.decode()


def test_the_buyer_sees_what_left_and_how_to_find_it(order: Order, mira: Membership, sign_in: SignIn) -> None:
    first, second = ship(order, "150"), ship(order, "250", "4")
    record_delivery(actor=SAM, shipment_uid=first.uid, now=NOW)

    body = page(sign_in(mira), order)

    assert "Shipment 1 of 2" in body
    assert "Shipment 2 of 2" in body
    assert body.index(first.number) < body.index(second.number)
    assert "NF 140 221 887" in body
    assert "On the way" in body
    assert "Delivered <b>" in body


def test_the_timeline_tells_of_its_shipments(order: Order, mira: Membership, sign_in: SignIn) -> None:
    first, _second = ship(order, "150"), ship(order, "250", "4")
    record_delivery(actor=SAM, shipment_uid=first.uid, now=NOW)

    told = page(sign_in(mira), order).partition("What happened")[2]

    assert f"sent the shipment {first.number}" in told
    assert f"The shipment {first.number} of the order {order.number} has arrived." in told
    assert told.count("Shipment 1 of 2 · ") == 2
    assert told.count("Shipment 2 of 2 · ") == 1
    assert "NF 140 221 887" in told


def test_before_anything_left_there_is_no_card(order: Order, mira: Membership, sign_in: SignIn) -> None:
    assert "Shipment" not in page(sign_in(mira), order)


def test_another_company_sees_neither_order_nor_shipment(order: Order, gus: Membership, sign_in: SignIn) -> None:
    shipment = ship(order, "150")

    assert sign_in(gus).get(reverse("orders:order", args=[order.number])).status_code == 404
    assert not Shipment.visible_to(gus).filter(pk=shipment.pk).exists()


def test_who_sees_only_their_own_orders_sees_only_their_shipments(
    order: Order, mira: Membership, omar: Membership
) -> None:
    shipment = ship(order, "150")

    assert list(Shipment.visible_to(mira)) == [shipment]
    assert not Shipment.visible_to(omar).exists()


def test_both_panels_keep_to_their_statements(order: Order, mira: Membership, sam: User, settings: Any) -> None:
    ship(order, "150")
    request = RequestFactory().get("/")
    request.membership, request.user = mira, sam
    found = order_for_staff(pk=order.pk)

    for slot in ("order.main", "order.shipments", "staff.order"):
        [panel] = settings.PANELS[slot]
        with CaptureQueriesContext(connection) as statements:
            assert "NF 140 221 887" in str(panel.function(request, order=found))
        assert len(statements) <= panel.statements, slot


def test_the_page_costs_the_same_however_many_left(
    order: Order, mira: Membership, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in(mira)
    ship(order, "1", "1")
    with CaptureQueriesContext(connection) as first:
        page(client, order)

    for _number in range(5):
        ship(order, "1")
    with django_assert_num_queries(len(first)):
        page(client, order)


def row_of(client: Client, order: Order, url: str) -> str:
    page: str = client.get(url).content.decode()
    return page.split(f">{order.number}</a>")[1].split("</tr>", maxsplit=1)[0]


def test_lists_of_orders_say_how_far_the_shipments_are(order: Order, mira: Membership, sign_in: SignIn) -> None:
    client = sign_in(mira)

    def told(words: str) -> bool:
        return all(words in row_of(client, order, url) for url in (reverse("portal:home"), reverse("orders:orders")))

    assert told("Confirmed")
    first = ship(order, "400")
    assert told("1 of 2 shipments on the way")
    record_delivery(actor=SAM, shipment_uid=first.uid, now=NOW)
    assert told("1 of 2 shipments delivered")
    last = ship(order, "0", "4")
    assert told("1 of 2 shipments on the way")
    record_delivery(actor=SAM, shipment_uid=last.uid, now=NOW)
    assert told(f"Delivered {day(NOW)}")


def test_one_shipment_is_just_on_the_way(order: Order, mira: Membership, sign_in: SignIn) -> None:
    ship(order, "400", "4")

    row = row_of(sign_in(mira), order, reverse("portal:home"))

    assert "On the way" in row
    assert "of 1" not in row


def test_how_far_orders_are_takes_one_statement(
    order: Order, mira: Membership, omar: Membership, django_assert_num_queries: Any
) -> None:
    ship(order, "150")

    with django_assert_num_queries(1):
        assert list(ways_of(mira, [order])) == [order.pk]
    assert ways_of(omar, [order]) == {}
