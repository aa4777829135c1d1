"""What is held of an order of which less comes is the gross total of an order of just that."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import line_net
from apps.orders.models import Order, OrderLine
from apps.orders.queries.orders import still_owed
from apps.pricing.rules import Taxable, tax_basket

D = Decimal
RATES = st.sampled_from([("S", D("0.25")), ("S", D("0.15")), ("Z", D(0))])
LINES = st.lists(
    st.tuples(st.integers(1, 999), st.integers(0, 999), st.decimals(D("0.0001"), D(500), places=4), RATES),
    min_size=1,
    max_size=8,
)


def taxables(lines: list[OrderLine], freight: Decimal) -> list[Taxable]:
    nets = [line_net(row.quantity - row.cancelled, row.unit_price, 1, "EUR") for row in lines]
    goods = [Taxable(net, row.tax_category, row.tax_rate) for net, row in zip(nets, lines, strict=True)]
    return [*goods, Taxable(freight, "S", D("0.25"))]


@given(LINES, st.decimals(0, 200, places=2))
def test_it_is_the_gross_of_an_order_of_what_is_left(rows: list[Any], freight: Decimal) -> None:
    lines = [
        OrderLine(
            quantity=D(quantity), cancelled=D(0), unit_price=price, price_per=1, tax_category=category, tax_rate=rate,
            net=line_net(D(quantity), price, 1, "EUR"),
        )
        for quantity, _gone, price, (category, rate) in rows
    ]  # fmt: skip
    groups, _shares = tax_basket(taxables(lines, freight), "EUR")
    order = Order(
        currency="EUR",
        tax_groups=[
            {"category": row.category, "rate": str(row.rate), "net": str(row.net)} for row in groups if row.net
        ],
    )
    whole = sum((row.net + row.tax for row in groups), D(0))
    owed = still_owed(order, lines)
    assert (owed.goods_net, owed.gross) == (sum((line.net for line in lines), D(0)), whole)
    assert owed.freight_net == freight

    for line, (quantity, gone, *_facts) in zip(lines, rows, strict=True):
        line.cancelled = D(min(quantity, gone))
    left, _shares = tax_basket(taxables(lines, freight), "EUR")
    gross = sum((row.net + row.tax for row in left), D(0))

    is_anything_left = any(line.quantity > line.cancelled for line in lines)
    assert still_owed(order, lines).gross == (gross if is_anything_left else 0)
    assert gross <= whole
