"""Take a file of products into the catalog; docs/catalog-import.md describes its columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.catalog.actions.import_catalog.merging import Merge
from apps.catalog.actions.import_catalog.staging import open_staging
from apps.catalog.actions.index_products import index_products
from apps.catalog.models import Attribute, Product
from apps.catalog.queries.tree import STAMP
from apps.catalog.rules import AttributeSpec, CatalogReader, read_columns
from apps.core.imports import FileRow, ImportOutcome, Progress, read_rows, run_alone, translated
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor

# One import at a time: two would wait for each other's rows, or see half of each other.
IMPORT_LOCK = 7_100_002


@dataclass
class CatalogImport:
    """One run: the subject of its event."""

    name: str
    uid: UUID = field(default_factory=uuid4)

    def __str__(self) -> str:
        return self.name


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
    progress: Progress | None = None,
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
        return ImportOutcome(refused=1, faults=translated(header_faults), unknown_columns=found.unknown)
    run_alone(IMPORT_LOCK)
    staging = open_staging()
    faults, refused = read_rows(rows, reader.judge, staging.add, progress)
    staging.finish()
    for fault in staging.check(reader):
        refused.add(fault.line)
        faults.append(fault)
    if refused and not skip_faulty:
        transaction.set_rollback(True)
        return ImportOutcome(refused=len(refused), faults=translated(faults), unknown_columns=found.unknown)
    merge = Merge(staging, reader)
    created, updated, total = merge.run()
    outcome = ImportOutcome(
        created=created,
        updated=updated,
        unchanged=total - created - updated,
        refused=len(refused),
        faults=translated(faults),
        unknown_columns=found.unknown,
        was_saved=not dry_run,
    )
    if dry_run:
        transaction.set_rollback(True)
    elif created or updated or merge.shelves:
        written = merge.written()
        index_products(None if len(written) == Product.objects.count() else written)
        # What hangs on a new name is indexed later, in batches: nobody waits for the whole catalog here.
        payload = {**outcome.counts, "renamed": merge.renamed}
        record_event("catalog.catalog_imported", actor=actor, subject=CatalogImport(name), now=now, payload=payload)
        Stamp.bump(STAMP)
    return outcome
