"""Files of prices: docs/price-import.md is their description for people."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.rules import normalize_number
from apps.core.cells import (
    COLUMN_MISSING,
    REQUIRED,
    WRONG_WIDTH,
    CellRefused,
    RowFault,
    clean,
    gettext_noop,
    read_choice,
    read_day,
    read_number,
    read_quantity,
    read_text,
)

COLUMNS = ("sku", "min_quantity", "price", "price_per", "valid_from", "valid_until", "currency")
NEEDED = ("sku", "price")
PRICE_PER = ("1", "10", "100", "1000")
SHOWN = 60

BELOW_ZERO = gettext_noop("“%(value)s” is below 0.")
DAYS_IN_WRONG_ORDER = gettext_noop("The last day is before the first.")
UNKNOWN_NUMBER = gettext_noop("No product has the number “%(value)s”.")
OTHER_PRICE_PER = gettext_noop("This product is priced for %(expected)s units, not for %(found)s.")
REPEATED = gettext_noop("Line %(line)s has a price for the same product, quantity and first day.")
OVERLAPS_LINE = gettext_noop("Line %(line)s has another price for some of these days.")
OVERLAPS_LIST = gettext_noop("The list has another price for some of these days: from %(begins)s until %(ends)s.")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a row says: the price of a product from a quantity on. `price_per` is None where the file does not say."""

    line: int
    sku: str
    sku_key: str
    min_quantity: Decimal
    amount: Decimal
    price_per: int | None
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class PriceColumns:
    """Column -> how the file writes its name; and the columns that are not known."""

    names: Mapping[str, str]
    unknown: tuple[str, ...]
    width: int


def read_price_columns(header: Iterable[str]) -> tuple[PriceColumns, list[RowFault]]:
    """Find the columns in a header; names are read in any case. Columns that are not known are named, not used."""
    header = tuple(header)
    names = {name.strip().lower(): name for name in header}
    known = {column: names[column] for column in COLUMNS if column in names}
    unknown = tuple(name for name in header if name not in known.values())
    missing = [RowFault(1, column, COLUMN_MISSING, {"column": column}) for column in NEEDED if column not in known]
    return PriceColumns(known, unknown, len(header)), missing


class PriceReader:
    """Reads the rows of one file for a list of one currency."""

    def __init__(self, columns: PriceColumns, currency: str) -> None:
        self.columns = columns
        self.currency = currency

    def judge(self, line: int, cells: Mapping[str, str], width: int) -> PriceRow | list[RowFault]:
        """The price that a row gives, or everything that speaks against it."""
        if width != self.columns.width:
            return [RowFault(line, "", WRONG_WIDTH, {"found": width, "expected": self.columns.width})]
        found: list[RowFault] = []
        values: dict[str, Any] = {}
        for column, name in self.columns.names.items():
            try:
                values[column] = self.read(column, clean(cells.get(name, "")))
            except CellRefused as refused:
                found.append(RowFault(line, name, refused.message, refused.words))
        begins, ends = values.get("valid_from"), values.get("valid_until")
        if begins and ends and ends < begins:
            found.append(RowFault(line, self.columns.names["valid_until"], DAYS_IN_WRONG_ORDER))
        if found:
            return found
        return PriceRow(
            line=line,
            sku=values["sku"],
            sku_key=normalize_number(values["sku"]),
            min_quantity=values.get("min_quantity") or Decimal(1),
            amount=values["price"],
            price_per=values.get("price_per"),
            valid_from=begins,
            valid_until=ends,
        )

    def read(self, column: str, text: str) -> Any:
        """The value of a cell, None where an empty one may be.

        :raises CellRefused: the cell is not what its column asks for.
        """
        if not text:
            if column in NEEDED:
                raise CellRefused(REQUIRED)
            return None
        if column == "currency":
            return read_choice(text, known=[self.currency])
        return READERS[column](text)


def read_sku(text: str) -> str:
    if not normalize_number(text):
        raise CellRefused(UNKNOWN_NUMBER, value=text[:SHOWN])
    return read_text(text, most=SHOWN)


def read_price(text: str) -> Decimal:
    amount = read_number(text, digits=14, decimals=4)
    if amount < 0:
        raise CellRefused(BELOW_ZERO, value=text)
    return amount


READERS: Mapping[str, Callable[[str], Any]] = {
    "sku": read_sku,
    "min_quantity": read_quantity,
    "price": read_price,
    "price_per": lambda text: int(read_choice(text, known=PRICE_PER)),
    "valid_from": read_day,
    "valid_until": read_day,
}
