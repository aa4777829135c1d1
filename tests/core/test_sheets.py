"""Tables as people send them, and as attackers do."""

import json
import struct
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import sheets
from apps.core.sheets import SheetRefused, read_cells, read_sheet
from tests.workbooks import bomb, pack, rows_xml, workbook

SPECTRUM = Path(__file__).resolve().parents[3] / "shared" / "data" / "csv_spectrum"


def read(content: bytes) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_sheet(BytesIO(content))]


class TestCSV:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"], ids=lambda name: name
    )
    @pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
    def test_reads_what_spreadsheets_write(self, encoding: str, separator: str, end: str) -> None:
        lines = [["sku", "name", "note"], ["HX-1", '"Größe 8, 5; x"', "café"], ["0042", '"a ""b"""', ""]]
        text = end.join(separator.join(line) for line in lines) + end

        assert read(text.encode(encoding)) == [
            {"sku": "HX-1", "name": "Größe 8, 5; x", "note": "café"},
            {"sku": "0042", "name": 'a "b"', "note": ""},
        ]

    def test_says_on_which_line_of_the_file_a_row_begins(self) -> None:
        sheet = read_sheet(BytesIO(b'a,b\n1,"x\ny\nz"\n\n2,w\n'))

        assert [(row.line, row.cells["a"]) for row in sheet] == [(2, "1"), (6, "2")]

    def test_can_be_read_twice(self) -> None:
        sheet = read_sheet(BytesIO(b"a,b\n1,2\n"))

        assert list(sheet) == list(sheet)

    def test_leaves_out_blank_rows_and_columns_at_the_end(self) -> None:
        assert read(b"\n,,\na,b,,\n1,2,,\n , ,,\n3,4,,\n") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]

    def test_cells_are_read_from_the_first_row_on(self) -> None:
        assert list(read_cells(BytesIO(b"HX-1;;5\n\nHX-1;;5\n"), most_cells=9)) == [
            ["HX-1", "", "5"],
            ["HX-1", "", "5"],
        ]

    def test_tells_how_many_cells_a_row_has(self) -> None:
        assert [row.width for row in read_sheet(BytesIO(b"a,b\n1\n1,2\n1,2,3\n1,2,\n"))] == [1, 2, 3, 2]

    def test_a_decimal_comma_does_not_hide_the_semicolon(self) -> None:
        assert read("maß;preis\n1,5;2,50\n2,5;3,50\n".encode()) == [
            {"maß": "1,5", "preis": "2,50"},
            {"maß": "2,5", "preis": "3,50"},
        ]

    def test_obeys_what_excel_says_of_the_separator(self) -> None:
        sheet = read_sheet(BytesIO(b"sep=;\r\na;b,c\r\n1;2\r\n"))

        assert sheet.columns == ("a", "b,c")
        assert [(row.line, row.cells) for row in sheet] == [(3, {"a": "1", "b,c": "2"})]

    def test_one_column_is_a_table(self) -> None:
        assert read(b"sku\nHX-1\nHX-2\n") == [{"sku": "HX-1"}, {"sku": "HX-2"}]

    @pytest.mark.parametrize(
        ("content", "refusal"),
        [
            (b"", sheets.SheetEmpty),
            (b"\n \n", sheets.SheetEmpty),
            (b"sku|name\nHX-1|screw\n", sheets.SeparatorUnknown),
            (b"sku,,name\n1,2,3\n", sheets.HeaderMissing),
            (b"sku,name,SKU\n1,2,3\n", sheets.HeaderRepeated),
            (b'sku,name\n1,"open\n2,x\n', sheets.QuotesBroken),
            (b'sku,name\n1,"a"b\n2,x\n', sheets.QuotesBroken),
            (b"sku,name\n1," + b"x" * 200_000 + b"\n", sheets.CellTooLong),
            (b"sku,name\n1,\x81\x8d\n", sheets.EncodingUnreadable),
            (b"sku,name\n1,a\0b\n", sheets.EncodingUnreadable),
            (b"\xff\xfes\0k\0u\0\n\0\x00\xd8", sheets.EncodingUnreadable),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", sheets.WorkbookUnreadable),
            (b"PK\x03\x04 no archive", sheets.WorkbookUnreadable),
        ],
        ids=lambda value: value.__name__ if isinstance(value, type) else "",
    )
    def test_says_what_is_wrong(self, content: bytes, refusal: type[SheetRefused]) -> None:
        with pytest.raises(refusal) as caught:
            read(content)
        assert str(caught.value)

    def test_names_the_line_of_a_broken_quotation_mark(self) -> None:
        with pytest.raises(sheets.QuotesBroken, match="line 3"):
            read(b'a,b\n1,2\n3,"x\n4,5\n')

    def test_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "MOST_ROWS", 3)

        assert len(read(b"a\n1\n2\n3\n")) == 3
        with pytest.raises(sheets.TooManyRows):
            read(b"a\n1\n2\n3\n4\n")

    @given(st.binary(max_size=400))
    def test_never_breaks_on_what_is_no_table(self, content: bytes) -> None:
        with suppress(SheetRefused):
            read(content)

    @pytest.mark.skipif(not SPECTRUM.exists(), reason=f"the files of csv-spectrum are not here: {SPECTRUM}")
    @pytest.mark.parametrize("path", sorted(SPECTRUM.glob("*.csv")), ids=lambda path: path.stem)
    def test_reads_csv_spectrum(self, path: Path) -> None:
        def one_end(rows: list[dict[str, str]]) -> list[dict[str, str]]:
            # The copy of newlines_crlf.csv lost its carriage returns, its JSON did not.
            return [{name: text.replace("\r\n", "\n") for name, text in row.items()} for row in rows]

        assert one_end(read(path.read_bytes())) == one_end(json.loads(path.with_suffix(".json").read_text()))


