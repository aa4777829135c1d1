"""Reading what people paste or upload as an order: which of it is a number, and which a quantity."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

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


class TooManyRows(ValueError):
    """More rows than a pad takes."""


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One line as it was typed; the quantity may be empty."""

    number: str
    quantity: str


def read_lines(text: str) -> list[TypedRow]:
    """The rows of a pasted text, one a line: `number quantity`, `quantity x number`, or columns as Excel copies them.

    Tabs, semicolons, commas and spaces tell columns apart; a first line of headings is left out.

    :raises TooManyRows: more than MOST_ROWS lines.
    """
    lines = [line[:LONGEST_LINE] for line in text.splitlines() if line.strip(" \t;,")]
    if len(lines) > MOST_ROWS + 1:
        raise TooManyRows
    split = [_cells(line) for line in lines]
    if split and (_is_header(split[0]) or all(len(cells) > 1 for cells in split)):
        return read_table([cells if len(cells) > 1 else list(_spaced(cells[0])) for cells in split])
    rows = [_row(*(_pair(cells) if len(cells) > 1 else _spaced(cells[0]))) for cells in split]
    if len(rows) > MOST_ROWS:
        raise TooManyRows
    return rows


def read_table(table: Sequence[Sequence[str]]) -> list[TypedRow]:
    """The rows of a table whose columns stand in any order, with headings or without.

    Headings in five languages name the columns; without them the one that looks like numbers of things is taken for
    the number, and the one that looks like amounts for the quantity.

    :raises TooManyRows: more than MOST_ROWS rows.
    """
    cells = [[" ".join(cell.split()) for cell in row[:MOST_CELLS]] for row in table]
    cells = [row for row in cells if any(row)]
    columns = _header(cells[0]) if cells else None
    body = cells[1:] if columns else cells
    if len(body) > MOST_ROWS:
        raise TooManyRows
    number, quantity = columns or _guess(body)
    found = [_row(_at(row, number), _at(row, quantity)) for row in body]
    return [row for row in found if row.number or row.quantity]


def _at(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _row(number: str, quantity: str) -> TypedRow:
    amount = QUANTITY.fullmatch(quantity.strip())
    text = amount["amount"] if amount else quantity
    return TypedRow(" ".join(number.split())[:LONGEST_NUMBER], " ".join(text.split())[:LONGEST_QUANTITY])


# --- Lines ------------------------------------------------------------------------------------------------------------


def _cells(line: str) -> list[str]:
    """The columns of a line; one where only spaces tell them apart."""
    for separator in ("\t", ";"):
        if separator in line:
            return [cell.strip().strip('"') for cell in line.split(separator)]
    # In `HX-933 1,000`, `HX-933, 1,000` and `HX-933,1,000` the last comma belongs to the amount.
    cells = [cell.strip().strip('"') for cell in re.split(r",\s+|,$" if ", " in line else ",", line.strip())]
    if len(cells) == 2 and ", " not in line and re.fullmatch(r".*\s\d{1,3},\d{3}", line.strip()):  # noqa: PLR2004
        return [line.strip()]
    if len(cells) == 3 and re.fullmatch(r"\d{1,3},\d{3}", ",".join(cells[1:])):  # noqa: PLR2004
        return [cells[0], ",".join(cells[1:])]
    return cells


def _spaced(line: str) -> tuple[str, str]:
    """Number and quantity of a line without columns; numbers may have spaces of their own."""
    for pattern in (TIMES_FIRST, LAST):
        if parts := pattern.fullmatch(line):
            return parts["number"], parts["quantity"]
    parts = FIRST.fullmatch(line)
    return (parts["number"], parts["quantity"]) if parts else (line, "")


def _pair(cells: Sequence[str]) -> tuple[str, str]:
    """Number and quantity of a line with columns, by itself."""
    number, quantity = _guess([cells])
    return _at(cells, number), _at(cells, quantity)


# --- Columns ----------------------------------------------------------------------------------------------------------


def _head(cell: str) -> str:
    return re.sub(r"[\s._:№#*]+", " ", unicodedata.normalize("NFKC", cell).casefold()).strip()


def _is_header(cells: Sequence[str]) -> bool:
    return _header(cells) is not None


def _header(cells: Sequence[str]) -> tuple[int, int | None] | None:
    """The places of number and quantity, if this row names its columns."""
    heads = [_head(cell) for cell in cells]
    number = next((place for place, head in enumerate(heads) if head in NUMBER_HEADS), None)
    quantity = next((place for place, head in enumerate(heads) if head in QUANTITY_HEADS), None)
    if number is None and quantity is not None:
        number = next((place for place, head in enumerate(heads) if place != quantity and head), None)
    return None if number is None else (number, quantity)


def _guess(body: Sequence[Sequence[str]]) -> tuple[int, int | None]:
    """The columns that look most like numbers of things and like amounts."""
    width = max((len(row) for row in body), default=1)
    columns = [[_at(row, place) for row in body] for place in range(width)]
    amounts = {
        place: share
        for place, column in enumerate(columns)
        if (share := sum(bool(QUANTITY.fullmatch(cell)) for cell in column)) and not _counts_up(column)
    }
    number = max(range(width), key=lambda place: (_likeness(columns[place], place in amounts), -place))
    amounts.pop(number, None)
    return number, max(amounts, key=lambda place: (amounts[place], -place), default=None)


def _counts_up(column: Sequence[str]) -> bool:
    """1, 2, 3: the positions of a list."""
    return len(column) > 2 and list(column) == [str(place) for place in range(1, len(column) + 1)]  # noqa: PLR2004


def _likeness(column: Sequence[str], is_amount: bool) -> int:  # noqa: FBT001
    """How much like numbers of things: digits and letters without many spaces, not alike, not amounts."""
    if _counts_up(column):
        return -len(column)
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
