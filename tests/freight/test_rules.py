from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.core.weekdays import EVERY_DAY, MONDAY_TO_FRIDAY
from apps.freight.rules import (
    Rate,
    Timetable,
    arrival,
    freight_cost,
    may_unload,
    next_cut_off,
    postal_key,
    ship_day,
)
from apps.inventory.rules import Calendar

WEEKDAYS = MONDAY_TO_FRIDAY
NORWAY, GERMANY = Calendar(WEEKDAYS, "NO"), Calendar(WEEKDAYS, "DE")
EVERY_WORKING_DAY = Timetable(NORWAY, "Europe/Oslo", WEEKDAYS, time(14))
TUESDAYS_AND_FRIDAYS = Timetable(NORWAY, "Europe/Oslo", 0b0010010, time(14))


def at(text: str, zone: str = "Europe/Oslo") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


class TestNextCutOff:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2026-11-23 13:59:59", "2026-11-23 14:00"),  # just before
            ("2026-11-23 14:00:00", "2026-11-24 14:00"),  # at it is too late
            ("2026-11-23 14:00:01", "2026-11-24 14:00"),
            ("2026-11-20 15:00", "2026-11-23 14:00"),  # Friday afternoon
            ("2026-11-21 09:00", "2026-11-23 14:00"),  # Saturday
            ("2026-04-01 15:00", "2026-04-07 14:00"),  # Maundy Thursday to Easter Monday
            ("2026-12-24 15:00", "2026-12-28 14:00"),  # Christmas falls on a Friday
        ],
    )
    def test_is_the_next_departure_that_can_still_be_reached(self, now: str, expected: str) -> None:
        assert next_cut_off(at(now), EVERY_WORKING_DAY) == at(expected)

    @pytest.mark.parametrize(
        ("now", "expected"),
        [("2026-11-23 09:00", "2026-11-24"), ("2026-11-24 14:00", "2026-11-27"), ("2026-11-27 14:30", "2026-12-01")],
    )
    def test_follows_the_weekdays_of_the_route(self, now: str, expected: str) -> None:
        assert next_cut_off(at(now), TUESDAYS_AND_FRIDAYS) == at(f"{expected} 14:00")

    def test_is_a_time_of_the_warehouse(self) -> None:
        tokyo = Timetable(Calendar(WEEKDAYS, "JP"), "Asia/Tokyo", WEEKDAYS, time(9))

        # Monday 01:00 in Oslo is 09:00 in Tokyo, which is too late; a minute before is not.
        assert next_cut_off(at("2026-11-24 01:00"), tokyo) == at("2026-11-25 09:00", "Asia/Tokyo")
        assert next_cut_off(at("2026-11-24 00:59"), tokyo) == at("2026-11-24 09:00", "Asia/Tokyo")

    @pytest.mark.parametrize(
        ("now", "utc"),
        [
            ("2026-03-27 15:00", "2026-03-30 12:00"),  # clocks go forward on Sunday
            ("2026-10-23 15:00", "2026-10-26 13:00"),  # and back
        ],
    )
    def test_stays_at_its_local_hour_when_clocks_change(self, now: str, utc: str) -> None:
        assert next_cut_off(at(now), EVERY_WORKING_DAY) == at(utc, "UTC")

    def test_minds_the_closed_days_of_the_warehouse(self) -> None:
        closed = Calendar(WEEKDAYS, "NO", frozenset({date(2026, 11, 23), date(2026, 11, 24)}))
        timetable = Timetable(closed, "Europe/Oslo", WEEKDAYS, time(14))

        assert next_cut_off(at("2026-11-23 08:00"), timetable) == at("2026-11-25 14:00")

    def test_is_nothing_when_it_leaves_only_while_the_warehouse_rests(self) -> None:
        assert next_cut_off(at("2026-11-23 08:00"), Timetable(NORWAY, "Europe/Oslo", 0b1000000, time(14))) is None


