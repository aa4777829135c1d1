"""What a pasted text or a table means as an order."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.catalog.rules import normalize_number
from apps.shop.rules import (
    MOST_ROWS,
    Columns,
    Part,
    TooManyRows,
    different_parts,
    find_columns,
    mark_name,
    mark_number,
    misread_hint,
    read_lines,
    read_table,
    tidy_table,
)


def read(text: str) -> list[tuple[str, str]]:
    return [(row.number, row.quantity) for row in read_lines(text)]


class TestLines:
    @pytest.mark.parametrize(
        ("line", "row"),
        [
            ("HX-933-0840A2  400", ("HX-933-0840A2", "400")),
            ("NV-10460;250", ("NV-10460", "250")),
            ("6205-2RS, 10", ("6205-2RS", "10")),
            ("6205-2RS,10", ("6205-2RS", "10")),
            ('"HX-1","10"', ("HX-1", "10")),
            ("10 x HX-933-0840A2", ("HX-933-0840A2", "10")),
            ("10x HX-933", ("HX-933", "10")),
            ("HX-933 × 10", ("HX-933", "10")),
            ("HX-933 x10", ("HX-933", "10")),
            ("10, HX-1", ("HX-1", "10")),
            ("hx 933 0840 a2 400", ("hx 933 0840 a2", "400")),
            ("hx 933,5", ("hx 933", "5")),
            ("HX-933 1,000", ("HX-933", "1,000")),
            ("HX-933, 1,000", ("HX-933", "1,000")),
            ("HX-933,1,000", ("HX-933", "1,000")),
            ("HX-933\t1 000", ("HX-933", "1 000")),
            ("4006381333931 10", ("4006381333931", "10")),
            ("10 4006381333931", ("4006381333931", "10")),
            ("NV-1 2 box", ("NV-1", "2 box")),
            ("HX-1 400 pcs", ("HX-1", "400 pcs")),
            ("12 шт. HX-1", ("HX-1", "12 шт.")),
            ("HX-1 ٢٥٠", ("HX-1", "٢٥٠")),
            ("M8x40 100", ("M8x40", "100")),
            ("M8 40 ZN", ("M8 40 ZN", "")),
            ("M8  40 ZN", ("M8 40 ZN", "")),
            ("hx 933   0840  12", ("hx 933", "12")),
            ("HX-933   1 000", ("HX-933", "1 000")),
            ("HX-933  Hex screw M8   1,000", ("HX-933", "1,000")),
            ("10  x  HX-933", ("HX-933", "10")),
            # Beside another separator, a comma between digits is the amount's own.
            ("HX-933  1,5 kg", ("HX-933", "1,5 kg")),
            ("1,5 kg  HX-933", ("HX-933", "1,5 kg")),
            ("HX-933   2,25", ("HX-933", "2,25")),
            ("HX-933,  1,5 kg", ("HX-933", "1,5 kg")),
            ("HX-933  Wire, bright  1,5 kg", ("HX-933", "1,5 kg")),
            ("HX-933\t1,5 kg", ("HX-933", "1,5 kg")),
            ("HX-933;1,5 kg", ("HX-933", "1,5 kg")),
            ("HX-933,  5", ("HX-933", "5")),
            ("2x PART", ("PART", "2")),
            ("PART x 2", ("PART", "2")),
            ("PP-GG-CLR;20", ("PP-GG-CLR", "20")),
            ("20\tPP-GG-CLR", ("PP-GG-CLR", "20")),
            # The first separator of tab, semicolon, comma, spaces decides.
            ("HX-1\tM8;40\t5", ("HX-1", "5")),
            ("HX-1;M8, long;5", ("HX-1", "5")),
            ("HX-1, 5  pcs", ("HX-1", "5 pcs")),
            ("HX-1;5;pcs", ("HX-1", "5")),
            ("SHIP 0815", ("SHIP 0815", "")),
            ("HX-933-0840A2", ("HX-933-0840A2", "")),
        ],
    )
    def test_one_line(self, line: str, row: tuple[str, str]) -> None:
        assert read(line) == [row]

    def test_lines_of_all_kinds_together(self) -> None:
        assert read("HX-1 4\n\n  NV-10460;250\r\n6205-2RS, 10\n;;\n") == [
            ("HX-1", "4"), ("NV-10460", "250"), ("6205-2RS", "10"),
        ]  # fmt: skip

    def test_each_line_has_its_own_separator(self) -> None:
        text = """
