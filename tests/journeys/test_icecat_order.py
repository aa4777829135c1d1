"""Sixty lines of a real catalog, from the file to the parcel: imported, pasted, approved, confirmed, shipped."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.approvals.actions.decide_step import decide_step
from apps.approvals.models import Request
from apps.catalog.models import Product
from apps.core.permissions import StaffActor
from apps.fulfillment.actions.ship_order import ship_order
from apps.inventory.models import Stock
from apps.orders.actions.confirm_order import confirm_order
from apps.orders.models import Cart, Order
from apps.orders.queries.carts import priced_cart
from apps.portal.queries import broken_invariants
from apps.pricing.models import Price
from benchmarks.icecat import SOURCE, write
from tests.factories import NOW, OrganizationFactory, make_address, make_member, open_market, put_in_stock, send_cart

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SOURCE.exists(), reason=f"the Icecat catalog is not here: {SOURCE}"),
]
LINES = 60
STAFF = StaffActor(user_id=1, label="Sam")


def test_sixty_lines_of_a_real_catalog_from_file_to_parcel(tmp_path: Path, sign_in: Callable[[Any], Client]) -> None:
    market = open_market("USD")
    catalog, prices = tmp_path / "catalog.csv", tmp_path / "prices.csv"
    write(SOURCE, catalog, prices, most=500)
    call_command("import_catalog", str(catalog))
    call_command("import_prices", str(prices), list=market.prices.name)
    company = OrganizationFactory(legal_name="Norrvik Office", currency="USD")
    make_address(company)
    approver = make_member(company, "Mira", "buyer", "approver", order_limit=1_000_000)
    buyer = make_member(company, "Omar", "requester", order_limit=1000, approver=approver)
    wanted = {
        product: place % 3 + 1
        for place, product in enumerate(Product.objects.filter(sku__startswith="IC-").order_by("pk")[:LINES])
    }
    for product in wanted:
        put_in_stock(product, market.warehouse, 5)

    # Pasted as people have it: by the part number in another spelling, one by the number on its bar code.
    client = sign_in(buyer)
    first = next(iter(wanted))
    names = {product: product.sku.lower().replace("-", " ") for product in wanted}
    names[first] = first.numbers.filter(kind="gtin")[0].code
    text = "\n".join(f"{names[product]}\t{quantity}" for product, quantity in wanted.items())
    client.post(reverse("shop:quick_rows"), {"text": text})
    client.post(reverse("shop:quick_lines"))

    cart = Cart.objects.get()
    amounts = dict(Price.objects.filter(product__in=wanted).values_list("product", "amount"))
    net = sum(amounts[product.pk] * quantity for product, quantity in wanted.items())
    assert cart.lines.count() == LINES
    assert priced_cart(cart, NOW).goods_net == net

    request = send_cart(buyer, cart).request
    assert isinstance(request, Request)
    assert not Order.objects.exists()
    decide_step(
        actor=approver,
        request_uid=request.uid,
        outcome="approve",
        expected_hash=request.submission.content_hash,
        now=NOW,
    )
    order = Order.objects.get()
    assert (order.lines.count(), order.goods_net, order.currency) == (LINES, net, "USD")

    confirm_order(actor=STAFF, order_uid=order.uid, answers={}, now=NOW)
    ship_order(
        actor=STAFF, order_uid=order.uid, quantities={line.uid: line.quantity for line in order.lines.all()},
        warehouse=market.warehouse, carrier="Bring", tracking_number="NF 140", now=NOW,
    )  # fmt: skip

    order.refresh_from_db()
    assert order.progress == Order.Progress.SHIPPED
    left = dict(Stock.objects.filter(product__in=wanted).values_list("product", "on_hand"))
    assert left == {product.pk: Decimal(5 - quantity) for product, quantity in wanted.items()}
    assert order.lines.order_by("position")[0].sku == first.sku
    assert broken_invariants() == []
