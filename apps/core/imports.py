"""What imports of files have in common: the rows they read, what they answer, and that one runs at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.cells import RowFault
from apps.core.errors import DomainError

MOST_FAULTS = 10_000
REPORT_EVERY = 500
Progress = Callable[[int], None]
Row = TypeVar("Row")


class ImportRunning(DomainError):
    message = _("Another import is running. Nothing was changed. Try again when it has ended.")


class FileRow(Protocol):
    """One row of a file, as core.sheets reads it."""

    @property
    def line(self) -> int: ...
    @property
    def cells(self) -> Mapping[str, str]: ...
    @property
    def width(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did, or would do. The messages of the faults are in the reader's language.

    `refused` counts the rows with a fault; of the faults themselves the first MOST_FAULTS are kept. Nothing was changed
    when `was_saved` is false.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: tuple[RowFault, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    was_saved: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """For the event."""
        return {name: getattr(self, name) for name in ("created", "updated", "unchanged", "refused")}


def run_alone(lock: int) -> None:
    """Let no other import with this lock run until the transaction ends, and take as long as the file needs.

    :raises ImportRunning: one does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        if not cursor.fetchone()[0]:
            raise ImportRunning
        # A statement here works on the whole file; the limits are those of a page.
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', '0', true)")


def read_rows(
    rows: Iterable[FileRow],
    judge: Callable[[int, Mapping[str, str], int], Row | list[RowFault]],
    take: Callable[[Row], None],
    progress: Progress | None,
) -> tuple[list[RowFault], set[int]]:
    """Judge all rows and take the good ones; the faults of the others, and their lines."""
    faults: list[RowFault] = []
    refused: set[int] = set()
    for count, row in enumerate(rows, start=1):
        judged = judge(row.line, row.cells, row.width)
        if isinstance(judged, list):
            refused.add(row.line)
            faults += judged if len(faults) < MOST_FAULTS else []
        else:
            take(judged)
        if progress and count % REPORT_EVERY == 0:
            progress(count)
    return faults, refused


def translated(faults: Iterable[RowFault]) -> tuple[RowFault, ...]:
    """The first of the faults in the order of the file, in the reader's language."""
    first = sorted(faults, key=lambda fault: fault.line)[:MOST_FAULTS]
    return tuple(replace(fault, message=gettext(fault.message) % fault.words) for fault in first)
