from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from apps.activity.actions.record_event import record_event
from apps.core.cells import RowFault
from apps.core.imports import FileRow, ImportOutcome, Progress, read_rows, run_alone, translated
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.pricing.models import PriceList
from apps.pricing.queries import STAMP
from apps.pricing.rules import PriceReader, PriceRow, read_price_columns
from apps.pricing.rules.files import OTHER_PRICE_PER, OVERLAPS_LINE, OVERLAPS_LIST, REPEATED, UNKNOWN_NUMBER

IMPORT_LOCK = 7_100_003
CHUNK = 5_000
# The rows of the file in a table that goes with the transaction: a million of them take no memory here.
TABLE = """
    CREATE TEMPORARY TABLE import_price (
        line integer, sku text, sku_key text, min_quantity numeric, amount numeric, price_per integer, valid_from date,
        valid_until date, product_id bigint, price_id bigint,
        is_dated boolean GENERATED ALWAYS AS (valid_from IS NOT NULL OR valid_until IS NOT NULL) STORED,
        days daterange GENERATED ALWAYS AS (daterange(valid_from, valid_until, '[]')) STORED) ON COMMIT DROP"""
NAMES = ("line", "sku", "sku_key", "min_quantity", "amount", "price_per", "valid_from", "valid_until")
PRODUCTS = """
    UPDATE import_price AS row SET product_id = product.id
    FROM catalog_product AS product WHERE product.sku_key = row.sku_key"""
# What a row takes the place of: one standing price of its quantity, or the dated one with its first day.
PRICES = """
    UPDATE import_price AS row SET price_id = price.id
    FROM pricing_price AS price
    WHERE price.price_list_id = %(list)s AND price.product_id = row.product_id
        AND price.min_quantity = row.min_quantity AND price.valid_from IS NOT DISTINCT FROM row.valid_from
        AND (price.valid_from IS NOT NULL OR price.valid_until IS NOT NULL) = row.is_dated"""
UNKNOWN = "SELECT line, sku FROM import_price WHERE product_id IS NULL"
PRICED_OTHERWISE = """
    SELECT line, product.price_per, row.price_per
    FROM import_price AS row JOIN catalog_product AS product ON product.id = row.product_id
    WHERE row.price_per <> product.price_per"""
SAID_BEFORE = """
    SELECT line, least_line FROM (
        SELECT line, min(line) OVER (PARTITION BY product_id, min_quantity, is_dated, valid_from) AS least_line
        FROM import_price
    ) AS numbered WHERE line > least_line"""
OVERLAPS_IN_FILE = """
    SELECT mine.line, min(other.line)
    FROM import_price AS mine JOIN import_price AS other USING (product_id, min_quantity, is_dated)
    WHERE is_dated AND other.line < mine.line AND other.days && mine.days
    GROUP BY mine.line"""
OVERLAPS_IN_LIST = """
    SELECT DISTINCT ON (mine.line) mine.line, price.valid_from, price.valid_until
    FROM import_price AS mine JOIN pricing_price AS price USING (product_id, min_quantity)
    WHERE mine.is_dated AND price.price_list_id = %(list)s
        AND (price.valid_from IS NOT NULL OR price.valid_until IS NOT NULL)
        AND daterange(price.valid_from, price.valid_until, '[]') && mine.days
        AND NOT EXISTS (SELECT 1 FROM import_price AS row WHERE row.price_id = price.id)
    ORDER BY mine.line"""
CHANGE = """
    UPDATE pricing_price AS price SET amount = row.amount, valid_until = row.valid_until
    FROM import_price AS row
    WHERE price.id = row.price_id
        AND (price.amount, price.valid_until) IS DISTINCT FROM (row.amount, row.valid_until)"""
ADD = """
    INSERT INTO pricing_price (price_list_id, product_id, min_quantity, amount, valid_from, valid_until)
    SELECT %(list)s, product_id, min_quantity, amount, valid_from, valid_until
    FROM import_price WHERE price_id IS NULL ORDER BY line"""


