"""Placing an order of --lines lines: one transaction that checks, freezes, reserves stock and holds credit.

Everybody has ordered before in this month, and has looked at the cart, as people do.
"""

from argparse import Namespace

from django.utils import timezone

from apps.approvals.actions.submit_cart import submit_cart
from apps.orders.queries.carts import cart_of, priced_cart
from benchmarks.harness import Benchmark, Call
from benchmarks.world import Buyer, buyers

ORDERS, WARM = 120, 20


def order(buyer: Buyer) -> None:
    """An order of one line: with the first of a month its accounts are opened."""
    now = timezone.now()
    seen = cart_of(buyer.membership, buyer.fill_cart(1).uid)
    assert seen is not None  # noqa: S101  it was filled in the line above
    submit_cart(
        actor=buyer.membership,
        cart_uid=seen.uid,
        expected_version=seen.version,
        expected_total=priced_cart(seen, now).gross,
        now=now,
    )


def calls(options: Namespace) -> Benchmark:
    looked, placed = [], []
    for buyer in buyers(ORDERS):
        order(buyer)
        cart = cart_of(buyer.membership, buyer.fill_cart(options.lines).uid)
        assert cart is not None  # noqa: S101  it was filled in the line above
        total = priced_cart(cart, timezone.now()).gross
        looked.append(Call(buyer, f"/carts/{cart.uid}/"))
        placed.append(Call(buyer, f"/carts/{cart.uid}/submission/", {"version": cart.version, "expected_total": total}))
    return Benchmark(iter(placed), "approvals:submission", warm=WARM, before=looked)
