"""Take a file of products into the catalog; docs/catalog-import.md describes its columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.actions.import_catalog.merging import Merge
from apps.catalog.actions.import_catalog.staging import Staging, open_staging
from apps.catalog.actions.index_products import index_products
from apps.catalog.models import Attribute
from apps.catalog.queries.tree import STAMP
from apps.catalog.rules import AttributeSpec, CatalogReader, CatalogRow, RowFault, read_columns
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor

# One import at a time: two would wait for each other's rows, or see half of each other.
IMPORT_LOCK = 7_100_002
MOST_FAULTS = 10_000
REPORT_EVERY = 500


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


@dataclass
class CatalogImport:
    """One run: the subject of its event."""

    name: str
    uid: UUID = field(default_factory=uuid4)

    def __str__(self) -> str:
        return self.name


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


@transaction.atomic
def import_catalog(
    *,
    actor: StaffActor | SystemActor,
    columns: Sequence[str],
    rows: Iterable[FileRow],
    now: datetime,
    name: str = "",
    dry_run: bool = False,
    skip_faulty: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportOutcome:
    """Make the products in a file what the file says: add, change, and take from them what it no longer has.

    `columns` is the header of the file, `rows` what stands below it. What the file has no column for stays as it is,
    and so do products that it does not name. One fault refuses the whole file; with `skip_faulty` the good rows are
    taken. With `dry_run` nothing is kept, but the counts are those of a real run. A file that changes nothing writes
    nothing, no event either. `progress` is told the number of rows read.

    :raises ImportRunning: another import has not ended yet.
    :raises SheetRefused: the file turned out to be broken below its header; nothing is changed then.
    """
    found, header_faults = read_columns(columns)
    known = {
        code: AttributeSpec(code, kind, unit)
        for code, kind, unit in Attribute.objects.values_list("code", "kind", "unit")
    }
    reader = CatalogReader(found, known)
    header_faults += reader.header_faults
    if header_faults:
        return ImportOutcome(refused=1, faults=tuple(map(_translated, header_faults)), unknown_columns=found.unknown)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            raise ImportRunning
        # A statement here works on the whole file; the limits are those of a page.
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', '0', true)")
    staging = open_staging()
    faults, refused = _stage(staging, reader, rows, progress)
    for fault in staging.check(reader):
        refused.add(fault.line)
        faults.append(fault)
    faults = sorted(faults, key=lambda fault: fault.line)[:MOST_FAULTS]
    if refused and not skip_faulty:
        transaction.set_rollback(True)
        return ImportOutcome(
            refused=len(refused), faults=tuple(map(_translated, faults)), unknown_columns=found.unknown
        )
    merge = Merge(staging, reader)
    created, updated, total = merge.run()
    outcome = ImportOutcome(
        created=created,
        updated=updated,
        unchanged=total - created - updated,
        refused=len(refused),
        faults=tuple(map(_translated, faults)),
        unknown_columns=found.unknown,
        was_saved=not dry_run,
    )
    if dry_run:
        transaction.set_rollback(True)
    elif created or updated or merge.shelves:
        index_products(None if merge.shelves or created else merge.touched())
        record_event(
            "catalog.catalog_imported",
            actor=actor,
            subject=CatalogImport(name),
            now=now,
            payload={
                "created": created,
                "updated": updated,
                "unchanged": outcome.unchanged,
                "refused": outcome.refused,
            },
        )
        Stamp.bump(STAMP)
    return outcome


def _stage(
    staging: Staging, reader: CatalogReader, rows: Iterable[FileRow], progress: Callable[[int], None] | None
) -> tuple[list[RowFault], set[int]]:
    """Read all rows; the good ones go into the temporary tables."""
    faults: list[RowFault] = []
    refused: set[int] = set()
    for count, row in enumerate(rows, start=1):
        judged = reader.judge(row.line, row.cells, row.width)
        if isinstance(judged, CatalogRow):
            staging.add(judged)
        else:
            refused.add(row.line)
            faults += judged if len(faults) < MOST_FAULTS else []
        if progress and count % REPORT_EVERY == 0:
            progress(count)
    staging.finish()
    return faults, refused


def _translated(fault: RowFault) -> RowFault:
    return RowFault(fault.line, fault.column, gettext(fault.message) % fault.words, fault.words)
