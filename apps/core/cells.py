"""Cells of tables that people send, read as what their column asks for; and what is wrong with those that are not.

Plain Python: the messages are English, whoever shows them translates them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

DIGITS = re.compile(r"[0-9]+")
# A comma is a decimal one unless three digits follow: 1,500 may be meant either way, so it is refused.
NUMBER = re.compile(r"([+-]?[0-9]+)(?:\.([0-9]+)|,([0-9]{1,2}|[0-9]{4,}))?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LINE_END = re.compile(r"\r\n?")
WHITE = re.compile(r"[\r\n\t]+")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
MOST_INTEGER = 2**31 - 1
SHOWN = 60


def gettext_noop(text: str) -> str:
    """Mark a text for the translators; rules know no language, whoever shows the fault translates it."""
    return text


@dataclass(frozen=True, slots=True)
class RowFault:
    """One reason to refuse a row. The message is English with placeholders for `words`; line 1 is the header."""

    line: int
    column: str
    message: str
    words: Mapping[str, Any] = field(default_factory=dict)


REQUIRED = gettext_noop("This may not be empty.")
TOO_LONG = gettext_noop("This has %(found)s characters; there is room for %(most)s.")
UNPRINTABLE = gettext_noop("This has a character that cannot be shown.")
NOT_ONE_OF = gettext_noop("“%(value)s” is not one of: %(known)s.")
NOT_A_NUMBER = gettext_noop("“%(value)s” is not a number. Write it in digits with a decimal point: 1500 or 2.5.")
NOT_WHOLE = gettext_noop("“%(value)s” is not a whole number from 0 to %(most)s.")
NOT_POSITIVE = gettext_noop("“%(value)s” is not more than 0.")
TOO_LARGE = gettext_noop("“%(value)s” is too large.")
TOO_FINE = gettext_noop("“%(value)s” has more than %(most)s decimals.")
NOT_A_DAY = gettext_noop("“%(value)s” is not a day. Write it as 2026-12-31.")
WRONG_WIDTH = gettext_noop("This row has %(found)s cells, the header has %(expected)s.")
COLUMN_MISSING = gettext_noop("The file has no column “%(column)s”.")


class CellRefused(Exception):
    """A cell cannot be what its column asks for."""

    def __init__(self, message: str, **words: Any) -> None:
        super().__init__(message)
        self.message = message
        self.words = words


def clean(text: str) -> str:
    """A cell without the spaces around it, no-break ones included."""
    return text.strip().strip("\N{ZERO WIDTH NO-BREAK SPACE}\N{ZERO WIDTH SPACE}")


def read_text(text: str, *, most: int | None, is_long: bool = False) -> str:
    """Words of one line; a long text keeps its lines."""
    text = LINE_END.sub("\n", text) if is_long else WHITE.sub(" ", text)
    if CONTROL.search(text):
        raise CellRefused(UNPRINTABLE)
    if most is not None and len(text) > most:
        raise CellRefused(TOO_LONG, found=len(text), most=most)
    return text


def read_choice(text: str, *, known: Iterable[str]) -> str:
    for value in known:
        if text.casefold() == value.casefold():
            return value
    raise CellRefused(NOT_ONE_OF, value=text[:SHOWN], known=", ".join(known))


def read_whole(text: str, *, most: int = MOST_INTEGER) -> int:
    if not DIGITS.fullmatch(text) or len(text) > len(str(most)) or int(text) > most:
        raise CellRefused(NOT_WHOLE, value=text[:SHOWN], most=most)
    return int(text)


def read_number(text: str, *, digits: int, decimals: int) -> Decimal:
    """A number in digits, with a point or a comma before its decimals."""
    parts = NUMBER.fullmatch(text)
    if parts is None:
        raise CellRefused(NOT_A_NUMBER, value=text[:SHOWN])
    number = Decimal(text.replace(",", "."))
    if len(parts[1].lstrip("+-0")) > digits - decimals:
        raise CellRefused(TOO_LARGE, value=text[:SHOWN])
    if len((parts[2] or parts[3] or "").rstrip("0")) > decimals:
        raise CellRefused(TOO_FINE, value=text[:SHOWN], most=decimals)
    return number


def read_quantity(text: str) -> Decimal:
    quantity = read_number(text, digits=12, decimals=3)
    if quantity <= 0:
        raise CellRefused(NOT_POSITIVE, value=text)
    return quantity


def read_day(text: str) -> date:
    """A day as 2026-12-31; a workbook's own dates arrive so as well."""
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CellRefused(NOT_A_DAY, value=text[:SHOWN])
