"""The page of one product."""

from argparse import Namespace
from itertools import cycle

from benchmarks.harness import Benchmark, Call
from benchmarks.world import buyers, orderable

PEOPLE = 40


def calls(_options: Namespace) -> Benchmark:
    people, products = buyers(PEOPLE), orderable(200, seed=1)
    asked = (Call(people[n % len(people)], f"/products/parts/{products[n % 200].sku}/") for n in cycle(range(2_000)))
    return Benchmark(asked, "shop:product")
