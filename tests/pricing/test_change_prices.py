"""Prices are put into a list: what takes whose place, and what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.activity.models import Event
from apps.catalog.models import Product
from apps.pricing.actions.change_prices import (
    DaysInWrongOrder,
    NewPrice,
    NoPrice,
    PriceGone,
    PriceRefused,
    PricesOverlap,
    change_prices,
)
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.models import Price, PriceList
from tests.factories import NOW, SYSTEM, make_category, make_product
from tests.refusals import nothing_written, refused

pytestmark = pytest.mark.django_db
D = Decimal
JAN, FEB, MAR = date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)


@pytest.fixture
def book(db: None) -> PriceList:
    return save_price_list(actor=SYSTEM, name="Book", kind="base", currency="EUR", now=NOW)


@pytest.fixture
def screw(db: None) -> Product:
    return make_product(make_category("Screws"), "HX-1")


def put(book: PriceList, *prices: NewPrice, **options: Any) -> int:
    return change_prices(actor=SYSTEM, price_list=book, prices=prices, now=NOW, **options)


def rows() -> list[tuple[Any, ...]]:
    ordered = Price.objects.order_by("min_quantity", "valid_from", "pk")
    return list(ordered.values_list("min_quantity", "amount", "valid_from", "valid_until"))


def test_a_price_takes_the_place_of_the_one_of_its_slot_and_of_no_other(book: PriceList, screw: Product) -> None:
    put(book, NewPrice(screw.pk, D(1), D("1.5")), NewPrice(screw.pk, D(100), D("1.2")))
    put(book, NewPrice(screw.pk, D(1), D("0.9"), JAN, FEB))

    assert put(book, NewPrice(screw.pk, D("1.000"), D("1.6")), NewPrice(screw.pk, D(1), D("0.8"), JAN, MAR)) == 2

    assert rows() == [(1, D("0.8"), JAN, MAR), (1, D("1.6"), None, None), (100, D("1.2"), None, None)]
    assert [event.payload["prices"] for event in Event.objects.filter(name="pricing.prices_changed")] == [2, 1, 2]


def test_what_is_so_already_leaves_no_trace(book: PriceList, screw: Product) -> None:
    put(book, NewPrice(screw.pk, D(1), D("1.5")), NewPrice(screw.pk, D(1), D(1), JAN))

    with nothing_written():
        assert put(book, NewPrice(screw.pk, D(1), D("1.5000")), NewPrice(screw.pk, D(1), D(1), JAN)) == 0


def test_a_price_is_removed(book: PriceList, screw: Product) -> None:
    put(book, NewPrice(screw.pk, D(1), D("1.5")), NewPrice(screw.pk, D(100), D("1.2")))
    gone = Price.objects.get(min_quantity=100)

    assert put(book, removed=[gone.pk]) == 1
    assert rows() == [(1, D("1.5"), None, None)]
    with refused(PriceGone):
        put(book, removed=[gone.pk])


@pytest.mark.parametrize(
    ("refusal", "new"),
    [
        (NoPrice, (D(1), D("-0.01"))),
        (NoPrice, (D(0), D(1))),
        (DaysInWrongOrder, (D(1), D(1), FEB, JAN)),
        (PricesOverlap, (D(1), D(1), date(2027, 1, 31))),
        (PricesOverlap, (D(1), D(1), date(2026, 12, 1), JAN)),
        (PricesOverlap, (D(1), D(1), None, JAN)),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(
    refusal: type[PriceRefused], new: tuple[Any, ...], book: PriceList, screw: Product
) -> None:
    put(book, NewPrice(screw.pk, D(1), D("0.9"), JAN, FEB), NewPrice(screw.pk, D(1), D("0.9"), MAR))

    with refused(refusal) as caught:
        put(book, NewPrice(screw.pk, D(2), D(1)), NewPrice(screw.pk, *new))

    assert caught.value.place == 1


def test_days_that_meet_and_other_quantities_do_not_overlap(book: PriceList, screw: Product) -> None:
    first = NewPrice(screw.pk, D(1), D("0.9"), JAN, date(2027, 1, 31))
    put(book, first, NewPrice(screw.pk, D(1), D("0.8"), FEB), NewPrice(screw.pk, D(10), D("0.7"), JAN))

    assert Price.objects.count() == 3
