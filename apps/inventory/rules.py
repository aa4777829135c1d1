"""What covers a wish, and on which days people work. Values in, values out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from holidays import country_holidays

from apps.core.weekdays import has_day

ONE_DAY = timedelta(days=1)
LONGEST_WAIT = 731


@dataclass(frozen=True, slots=True)
class Supply:
    """A free quantity, in base units. `due_on` is None for what lies in the warehouse; `key` says what it is."""

    key: int
    quantity: Decimal
    due_on: date | None = None
    warehouse_id: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """So much of one supply."""

    supply: Supply
    quantity: Decimal


def in_order(supplies: Iterable[Supply], requested_date: date | None = None) -> list[Supply]:
    """Supplies in the order in which a wish takes them: stock first, then what comes, by date.

    What is wanted later than goods come takes these first and leaves the stock to others.
    """

    def place(supply: Supply) -> tuple[int, date]:
        due_on = supply.due_on or date.min
        comes_in_time = bool(supply.due_on and requested_date and supply.due_on < requested_date)
        return (0 if comes_in_time else 1 if supply.due_on is None else 2), due_on

    return sorted(supplies, key=place)


def cover(quantity: Decimal, supplies: Iterable[Supply]) -> list[Piece]:
    """The pieces of these supplies, in their order, that make up the quantity; less when they hold less."""
    pieces = []
    for supply in supplies:
        taken = min(quantity, supply.quantity)
        if taken > 0:
            pieces.append(Piece(supply, taken))
            quantity -= taken
    return pieces


@dataclass(frozen=True)
class Calendar:
    """On which days a place works: its weekdays, less the public holidays of its country and what it closes beside."""

    weekdays: int
    country: str = ""
    closed: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, day: date) -> bool:
        return has_day(self.weekdays, day) and day not in self.closed and day not in holidays_of(self.country, day.year)


@cache
def holidays_of(country: str, year: int) -> frozenset[date]:
    """The days of the year that are public holidays in the whole country; none where its law is not known."""
    try:
        return frozenset(country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def first_day(day: date, fits: Callable[[date], bool]) -> date | None:
    """The first day from this one on that fits; None when none does within two years, so that none ever will."""
    return next((later for later in (day + ONE_DAY * n for n in range(LONGEST_WAIT)) if fits(later)), None)


def earliest_ship(due_on: date | None, today: date, calendar: Calendar) -> date | None:
    """The first working day on which goods can leave: stock today, what comes on a day the day after it.

    What should have come before today is expected today.
    """
    return first_day(today if due_on is None else max(due_on, today) + ONE_DAY, calendar.is_open)
