"""Files of products into the catalog: what is written, what is left alone, and what is refused whole."""

import csv
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from apps.activity.descriptions import sentence
from apps.activity.models import Event
from apps.catalog.actions import import_catalog as importing
from apps.catalog.actions.import_catalog import IMPORT_LOCK, import_catalog
from apps.catalog.actions.import_catalog.merging import Merge
from apps.catalog.models import (
    AssortmentItem,
    AssortmentRule,
    AttributeOption,
    AttributeValue,
    Category,
    CategoryAttribute,
    CategoryText,
    Family,
    ItemNumber,
    PackLevel,
    Product,
    ProductText,
)
from apps.catalog.models.search import SearchEntry, SearchWord
from apps.catalog.tasks import index_imported
from apps.core.imports import ImportOutcome, ImportRunning
from apps.core.models import Stamp
from apps.core.sheets import SheetRefused, read_sheet
from tests.factories import NOW, SYSTEM, hear, make_category
from tests.refusals import Rows, every_row, nothing_written, refused
from tests.workbooks import bomb, workbook

pytestmark = pytest.mark.django_db

# What a change leaves behind beside itself.
TOLD = {"activity.Delivery", "activity.Event", "core.Stamp"}
HEADER = [
    "sku",
    "name",
    "name_ru",
    "category",
    "brand",
    "gtin",
    "mpn",
    "min_quantity",
    "pack_box",
    "attr:length:number:mm",
    "attr:coated:yes_no:facet",
]
ROWS = [
    ["HX-0840", "Screw", "Болт", "Fasteners > Screws", "Halden", "4006381333931", "96", "100", "100", "40", "yes"],
    ["HX-0850", "Screw M8×50", "", "Fasteners > Screws", "Halden", "4006381333948", "", "", "100", "50", "no"],
    ["NT-08", "Nut M8", "Гайка", "Fasteners > Nuts", "Muttik", "", "n|m", "50", "", "", ""],
]  # fmt: skip


def tables_changed(before: Rows) -> set[str]:
    after = every_row()
    return {label for label, key in before | after if before.get((label, key)) != after.get((label, key))}


def as_csv(header: list[str], rows: list[list[str]]) -> bytes:

    text = StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def take(header: list[str] = HEADER, rows: list[list[str]] = ROWS, **options: Any) -> ImportOutcome:
    sheet = read_sheet(BytesIO(as_csv(header, rows)))
    return import_catalog(actor=SYSTEM, columns=sheet.columns, rows=sheet, name="test.csv", now=NOW, **options)


def counts(outcome: ImportOutcome) -> tuple[int, int, int, int]:
    return outcome.created, outcome.updated, outcome.unchanged, outcome.refused


def changed(line: int, column: str, text: str) -> list[list[str]]:
    """ROWS with one cell changed; line 2 is the first of them."""
    rows = [list(row) for row in ROWS]
    rows[line - 2][HEADER.index(column)] = text
    return rows


