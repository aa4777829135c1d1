"""The rows of a quick order: each person's own, kept as typed until they are in the cart."""

from decimal import Decimal
from uuid import uuid4

import pytest

from apps.orders.actions.add_lines import QuantityRefused, WantedLine
from apps.orders.actions.add_quick_rows import add_quick_rows
from apps.orders.actions.change_quick_row import QuickRowGone, change_quick_row
from apps.orders.actions.discard_quick_rows import discard_quick_rows
from apps.orders.actions.save_quick_rows import MOST_ROWS, TooManyQuickRows, save_quick_rows
from apps.orders.queries.quick import quick_rows
from apps.orgs.models import Membership
from tests.factories import NOW, Market, open_market
from tests.refusals import refused

D = Decimal


@pytest.fixture
def market(db: None) -> Market:
    return open_market()


def typed(member: Membership) -> list[tuple[str, str]]:
    return [(row.number, row.quantity) for row in quick_rows(member)]


def test_rows_are_kept_in_order_and_are_nobody_else_s(mira: Membership, lena: Membership, gus: Membership) -> None:
    save_quick_rows(actor=mira, rows=[("HX-1", "4"), ("", "2")], now=NOW)
    save_quick_rows(actor=mira, rows=[("HX-2", "")], now=NOW)

    assert typed(mira) == [("HX-1", "4"), ("", "2"), ("HX-2", "")]
    assert [row.position for row in quick_rows(mira)] == [1, 2, 3]
    assert typed(lena) == typed(gus) == []


def test_there_is_room_for_so_many(mira: Membership) -> None:
    save_quick_rows(actor=mira, rows=[("HX-1", "4")], now=NOW)

    with refused(TooManyQuickRows):
        save_quick_rows(actor=mira, rows=[("HX-2", "1")] * MOST_ROWS, now=NOW)


def test_a_row_is_changed_and_takes_its_twins_with_it(mira: Membership, market: Market) -> None:
    rows = save_quick_rows(actor=mira, rows=[("HX-1", "4"), ("HX-1", "5"), ("HX-2", "1")], now=NOW)

    change_quick_row(
        actor=mira, uid=rows[0].uid, number="HX-9", quantity="9", chosen=market.screw, folded=[rows[1].uid]
    )

    assert typed(mira) == [("HX-9", "9"), ("HX-2", "1")]
    assert quick_rows(mira)[0].chosen == market.screw


def test_nobody_changes_or_discards_another_s(mira: Membership, lena: Membership, gus: Membership) -> None:
    [row] = save_quick_rows(actor=mira, rows=[("HX-1", "4")], now=NOW)

    for other in (lena, gus):
        with refused(QuickRowGone):
            change_quick_row(actor=other, uid=row.uid, number="X", quantity="1")
        assert discard_quick_rows(actor=other, uids=[row.uid]) == 0
        assert discard_quick_rows(actor=other) == 0
    with refused(QuickRowGone):
        change_quick_row(actor=mira, uid=uuid4(), number="X", quantity="1")

    assert typed(mira) == [("HX-1", "4")]


def test_discards_some_or_all(mira: Membership) -> None:
    rows = save_quick_rows(actor=mira, rows=[("HX-1", "4"), ("HX-2", "5"), ("HX-3", "6")], now=NOW)

    assert discard_quick_rows(actor=mira, uids=[rows[1].uid]) == 1
    assert typed(mira) == [("HX-1", "4"), ("HX-3", "6")]
    assert discard_quick_rows(actor=mira) == 2
    assert typed(mira) == []


class TestAddQuickRows:
    def test_ready_rows_go_and_open_ones_stay(self, mira: Membership, market: Market) -> None:
        rows = save_quick_rows(actor=mira, rows=[("HX", "40"), ("HX", "10"), ("??", "1")], now=NOW)

        cart = add_quick_rows(
            actor=mira, lines={rows[0].uid: WantedLine(market.screw, D(50))}, folded=[rows[1].uid], now=NOW
        )

        assert [(line.product, line.quantity) for line in cart.lines.all()] == [(market.screw, D(50))]
        assert typed(mira) == [("??", "1")]

    def test_a_row_is_never_added_twice(self, mira: Membership, market: Market) -> None:
        rows = save_quick_rows(actor=mira, rows=[("HX", "40"), ("GL", "1")], now=NOW)
        lines = {rows[0].uid: WantedLine(market.screw, D(40))}
        add_quick_rows(actor=mira, lines=lines, now=NOW)

        with refused(QuickRowGone):
            add_quick_rows(actor=mira, lines={**lines, rows[1].uid: WantedLine(market.gloves, D(1))}, now=NOW)

    def test_what_cannot_be_ordered_takes_nothing_along(self, mira: Membership, market: Market) -> None:
        rows = save_quick_rows(actor=mira, rows=[("HX", "40"), ("GL", "0.5")], now=NOW)

        with refused(QuantityRefused):
            add_quick_rows(
                actor=mira,
                lines={
                    rows[0].uid: WantedLine(market.screw, D(40)),
                    rows[1].uid: WantedLine(market.gloves, D("0.5")),
                },
                now=NOW,
            )
