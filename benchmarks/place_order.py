"""Placing an order of --lines lines: one transaction that checks, freezes, reserves stock and holds credit.

Everybody has looked at the cart before, as people do.
"""

from argparse import Namespace

from django.utils import timezone

from apps.orders.queries.carts import cart_of, priced_cart
from benchmarks.harness import Benchmark, Call
from benchmarks.world import buyers

ORDERS, WARM = 120, 20


def calls(options: Namespace) -> Benchmark:
    looked, placed = [], []
    for buyer in buyers(ORDERS):
        cart = cart_of(buyer.membership, buyer.fill_cart(options.lines).uid)
        assert cart is not None  # noqa: S101  it was filled in the line above
        total = priced_cart(cart, timezone.now()).gross
        looked.append(Call(buyer, f"/carts/{cart.uid}/"))
        placed.append(Call(buyer, f"/carts/{cart.uid}/submission/", {"version": cart.version, "expected_total": total}))
    return Benchmark(iter(placed), "approvals:submission", warm=WARM, before=looked)
