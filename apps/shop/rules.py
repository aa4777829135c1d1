"""Reading what people paste or upload as an order: which of it is a number, and which a quantity. And telling sizes,
and what of a name was asked for."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from apps.catalog.rules import latin_look, normalize_number, read_alike
from apps.catalog.rules.quantities import ONES, PACKS_BY_WORD

MOST_ROWS = 2000
MOST_CELLS = 30
LONGEST_LINE = 1000
LONGEST_NUMBER = 60
LONGEST_QUANTITY = 40

NUMBER_HEADS = frozenset(
    unicodedata.normalize("NFKC", head)
    for head in (
        "part no", "part number", "part", "number", "no", "sku", "item", "item no", "item number", "article",
        "article no", "article number", "product", "product number", "material", "code", "mpn", "gtin", "ean",
        "your part no", "our part no", "артикул", "номер", "номер детали", "код", "код товара", "номенклатура", "товар",
        "арт",
        "رقم", "رقم القطعة", "رقم الصنف", "رقم المنتج", "كود", "الرمز", "零件号", "货号", "物料号", "料号", "编号",
        "型号", "产品编号", "零件號", "貨號", "物料號", "料號", "編號", "型號", "產品編號",
    )
)  # fmt: skip
QUANTITY_HEADS = frozenset(
    unicodedata.normalize("NFKC", head)
    for head in (
        "quantity", "qty", "quant", "amount", "count", "pcs", "pieces", "order quantity", "количество", "кол-во", "кол",
        "колво", "шт", "كمية", "الكمية", "العدد", "数量", "订购数量", "件数", "數量", "訂購數量", "件數",
    )
)  # fmt: skip
# As far as a line shows it: digits with their marks, perhaps a pack or unit behind them. A number with a leading zero
# or more than seven digits is the number of a thing.
AMOUNT = r"(?!0\d)\d{1,3}(?:[.,'’\u00a0\u202f\u2009]\d{3})*(?:[.,]\d{1,3})?|(?!0\d)\d{1,7}(?:[.,]\d{1,3})?"
UNIT = rf"(?:\s*(?:{'|'.join(sorted({*ONES, *PACKS_BY_WORD}, key=len, reverse=True))})\.?)?"
TIMES = r"(?<![^\W\d_])[x×*]"
# In a cell of its own, a plain space sets thousands apart as well.
CELL = AMOUNT.replace("\\u2009", "\\u2009 ")
QUANTITY = re.compile(rf"(?:[x×*]\s*)?(?P<amount>(?:{CELL}){UNIT})(?:\s*{TIMES})?", re.IGNORECASE)
TIMES_FIRST = re.compile(rf"(?P<quantity>(?:{AMOUNT}){UNIT})\s*{TIMES}\s+(?P<number>\S.*)", re.IGNORECASE)
LAST = re.compile(rf"(?P<number>\S.*?)\s+(?:[x×*]\s*)?(?P<quantity>(?:{AMOUNT}){UNIT})", re.IGNORECASE)
FIRST = re.compile(rf"(?P<quantity>(?:{AMOUNT}){UNIT})\s+(?P<number>\S.*)", re.IGNORECASE)
SPACES = re.compile(r"\s{2,}")


class TooManyRows(ValueError):
    """More rows than a pad takes."""


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One line as it was typed; the quantity may be empty."""

    number: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table has the number and the quantity, and whether its first row only names the columns.

    `is_sure` tells that headings or cells leave no doubt.
    """

    number: int
    quantity: int | None
    is_headed: bool = False
    is_sure: bool = False


Cells = Sequence[str]
NUMBER_FIRST = Columns(0, 1)


def read_lines(text: str) -> list[TypedRow]:
    """The rows of a pasted text, one a line: `number quantity`, `quantity x number`, or columns as Excel copies them.

    Each line is divided by the first of these that it has: tab, semicolon, comma, several spaces, one space. Where
    several spaces set off an amount, its comma belongs to it: `HX-933  1,5 kg`. Lines that are divided alike vote
    together on which column is which, and may have a line of headings, which is left out.

    :raises TooManyRows: more than MOST_ROWS lines.
    """
    lines = [line[:LONGEST_LINE] for line in text.splitlines() if line.strip(" \t;,")]
    alike: dict[tuple[str, int], dict[int, Cells]] = {}
    heads: dict[str, Columns] = {}
    for place, line in enumerate(lines):
        separator, cells = _divided(line)
        if separator not in heads and (named := _header(cells)):
            heads[separator] = named
        else:
            alike.setdefault((separator, len(cells)), {})[place] = cells
    rows: dict[int, TypedRow] = {}
    for (separator, _width), table in alike.items():
        columns = NUMBER_FIRST if separator == " " else heads.get(separator) or _guess(table)
        rows |= {place: _row(cells, columns) for place, cells in table.items()}
    if len(rows) > MOST_ROWS:
        raise TooManyRows
    return [rows[place] for place in sorted(rows) if rows[place].number or rows[place].quantity]


def tidy_table(table: Iterable[Cells]) -> list[Cells]:
    """A table with its cells cut to what a row keeps, without blank rows and columns.

    :raises TooManyRows: more than MOST_ROWS rows and one of headings.
    """
    tidy: list[list[str]] = []
    for row in table:
        cells = [" ".join(cell.replace("\0", "").split())[:LONGEST_NUMBER] for cell in row[:MOST_CELLS]]
        if any(cells):
            tidy.append(cells)
        if len(tidy) > MOST_ROWS + 1:
            raise TooManyRows
    width = max((len(row) for row in tidy), default=0)
    filled = [place for place in range(width) if any(_at(row, place) for row in tidy)]
    return [[_at(row, place) for place in filled] for row in tidy]


def find_columns(table: Sequence[Cells]) -> Columns:
    """The columns of a table with at least one row, in whichever order they stand.

    Headings in five languages name them; without those the one that looks like numbers of things is taken for the
    number, and the one that looks like amounts for the quantity.
    """
    if named := _header(table[0]):
        return named
    found = _guess(dict(enumerate(table)))
    if found.quantity is None:
        return found
    is_amount = [bool(QUANTITY.fullmatch(_at(row, found.quantity))) for row in table]
    is_number = [bool(cell := _at(row, found.number)) and not QUANTITY.fullmatch(cell) for row in table]
    is_headed = len(table) > 1 and not is_amount[0] and all(is_amount[1:])
    return replace(found, is_headed=is_headed, is_sure=all(is_amount) and all(is_number))


def read_table(table: Sequence[Cells], columns: Columns) -> list[TypedRow]:
    """The rows of a table with these columns, without its headings.

    :raises TooManyRows: more than MOST_ROWS rows.
    """
    rows = [_row(cells, columns) for cells in table[1 if columns.is_headed else 0 :]]
    if len(rows) > MOST_ROWS:
        raise TooManyRows
    return [row for row in rows if row.number or row.quantity]


def _at(row: Cells, place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _row(cells: Cells, columns: Columns) -> TypedRow:
    number, quantity = " ".join(_at(cells, columns.number).split()), " ".join(_at(cells, columns.quantity).split())
    amount = QUANTITY.fullmatch(quantity)
    return TypedRow(number[:LONGEST_NUMBER], (amount["amount"] if amount else quantity)[:LONGEST_QUANTITY])


# --- Lines ------------------------------------------------------------------------------------------------------------


def _divided(line: str) -> tuple[str, Cells]:
    """What tells the columns of a line apart, and its columns; with single spaces always number and quantity."""
    line = line.strip(" ")
    for separator in ("\t", ";"):
        if separator in line:
            return separator, [_unquoted(cell) for cell in line.split(separator)]
    cells = [cell.rstrip(",") for cell in SPACES.split(line)]
    if len(cells) > 1 and any("," in cell and QUANTITY.fullmatch(cell) for cell in cells):
        return "  ", cells
    if len(by_commas := _by_commas(line)) > 1:
        return ",", by_commas
    is_table = any(QUANTITY.fullmatch(cell) for cell in cells) or _header(cells)
    if len(cells) > 1 and is_table and not TIMES_FIRST.fullmatch(line):
        return "  ", cells
    return " ", _by_space(line)


def _unquoted(cell: str) -> str:
    return cell.strip().strip('"')


def _by_commas(line: str) -> list[str]:
    """In `HX-933 1,000`, `HX-933, 1,000` and `HX-933,1,000` the last comma belongs to the amount."""
    cells = [_unquoted(cell) for cell in re.split(r",\s+|,$" if ", " in line else ",", line)]
    if len(cells) == 2 and ", " not in line and re.fullmatch(r".*\s\d{1,3},\d{3}", line):  # noqa: PLR2004
        return [line]
    if len(cells) == 3 and re.fullmatch(r"\d{1,3},\d{3}", ",".join(cells[1:])):  # noqa: PLR2004
        return [cells[0], ",".join(cells[1:])]
    return cells


def _by_space(line: str) -> list[str]:
    """Number and quantity of a line without columns; numbers may have spaces of their own."""
    for pattern in (TIMES_FIRST, LAST, FIRST):
        if parts := pattern.fullmatch(line):
            return [parts["number"], parts["quantity"]]
    return [_unquoted(line), ""]


# --- Columns ----------------------------------------------------------------------------------------------------------


def _head(cell: str) -> str:
    return re.sub(r"[\s._:№#*]+", " ", unicodedata.normalize("NFKC", cell).casefold()).strip()


def _header(cells: Cells) -> Columns | None:
    """The columns that this row names, if it names any. `pcs` behind an amount is a unit and no heading."""
    if any(QUANTITY.fullmatch(cell) for cell in cells):
        return None
    heads = [_head(cell) for cell in cells]
    number = next((place for place, head in enumerate(heads) if head in NUMBER_HEADS), None)
    quantity = next((place for place, head in enumerate(heads) if head in QUANTITY_HEADS), None)
    if number is not None:
        return Columns(number, quantity, is_headed=True, is_sure=quantity is not None)
    others = [place for place, head in enumerate(heads) if place != quantity and head]
    if quantity is None or not others:
        return None
    return Columns(others[0], quantity, is_headed=True, is_sure=len(others) == 1)


def _guess(table: Mapping[int, Cells]) -> Columns:
    """The columns that look most like numbers of things and like amounts, of rows by their places in the whole."""
    width = max(len(row) for row in table.values())
    columns = [[_at(row, place) for row in table.values()] for place in range(width)]
    positions = {place for place, column in enumerate(columns) if _counts_up(list(table), column)}
    amounts = {
        place: share
        for place, column in enumerate(columns)
        if (share := sum(bool(QUANTITY.fullmatch(cell)) for cell in column))
    }
    # The only column of amounts is not the one of numbers, unless there is nothing else.
    able = [place for place in range(width) if any(columns[place]) and amounts.keys() != {place}]
    number = max(
        able or range(width),
        key=lambda place: (place not in positions, _likeness(columns[place], place in amounts), -place),
    )
    # 1, 2, 3 in front of the numbers are the positions of a list, behind them they are quantities.
    quantities = [place for place in amounts if place != number and not (place in positions and place < number)]
    return Columns(number, max(quantities, key=lambda place: (amounts[place], -place), default=None))


def _counts_up(places: Sequence[int], column: Cells) -> bool:
    """Whether the cells count the lines, whose places begin with 0 and perhaps with a line of headings."""
    return len(column) > 2 and any(  # noqa: PLR2004
        all(cell == str(place + first) for place, cell in zip(places, column, strict=True)) for first in (0, 1)
    )


def _likeness(column: Cells, is_amount: bool) -> int:  # noqa: FBT001
    """How much like numbers of things: digits and letters without many spaces, not alike, not amounts."""
    coded = [cell for cell in column if any(sign.isdigit() for sign in cell) and cell.count(" ") < 3]  # noqa: PLR2004
    return 2 * len(coded) + 2 * len(set(coded)) - (3 * len(column) if is_amount else 0)


# --- What a row needs -------------------------------------------------------------------------------------------------


def gettext_noop(text: str) -> str:
    """Mark a text for the translators; whoever shows it translates it."""
    return text


NUMBER_MISSING = gettext_noop("The part number is missing.")
QUANTITY_MISSING = gettext_noop("The quantity is missing.")
UNKNOWN = gettext_noop("No such part.")
CHOOSE_ONE = gettext_noop("%(count)s parts carry the number %(number)s.")
GONE = gettext_noop("This part is not sold any more.")
REPLACED = gettext_noop("Replaced by %(sku)s.")
RENUMBERED = gettext_noop("An old number. The part is %(sku)s now.")
MERGED = gettext_noop("With row %(rows)s, which is the same part: %(quantity)s in all.")
LETTER_O = gettext_noop("Letter O instead of zero?")
LETTER_I = gettext_noop("Letter I instead of one?")


def misread_hint(typed: str, meant: str) -> str:
    """What was probably taken for what, when one key became the other by misread signs."""
    pairs = {(sign, other) for sign, other in zip(typed, meant, strict=False) if sign != other}
    if pairs == {("O", "0")}:
        return LETTER_O
    return LETTER_I if pairs and pairs <= {("I", "1"), ("L", "1")} else ""


WORDS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\s+|.", re.DOTALL)


def different_parts(names: Sequence[str]) -> list[str]:
    """What of each name is not in all of them, from the first to the last word that differs: "16" and "20" of
    "Hex screw M8×16, A2" and "Hex screw M8×20, A2". Numbers and words are never cut."""
    split = [WORDS.findall(name) for name in names]
    begin = _alike(split)
    ends = [words[begin:] for words in split]
    end = _alike([words[::-1] for words in ends])
    return ["".join(words[: len(words) - end]).strip() for words in ends]


def _alike(rows: Sequence[Sequence[str]]) -> int:
    """How many words all of these begin with."""
    return sum(1 for _words in takewhile(lambda words: len(set(words)) == 1, zip(*rows, strict=False)))


# --- What was asked for -----------------------------------------------------------------------------------------------

SHORTEST_MARK = 2
# Shorter ones are found in too many numbers when signs are read for each other.
SHORTEST_MISREAD = 4
# Shorter words have no endings to do without.
SHORTEST_STEM = 3
ENDING = 2
BEGINS, ENDS = r"(?<![^\W_])", r"(?![^\W_])"
WRITTEN_TOGETHER = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Part:
    """A piece of a text, and whether it is what was asked for."""

    text: str
    is_hit: bool


def mark_name(name: str, words: Sequence[str]) -> list[Part]:
    """A name in parts: where a word of it begins with one of these, that much of it is a hit.

    Sizes are found however they are written: `m8x40` in `M8×40`, `din933` in `DIN 933`; and words without their
    endings: `screws` in `screw`. Digits match to the end of the word, but for the last one, which may be unfinished.
    """
    patterns = [_in_name(word, is_last=place == len(words)) for place, word in enumerate(words, 1)]
    return _marked(name, _hits(name, patterns))


def mark_number(number: str, question: str, words: Sequence[str]) -> list[Part]:
    """A number of a thing in parts. Hits are where it is the question, separators or not, also with signs that look
    alike; else where it has a word of it."""
    key = normalize_number(question)
    hits = _hits(number, [_inside(key)])
    if not hits and len(key) >= SHORTEST_MISREAD:
        hits = _hits(number, [_inside(read_alike(key))], read_alike)
    return _marked(number, hits or _hits(number, [_inside(normalize_number(word)) for word in words]))


def _in_name(word: str, *, is_last: bool) -> str:
    signs = [sign for sign in _look(word) if sign.isalnum()]
    if not signs:
        return ""
    if WRITTEN_TOGETHER.match(signs[0]):
        return _spaced(signs)
    if signs[-1].isdigit():
        return BEGINS + _spaced(signs) + ("" if is_last else ENDS)
    stems = [signs[:-cut] for cut in range(1, ENDING + 1) if len(signs) - cut >= SHORTEST_STEM]
    return BEGINS + f"(?:{'|'.join([_spaced(signs), *(_spaced(stem) + ENDS for stem in stems)])})"


def _inside(key: str) -> str:
    """The pattern of a key wherever it stands; of one sign it would tell nothing."""
    return _spaced(key) if len(key) >= SHORTEST_MARK else ""


def _spaced(signs: Iterable[str]) -> str:
    return r"[\W_]*".join("[X×]" if sign == "X" else re.escape(sign) for sign in signs)


def _look(text: str) -> str:
    """A text as it is compared, sign by sign: one case, ASCII digits, Latin letters for those that look like them."""
    looks = (latin_look(unicodedata.normalize("NFKC", sign)) for sign in text)
    return "".join(look if len(look) == 1 else sign for look, sign in zip(looks, text, strict=True))


def _hits(text: str, patterns: Iterable[str], alike: Callable[[str], str] = str) -> set[int]:
    """The places of a text that one of these patterns covers; an empty one covers none."""
    look = alike(_look(text))
    found = (hit for pattern in patterns if pattern for hit in re.finditer(pattern, look))
    return {place for hit in found for place in range(*hit.span())}


def _marked(text: str, hits: set[int]) -> list[Part]:
    runs = groupby(enumerate(text), key=lambda pair: pair[0] in hits)
    return [Part("".join(sign for _place, sign in run), is_hit) for is_hit, run in runs]
