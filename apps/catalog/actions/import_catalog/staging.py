"""The rows of a file in temporary tables: brought there by COPY, checked against each other and the catalog."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

from apps.catalog.models import Category, Family, Product
from apps.catalog.rules import CatalogReader, CatalogRow, faults
from apps.catalog.rules.columns import NEEDED_BY_NEW
from apps.core.cells import RowFault

CHUNK = 2_000
PRODUCT_FACTS = (
    "brand", "family", "family_position", "popularity", "lifecycle", "base_unit", "price_per", "tax_class",
    "min_quantity", "order_multiple", "weight_g", "lead_days", "successor",
)  # fmt: skip
TABLES = {
    "import_product": """
        line integer, sku text, sku_key text, category text, brand text, family text, family_position bigint,
        popularity bigint, lifecycle text, base_unit text, price_per integer, tax_class text, min_quantity numeric,
        order_multiple numeric, weight_g bigint, lead_days smallint, successor text, product_id bigint,
        is_new boolean DEFAULT false""",
    "import_text": "line integer, language text, name text, description text",
    "import_number": "line integer, kind text, code text, code_key text",
    "import_pack": "line integer, unit text, factor numeric",
    "import_value": "line integer, attribute text, option text, number numeric, text text",
    "import_category": "path text, id bigint, head text",
    "import_touched": "product_id bigint",
}
# What the statements of an import read and write.
CATALOG = (
    "catalog_product", "catalog_producttext", "catalog_itemnumber", "catalog_packlevel", "catalog_attributevalue",
    "catalog_attributeoption", "catalog_attribute", "catalog_brand", "catalog_family", "catalog_category",
    "catalog_categorytext", "catalog_familytext", "catalog_assortmentitem",
)  # fmt: skip
LARGE = 200
# How a path of categories stands in one column; no name of a category can hold it.
STEP = " > "

SKU_REPEATED = """
    SELECT line, least_line FROM (
        SELECT line, min(line) OVER (PARTITION BY sku_key) AS least_line FROM import_product
    ) AS numbered WHERE line > least_line"""
SKU_ALIKE = """
    SELECT line, product.sku FROM import_product JOIN catalog_product AS product USING (sku_key)
    WHERE product.sku <> import_product.sku"""
GTIN_REPEATED = """
    SELECT line, least_line, code FROM (
        SELECT line, code, min(line) OVER (PARTITION BY lpad(code_key, 14, '0')) AS least_line
        FROM import_number WHERE kind = 'gtin'
    ) AS numbered WHERE line > least_line"""
# What a product of the file had is replaced by what the file says, so another may take it over.
GTIN_TAKEN = """
    SELECT mine.line, mine.code, owner.sku
    FROM import_number AS mine
    JOIN catalog_itemnumber AS theirs
        ON theirs.kind = 'gtin' AND lpad(theirs.code_key, 14, '0') = lpad(mine.code_key, 14, '0')
    JOIN catalog_product AS owner ON owner.id = theirs.product_id
    WHERE mine.kind = 'gtin' AND NOT EXISTS (SELECT 1 FROM import_product WHERE import_product.sku = owner.sku)"""
NEW = """
    SELECT line FROM import_product
    WHERE NOT EXISTS (SELECT 1 FROM catalog_product WHERE catalog_product.sku = import_product.sku)"""
FAMILY_ELSEWHERE = """
    SELECT DISTINCT mine.line, mine.family
    FROM import_product AS mine
    JOIN catalog_family AS family ON family.code = mine.family
    JOIN catalog_product AS product ON product.family_id = family.id
    LEFT JOIN import_category AS category ON category.path = mine.category
    WHERE product.category_id IS DISTINCT FROM category.id
        AND NOT EXISTS (SELECT 1 FROM import_product AS row WHERE row.sku = product.sku)"""
# Without a column of families, each product keeps its own.
FAMILY_KEPT = """
    SELECT mine.line, family.code
    FROM import_product AS mine
    JOIN catalog_product AS product USING (sku)
    JOIN catalog_family AS family ON family.id = product.family_id
    LEFT JOIN import_category AS category ON category.path = mine.category
    WHERE family.category_id IS DISTINCT FROM category.id"""
SUCCESSOR_UNKNOWN = """
    SELECT line, successor FROM import_product AS mine
    WHERE successor IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM import_product AS row WHERE row.sku = mine.successor)
        AND NOT EXISTS (SELECT 1 FROM catalog_product AS product WHERE product.sku = mine.successor)"""


class Staging:
    """Temporary tables of one transaction. `refuse` takes rows out again, so that every check sees what is left."""

    def __init__(self, cursor: CursorWrapper) -> None:
        self.cursor = cursor
        self.waiting: dict[str, list[Sequence[Any]]] = {}
        self.count = 0
        for table, columns in TABLES.items():
            # Within one session an earlier import may have been rolled back to a savepoint only.
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")

    def add(self, row: CatalogRow) -> None:
        """Take a row; it is written with some thousand others."""
        self.count += 1
        put = self.waiting.setdefault
        facts = [row.facts.get(name) for name in PRODUCT_FACTS]
        category = STEP.join(row.category) or None
        put("import_product", []).append((row.line, row.sku, row.sku_key, category, *facts))
        texts = [
            (row.line, language, row.names.get(language), row.descriptions.get(language))
            for language in row.names.keys() | row.descriptions.keys()
        ]
        put("import_text", []).extend(texts)
        put("import_number", []).extend((row.line, *number) for number in row.numbers)
        put("import_pack", []).extend((row.line, *pack) for pack in row.packs)
        put("import_value", []).extend(
            (row.line, value.code, value.option, value.number, value.text) for value in row.values
        )
        if len(self.waiting["import_product"]) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        columns = {
            "import_product": ("line", "sku", "sku_key", "category", *PRODUCT_FACTS),
            "import_text": ("line", "language", "name", "description"),
            "import_number": ("line", "kind", "code", "code_key"),
            "import_pack": ("line", "unit", "factor"),
            "import_value": ("line", "attribute", "option", "number", "text"),
        }
        for table, rows in self.waiting.items():
            with self.cursor.copy(f"COPY {table} ({', '.join(columns[table])}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        self.waiting = {}

    def finish(self) -> None:
        """Write what is left, and let the planner know how much there is."""
        self.flush()
        for table in TABLES:
            self.cursor.execute(f"ANALYZE {table}")
        if self.count >= LARGE:
            # Row by row is how PostgreSQL joins a table that it believes to be empty; for every row it would go through
            # all that this very statement has put in: hours for what takes seconds.
            self.cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")

    def end_merge(self) -> None:
        """Plan again as for pages, and with true numbers of rows."""
        if self.count >= LARGE:
            self.cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
            self.cursor.execute(f"ANALYZE {', '.join(CATALOG)}")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement)
        return list(self.cursor.fetchall())

    def refuse(self, lines: Iterable[int]) -> None:
        """Forget these rows."""
        lines = sorted(set(lines))
        if lines:
            for table in ("import_product", "import_text", "import_number", "import_pack", "import_value"):
                self.cursor.execute(f"DELETE FROM {table} WHERE line = ANY(%s)", [lines])  # noqa: S608

    def check(self, reader: CatalogReader) -> list[RowFault]:
        """Everything that speaks against rows beside others and the catalog; those rows are taken out.

        What the file names is held first, and until the file is in, so that all that is found still holds then.
        """
        self.lock_shelves()
        self.lock_products()
        found: list[RowFault] = []
        before = -1
        # A row that is taken out may have made room for another one, or was to follow it: then look again.
        while len(found) > before:
            before = len(found)
            for new in self.faulty(reader):
                found += new
                self.refuse(fault.line for fault in new)
        return found

    def faulty(self, reader: CatalogReader) -> Iterator[list[RowFault]]:
        """What speaks against rows, one reason after the other, each of what the ones before have left."""
        columns = reader.columns
        sku, category, family, gtin, successor = (
            columns.names.get(name, name) for name in ("sku", "category", "family", "gtin", "successor")
        )
        yield [RowFault(line, sku, faults.SKU_REPEATED, {"line": first}) for line, first in self.ask(SKU_REPEATED)]
        yield [RowFault(line, sku, faults.SKU_ALIKE, {"other": other}) for line, other in self.ask(SKU_ALIKE)]
        if lacking := [column for column in NEEDED_BY_NEW if column not in columns]:
            yield [RowFault(line, column, faults.NEW_NEEDS) for (line,) in self.ask(NEW) for column in lacking]
        if "category" in columns:
            yield self.misplaced(category)
        if "family" in columns:
            away = self.ask(FAMILY_ELSEWHERE)
            yield [RowFault(line, family, faults.FAMILY_ELSEWHERE, {"value": code}) for line, code in away]
        elif "category" in columns:
            kept = self.ask(FAMILY_KEPT)
            yield [RowFault(line, category, faults.FAMILY_KEPT, {"value": code}) for line, code in kept]
        yield [
            RowFault(line, gtin, faults.GTIN_REPEATED, {"line": first, "value": code})
            for line, first, code in self.ask(GTIN_REPEATED)
        ]
        yield [
            RowFault(line, gtin, faults.GTIN_TAKEN, {"value": code, "other": owner})
            for line, code, owner in self.ask(GTIN_TAKEN)
        ]
        while missing := self.ask(SUCCESSOR_UNKNOWN):
            yield [RowFault(line, successor, faults.SUCCESSOR_UNKNOWN, {"value": value}) for line, value in missing]

    def lock_shelves(self) -> None:
        """Let nobody else add a category, or put a product on one or into a family that the file names.

        Categories before families, and both before products, as whoever saves a product holds them.
        """
        if used := [tuple(path.split(STEP)) for (path,) in self.ask(USED_CATEGORIES)]:
            Category.objects.lock_tree()
            existing = category_paths()
            named = {path[:end] for path in used for end in range(1, len(path) + 1)}
            rows = Category.objects.filter(pk__in=[existing[path] for path in named & existing.keys()])
            list(rows.locked().values_list("pk"))
        families = Family.objects.filter(code__in=[code for (code,) in self.ask(USED_FAMILIES)])
        list(families.locked().values_list("pk"))

    def lock_products(self) -> None:
        """Hold the products of the file, as whoever saves one of them does."""
        named = RawSQL("SELECT sku FROM import_product", [])
        list(Product.objects.filter(sku__in=named).locked().values_list("pk"))

    def name_categories(self, paths: Mapping[tuple[str, ...], int]) -> None:
        """Say which categories the paths of the file mean."""
        self.cursor.execute("TRUNCATE import_category")
        self.cursor.executemany(
            "INSERT INTO import_category (path, id) VALUES (%s, %s)",
            [(STEP.join(path), category) for path, category in paths.items()],
        )

    def misplaced(self, column: str) -> list[RowFault]:
        """Rows whose category stands above others, or below one that has products of its own."""
        existing = category_paths()
        self.name_categories(existing)
        used = [tuple(path.split(STEP)) for (path,) in self.ask(USED_CATEGORIES)]
        above = {path[:end] for path in {*existing, *used} for end in range(1, len(path))}
        stocked = {tuple(path.split(STEP)) for (path,) in self.ask(STOCKED_CATEGORIES)}
        wrong: dict[str, tuple[str, str]] = {}
        for path in used:
            if path in above:
                wrong[STEP.join(path)] = faults.NOT_A_LEAF, path[-1]
            elif upper := next((path[:end] for end in range(1, len(path)) if path[:end] in stocked), None):
                wrong[STEP.join(path)] = faults.HAS_PRODUCTS, upper[-1]
        self.cursor.execute(ROWS_IN_CATEGORIES, [list(wrong)])
        return [
            RowFault(line, column, wrong[path][0], {"value": wrong[path][1]}) for line, path in self.cursor.fetchall()
        ]


USED_FAMILIES = "SELECT DISTINCT family FROM import_product WHERE family IS NOT NULL"
USED_CATEGORIES = "SELECT DISTINCT category FROM import_product WHERE category IS NOT NULL"
ROWS_IN_CATEGORIES = "SELECT line, category FROM import_product WHERE category = ANY(%s) ORDER BY line"
# Products that the file itself moves away do not count.
STOCKED_CATEGORIES = """
    SELECT DISTINCT category.path FROM import_category AS category JOIN catalog_product AS product
        ON product.category_id = category.id
    WHERE NOT EXISTS (SELECT 1 FROM import_product AS row WHERE row.sku = product.sku)"""


def category_paths() -> dict[tuple[str, ...], int]:
    """English names from the root down -> category; of two that are called alike, the first counts."""
    rows = Category.objects.filter(texts__language="en").order_by("path").values_list("path", "pk", "texts__name")
    names: dict[str, tuple[str, ...]] = {}
    found: dict[tuple[str, ...], int] = {}
    for path, key, name in rows:
        names[path] = (*names.get(path[: -Category.steplen], ()), name)
        found.setdefault(names[path], key)
    return found


def open_staging() -> Staging:
    """The tables of this import, in the transaction that is open."""
    assert connection.in_atomic_block, "Temporary tables of an import go with its transaction."
    return Staging(connection.cursor())
