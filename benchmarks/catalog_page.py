"""A page of a category with the company's own prices, stock and days: the page that is opened most."""

from argparse import Namespace
from itertools import cycle

from apps.catalog.models import Category
from benchmarks.harness import Benchmark, Call
from benchmarks.world import buyers

PEOPLE = 40


def calls(options: Namespace) -> Benchmark:
    people = buyers(PEOPLE)
    if options.holding:
        for buyer in people:
            buyer.fill_cart(options.holding)
    slugs = list(Category.objects.filter(depth=3).order_by("-path").values_list("slug", flat=True)[:50])
    asked = (Call(people[n % len(people)], f"/products/{slugs[n * 7 % len(slugs)]}/") for n in cycle(range(2_000)))
    return Benchmark(asked, "shop:category")
