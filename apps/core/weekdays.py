"""Sets of weekdays as bit masks: 1 is Monday, 2 is Tuesday, 64 is Sunday. Plain Python."""

from datetime import date

MONDAY_TO_FRIDAY = 0b0011111
EVERY_DAY = 0b1111111


def has_day(mask: int, day: date) -> bool:
    """Whether the weekday of this day is in the mask."""
    return bool(mask >> day.weekday() & 1)


def numbers_of(mask: int) -> list[int]:
    """The weekdays in the mask; 0 is Monday, as in Python."""
    return [number for number in range(7) if mask >> number & 1]
