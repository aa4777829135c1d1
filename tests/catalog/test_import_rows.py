"""One row of a catalog file: what it says, and everything that can be wrong with it."""

from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.models import Attribute, Product
from apps.catalog.models.products import BASE_UNITS, PACK_UNITS
from apps.catalog.rules import AttributeSpec, CatalogReader, CatalogRow, natural_key, read_columns
from apps.catalog.rules import columns as known
from apps.core.cells import RowFault

GOOD = {"sku": "HX-1", "name": "Screw", "category": "Fasteners > Screws", "brand": "Halden"}
SPECS = {"length": AttributeSpec("length", "number", "mm"), "thread": AttributeSpec("thread", "choice")}


def judge(
    cells: dict[str, str], *others: dict[str, str], specs: dict[str, AttributeSpec] = SPECS
) -> CatalogRow | list[RowFault]:
    """The verdict on the last of these rows; all have the columns of any."""
    rows = [GOOD | row for row in (cells, *others)]
    header = list(dict.fromkeys(name for row in rows for name in row))
    columns, faults = read_columns(header)
    assert faults == []
    reader = CatalogReader(columns, specs)
    verdicts = [reader.judge(line, row, len(header)) for line, row in enumerate(rows, start=2)]
    return verdicts[-1]


def read(**cells: str) -> CatalogRow:
    row = judge(cells)
    assert isinstance(row, CatalogRow), row
    return row


def faults(cells: dict[str, str], *others: dict[str, str]) -> list[tuple[str, str]]:
    found = judge(cells, *others)
    assert isinstance(found, list), found
    return [(fault.column, fault.message % fault.words) for fault in found]


class TestVocabulary:
    """The rules know no Django; these hold their words equal to the models and settings."""

    def test_equals_the_models(self) -> None:
        assert {code for code, _label in BASE_UNITS} == set(known.BASE_UNITS)
        assert {code for code, _label in PACK_UNITS} == set(known.PACKS.values())
        assert set(Product.Lifecycle.values) == set(known.LIFECYCLES)
        assert set(Product.TaxClass.values) == set(known.TAX_CLASSES)
        assert set(Attribute.Kind.values) == set(known.KINDS)
        assert tuple(code for code, _label in settings.LANGUAGES) == known.LANGUAGES


class TestColumns:
    def test_finds_what_it_knows_in_any_case_and_names_the_rest(self) -> None:
        columns, found = read_columns([" SKU ", "Name_RU", "price", "attr:length:number:mm:column"])

        assert found == []
        assert columns.languages("name") == {"ru": "name_ru"}
        assert columns.names["name_ru"] == "Name_RU"
        assert columns.unknown == ("price",)
        assert columns.attributes["attr:length:number:mm:column"].spec == AttributeSpec("length", "number", "mm")

    @pytest.mark.parametrize(
        ("name", "unit", "is_column", "is_facet"),
        [
            ("attr:a:number", "", False, False),
            ("attr:a:number:mm", "mm", False, False),
            ("attr:a:number::facet", "", False, True),
            ("attr:a:choice:column:facet", "", True, True),
            ("ATTR:a:text:facet", "", False, True),
        ],
    )
    def test_reads_the_column_of_an_attribute(self, name: str, unit: str, is_column: bool, is_facet: bool) -> None:
        columns, found = read_columns(["sku", name])

        assert found == []
        attribute = columns.attributes[name]
        assert (attribute.spec.unit, attribute.is_column, attribute.is_facet) == (unit, is_column, is_facet)

    @pytest.mark.parametrize("name", ["attr:a", "attr:a:length", "attr:A B:text", "attr:a:number:mm:facet:column"])
    def test_refuses_a_column_that_it_cannot_read(self, name: str) -> None:
        assert [fault.column for fault in read_columns(["sku", name])[1]] == [name]

    def test_needs_the_part_number(self) -> None:
        assert [fault.column for fault in read_columns(["name"])[1]] == ["sku"]

    def test_refuses_an_attribute_twice(self) -> None:
        assert len(read_columns(["sku", "attr:a:text", "attr:a:number"])[1]) == 1

    def test_refuses_a_kind_or_unit_that_the_catalog_has_otherwise(self) -> None:
        columns, _none = read_columns(["sku", "attr:length:number:cm", "attr:thread:text"])
        found = CatalogReader(columns, SPECS).header_faults

        assert [fault.message % fault.words for fault in found] == [
            "“length” is measured in “mm”, not “cm”.",
            "“thread” is of the kind choice, not text.",
        ]