1\tHX-1\tHex screw M8 x 40\t100
PP-GG-CLR;20
3\tHX-3\tNut\t50
HX-4, 30
5\tHX-5\tWasher\t10
2x HX-6
HX-7   Glove   4
HX-8 x 8
"""
        assert read(text) == [
            ("HX-1", "100"), ("PP-GG-CLR", "20"), ("HX-3", "50"), ("HX-4", "30"), ("HX-5", "10"), ("HX-6", "2"),
            ("HX-7", "4"), ("HX-8", "8"),
        ]  # fmt: skip

    def test_headings_are_of_the_lines_that_are_divided_like_them(self) -> None:
        assert read("Qty\tPart no.\n100\t6205\n6305;20\n10\t2") == [("6205", "100"), ("6305", "20"), ("2", "10")]
        assert read("Part no.\nHX-1 5\nHX-2") == [("HX-1", "5"), ("HX-2", "")]
        assert read("Part no.   Quantity\nHX-1   4") == [("HX-1", "4")]

    def test_positions_stand_in_front_of_numbers_and_quantities_behind_them(self) -> None:
        assert read("1\tHX-1\n2\tHX-2\n3\tHX-3") == [("HX-1", ""), ("HX-2", ""), ("HX-3", "")]
        assert read("HX-1\t1\nHX-2\t2\nHX-3\t3") == [("HX-1", "1"), ("HX-2", "2"), ("HX-3", "3")]
        assert read("6205\t10\n6206\t20\n6207\t30") == [("6205", "10"), ("6206", "20"), ("6207", "30")]

    @given(st.text(max_size=400))
    def test_any_text_is_read(self, text: str) -> None:
        for row in read_lines(text):
            assert len(row.number) <= 60
            assert len(row.quantity) <= 40

    def test_too_many_are_refused(self) -> None:
        assert len(read_lines("HX-1 1\n" * MOST_ROWS)) == MOST_ROWS
        for text in ("HX-1 1\n" * (MOST_ROWS + 1), "HX-1\t1\n" * (MOST_ROWS + 1)):
            with pytest.raises(TooManyRows):
                read_lines(text)


class TestTable:
    @pytest.mark.parametrize(
        "header",
        [
            ("Part no.", "Qty"), ("SKU", "Quantity"), ("Артикул", "Кол-во"), ("رقم القطعة", "الكمية"), ("货号", "数量"),
            ("料號", "數量"), ("Your part no.", "ORDER QUANTITY"), ("Reference", "Quantity"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("is_turned", [False, True])
    def test_headings_name_the_columns(self, header: tuple[str, str], is_turned: bool) -> None:
        rows = [list(header), ["HX-1", "5"], ["12", "7"]]

        table = [row[::-1] for row in rows] if is_turned else rows
        columns = find_columns(table)
        found = read_table(table, columns)

        assert columns.is_sure

        assert [(row.number, row.quantity) for row in found] == [("HX-1", "5"), ("12", "7")]

    @pytest.mark.parametrize(
        ("text", "rows"),
        [
            ("10\tHX-1\n20\tHX-2", [("HX-1", "10"), ("HX-2", "20")]),
            ("6205\t10\n6305\t20", [("6205", "10"), ("6305", "20")]),
            ("4006381333931;5\n4006381333948;6", [("4006381333931", "5"), ("4006381333948", "6")]),
            (
                "1\tHX-1\tHex screw M8 x 40\t100\n2\tHX-2\tNut\t50\n3\tHX-3\tWasher M8\t1 000",
                [("HX-1", "100"), ("HX-2", "50"), ("HX-3", "1 000")],
            ),
            ("HX-1,10\nHX-2,20\nHX-3,", [("HX-1", "10"), ("HX-2", "20"), ("HX-3", "")]),
            ("Part no.\tName\nHX-1\tScrew", [("HX-1", "")]),
        ],
    )
    def test_without_headings_the_cells_tell(self, text: str, rows: list[tuple[str, str]]) -> None:
        assert read(text) == rows

    def test_nothing_is_nothing(self) -> None:
        assert tidy_table([]) == tidy_table([["", " "]]) == read_lines(" \n\t\n") == []

    @pytest.mark.parametrize(
        ("table", "columns"),
        [
            ([["HX-1", "5"], ["HX-2", "7"]], Columns(0, 1, is_sure=True)),
            ([["Artikelnummer", "Menge"], ["HX-1", "5"]], Columns(0, 1, is_headed=True)),
            ([["6205", "10"], ["6305", "20"]], Columns(0, 1)),
            ([["HX-1", "Screw"], ["HX-2", "Nut"]], Columns(0, None)),
            ([["Part no.", "Name"], ["HX-1", "Screw"]], Columns(0, None, is_headed=True)),
            ([["Supplier", "Reference", "Qty"], ["Halden", "HX-1", "5"]], Columns(0, 2, is_headed=True)),
            ([["HX-1", "5"], ["HX-2", "some"]], Columns(0, 1)),
        ],
    )
    def test_doubt_about_the_columns_is_told(self, table: list[list[str]], columns: Columns) -> None:
        assert find_columns(table) == columns

    def test_a_tidy_table_has_no_blank_rows_and_columns(self) -> None:
        assert tidy_table([["", " HX-1 ", "", "x" * 99], [], ["", "", " "], ["", "HX\n2"]]) == [
            ["HX-1", "x" * 60], ["HX 2", ""],
        ]  # fmt: skip
        with pytest.raises(TooManyRows):
            tidy_table([["HX-1"]] * (MOST_ROWS + 2))


@pytest.mark.parametrize(
    ("typed", "meant", "hint"),
    [("HXO1", "HX01", "Letter O instead of zero?"), ("HXI0", "HX10", "Letter I instead of one?"),
     ("HXO5", "HX0S", ""), ("HX1", "HX1", "")],
)  # fmt: skip
def test_a_misread_sign_is_named(typed: str, meant: str, hint: str) -> None:
    assert misread_hint(typed, meant) == hint


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["Hex screw DIN 933 M8×16, A2-70", "Hex screw DIN 933 M8×20, A2-70"], ["16", "20"]),
        (["Hex screw M8×16", "Hex screw M8×160"], ["16", "160"]),
        (["O-ring 5 × 2 mm, NBR 70", "O-ring 20 × 4 mm, NBR 70"], ["5 × 2", "20 × 4"]),
        (["Gloves, size 9", "Gloves, size 10, box"], ["9", "10, box"]),
        (["Grease", "Grease"], ["", ""]),
        (["Grease", "Grease EP2"], ["", "EP2"]),
        ([], []),
    ],
)
def test_sizes_are_told_by_what_differs(names: list[str], parts: list[str]) -> None:
    assert different_parts(names) == parts


def shown(parts: list[Part]) -> str:
    return "".join(f"[{part.text}]" if part.is_hit else part.text for part in parts)


class TestMarks:
    @pytest.mark.parametrize(
        ("words", "marked"),
        [
            ("933 m8 40", "Hex screw DIN [933] [M8]×[40], A2-70"),
            ("m8x40", "Hex screw DIN 933 [M8×40], A2-70"),
            ("М8х40", "Hex screw DIN 933 [M8×40], A2-70"),
            ("m８", "Hex screw DIN 933 [M8]×40, A2-70"),
            ("din933", "Hex screw [DIN 933] M8×40, A2-70"),
            ("HEX scr", "[Hex] [scr]ew DIN 933 M8×40, A2-70"),
            ("screws hex", "[Hex] [screw] DIN 933 M8×40, A2-70"),
            # Only the last word may be unfinished, and none begins inside of another.
            ("93", "Hex screw DIN [93]3 M8×40, A2-70"),
            ("93 m8", "Hex screw DIN 933 [M8]×40, A2-70"),
            ("8", "Hex screw DIN 933 M8×40, A2-70"),
            ("crew", "Hex screw DIN 933 M8×40, A2-70"),
            ("( [ . * –", "Hex screw DIN 933 M8×40, A2-70"),
            ("", "Hex screw DIN 933 M8×40, A2-70"),
        ],
    )
    def test_of_a_name(self, words: str, marked: str) -> None:
        assert shown(mark_name("Hex screw DIN 933 M8×40, A2-70", words.split())) == marked

    def test_of_a_name_in_chinese(self) -> None:
        assert shown(mark_name("内六角螺栓 M8", ["六角", "角螺"])) == "内[六角螺]栓 M8"

    @pytest.mark.parametrize(
        ("question", "marked"),
        [
            ("933 m8 40", "HX-[933]-08[40]A2"),
            ("hx9330840", "[HX-933-0840]A2"),
            ("hx 933 08", "[HX-933-08]40A2"),
            ("933-0840", "HX-[933-0840]A2"),
            # Cyrillic letters; O for zero.
            ("НХ-933", "[HX-933]-0840A2"),
            ("hx-933-084oa2", "[HX-933-0840A2]"),
            ("hex screw a2", "HX-933-0840[A2]"),
            ("8", "HX-933-0840A2"),
            ("so", "HX-933-0840A2"),
            ("", "HX-933-0840A2"),
        ],
    )
    def test_of_a_number(self, question: str, marked: str) -> None:
        assert shown(mark_number("HX-933-0840A2", question, question.split())) == marked

    @given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=4))
    def test_lose_nothing_of_any_text(self, text: str, words: list[str]) -> None:
        for parts in (mark_name(text, words), mark_number(text, " ".join(words), words)):
            assert "".join(part.text for part in parts) == text
            assert all(part.text for part in parts)
            assert all(one.is_hit != other.is_hit for one, other in pairwise(parts))

    @given(st.text("HX0123456789-. ", min_size=2, max_size=20))
    def test_a_number_is_found_in_itself_however_it_is_typed(self, number: str) -> None:
        assume(len(normalize_number(number)) > 1)

        typed = normalize_number(number).lower()
        marked = "".join(part.text for part in mark_number(number, typed, [typed]) if part.is_hit)
        assert normalize_number(marked) == normalize_number(number)