class TestShipDay:
    @pytest.mark.parametrize(
        ("due_on", "expected"),
        [
            (None, date(2026, 11, 24)),
            (date(2026, 11, 24), date(2026, 11, 27)),  # what comes on a day leaves after it
            (date(2026, 11, 27), date(2026, 12, 1)),
            (date(2026, 11, 2), date(2026, 11, 24)),  # overdue
        ],
    )
    def test_is_the_first_departure_with_the_goods(self, due_on: date | None, expected: date) -> None:
        assert ship_day(due_on, at("2026-11-23 09:00"), TUESDAYS_AND_FRIDAYS) == expected


class TestArrival:
    @pytest.mark.parametrize(
        ("ships", "transit", "expected"),
        [
            ("2026-11-23", 0, "2026-11-23"),
            ("2026-11-23", 2, "2026-11-25"),
            ("2026-11-26", 2, "2026-11-30"),  # over the weekend
            ("2026-05-13", 1, "2026-05-15"),  # Ascension, in both countries
            ("2026-05-15", 1, "2026-05-18"),
            ("2027-05-14", 1, "2027-05-18"),  # Constitution Day is Whit Monday, too
            ("2026-04-30", 1, "2026-05-04"),
            ("2025-10-02", 1, "2025-10-06"),  # German Unity, a Friday: closed there though not in Norway
        ],
    )
    def test_counts_days_on_which_both_countries_work(self, ships: str, transit: int, expected: str) -> None:
        day = arrival(date.fromisoformat(ships), transit, [NORWAY, GERMANY], Calendar(WEEKDAYS, "DE"))

        assert day == date.fromisoformat(expected)

    @pytest.mark.parametrize(
        ("mask", "expected"),
        [(WEEKDAYS, date(2026, 11, 24)), (0b0000101, date(2026, 11, 25)), (0b1000000, date(2026, 11, 29))],
    )
    def test_waits_for_a_day_on_which_the_place_receives(self, mask: int, expected: date) -> None:
        assert arrival(date(2026, 11, 23), 1, [NORWAY], Calendar(mask, "NO")) == expected

    def test_a_place_that_never_receives_gets_nothing(self) -> None:
        assert arrival(date(2026, 11, 23), 1, [NORWAY], Calendar(0, "NO")) is None
        assert arrival(date(2026, 11, 23), 1, [Calendar(0)], Calendar(EVERY_DAY)) is None


class TestFreightCost:
    RATES = (
        Rate("weight", Decimal(0), Decimal(12)),
        Rate("weight", Decimal(30), Decimal(38)),
        Rate("value", Decimal(1000), Decimal(20)),
    )

    @pytest.mark.parametrize(
        ("weight_g", "net", "free_from", "expected"),
        [
            (0, "10", None, "12"),
            (29_999, "10", None, "12"),
            (30_000, "10", None, "38"),
            (29_999, "1000", None, "20"),  # the dearer of both
            (29_999, "2499.99", "2500", "20"),
            (29_999, "2500", "2500", "0"),
            (29_999, "0", "0", "0"),
        ],
    )
    def test_is_the_highest_step_that_is_reached(
        self, weight_g: int, net: str, free_from: str | None, expected: str
    ) -> None:
        limit = Decimal(free_from) if free_from else None

        assert freight_cost(self.RATES, weight_g=weight_g, net=Decimal(net), free_from=limit) == Decimal(expected)

    def test_is_unknown_without_a_rate(self) -> None:
        assert freight_cost(self.RATES[1:], weight_g=10, net=Decimal(10), free_from=Decimal(1)) is None


@pytest.mark.parametrize(
    ("kind", "fits"), [("parcel", True), ("collection", True), ("pallet", False), ("truck", False)]
)
def test_a_place_for_parcels_takes_nothing_larger_in(kind: str, fits: bool) -> None:
    assert may_unload(kind, parcels_only=True) is fits
    assert may_unload(kind, parcels_only=False)


@pytest.mark.parametrize(("code", "key"), [("115 20", "11520"), ("1234-ab", "1234AB"), (" 0150 ", "0150")])
def test_postal_codes_compare_without_spaces(code: str, key: str) -> None:
    assert postal_key(code) == key