class TestRow:
    def test_says_everything_of_a_product(self) -> None:
        row = read(
            name_ru="Болт",
            description="Line 1\r\nline 2",
            family="hx-m8",
            family_name="M8",
            min_quantity="100",
            order_multiple="2.5",
            weight_g="19",
            lead_days="14",
            base_unit="c62",
            mpn="0096 8 40 | X",
            gtin="4006381333931",
            pack_box="100",
            pack_pallet="48000",
            successor="HX-2",
            **{"attr:length:number:mm": "40", "attr:coated:yes_no": "Yes", "attr:thread:choice": "M8"},
        )

        assert (row.sku, row.sku_key, row.category) == ("HX-1", "HX1", ("Fasteners", "Screws"))
        assert row.names == {"en": "Screw", "ru": "Болт"}
        assert row.descriptions == {"en": "Line 1\nline 2"}
        assert row.facts["min_quantity"] == Decimal(100)
        assert row.facts["order_multiple"] == Decimal("2.5")
        assert (row.facts["base_unit"], row.facts["weight_g"], row.facts["successor"]) == ("C62", 19, "HX-2")
        assert row.facts["lead_days"] == 14
        assert row.numbers == (
            ("mpn", "0096 8 40", "0096840"),
            ("mpn", "X", "X"),
            ("gtin", "4006381333931", "4006381333931"),
        )
        assert row.packs == (("BX", Decimal(100)), ("PX", Decimal(48000)))
        assert {value.code: value.number or value.option for value in row.values} == {
            "length": Decimal(40), "coated": "yes", "thread": "M8",
        }  # fmt: skip

    def test_has_no_facts_that_the_file_has_no_columns_for(self) -> None:
        assert set(read().facts) == {"brand"}

    def test_an_empty_cell_means_the_usual(self) -> None:
        row = read(min_quantity="", lifecycle="", weight_g="", mpn="", pack_box="", attributes="")

        assert (row.facts["min_quantity"], row.facts["lifecycle"], row.facts["weight_g"]) == (
            Decimal(1),
            "active",
            None,
        )
        assert (row.numbers, row.packs, row.values) == ((), (), ())

    def test_reads_sparse_attributes_from_json(self) -> None:
        text = (
            '{"length": 40, "width": {"number": "5.60", "unit": "cm"}, "type": "Original", "coated": true,'
            ' "thread": "M8"}'
        )
        values = {value.code: value for value in read(attributes=text).values}

        assert values["length"].number == Decimal(40)
        assert values["width"].number == Decimal("5.6")
        assert values["type"].text == "Original"
        assert values["coated"].option == "yes"
        assert values["thread"].option == "M8"

    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            ({"sku": ""}, "sku"),
            ({"sku": "X" * 41}, "sku"),
            ({"sku": "---"}, "sku"),
            ({"sku": "A\u0007"}, "sku"),
            ({"name": " "}, "name"),
            ({"name": "x" * 241}, "name"),
            ({"brand": ""}, "brand"),
            ({"category": ""}, "category"),
            ({"category": "A > > B"}, "category"),
            ({"category": " > ".join("ABCDEFGHI")}, "category"),
            ({"category_ru": "Крепёж"}, "category_ru"),
            ({"description_ru": "текст", "name_ru": ""}, "description_ru"),
            ({"family": "two words"}, "family"),
            ({"family_name": "M8", "family": ""}, "family_name"),
            ({"family_description": "x", "family": "f"}, "family_description"),
            ({"base_unit": "PCS"}, "base_unit"),
            ({"price_per": "5"}, "price_per"),
            ({"tax_class": "none"}, "tax_class"),
            ({"lifecycle": "dead"}, "lifecycle"),
            ({"min_quantity": "0"}, "min_quantity"),
            ({"min_quantity": "-1"}, "min_quantity"),
            ({"min_quantity": "NaN"}, "min_quantity"),
            ({"min_quantity": "Infinity"}, "min_quantity"),
            ({"min_quantity": "1e3"}, "min_quantity"),
            ({"min_quantity": "1,500"}, "min_quantity"),
            ({"min_quantity": "1.234,50"}, "min_quantity"),
            ({"min_quantity": "0.0001"}, "min_quantity"),
            ({"min_quantity": "9999999999"}, "min_quantity"),
            ({"order_multiple": "ten"}, "order_multiple"),
            ({"pack_box": "-100"}, "pack_box"),
            ({"weight_g": "1.5"}, "weight_g"),
            ({"weight_g": "99999999999"}, "weight_g"),
            ({"popularity": "-3"}, "popularity"),
            ({"lead_days": "1000"}, "lead_days"),
            ({"gtin": "4006381333932"}, "gtin"),
            ({"gtin": "4.00638E+12"}, "gtin"),
            ({"gtin": "4006381333931|4006381333931"}, "gtin"),
            ({"mpn": "x" * 61}, "mpn"),
            ({"mpn": "—"}, "mpn"),
            ({"successor": "HX-1"}, "successor"),
            ({"drawing": "a b"}, "drawing"),
            ({"attr:length:number:mm": "long"}, "attr:length:number:mm"),
            ({"attr:length:number:mm": "1.1234567"}, "attr:length:number:mm"),
            ({"attr:coated:yes_no": "perhaps"}, "attr:coated:yes_no"),
            ({"attr:thread:choice": "x" * 81}, "attr:thread:choice"),
            ({"attr:note:text": "x" * 501}, "attr:note:text"),
            ({"attributes": "{"}, "attributes"),
            ({"attributes": "[1]"}, "attributes"),
            ({"attributes": '{"a": 1, "a": 2}'}, "attributes"),
            ({"attributes": '{"a": NaN}'}, "attributes"),
            ({"attributes": '{"a": null}'}, "attributes"),
            ({"attributes": '{"a": ""}'}, "attributes"),
            ({"attributes": '{"a": {"number": 1, "text": "x"}}'}, "attributes"),
            ({"attributes": '{"a": {"number": true}}'}, "attributes"),
            ({"attributes": '{"A b": "x"}'}, "attributes"),
            ({"attributes": '{"length": {"number": 1, "unit": "cm"}}'}, "attributes"),
            ({"attributes": '{"length": {"text": "long"}}'}, "attributes"),
            ({"attributes": "[" * 10_000}, "attributes"),
            ({"attributes": '{"length": 4}', "attr:length:number:mm": "4"}, "attributes"),
        ],
        ids=lambda value: "" if isinstance(value, str) else str(value)[:40],
    )
    def test_is_refused_with_its_column(self, cells: dict[str, str], column: str) -> None:
        found = faults(cells)

        assert [name for name, _message in found] == [column] * len(found)
        assert found[0][1]

    def test_shows_all_its_faults_at_once(self) -> None:
        found = faults({"sku": "", "min_quantity": "-1", "gtin": "1", "attributes": '{"a": null, "b": null}'})

        assert [name for name, _message in found] == ["sku", "min_quantity", "gtin", "attributes", "attributes"]

    def test_of_another_width_is_refused_whole(self) -> None:
        columns, _none = read_columns(["sku", "name"])

        assert [fault.message % fault.words for fault in CatalogReader(columns, {}).judge(7, {"sku": "A"}, 1)] == [  # type: ignore[union-attr]
            "This row has 1 cells, the header has 2."
        ]

    def test_may_not_contradict_another(self) -> None:
        first = {"family": "m8", "family_name": "M8", "family_order": "1", "category_ru": "А > Б", "drawing": "bolt"}
        assert isinstance(judge(first, first | {"sku": "HX-2"}), CatalogRow)

        for change, column in (
            ({"family_name": "M9"}, "family_name"),
            ({"family_order": "2"}, "family_order"),
            ({"category": "Fasteners > Nuts"}, "category"),
            ({"category_ru": "А > В"}, "category_ru"),
            ({"drawing": "nut"}, "drawing"),
        ):
            found = faults(first, first | {"sku": "HX-2"} | change)
            assert [name for name, _message in found] == [column]
            assert "Line 2" in found[0][1]

    def test_may_not_give_an_attribute_another_kind(self) -> None:
        found = faults({"attributes": '{"new": 4}'}, {"sku": "HX-2", "attributes": '{"new": "four"}'})

        assert found == [
            ("attributes", "“four” is not a number. Write it in digits with a decimal point: 1500 or 2.5.")
        ]

    @given(cells=st.dictionaries(st.sampled_from(sorted(known.KNOWN)), st.text(max_size=60)))
    def test_never_breaks(self, cells: dict[str, str]) -> None:
        judge(cells)


@pytest.mark.parametrize(
    ("codes", "ordered"),
    [
        (["M10", "M4", "M8"], ["M4", "M8", "M10"]),
        (["1.25", "0.8", "10"], ["0.8", "1.25", "10"]),
        (["red", "Blue", "green"], ["Blue", "green", "red"]),
        (["6", "x", "10"], ["6", "10", "x"]),
    ],
)
def test_values_stand_in_natural_order(codes: list[str], ordered: list[str]) -> None:
    assert sorted(codes, key=natural_key) == ordered
