"""Pasting --lines rows into an empty quick order: each is found, judged, priced and promised. Meant for --lines 60."""

from argparse import Namespace

from apps.orders.actions.discard_quick_rows import discard_quick_rows
from benchmarks.harness import Benchmark, Call
from benchmarks.world import buyers, orderable

PEOPLE, WARM = 300, 40


def calls(options: Namespace) -> Benchmark:
    pasted = []
    for buyer in buyers(PEOPLE):
        discard_quick_rows(actor=buyer.membership)
        text = "\n".join(f"{product.sku}\t20" for product in orderable(options.lines, buyer.seed))
        pasted.append(Call(buyer, "/products/quick-order/rows/", {"text": text}, htmx=True))
    return Benchmark(iter(pasted), "shop:quick_rows", warm=WARM)
