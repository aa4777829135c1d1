"""Quantities that come to a drawn sum."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.utils.timezone import localdate

from apps.catalog.models import Product
from apps.catalog.queries.tree import catalog_tree
from apps.core.money import line_net
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from apps.pricing.queries import Quote, price_chain, quote_prices

# How many times its minimum at most is bought of a product that stands alone, and of each of many.
ALONE, AMONG_MANY = 400, 24
CENTS = 100
T = TypeVar("T")


def amounting_to(
    buyer: Membership, pool: Sequence[Product], lines: int, total: str, now: datetime
) -> dict[Product, Decimal]:
    """So many products of the pool, each in a quantity that can be ordered, that cost this buyer exactly `total` net.

    :raises ValueError: the pool cannot come to it.
    """
    least = {product: max(product.min_quantity, product.order_multiple) for product in pool}
    quotes = quote_prices(price_chain(buying_context(buyer), localdate(now)), catalog_tree(), least, localdate(now))
    most = max(ALONE // lines, AMONG_MANY)
    costs = {product: _costs(quote, least[product], most) for product in pool if (quote := quotes[product.pk])}
    times = choose(costs, lines, int(Decimal(total) * CENTS))
    return {product: least[product] * number for product, number in times.items()}


def choose(costs: Mapping[T, Sequence[int]], lines: int, target: int) -> dict[T, int]:
    """So many of these with how many times of each, so that they cost the target.

    `costs` are for once, twice and so on, in cents.

    :raises ValueError: there is no such choice among those of about the same cost.
    """
    share = target // lines
    able = sorted(
        (key for key in costs if costs[key][0] <= share),
        key=lambda key: (costs[key][-1] < share, abs(costs[key][0] * 4 - share)),
    )
    for start in range(len(able) - lines + 1):
        chosen = able[start : start + lines]
        # One bit for each sum that those so far can come to.
        reached = [1]
        for key in chosen:
            sums = 0
            for cost in costs[key]:
                sums |= reached[-1] << cost
            reached.append(sums & ((1 << (target + 1)) - 1))
        if reached[-1] >> target & 1:
            return _walk_back(costs, chosen, reached, target)
    raise ValueError(target)


def _walk_back(
    costs: Mapping[T, Sequence[int]], chosen: Sequence[T], reached: Sequence[int], left: int
) -> dict[T, int]:
    share, found = left // len(chosen), {}
    for key, before in reversed(list(zip(chosen, reached, strict=False))):
        able = [n for n, cost in enumerate(costs[key]) if cost <= left and before >> (left - cost) & 1]
        # As near to an even share as it goes.
        number = min(able, key=lambda n: abs(costs[key][n] - share))
        found[key] = number + 1
        left -= costs[key][number]
    return dict(reversed(found.items()))


def _costs(quote: Quote, least: Decimal, most: int) -> list[int]:
    costs = []
    for times in range(1, most + 1):
        quantity = least * times
        amount = [price for start, price in quote.breaks if start <= quantity] or [quote.amount]
        costs.append(int(line_net(quantity, amount[-1], quote.price_per, quote.currency) * CENTS))
    return costs