@transaction.atomic
def import_prices(
    *,
    actor: StaffActor | SystemActor,
    price_list: PriceList,
    columns: Sequence[str],
    rows: Iterable[FileRow],
    now: datetime,
    name: str = "",
    dry_run: bool = False,
    skip_faulty: bool = False,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Put the prices of a file into a list: each takes the place of the one of its product, quantity and first day.

    All other prices stay. One fault refuses the whole file; with `skip_faulty` the good rows are taken. With `dry_run`
    nothing is kept, but the counts are those of a real run. A file that changes nothing writes nothing, nor an event.

    :raises ImportRunning: another import of prices has not ended yet.
    :raises SheetRefused: the file turned out to be broken below its header; nothing is changed then.
    """
    found, header_faults = read_price_columns(columns)
    if header_faults:
        return ImportOutcome(refused=1, faults=translated(header_faults), unknown_columns=found.unknown)
    run_alone(IMPORT_LOCK)
    price_list = PriceList.objects.locked().get(pk=price_list.pk)
    with connection.cursor() as cursor:
        staging = _Staging(cursor, price_list)
        faults, refused = read_rows(rows, PriceReader(found, price_list.currency).judge, staging.add, progress)
        staging.finish()
        for fault in staging.check(found.names):
            refused.add(fault.line)
            faults.append(fault)
        if refused and not skip_faulty:
            transaction.set_rollback(True)
            return ImportOutcome(refused=len(refused), faults=translated(faults), unknown_columns=found.unknown)
        total = staging.count()
        updated = staging.run(CHANGE)
        created = staging.run(ADD)
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
    elif created or updated:
        payload = {**outcome.counts, "file": name}
        record_event("pricing.prices_imported", actor=actor, subject=price_list, now=now, payload=payload)
        Stamp.bump(STAMP)
    return outcome


class _Staging:
    """The rows of the file in their table."""

    def __init__(self, cursor: CursorWrapper, price_list: PriceList) -> None:
        self.cursor = cursor
        self.words = {"list": price_list.pk}
        self.waiting: list[PriceRow] = []
        # Within one session an earlier import may have been rolled back to a savepoint only.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_price")
        cursor.execute(TABLE)

    def run(self, statement: str) -> int:
        self.cursor.execute(statement, self.words if "%(list)s" in statement else None)
        count: int = self.cursor.rowcount
        return count

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        self.run(statement)
        return list(self.cursor.fetchall())

    def add(self, row: PriceRow) -> None:
        self.waiting.append(row)
        if len(self.waiting) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        with self.cursor.copy(f"COPY import_price ({', '.join(NAMES)}) FROM STDIN") as copy:
            for row in self.waiting:
                copy.write_row([getattr(row, name) for name in NAMES])
        self.waiting = []

    def finish(self) -> None:
        """Write what is left, let the planner know how much there is, and find what the rows are about."""
        self.flush()
        for statement in (PRODUCTS, "ANALYZE import_price", PRICES):
            self.run(statement)

    def count(self) -> int:
        return int(self.ask("SELECT count(*) FROM import_price")[0][0])

    def check(self, names: Mapping[str, str]) -> list[RowFault]:
        """What speaks against rows beside others, the catalog and the list; those rows are taken out."""
        found: list[RowFault] = []
        sku, begins = names["sku"], names.get("valid_from") or names.get("valid_until", "")
        checks = (
            (UNKNOWN, sku, UNKNOWN_NUMBER, ("value",)),
            (PRICED_OTHERWISE, names.get("price_per", ""), OTHER_PRICE_PER, ("expected", "found")),
            (SAID_BEFORE, sku, REPEATED, ("line",)),
            (OVERLAPS_IN_FILE, begins, OVERLAPS_LINE, ("line",)),
            (OVERLAPS_IN_LIST, begins, OVERLAPS_LIST, ("begins", "ends")),
        )
        for statement, column, message, words in checks:
            new = [
                RowFault(line, column, message, {word: value or "–" for word, value in zip(words, said, strict=True)})
                for line, *said in self.ask(statement)
            ]
            found += new
            self.cursor.execute("DELETE FROM import_price WHERE line = ANY(%s)", [[fault.line for fault in new]])
        return found
