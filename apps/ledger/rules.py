"""Rules of limits. Values in, values out."""

from calendar import monthrange
from datetime import date
from decimal import Decimal

NONE, MONTH = "none", "month"


def period_of(day: date, period: str) -> tuple[date | None, date | None]:
    """First and last day of the period that `day` falls in; a limit without a period has neither."""
    if period == NONE:
        return None, None
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def short_by(amount: Decimal | None, used: Decimal, wanted: Decimal) -> Decimal:
    """How much of `wanted` does not fit beside what is used; 0 when all does, or when there is no limit."""
    if amount is None:
        return Decimal(0)
    return max(used + wanted - amount, Decimal(0))
