"""The page of a cart of --lines lines: prices, VAT, freight, days, limits and the route are worked out each time."""

from argparse import Namespace
from itertools import cycle

from benchmarks.harness import Benchmark, Call
from benchmarks.world import buyers

PEOPLE = 20


def calls(options: Namespace) -> Benchmark:
    carts = [(buyer, buyer.fill_cart(options.lines)) for buyer in buyers(PEOPLE)]
    asked = (Call(buyer, f"/carts/{cart.uid}/") for buyer, cart in cycle(carts))
    return Benchmark(asked, "orders:cart")
