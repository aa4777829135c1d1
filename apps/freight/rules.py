"""When goods leave, when they arrive, and what that costs. Values in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from apps.core.weekdays import has_day
from apps.inventory.rules import ONE_DAY, Calendar, first_day

WEIGHT, VALUE = "weight", "value"
PARCEL, COLLECTION = "parcel", "collection"
GRAMS = 1000


@dataclass(frozen=True)
class Timetable:
    """When one route leaves: on its weekdays, when the warehouse works, with what was ordered before the cut-off.

    The cut-off is a time of day in the warehouse's time zone; what is ordered at that very minute is too late.
    """

    warehouse: Calendar
    time_zone: str
    weekdays: int
    cut_off: time

    def leaves_on(self, day: date) -> bool:
        return has_day(self.weekdays, day) and self.warehouse.is_open(day)


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of a delivery from a weight (in kg) or a net value on."""

    basis: str
    from_value: Decimal
    price: Decimal


def next_cut_off(now: datetime, timetable: Timetable) -> datetime | None:
    """Until when to order for the next departure; None when there will be none. `now` is aware, as is this."""
    zone = ZoneInfo(timetable.time_zone)

    def at(day: date) -> datetime:
        return datetime.combine(day, timetable.cut_off, zone)

    day = first_day(now.astimezone(zone).date(), lambda day: timetable.leaves_on(day) and now < at(day))
    return at(day) if day else None


def ship_day(due_on: date | None, now: datetime, timetable: Timetable) -> date | None:
    """The day on which goods leave: with the next departure from stock, or with the first after the day they come."""
    if due_on is None:
        cut_off = next_cut_off(now, timetable)
        return cut_off.date() if cut_off else None
    today = now.astimezone(ZoneInfo(timetable.time_zone)).date()
    return first_day(max(due_on, today) + ONE_DAY, timetable.leaves_on)


def arrival(ship_on: date, transit_days: int, carriers: Sequence[Calendar], receiving: Calendar) -> date | None:
    """The day on which goods are there: so many days later on which all `carriers` drive, then the first on which the
    place receives. None when it never does."""
    day: date | None = ship_on
    for _day in range(transit_days):
        day = first_day(day + ONE_DAY, lambda day: all(calendar.is_open(day) for calendar in carriers)) if day else None
    return first_day(day, receiving.is_open) if day else None


def may_unload(kind: str, *, parcels_only: bool) -> bool:
    """Whether a place can take goods in that travel in this way: one for parcels only has no room for anything larger.

    That a place needs a tail lift, or has a forklift, excludes nothing: every pallet can come on a truck with a lift.
    """
    return not parcels_only or kind in {PARCEL, COLLECTION}


def freight_cost(rates: Iterable[Rate], *, weight_g: int, net: Decimal, free_from: Decimal | None) -> Decimal | None:
    """What a delivery costs; nothing from a net value of `free_from` on. None when no rate is for it.

    Of each basis the rate with the highest `from_value` that is reached holds; of two bases the dearer.
    """
    measures = {WEIGHT: Decimal(weight_g) / GRAMS, VALUE: net}
    steps: dict[str, Rate] = {}
    for rate in sorted(rates, key=lambda rate: rate.from_value):
        if rate.from_value <= measures[rate.basis]:
            steps[rate.basis] = rate
    if not steps:
        return None
    if free_from is not None and net >= free_from:
        return Decimal(0)
    return max(rate.price for rate in steps.values())


def postal_key(code: str) -> str:
    """A postal code as zones compare it: without spaces and hyphens, in capitals."""
    return "".join(code.split()).replace("-", "").upper()