def lying(content: bytes) -> bytes:
    """The workbook with its first sheet declared to be smaller than it unpacks to."""
    entry = content.index(b"PK\x01\x02")
    assert b"xl/worksheets/sheet1.xml" in content[entry : entry + 100]
    return content[: entry + 24] + struct.pack("<I", 100) + content[entry + 28 :]


def sheet(rows: str) -> Callable[[], bytes]:
    return lambda: pack({"Sheet1": rows})


FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The files that came as far as calamine."""
    seen: list[object] = []
    monkeypatch.setattr(sheets.CalamineWorkbook, "from_filelike", seen.append)
    return seen


# calamine makes room for the rectangle between the first cell and the last: 22 GB for two cells far apart.
BOMBS: dict[str, tuple[Callable[[], bytes], type[SheetRefused]]] = {
    "a million rows": (bomb, sheets.WorkbookTooLarge),
    "two cells far apart": (
        sheet(f'{FIRST}<row r="999999"><c r="ZZ999999"><v>1</v></c></row>'),
        sheets.WorkbookTooLarge,
    ),
    "the last cell": (sheet(f"{FIRST}<row><c r='xfd1048576'><v>1</v></c></row>"), sheets.TooManyRows),
    "a row far below": (sheet(f'{FIRST}<row r="1048576"><c><v>1</v></c></row>'), sheets.TooManyRows),
    "a place behind a bracket": (sheet(f'{FIRST}<row r="9"><c s=">" r="ZZ999999"/></row>'), sheets.WorkbookTooLarge),
    "cells that say no place": (
        sheet(
            "<row>" + "".join(f"<c><v>{n}</v></c>" for n in range(3_000)) + '</row><row r="9999"><c><v>1</v></c></row>'
        ),
        sheets.WorkbookTooLarge,
    ),
    "a place that is none": (sheet('<row r="1"><c r="A99999999999"><v>1</v></c></row>'), sheets.WorkbookUnreadable),
    "many members": (
        lambda: pack({"S": "<row/>"}, more={f"xl/media/{number}.png": b"x" for number in range(200)}),
        sheets.WorkbookTooLarge,
    ),
    "a size that is not true": (lambda: lying(workbook([["a"], ["1" * 3_000]])), sheets.WorkbookTooLarge),
    "a cut file": (lambda: workbook([["a"], ["1"]])[:-30], sheets.WorkbookUnreadable),
    "broken XML": (sheet("<row><c r='A1'"), sheets.WorkbookUnreadable),
    "a second root": (sheet(f"{FIRST}</sheetData></worksheet><worksheet><sheetData>"), sheets.WorkbookUnreadable),
}


class TestXLSX:
    def test_reads_values_as_people_see_them(self) -> None:
        rows = [["sku", "n", "yes"], ["00042", 40, True], ["x", 0.1 + 0.2, False], ["4006381333931", 4006381333931, ""]]

        assert read(workbook(rows)) == [
            {"sku": "00042", "n": "40", "yes": "TRUE"},
            {"sku": "x", "n": "0.3", "yes": "FALSE"},
            {"sku": "4006381333931", "n": "4006381333931", "yes": ""},
        ]

    def test_reads_a_formula_as_its_value(self) -> None:
        assert read(workbook([["a", "b"], ["=1+2⇒3", '=HYPERLINK("http://x")⇒7']])) == [{"a": "3", "b": "7"}]

    def test_refuses_a_formula_without_a_value(self) -> None:
        with pytest.raises(sheets.CellInError):
            read(workbook([["a"], ["=NA()⇒#N/A"]]))

    def test_reads_the_first_sheet_that_is_shown(self) -> None:
        sheets_xml = {"old": rows_xml([["x"], ["=1/0⇒#DIV/0!"]]), "new": rows_xml([["a"], ["1"]])}

        assert read(pack(sheets_xml, hidden="old")) == [{"a": "1"}]

    def test_never_runs_a_macro(self) -> None:
        content = pack({"Sheet1": rows_xml([["a"], ["1"]])}, more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Auto_Open"})

        assert read(content) == [{"a": "1"}]

    def test_counts_rows_as_the_sheet_does(self) -> None:
        assert [row.line for row in read_sheet(BytesIO(workbook([["a"], ["1"], [], ["2"]])))] == [2, 4]

    @pytest.mark.parametrize("name", BOMBS)
    def test_refuses_a_bomb_before_a_row_is_read(self, name: str, parsed: list[object]) -> None:
        make, refusal = BOMBS[name]

        with pytest.raises(refusal):
            read(make())
        assert not parsed

    def test_refuses_a_workbook_without_a_sheet(self) -> None:
        with pytest.raises(sheets.SheetRefused):
            read(pack({}))


class TestMostCells:
    """A web page has its own bounds, far below those of an import, and looks at them before anything is unpacked."""

    FAR = pack({"Sheet1": '<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="J1000000"><v>1</v></c></row>'})

    def test_two_cells_far_apart_are_refused_before_a_row_is_read(self, parsed: list[object]) -> None:
        with pytest.raises(sheets.SheetTooWide):
            read_cells(BytesIO(self.FAR), most_cells=60_000)

        assert parsed == []

    def test_one_cell_again_and_again_is_refused(self, parsed: list[object]) -> None:
        again = pack({"Sheet1": '<row r="1">' + '<c r="A1"><v>1</v></c>' * 11 + "</row>"})

        with pytest.raises(sheets.SheetTooWide):
            read_cells(BytesIO(again), most_cells=10)

        assert parsed == []

    def test_what_fits_is_read(self) -> None:
        assert list(read_cells(BytesIO(workbook([["HX-1", "5"], ["HX-2", "7"]])), most_cells=4)) == [
            ["HX-1", "5"],
            ["HX-2", "7"],
        ]

    def test_another_sheet_may_be_large(self) -> None:
        rows = {"Sheet1": rows_xml([["HX-1", "5"]]), "Archive": rows_xml([["x", "y"]] * 9)}

        assert list(read_cells(BytesIO(pack(rows)), most_cells=4)) == [["HX-1", "5"]]
