"""What a person asked: of a category, in its address; of the quick order, typed, pasted or in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.models import Attribute, CategoryAttribute
from apps.catalog.queries.pages import ENGINEERING, SORTS, Filters, Range
from apps.core.cells import CellRefused, read_number
from apps.core.errors import DomainError
from apps.core.formats import quantity_text
from apps.core.pages import whole
from apps.core.sheets import SheetEmpty, read_cells
from apps.shop.rules import (
    LONGEST_NUMBER,
    LONGEST_QUANTITY,
    MOST_ROWS,
    Cells,
    Columns,
    TooManyRows,
    TypedRow,
    find_columns,
    read_lines,
    read_table,
    tidy_table,
)

LARGEST_FILE = 5 * 2**20
MOST_FILE_CELLS = 30 * MOST_ROWS
LONGEST_PASTE = 300_000
# The table of a file goes to the browser and back while a person says what its columns are.
LONGEST_TABLE = 1_000_000


@dataclass(frozen=True)
class Ask:
    """One view of a category."""

    filters: Filters
    sort: str
    page: int


def read_ask(query: QueryDict, attributes: Sequence[CategoryAttribute]) -> Ask:
    """Read `?thread=12&thread=14&length_min=20&sort=popular&page=2`; options come by their ids."""
    options: dict[int, frozenset[int]] = {}
    ranges: dict[int, Range] = {}
    for row in attributes:
        attribute = row.attribute
        if not row.is_facet:
            continue
        if attribute.kind == Attribute.Kind.NUMBER:
            bounds = Range(_number(query.get(f"{attribute.code}_min")), _number(query.get(f"{attribute.code}_max")))
            if bounds != Range():
                ranges[attribute.pk] = bounds
        elif chosen := frozenset(whole(value, 0) for value in query.getlist(attribute.code)) - {0}:
            options[attribute.pk] = chosen
    sort = query.get("sort", "")
    return Ask(
        Filters(options, ranges),
        sort if sort in SORTS else ENGINEERING,
        whole(query.get("page"), 1),
    )


def _number(text: str | None) -> Decimal | None:
    try:
        return read_number((text or "").strip().replace(",", "."), digits=18, decimals=6)
    except CellRefused:
        return None


# --- Quick order ------------------------------------------------------------------------------------------------------


class TooMuchAtOnce(DomainError):
    def __str__(self) -> str:
        return _("At most %(most)s rows at once. Nothing was taken in; split the list.") % {
            "most": quantity_text(MOST_ROWS, "", get_language() or "en")
        }


@dataclass(frozen=True)
class Unclear:
    """A table of which a person has to say what its columns are, with the likely ones."""

    table: Sequence[Cells]
    columns: Columns

    @property
    def heads(self) -> Cells:
        return self.table[0]

    @property
    def sample(self) -> Sequence[Cells]:
        return self.table[:5]

    @property
    def text(self) -> str:
        """The table as a form keeps it; cells have neither tabs nor ends of lines."""
        return "\n".join("\t".join(cells) for cells in self.table)


def typed_row(post: QueryDict) -> list[TypedRow]:
    row = TypedRow(post.get("number", "").strip()[:LONGEST_NUMBER], post.get("quantity", "").strip()[:LONGEST_QUANTITY])
    return [row] if row.number or row.quantity else []


def pasted_rows(text: str) -> list[TypedRow]:
    """:raises TooMuchAtOnce: more than MOST_ROWS rows, or too long a text."""
    if len(text) > LONGEST_PASTE:
        raise TooMuchAtOnce
    try:
        return read_lines(text.replace("\0", ""))
    except TooManyRows as error:
        raise TooMuchAtOnce from error


def rows_of_file(upload: Any) -> list[TypedRow] | Unclear:
    """The rows of a CSV or XLSX file; unclear when neither headings nor cells tell for sure what its columns are.

    :raises SheetRefused: the file cannot be read.
    :raises TooMuchAtOnce: more than MOST_ROWS rows, or too large a file.
    """
    if upload.size > LARGEST_FILE:
        raise TooMuchAtOnce
    try:
        table = tidy_table(read_cells(upload.file, most_cells=MOST_FILE_CELLS))
        if not table:
            raise SheetEmpty
        if len(table[0]) == 1:
            return read_lines("\n".join(cell for [cell] in table))
        columns = find_columns(table)
        if columns.is_sure:
            return read_table(table, columns)
    except TooManyRows as error:
        raise TooMuchAtOnce from error
    unclear = Unclear(table, columns)
    if len(unclear.text) > LONGEST_TABLE:
        raise TooMuchAtOnce
    return unclear


def rows_of_table(post: QueryDict) -> list[TypedRow] | Unclear:
    """The rows of a table that was unclear, with the columns that a person has chosen.

    :raises TooMuchAtOnce: more than MOST_ROWS rows.
    """
    try:
        table = tidy_table(line.split("\t") for line in post.get("table", "")[:LONGEST_TABLE].splitlines())
        if not table:
            return []
        number, quantity = (_place(post.get(name, ""), table) for name in ("number_column", "quantity_column"))
        if number is None:
            return Unclear(table, find_columns(table))
        columns = Columns(number, None if quantity == number else quantity, bool(post.get("is_headed")))
        return read_table(table, columns)
    except TooManyRows as error:
        raise TooMuchAtOnce from error


def _place(text: str, table: Sequence[Cells]) -> int | None:
    place = whole(text, None)
    return place if place is not None and place < len(table[0]) else None
