"""Files of prices into a list: what is written, what is left alone, and what is refused whole."""

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.activity.descriptions import sentence
from apps.activity.models import Event
from apps.catalog.models import Product
from apps.core.imports import ImportOutcome, ImportRunning
from apps.core.models import Stamp
from apps.core.sheets import read_sheet
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.actions.import_prices import IMPORT_LOCK, import_prices
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.models import Price, PriceList
from tests.factories import NOW, SYSTEM, make_category, make_product
from tests.refusals import nothing_written, refused
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
D = Decimal
HEADER = ["sku", "min_quantity", "price", "valid_from", "valid_until"]
ROWS = [
    ["HX-1", "", "1,5", "", ""],
    ["hx 1", "100", "1.25", "", ""],
    ["HX-1", "", "0.9", "2027-01-01", "2027-01-31"],
    ["NT-1", "1", "12.3456", "", ""],
]


@pytest.fixture
def screw(db: None) -> Product:
    shelf = make_category("Fasteners")
    make_product(shelf, "NT-1", price_per=100)
    return make_product(shelf, "HX-1")


@pytest.fixture
def book(screw: Product) -> PriceList:
    return save_price_list(actor=SYSTEM, name="Book 2027", kind="base", currency="EUR", now=NOW)


def as_csv(rows: Iterable[list[str]], header: list[str] = HEADER) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def take(
    book: PriceList, rows: Iterable[list[str]] = ROWS, header: list[str] = HEADER, **options: Any
) -> ImportOutcome:
    sheet = read_sheet(BytesIO(as_csv(rows, header)))
    return import_prices(actor=SYSTEM, price_list=book, columns=sheet.columns, rows=sheet, now=NOW, **options)


def counts(outcome: ImportOutcome) -> tuple[int, int, int, int]:
    return outcome.created, outcome.updated, outcome.unchanged, outcome.refused


def prices() -> list[tuple[Any, ...]]:
    rows = Price.objects.order_by("product__sku", "min_quantity", "-valid_from")
    return list(rows.values_list("product__sku", "min_quantity", "amount", "valid_from", "valid_until"))


class TestImport:
    def test_puts_the_prices_of_a_file_into_the_list(self, book: PriceList) -> None:
        assert counts(take(book, name="book.csv")) == (4, 0, 0, 0)

        assert prices() == [
            ("HX-1", 1, D("1.5"), None, None),
            ("HX-1", 1, D("0.9"), date(2027, 1, 1), date(2027, 1, 31)),
            ("HX-1", 100, D("1.25"), None, None),
            ("NT-1", 1, D("12.3456"), None, None),
        ]
        event = Event.objects.get(name="pricing.prices_imported")
        assert sentence(event) == "Test imported prices into Book 2027: 4 new, 0 changed, 0 refused."
        assert Stamp.value_of("prices") == 2

    def test_a_second_run_writes_nothing(self, book: PriceList) -> None:
        take(book)

        with nothing_written():
            assert counts(take(book)) == (0, 0, 4, 0)

    def test_changes_what_differs_and_leaves_what_is_not_named(self, book: PriceList, screw: Product) -> None:
        take(book)
        rows = [["HX-1", "1", "1.6"], ["HX-1", "500", "1.1"]]

        assert counts(take(book, rows, HEADER[:3])) == (1, 1, 0, 0)
        assert [row[2] for row in prices()] == [D("1.6"), D("0.9"), D("1.25"), D("1.1"), D("12.3456")]

    def test_what_changes_by_hand_is_what_a_file_changes(self, book: PriceList, screw: Product) -> None:
        """Both know the same slots."""
        take(book)
        new = [
            NewPrice(screw.pk, D(1), D("1.5")),
            NewPrice(screw.pk, D(1), D("0.9"), date(2027, 1, 1), date(2027, 1, 31)),
        ]

        assert change_prices(actor=SYSTEM, price_list=book, prices=new, now=NOW) == 0

    def test_the_last_day_of_one_may_move_to_make_room_for_the_next(self, book: PriceList) -> None:
        take(book)
        rows = [["HX-1", "", "0.9", "2027-01-01", "2027-01-15"], ["HX-1", "", "0.8", "2027-01-16", ""]]

        assert counts(take(book, rows)) == (1, 1, 0, 0)

    def test_another_list_is_not_touched(self, book: PriceList) -> None:
        other = save_price_list(actor=SYSTEM, name="Other", kind="list", currency="EUR", now=NOW)
        take(book)

        assert counts(take(other)) == (4, 0, 0, 0)
        assert book.prices.count() == 4