class TestImport:
    def test_writes_what_the_file_says(self) -> None:
        assert counts(take()) == (3, 0, 0, 0)

        screw = Product.objects.get(sku="HX-0840")
        assert (screw.sku_key, screw.brand.name, screw.min_quantity) == ("HX0840", "Halden", Decimal(100))
        assert (screw.lifecycle, screw.base_unit, screw.price_per, screw.family) == ("active", "C62", 1, None)
        assert Category.objects.get_parent(screw.category).texts.get().name == "Fasteners"
        assert dict(screw.texts.values_list("language", "name")) == {"en": "Screw", "ru": "Болт"}
        assert set(screw.numbers.values_list("kind", "code")) == {("gtin", "4006381333931"), ("mpn", "96")}
        assert list(screw.packs.values_list("unit", "factor")) == [("BX", Decimal(100))]
        length, coated = screw.values.order_by("attribute__code").select_related("option")[::-1]
        assert (length.number, length.category) == (Decimal(40), screw.category)
        assert coated.option.name("ru") == "Да"
        assert set(Product.objects.get(sku="NT-08").numbers.values_list("code", flat=True)) == {"n", "m"}

    def test_a_category_uses_the_attributes_that_its_products_have(self) -> None:
        take()

        rows = CategoryAttribute.objects.order_by("position")
        assert list(rows.values_list("category__slug", "attribute__code", "is_column", "is_facet")) == [
            ("screws", "length", False, False),
            ("screws", "coated", False, True),
        ]

    def test_a_second_run_writes_nothing(self) -> None:
        take()

        with nothing_written():
            assert counts(take()) == (0, 0, 3, 0)

    def test_changes_what_differs_and_nothing_else(self) -> None:
        take()
        before = every_row()

        assert counts(take(rows=changed(2, "attr:length:number:mm", "45"))) == (0, 1, 2, 0)

        assert tables_changed(before) == {"catalog.AttributeValue", "catalog.Product", *TOLD}
        assert dict(Product.objects.values_list("sku", "version")) == {"HX-0840": 2, "HX-0850": 1, "NT-08": 1}
        assert AttributeValue.objects.get(product__sku="HX-0840", attribute__code="length").number == 45

    @pytest.mark.parametrize(
        ("column", "model"),
        [
            ("name_ru", ProductText),
            ("gtin", ItemNumber),
            ("mpn", ItemNumber),
            ("pack_box", PackLevel),
            ("attr:length:number:mm", AttributeValue),
            ("attr:coated:yes_no:facet", AttributeValue),
        ],
    )
    def test_takes_away_what_a_row_no_longer_has(self, column: str, model: Any) -> None:
        take()
        before = model.objects.count()

        assert counts(take(rows=changed(2, column, ""))) == (0, 1, 2, 0)
        assert model.objects.count() == before - 1

    def test_without_a_lead_time_a_product_is_not_bought_again(self) -> None:
        take()
        columns = ["sku", "lead_days"]

        assert counts(take(columns, [["HX-0840", "14"], ["HX-0850", ""]])) == (0, 1, 1, 0)
        assert Product.objects.get(sku="HX-0840").lead_days == 14
        assert counts(take(columns, [["HX-0840", ""]])) == (0, 1, 0, 0)
        assert Product.objects.get(sku="HX-0840").lead_days is None

    def test_leaves_alone_what_the_file_has_no_column_for(self) -> None:
        take()
        Product.objects.update(lifecycle="phase_out", lead_days=7)
        before = every_row()

        assert counts(take(["sku", "min_quantity"], [["HX-0840", "200"]])) == (0, 1, 0, 0)

        assert tables_changed(before) == {"catalog.Product", *TOLD}
        assert Product.objects.get(sku="HX-0840").min_quantity == 200
        assert Product.objects.get(sku="HX-0850").lifecycle == "phase_out"

    def test_products_that_it_does_not_name_stay(self) -> None:
        take()

        assert counts(take(rows=ROWS[:1])) == (0, 0, 1, 0)
        assert Product.objects.count() == 3

    def test_json_attributes_are_all_that_a_product_has(self) -> None:
        header = ["sku", "name", "category", "brand", "attributes"]
        row = ["HX-1", "Screw", "Screws", "Halden"]
        take(header, [[*row, '{"a": {"choice": "x"}, "b": 2, "c": "text", "d": true}']])

        assert counts(take(header, [[*row, '{"a": {"choice": "y"}, "b": 2, "d": false}']])) == (0, 1, 0, 0)

        values = {value.attribute.code: value for value in AttributeValue.objects.select_related("attribute", "option")}
        assert set(values) == {"a", "b", "d"}
        assert (values["a"].option.code, values["b"].number, values["d"].option.code) == ("y", 2, "no")

    def test_new_values_stand_in_engineering_order(self) -> None:
        header = ["sku", "name", "category", "brand", "attr:thread:choice"]
        take(header, [[f"S-{size}", "Screw", "Screws", "Halden", size] for size in ("M10", "M4", "M8")])
        take(header, [["S-M6", "Screw", "Screws", "Halden", "M6"]])
        options = AttributeOption.objects.order_by("position")

        assert [option.code for option in options] == ["M4", "M6", "M8", "M10"]

    def test_an_order_that_people_made_stays(self) -> None:
        header = ["sku", "name", "category", "brand", "attr:grit:choice"]
        take(header, [[f"S-{size}", "Disc", "Discs", "Halden", size] for size in ("40", "80")])
        AttributeOption.objects.filter(code="80").update(position=0)
        AttributeOption.objects.filter(code="40").update(position=1)
        take(header, [["S-60", "Disc", "Discs", "Halden", "60"]])

        assert [option.code for option in AttributeOption.objects.order_by("position")] == ["80", "40", "60"]

    def test_families_and_categories_have_their_texts(self) -> None:
        header = [
            "sku", "name", "category", "category_ru", "category_description", "drawing", "brand", "family",
            "family_name",
            "family_name_ru", "family_description", "family_order", "family_position",
        ]  # fmt: skip
        row = [
            "HX-1",
            "Screw",
            "Fasteners > Screws",
            "Крепёж > Болты",
            "Full thread.",
            "bolt",
            "Halden",
            "m8",
            "M8",
            "М8",
            "13 mm",
            "3",
            "40",
        ]
        take(header, [row])

        family = Family.objects.get()
        assert (family.code, family.position, family.category.slug, family.category.drawing) == (
            "m8",
            3,
            "screws",
            "bolt",
        )
        assert set(family.texts.values_list("language", "name", "description")) == {
            ("en", "M8", "13 mm"),
            ("ru", "М8", ""),
        }
        assert set(CategoryText.objects.values_list("category__slug", "language", "name", "description")) == {
            ("fasteners", "en", "Fasteners", ""), ("fasteners", "ru", "Крепёж", ""),
            ("screws", "en", "Screws", "Full thread."), ("screws", "ru", "Болты", ""),
        }  # fmt: skip
        assert Product.objects.get().family_position == 40

        seen = dict(Category.objects.values_list("slug", "version"))
        with nothing_written():
            assert counts(take(header, [row])) == (0, 0, 1, 0)
        row[header.index("category_ru")] = "Крепёж > Винты"
        row[header.index("family_name_ru")] = "М8, цинк"
        assert counts(take(header, [row])) == (0, 0, 1, 0)
        assert CategoryText.objects.filter(language="ru", name="Винты").exists()
        # Whoever has the changed ones open at the moment does not save over it.
        assert dict(Category.objects.values_list("slug", "version")) == {**seen, "screws": seen["screws"] + 1}
        assert Family.objects.get().version == family.version + 1
        assert Stamp.value_of("catalog") == 2

    def test_finds_categories_that_exist_by_their_english_names(self) -> None:
        leaf = make_category("Screws", make_category("Fasteners"))

        take()

        assert Product.objects.get(sku="HX-0840").category == leaf
        assert Category.objects.count() == 3

    def test_categories_called_alike_get_addresses_of_their_own(self) -> None:
        header = ["sku", "name", "category", "brand"]
        take(
            header,
            [
                ["A", "A", "Tools > Sets", "H"],
                ["B", "B", "Bolts > Sets", "H"],
                ["C", "C", "工具", "H"],
                ["D", "D", "阀门", "H"],
            ],
        )

        slugs = set(Category.objects.values_list("slug", flat=True))
        assert slugs == {"tools", "bolts", "sets", "bolts-sets", "category", "category-2"}

    def test_what_is_copied_from_the_category_follows_it(self) -> None:
        take()
        product = Product.objects.get(sku="HX-0840")
        rule = AssortmentRule.objects.create(effect="allow", names_products=True)
        AssortmentItem.objects.create(rule=rule, product=product, category=product.category)

        take(["sku", "category"], [["HX-0840", "Fasteners > Bolts"]])

        bolts = Category.objects.get(slug="bolts")
        assert Product.objects.get(sku="HX-0840").category == bolts
        assert set(product.values.values_list("category", flat=True)) == {bolts.pk}
        assert AssortmentItem.objects.get().category == bolts

    def test_a_successor_may_come_further_down(self) -> None:
        take([*HEADER, "successor"], [[*ROWS[0], "HX-0850"], [*ROWS[1], ""], [*ROWS[2], ""]])

        assert Product.objects.get(sku="HX-0840").successor == Product.objects.get(sku="HX-0850")

    def test_two_products_of_a_file_may_exchange_their_gtins(self) -> None:
        take()
        rows = changed(2, "gtin", "4006381333948")
        rows[1][HEADER.index("gtin")] = "4006381333931"

        assert counts(take(rows=rows)) == (0, 2, 1, 0)
        assert ItemNumber.objects.get(code="4006381333931").product.sku == "HX-0850"

    def test_search_hears_of_what_was_written_and_of_nothing_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        take()
        indexed: list[list[int]] = []
        monkeypatch.setattr(importing, "index_products", indexed.append)

        new = ["HX-0860", "Screw M8×60", "", "Fasteners > Screws", "Halden", "", "", "", "100", "60", "no"]
        take(rows=[*changed(3, "name", "Screw M8"), new])

        keys = Product.objects.filter(sku__in=["HX-0850", "HX-0860"]).values_list("pk", flat=True)
        assert [set(one) for one in indexed] == [set(keys)]

    def test_products_below_a_renamed_shelf_are_found_by_its_new_name_afterwards(self) -> None:
        take()
        take([*HEADER, "category_ru"], [[*row, "Крепёж > Болты"] for row in ROWS[:1]])
        event = Event.objects.latest("pk")
        query = {"language": "ru", "product__sku": "HX-0850", "vector": SearchQuery("Болты", config="russian")}
        assert not SearchEntry.objects.filter(**query).exists()

        hear(index_imported, event.deliveries.get())

        assert SearchEntry.objects.filter(**query).exists()

    def test_what_is_new_has_no_other_products_to_be_found_by_its_name(self) -> None:
        header = [*HEADER, "category_ru", "family", "family_name"]
        take(header, [[*ROWS[0], "Крепёж > Болты", "m8", "M8"]])

        assert Event.objects.get().payload["renamed"] == {"catalog.category_saved": [], "catalog.family_saved": []}

    def test_mistyped_words_of_new_products_are_known_afterwards(self) -> None:
        take()
        take(rows=[["WS-08", "Washer", "", "Fasteners > Washers", "Halden", "", "", "", "", "", ""]])
        assert not SearchWord.objects.filter(word="washer").exists()

        hear(index_imported, Event.objects.latest("pk").deliveries.get())

        assert SearchWord.objects.filter(word="washer", language="en").exists()

    def test_is_told_in_the_log(self) -> None:
        take()

        event = Event.objects.get()
        assert (event.name, event.subject_label, event.organization_id) == (
            "catalog.catalog_imported",
            "test.csv",
            None,
        )
        assert event.payload == {
            "created": 3,
            "updated": 0,
            "unchanged": 0,
            "refused": 0,
            "renamed": {"catalog.category_saved": [], "catalog.family_saved": []},
        }
        assert sentence(event) == "Test imported test.csv: 3 new, 0 changed, 0 refused."
        assert Stamp.value_of("catalog") == 1

    def test_a_dry_run_counts_and_writes_nothing(self) -> None:
        take()
        rows = [*changed(2, "name", "Other"), ["NEW-1", "New", "", "New shelf", "New brand", *[""] * 6]]

        with nothing_written():
            outcome = take(rows=rows, dry_run=True)

        assert counts(outcome) == (1, 1, 2, 0)
        assert not outcome.was_saved

    def test_names_the_columns_that_it_does_not_know(self) -> None:
        assert take(["sku", "name", "category", "brand", "price"], [["A", "A", "A", "A", "1.50"]]).unknown_columns == (
            "price",
        )

    def test_tells_how_far_it_is(self) -> None:
        told: list[int] = []
        rows = [[f"S-{number}", "Screw", "Screws", "Halden"] for number in range(1200)]

        take(["sku", "name", "category", "brand"], rows, progress=told.append)

        assert told == [500, 1000]
        assert Product.objects.count() == 1200

    @pytest.mark.parametrize(("rows", "planned"), [(199, "on"), (200, "off")])
    def test_a_large_file_is_never_joined_row_by_row(
        self, rows: int, planned: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The planner believes that a table is empty whose rows this transaction wrote, or which was analyzed empty."""
        seen: list[str] = []

        def setting() -> str:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('enable_nestloop')")
                return str(cursor.fetchone()[0])

        merge_values = Merge.merge_values
        monkeypatch.setattr(Merge, "merge_values", lambda merge: (seen.append(setting()), merge_values(merge)))

        take(["sku", "name", "category", "brand"], [[f"S-{n}", "Screw", "Screws", "Halden"] for n in range(rows)])

        assert seen == [planned]
        assert setting() == "on"

    def test_takes_as_many_statements_for_200_rows_as_for_800(self, django_assert_max_num_queries: Any) -> None:
        header = ["sku", "name", "category", "brand", "attr:n:number"]
        rows = [[f"S-{number}", "Screw", "Screws", "Halden", str(number)] for number in range(1000)]
        take(header, rows[:1])

        with django_assert_max_num_queries(110) as few:
            take(header, rows[1:201])
        with django_assert_max_num_queries(110) as many:
            take(header, rows[201:])

        assert len(many) == len(few)


SHELF_WITH_PRODUCTS = "“Screws” has products, so that no category can stand below it."
FAMILY_ELSEWHERE = "The family “m8” has products in another category."
FAMILY_KEPT = "This product is in the family “m8” of another category. Add a column “family”."


class TestRefusal:
    @pytest.mark.parametrize(
        ("line", "column", "text", "message"),
        [
            (3, "sku", "HX-0840", "Line 2 has the same part number."),
            (3, "sku", "hx 0840", "Line 2 has the same part number."),
            (4, "gtin", "4006381333931", "Line 2 has the same GTIN 4006381333931."),
            (4, "gtin", "04006381333931", "Line 2 has the same GTIN 04006381333931."),
            (4, "category", "Fasteners", "“Fasteners” has categories below it; products stand on the lowest ones."),
            (3, "min_quantity", "-5", "“-5” is not more than 0."),
            (2, "name", "", "This may not be empty."),
        ],
    )
    def test_one_fault_refuses_the_whole_file(self, line: int, column: str, text: str, message: str) -> None:
        with nothing_written():
            outcome = take(rows=changed(line, column, text))

        assert counts(outcome) == (0, 0, 0, 1)
        assert not outcome.was_saved
        assert [(fault.line, fault.column, fault.message) for fault in outcome.faults] == [(line, column, message)]

    @pytest.mark.parametrize(
        ("header", "row", "message"),
        [
            (["sku", "brand"], ["hx/0840", "H"], "The catalog has this part number, written “HX-0840”."),
            (["sku", "gtin"], ["NT-08", "4006381333931"], "The GTIN 4006381333931 belongs to HX-0840."),
            (["sku", "successor"], ["NT-08", "GONE-1"], "No product has the number “GONE-1”."),
            (["sku", "category"], ["NT-08", "Fasteners > Screws > Fine"], SHELF_WITH_PRODUCTS),
            (["sku", "category", "family"], ["NT-08", "Fasteners > Nuts", "m8"], FAMILY_ELSEWHERE),
            (["sku", "category"], ["HX-0840", "Fasteners > Nuts"], FAMILY_KEPT),
            (["sku", "attr:length:number:inch"], ["NT-08", "1"], "“length” is measured in “mm”, not “inch”."),
            (["name"], ["Nut"], "The file has no column “sku”."),
        ],
    )  # fmt: skip
    def test_what_the_catalog_has_speaks_against_a_row(self, header: list[str], row: list[str], message: str) -> None:
        take([*HEADER, "family"], [[*ROWS[0], "m8"], [*ROWS[1], "m8"], [*ROWS[2], ""]])

        with nothing_written():
            outcome = take(header, [row])

        assert [fault.message for fault in outcome.faults] == [message]
        assert not outcome.was_saved

    def test_a_new_product_needs_a_name_a_category_and_a_brand(self) -> None:
        with nothing_written():
            outcome = take(["sku", "name"], [["NEW-1", "New"]])

        assert [fault.column for fault in outcome.faults] == ["category", "brand"]

    def test_the_good_rows_can_be_taken_without_the_others(self) -> None:
        rows = [*changed(3, "min_quantity", "NaN"), ["HX/0840", "Twin", "", "Fasteners > Screws", "H", *[""] * 6]]

        outcome = take(rows=rows, skip_faulty=True)

        assert counts(outcome) == (2, 0, 0, 2)
        assert [fault.line for fault in outcome.faults] == [3, 5]
        assert set(Product.objects.values_list("sku", flat=True)) == {"HX-0840", "NT-08"}
        assert Event.objects.get().payload["refused"] == 2

    def test_a_row_falls_with_the_one_that_should_follow_it(self) -> None:
        header = ["sku", "name", "category", "brand", "min_quantity", "successor"]
        rows = [
            ["A", "A", "S", "H", "1", "B"],
            ["B", "B", "S", "H", "1", "C"],
            ["C", "C", "S", "H", "0", ""],
            ["D", "D", "S", "H", "1", ""],
        ]

        outcome = take(header, rows, skip_faulty=True)

        assert [fault.line for fault in outcome.faults] == [2, 3, 4]
        assert list(Product.objects.values_list("sku", flat=True)) == ["D"]

    @pytest.mark.parametrize(
        ("column", "cells", "message"),
        [
            ("category", ("Fasteners > Screws > Fine", "Fasteners > Screws > Fine"), SHELF_WITH_PRODUCTS),
            ("gtin", ("4006381333948", "4006381333931"), "The GTIN 4006381333948 belongs to HX-0850."),
        ],
    )
    def test_a_row_falls_with_the_one_that_should_make_room_for_it(
        self, column: str, cells: tuple[str, str], message: str
    ) -> None:
        take()
        rows = [["HX-0840", cells[0], ""], ["HX-0850", cells[1], "GONE-1"]]

        with nothing_written():
            outcome = take(["sku", column, "successor"], rows, skip_faulty=True)

        assert [fault.line for fault in outcome.faults] == [2, 3]
        assert outcome.faults[0].message == message

    def test_a_file_that_breaks_off_changes_nothing(self) -> None:
        sheet = read_sheet(BytesIO(as_csv(HEADER, ROWS) + b'"open'))

        with refused(SheetRefused, match="quotation mark"):
            import_catalog(actor=SYSTEM, columns=sheet.columns, rows=sheet, name="cut.csv", now=NOW)

    def test_speaks_the_reader_s_language(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("apps.core.imports.gettext", lambda text: f"[{translation.get_language()}] {text}")

        with translation.override("ru"):
            outcome = take(rows=changed(2, "name", ""))

        assert outcome.faults[0].message == "[ru] This may not be empty."

    def test_waits_for_nobody_while_another_import_runs(self) -> None:
        other = connection.get_new_connection(connection.get_connection_params())
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [IMPORT_LOCK])
            with refused(ImportRunning):
                take()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])
            assert counts(take()) == (3, 0, 0, 0)
        finally:
            other.close()


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def make(content: bytes, name: str = "catalog.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


class TestCommand:
    def test_imports_a_file_and_says_what_it_did(
        self, file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("import_catalog", str(file(as_csv([*HEADER, "price"], [[*row, "1.50"] for row in ROWS]))))

        printed = capsys.readouterr().out
        assert "3 new, 0 changed, 0 unchanged, 0 refused" in printed
        assert "left out: price" in printed

    def test_reads_xlsx_like_csv(self, file: Callable[..., Path]) -> None:
        call_command("import_catalog", str(file(workbook([HEADER, *ROWS]), "catalog.xlsx")))
        assert Product.objects.count() == 3

        with nothing_written():
            call_command("import_catalog", str(file(as_csv(HEADER, ROWS))))

    def test_a_fault_ends_it_with_1_and_a_report(
        self, file: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        report = tmp_path / "report.csv"
        rows = changed(3, "min_quantity", "=cmd|' /C calc'!A0")
        header = ["@sku" if name == "mpn" else name for name in HEADER]

        with refused(CommandError, match="Rows refused: 1") as caught:
            call_command("import_catalog", str(file(as_csv(header, rows))), report=report)

        assert caught.value.returncode == 1
        assert "Line 3, min_quantity" in capsys.readouterr().err
        with report.open(encoding="utf-8-sig", newline="") as written_report:
            assert list(csv.reader(written_report)) == [
                ["line", "column", "message"],
                [
                    "3",
                    "min_quantity",
                    "“=cmd|' /C calc'!A0” is not a number. Write it in digits with a decimal point: 1500 or 2.5.",
                ],
            ]

    def test_no_cell_of_the_report_is_a_formula(self, file: Callable[..., Path], tmp_path: Path) -> None:
        report = tmp_path / "report.csv"
        header = [*HEADER, "attr:=1+1:text"]

        with refused(CommandError):
            call_command("import_catalog", str(file(as_csv(["=1+1", *HEADER[1:]], ROWS))), report=report)
        with refused(CommandError):
            call_command("import_catalog", str(file(as_csv(header, [[*row, ""] for row in ROWS]))), report=report)

        for row in csv.reader(report.read_text(encoding="utf-8-sig").splitlines()):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)

    def test_takes_the_good_rows_if_told_to(self, file: Callable[..., Path]) -> None:
        with pytest.raises(CommandError, match="The others were taken"):
            call_command("import_catalog", str(file(as_csv(HEADER, changed(3, "sku", "---")))), skip_faulty=True)

        assert Product.objects.count() == 2

    def test_a_dry_run_says_so(self, file: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
        with nothing_written():
            call_command("import_catalog", str(file(as_csv(HEADER, ROWS))), dry_run=True)

        assert "3 new" in (printed := capsys.readouterr().out)
        assert "Dry run" in printed

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"sku|name|category|brand\nA|B|C|D\n",
            b"sku,name,sku\n1,2,3\n",
            b"sku,,name\n1,2,3\n",
            b"name,category\nA,B\n",
            b"sku,name\nA,\x81\x8d\n",
            b'sku,name\nA,"B\n',
            b"\xd0\xcf\x11\xe0 old",
            b"PK\x03\x04 broken",
            as_csv(HEADER, [*ROWS, ROWS[0]]),
            as_csv(HEADER, ROWS)[:-20],
        ],
        ids=["empty", "separator", "header twice", "header missing", "no sku", "encoding", "quotes", "xls", "zip",
             "duplicate", "cut"],
    )  # fmt: skip
    def test_a_broken_file_changes_nothing(self, content: bytes, file: Callable[..., Path]) -> None:
        with refused(CommandError, match="Nothing was changed"):
            call_command("import_catalog", str(file(content)))

    def test_a_bomb_changes_nothing(self, file: Callable[..., Path]) -> None:
        with refused(CommandError, match="Nothing was changed"):
            call_command("import_catalog", str(file(bomb(), "bomb.xlsx")))

    def test_says_that_there_is_no_file(self, tmp_path: Path) -> None:
        with refused(CommandError, match="No such file"):
            call_command("import_catalog", str(tmp_path / "gone.csv"))
