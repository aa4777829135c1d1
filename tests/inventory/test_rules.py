from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.inventory.rules import Calendar, Supply, cover, earliest_ship, first_day, in_order

OSLO = Calendar(MONDAY_TO_FRIDAY, "NO")
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (20, 21, 22, 23))
FIRST, SECOND = date(2026, 12, 1), date(2026, 12, 8)
SUPPLIES = [Supply(3, Decimal(40), SECOND), Supply(1, Decimal(31)), Supply(2, Decimal(9), FIRST)]


class TestCover:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ("31", [(1, "31")]),
            ("31.001", [(1, "31"), (2, "0.001")]),
            ("40", [(1, "31"), (2, "9")]),
            ("1000", [(1, "31"), (2, "9"), (3, "40")]),
            ("0", []),
        ],
    )
    def test_takes_stock_first_then_what_comes_by_date(self, wanted: str, expected: list[tuple[int, str]]) -> None:
        pieces = cover(Decimal(wanted), in_order(SUPPLIES))

        assert [(piece.supply.key, piece.quantity) for piece in pieces] == [(k, Decimal(q)) for k, q in expected]

    @pytest.mark.parametrize(
        ("requested", "order"),
        [(None, [1, 2, 3]), (FIRST, [1, 2, 3]), (date(2026, 12, 2), [2, 1, 3]), (date(2027, 1, 1), [2, 3, 1])],
    )
    def test_what_is_wanted_late_leaves_the_stock_to_others(self, requested: date | None, order: list[int]) -> None:
        assert [supply.key for supply in in_order(SUPPLIES, requested)] == order

    @given(st.decimals(0, 500, places=3), st.lists(st.decimals(0, 100, places=3)))
    def test_never_takes_more_than_is_wanted_or_there(self, wanted: Decimal, there: list[Decimal]) -> None:
        pieces = cover(wanted, [Supply(key, quantity) for key, quantity in enumerate(there)])

        assert sum((piece.quantity for piece in pieces), Decimal(0)) == min(wanted, sum(there, Decimal(0)))
        assert all(0 < piece.quantity <= piece.supply.quantity for piece in pieces)


class TestCalendar:
    @pytest.mark.parametrize(
        ("calendar", "day", "is_open"),
        [
            (OSLO, MONDAY, True),
            (OSLO, SATURDAY, False),
            (OSLO, date(2026, 5, 17), False),  # Constitution Day, a Sunday
            (OSLO, date(2027, 5, 17), False),  # and a Monday
            (OSLO, date(2026, 4, 2), False),  # Maundy Thursday is one in Norway,
            (Calendar(MONDAY_TO_FRIDAY, "DE"), date(2026, 4, 2), True),  # not in Germany
            (Calendar(MONDAY_TO_FRIDAY, "DE"), date(2025, 10, 3), False),
            (Calendar(MONDAY_TO_FRIDAY, "SE"), date(2025, 6, 6), False),
            (Calendar(MONDAY_TO_FRIDAY, "BE"), date(2026, 7, 21), False),
            (Calendar(MONDAY_TO_FRIDAY, "XX"), date(2026, 12, 25), True),  # no law known
            (Calendar(0b0100000, "NO"), SATURDAY, True),
            (Calendar(MONDAY_TO_FRIDAY, "NO", frozenset({MONDAY})), MONDAY, False),
        ],
    )
    def test_knows_working_days(self, calendar: Calendar, day: date, is_open: bool) -> None:
        assert calendar.is_open(day) is is_open

    def test_a_place_that_never_works_has_no_first_day(self) -> None:
        assert first_day(MONDAY, Calendar(0).is_open) is None

    @pytest.mark.parametrize(
        ("due_on", "today", "ships_on"),
        [
            (None, FRIDAY, FRIDAY),
            (None, SATURDAY, MONDAY),
            (FRIDAY, FRIDAY, MONDAY),
            (MONDAY, FRIDAY, date(2026, 11, 24)),
            (date(2026, 11, 2), FRIDAY, MONDAY),  # overdue: expected today
            (None, date(2026, 12, 24), date(2026, 12, 24)),
            (date(2026, 12, 24), FRIDAY, date(2026, 12, 28)),
        ],
    )
    def test_what_comes_leaves_on_the_next_working_day(self, due_on: date | None, today: date, ships_on: date) -> None:
        assert earliest_ship(due_on, today, OSLO) == ships_on