REFUSED = [
    (["HX-9", "", "1", "", ""], "sku", "No product has the number “HX-9”."),
    (["–", "", "1", "", ""], "sku", "No product has the number “–”."),
    (["", "", "1", "", ""], "sku", "This may not be empty."),
    (["HX-1", "5", "", "", ""], "price", "This may not be empty."),
    (["HX-1", "5", "-1", "", ""], "price", "“-1” is below 0."),
    (["HX-1", "5", "1,500", "", ""], "price", "“1,500” is not a number"),
    (["HX-1", "5", "1.23456", "", ""], "price", "more than 4 decimals"),
    (["HX-1", "0", "1", "", ""], "min_quantity", "“0” is not more than 0."),
    (["HX-1", "5", "1", "31.12.2026", ""], "valid_from", "is not a day"),
    (["HX-1", "5", "1", "2026-02-30", ""], "valid_from", "is not a day"),
    (["HX-1", "5", "1", "2027-02-01", "2027-01-01"], "valid_until", "before the first"),
    (["hx1", "1.0", "2", "", ""], "sku", "Line 2 has a price for the same product, quantity and first day."),
    (["HX-1", "", "2", "2027-01-31", ""], "valid_from", "Line 4 has another price for some of these days."),
    (["HX-1", "100", "2", "2028-01-15", ""], "valid_from", "from 2028-01-01 until 2028-12-31"),
    (["HX-1", "5", "1"], "", "This row has 3 cells, the header has 5."),
]


class TestRefusal:
    @pytest.mark.parametrize(("row", "column", "message"), REFUSED)
    def test_one_fault_refuses_the_file_and_is_told_at_its_cell(
        self, row: list[str], column: str, message: str, book: PriceList, screw: Product
    ) -> None:
        known = NewPrice(screw.pk, D(100), D(1), date(2028, 1, 1), date(2028, 12, 31))
        change_prices(actor=SYSTEM, price_list=book, prices=[known], now=NOW)

        with nothing_written():
            outcome = take(book, [*ROWS, row])

        [fault] = outcome.faults
        assert (fault.line, fault.column) == (6, column)
        assert message in fault.message
        assert counts(outcome) == (0, 0, 0, 1)
        assert not outcome.was_saved

    def test_the_good_rows_are_taken_when_asked_for(self, book: PriceList) -> None:
        assert counts(take(book, [*ROWS, REFUSED[0][0]], skip_faulty=True)) == (4, 0, 0, 1)
        assert Price.objects.count() == 4

    @pytest.mark.parametrize(
        ("column", "cell", "message"),
        [
            ("currency", "NOK", "“NOK” is not one of: EUR."),
            ("price_per", "100", "This product is priced for 1 units, not for 100."),
        ],
    )
    def test_currency_and_price_unit_must_be_those_of_list_and_product(
        self, column: str, cell: str, message: str, book: PriceList
    ) -> None:
        good = {"currency": "eur", "price_per": "1"}[column]
        header = ["sku", "price", column]

        with nothing_written():
            outcome = take(book, [["HX-1", "1", cell]], header)

        assert [fault.message for fault in outcome.faults] == [message]
        assert counts(take(book, [["HX-1", "1", good]], header)) == (1, 0, 0, 0)

    def test_a_file_without_prices_is_none(self, book: PriceList) -> None:
        with nothing_written():
            outcome = take(book, [["HX-1", "x"]], ["SKU", "Note"])

        assert [fault.message for fault in outcome.faults] == ["The file has no column “price”."]
        assert outcome.unknown_columns == ("Note",)

    def test_a_dry_run_counts_and_keeps_nothing(self, book: PriceList) -> None:
        with nothing_written():
            outcome = take(book, dry_run=True)

        assert (counts(outcome), outcome.was_saved) == ((4, 0, 0, 0), False)


@pytest.mark.django_db(transaction=True)
def test_one_import_runs_at_a_time(book: PriceList) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [IMPORT_LOCK])
        with refused(ImportRunning):
            take(book)
    finally:
        other.close()


class TestCommand:
    def test_takes_a_workbook_and_says_what_it_did(
        self, book: PriceList, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "book.xlsx"
        path.write_bytes(workbook([["SKU", "Price", "Valid_from"], ["HX-1", 1.5, ""], ["NT-1", "12", "2027-01-01"]]))

        call_command("import_prices", str(path), list="Book 2027")

        assert "2 new, 0 changed, 0 unchanged, 0 refused" in capsys.readouterr().out
        assert Price.objects.filter(valid_from=date(2027, 1, 1)).count() == 1

    def test_writes_the_faults_into_a_report(self, book: PriceList, tmp_path: Path) -> None:
        path, report = tmp_path / "book.csv", tmp_path / "faults.csv"
        path.write_bytes(as_csv([["=HX", "", "1", "", ""], ["HX-1", "", "2", "", ""]]))

        with refused(CommandError, match="Nothing was changed"):
            call_command("import_prices", str(path), list="Book 2027", report=report)

        assert report.read_text(encoding="utf-8-sig").splitlines()[1] == "2,sku,No product has the number “=HX”."

    def test_needs_a_list_that_there_is(self, book: PriceList, tmp_path: Path) -> None:
        path = tmp_path / "book.csv"
        path.write_bytes(as_csv(ROWS))

        with refused(CommandError, match="but: Book 2027"):
            call_command("import_prices", str(path), list="Book")
