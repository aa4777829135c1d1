"""Putting one product from a table into a cart that already holds some lines."""

from argparse import Namespace
from itertools import cycle

from benchmarks.harness import Benchmark, Call
from benchmarks.world import buyers, orderable

PEOPLE = 40


def calls(options: Namespace) -> Benchmark:
    people, products = buyers(PEOPLE), orderable(20, seed=1)
    for buyer in people:
        buyer.fill_cart(options.lines)
    asked = (
        Call(people[n % len(people)], "/products/lines/", {f"q-{products[n * 7 % 20].uid}": "10"}, htmx=True)
        for n in cycle(range(2_000))
    )
    return Benchmark(asked, "shop:lines")
