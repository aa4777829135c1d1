"""Tables that people take away, as CSV in UTF-8 that spreadsheets read as it is."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

from apps.core.cells import clean

BREAKS = {"\t", "\r", "\n"}
FORMULA = {"=", "+", "-", "@", "＝", "＋", "－", "＠"}


class Line:
    """What csv writes to: it hands each row on instead of keeping it."""

    def write(self, row: str) -> str:
        return row


def csv_download(name: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a file `<name>-<today>.csv`, sent while they are read."""

    def lines() -> Iterator[str]:
        writer = csv.writer(Line())
        yield "\N{BYTE ORDER MARK}" + str(writer.writerow(columns))
        for row in rows:
            yield str(writer.writerow(harmless(value) for value in row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.csv"'
    return response


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, also behind blanks or in full-width signs, marked as text."""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value[:1] in BREAKS or clean(value)[:1] in FORMULA else value
