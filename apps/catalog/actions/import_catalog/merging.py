"""Checked rows from the temporary tables into the catalog. Every statement writes what differs, and nothing else."""

from collections.abc import Iterable, Sequence

from django.db.models import F, Max
from django.utils.text import slugify

from apps.catalog.actions.import_catalog.staging import STEP, USED_CATEGORIES, USED_FAMILIES, Staging, category_paths
from apps.catalog.models import (
    Attribute,
    AttributeOption,
    Brand,
    Category,
    CategoryAttribute,
    CategoryText,
    Family,
    FamilyText,
    Product,
)
from apps.catalog.models.attributes import YES_NO_NAMES
from apps.catalog.rules import CatalogReader, CategoryFacts, natural_key
from apps.catalog.rules.columns import NUMBERS, PACKS

SLUG_LENGTH = 120
# Column of the file -> column of the product, and how the value is found from the staged row.
PRODUCT_COLUMNS = {
    "category": ("category_id", "category.id"),
    "brand": ("brand_id", "brand.id"),
    "family": ("family_id", "family.id"),
    "family_position": ("family_position", "row.family_position"),
    "popularity": ("popularity", "row.popularity"),
    "lifecycle": ("lifecycle", "row.lifecycle"),
    "base_unit": ("base_unit", "row.base_unit"),
    "price_per": ("price_per", "row.price_per"),
    "tax_class": ("tax_class", "row.tax_class"),
    "min_quantity": ("min_quantity", "row.min_quantity"),
    "order_multiple": ("order_multiple", "row.order_multiple"),
    "weight_g": ("net_weight_g", "row.weight_g"),
    "lead_days": ("lead_days", "row.lead_days"),
}
NULLABLE = {"family_id", "net_weight_g", "lead_days"}
FOUND = """
    FROM import_product AS row
    LEFT JOIN import_category AS category ON category.path = row.category
    LEFT JOIN catalog_brand AS brand ON brand.name = row.brand
    LEFT JOIN catalog_family AS family ON family.code = row.family"""
PRODUCT_IDS = """
    UPDATE import_product AS row SET product_id = product.id
    FROM catalog_product AS product WHERE product.sku = row.sku AND row.product_id IS NULL"""
SUCCESSORS = """
    WITH changed AS (
        UPDATE catalog_product AS product SET successor_id = next.id
        FROM import_product AS row LEFT JOIN catalog_product AS next ON next.sku = row.successor
        WHERE product.id = row.product_id AND product.successor_id IS DISTINCT FROM next.id
        RETURNING product.id
    ) INSERT INTO import_touched SELECT id FROM changed"""
# Copies of the category, which page and facets are counted from.
FOLLOW_CATEGORY = (
    """
    UPDATE catalog_attributevalue AS value SET category_id = product.category_id
    FROM import_product AS row JOIN catalog_product AS product ON product.id = row.product_id
    WHERE value.product_id = product.id AND value.category_id <> product.category_id""",
    """
    UPDATE catalog_assortmentitem AS item SET category_id = product.category_id
    FROM import_product AS row JOIN catalog_product AS product ON product.id = row.product_id
    WHERE item.product_id = product.id AND item.category_id <> product.category_id""",
)
TEXTS = (
    """
    WITH gone AS (
        DELETE FROM catalog_producttext AS text USING import_product AS row
        WHERE text.product_id = row.product_id AND text.language = ANY(%(named)s) AND NOT EXISTS (
            SELECT 1 FROM import_text AS said
            WHERE said.line = row.line AND said.language = text.language AND said.name IS NOT NULL)
        RETURNING text.product_id
    ) INSERT INTO import_touched SELECT product_id FROM gone""",
    """
    WITH wanted AS (
        SELECT text.id, coalesce(said.name, text.name) AS name,
            CASE WHEN text.language = ANY(%(described)s) THEN coalesce(said.description, '')
                ELSE text.description END AS description
        FROM catalog_producttext AS text
        JOIN import_product AS row ON row.product_id = text.product_id
        LEFT JOIN import_text AS said ON said.line = row.line AND said.language = text.language
    ), changed AS (
        UPDATE catalog_producttext AS text SET name = wanted.name, description = wanted.description
        FROM wanted
        WHERE text.id = wanted.id AND (text.name, text.description) <> (wanted.name, wanted.description)
        RETURNING text.product_id
    ) INSERT INTO import_touched SELECT product_id FROM changed""",
    """
    WITH made AS (
        INSERT INTO catalog_producttext (product_id, language, name, description)
        SELECT row.product_id, said.language, said.name, coalesce(said.description, '')
        FROM import_text AS said JOIN import_product AS row USING (line)
        WHERE said.name IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM catalog_producttext AS text
            WHERE text.product_id = row.product_id AND text.language = said.language)
        RETURNING product_id
    ) INSERT INTO import_touched SELECT product_id FROM made""",
)
NUMBER_STEPS = (
    """
    WITH gone AS (
        DELETE FROM catalog_itemnumber AS number USING import_product AS row
        WHERE number.product_id = row.product_id AND number.kind = ANY(%(kinds)s) AND NOT EXISTS (
            SELECT 1 FROM import_number AS said
            WHERE said.line = row.line AND said.kind = number.kind AND said.code_key = number.code_key)
        RETURNING number.product_id
    ) INSERT INTO import_touched SELECT product_id FROM gone""",
    """
    WITH changed AS (
        UPDATE catalog_itemnumber AS number SET code = said.code
        FROM import_product AS row JOIN import_number AS said USING (line)
        WHERE number.product_id = row.product_id AND said.kind = number.kind AND said.code_key = number.code_key
            AND number.code <> said.code
        RETURNING number.product_id
    ) INSERT INTO import_touched SELECT product_id FROM changed""",
    """
    WITH made AS (
        INSERT INTO catalog_itemnumber (product_id, kind, code, code_key)
        SELECT row.product_id, said.kind, said.code, said.code_key
        FROM import_number AS said JOIN import_product AS row USING (line)
        WHERE NOT EXISTS (
            SELECT 1 FROM catalog_itemnumber AS number
            WHERE number.product_id = row.product_id AND number.kind = said.kind
                AND number.code_key = said.code_key)
        RETURNING product_id
    ) INSERT INTO import_touched SELECT product_id FROM made""",
)
PACK_STEPS = (
    """
    WITH gone AS (
        DELETE FROM catalog_packlevel AS pack USING import_product AS row
        WHERE pack.product_id = row.product_id AND pack.unit = ANY(%(units)s) AND NOT EXISTS (
            SELECT 1 FROM import_pack AS said WHERE said.line = row.line AND said.unit = pack.unit)
        RETURNING pack.product_id
    ) INSERT INTO import_touched SELECT product_id FROM gone""",
    """
    WITH changed AS (
        UPDATE catalog_packlevel AS pack SET factor = said.factor
        FROM import_product AS row JOIN import_pack AS said USING (line)
        WHERE pack.product_id = row.product_id AND said.unit = pack.unit AND pack.factor <> said.factor
        RETURNING pack.product_id
    ) INSERT INTO import_touched SELECT product_id FROM changed""",
    """
    WITH made AS (
        INSERT INTO catalog_packlevel (product_id, unit, factor, gtin)
        SELECT row.product_id, said.unit, said.factor, ''
        FROM import_pack AS said JOIN import_product AS row USING (line)
        WHERE NOT EXISTS (
            SELECT 1 FROM catalog_packlevel AS pack
            WHERE pack.product_id = row.product_id AND pack.unit = said.unit)
        RETURNING product_id
    ) INSERT INTO import_touched SELECT product_id FROM made""",
)
WANTED_VALUES = """
    CREATE TEMPORARY TABLE import_wanted ON COMMIT DROP AS
    SELECT row.product_id, attribute.id AS attribute_id, product.category_id, option.id AS option_id, said.number,
        said.text
    FROM import_value AS said
    JOIN import_product AS row USING (line)
    JOIN catalog_product AS product ON product.id = row.product_id
    JOIN catalog_attribute AS attribute ON attribute.code = said.attribute
    LEFT JOIN catalog_attributeoption AS option
        ON option.attribute_id = attribute.id AND option.code = said.option"""
# With a column of attributes in JSON, a product has those of the file and no others.
VALUE_STEPS = (
    """
    WITH gone AS (
        DELETE FROM catalog_attributevalue AS value USING import_product AS row
        WHERE value.product_id = row.product_id
            AND (%(all)s OR value.attribute_id IN (SELECT id FROM catalog_attribute WHERE code = ANY(%(codes)s)))
            AND NOT EXISTS (
                SELECT 1 FROM import_wanted AS wanted
                WHERE wanted.product_id = value.product_id AND wanted.attribute_id = value.attribute_id
                    AND wanted.option_id IS NOT DISTINCT FROM value.option_id
                    AND wanted.number IS NOT DISTINCT FROM value.number AND wanted.text = value.text)
        RETURNING value.product_id
    ) INSERT INTO import_touched SELECT product_id FROM gone""",
    """
    WITH made AS (
        INSERT INTO catalog_attributevalue (product_id, attribute_id, category_id, option_id, number, text)
        SELECT product_id, attribute_id, category_id, option_id, number, text FROM import_wanted AS wanted
        WHERE NOT EXISTS (
            SELECT 1 FROM catalog_attributevalue AS value
            WHERE value.product_id = wanted.product_id AND value.attribute_id = wanted.attribute_id)
        RETURNING product_id
    ) INSERT INTO import_touched SELECT product_id FROM made""",
)
NEW_OPTIONS = """
    SELECT DISTINCT attribute.id, attribute.kind, said.option
    FROM import_value AS said JOIN catalog_attribute AS attribute ON attribute.code = said.attribute
    WHERE said.option IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM catalog_attributeoption AS option
        WHERE option.attribute_id = attribute.id AND option.code = said.option)
    ORDER BY 1, 3"""
USED_ATTRIBUTES = """
    SELECT DISTINCT product.category_id, said.attribute
    FROM import_value AS said JOIN import_product AS row USING (line)
    JOIN catalog_product AS product ON product.id = row.product_id
    WHERE said.attribute = ANY(%s)"""
VERSIONS = """
    UPDATE catalog_product AS product SET version = version + 1
    FROM import_product AS row
    WHERE row.product_id = product.id AND NOT row.is_new
        AND product.id IN (SELECT product_id FROM import_touched)"""
WRITTEN = """
    SELECT product_id FROM import_touched UNION SELECT product_id FROM import_product WHERE is_new"""
COUNTS = """
    SELECT count(*) FILTER (WHERE is_new),
        count(*) FILTER (WHERE NOT is_new AND product_id IN (SELECT product_id FROM import_touched)),
        count(*)
    FROM import_product"""


class Merge:
    """Writes a checked file into the catalog. `shelves` counts what changed beside the products themselves."""

    def __init__(self, staging: Staging, reader: CatalogReader) -> None:
        self.cursor = staging.cursor
        self.staging = staging
        self.reader = reader
        self.columns = reader.columns
        self.shelves = 0
        self.new_categories: set[int] = set()
        self.renamed_categories: set[int] = set()
        self.renamed_families: set[int] = set()

    def run(self) -> tuple[int, int, int]:
        """Merge everything; how many products are new, how many are changed, and how many the file has."""
        if "category" in self.columns:
            self.merge_categories()
        if "brand" in self.columns:
            self.merge_brands()
        if "family" in self.columns:
            self.merge_families()
        self.merge_products()
        kinds = [kind for column, kind in NUMBERS.items() if column in self.columns]
        units = [unit for column, unit in PACKS.items() if column in self.columns]
        languages = {
            "named": list(self.columns.languages("name")),
            "described": list(self.columns.languages("description")),
        }
        for steps, words in ((TEXTS, languages), (NUMBER_STEPS, {"kinds": kinds}), (PACK_STEPS, {"units": units})):
            for step in steps:
                self.cursor.execute(step, words)
        self.merge_values()
        self.cursor.execute(VERSIONS)
        self.cursor.execute(COUNTS)
        created, updated, total = self.cursor.fetchone()
        self.staging.end_merge()
        return created, updated, total

    def written(self) -> list[int]:
        """The products that are new or were changed."""
        return [product for (product,) in self.staging.ask(WRITTEN)]

    @property
    def renamed(self) -> dict[str, list[int]]:
        """What has another name than before, by the event of those who rename it by hand.

        Not what is new: its products are all of this file.
        """
        return {
            "catalog.category_saved": sorted(self.renamed_categories - self.new_categories),
            "catalog.family_saved": sorted(self.renamed_families),
        }

    def merge_categories(self) -> None:
        existing = category_paths()
        named = {tuple(path.split(STEP)) for (path,) in self.staging.ask(USED_CATEGORIES)}
        # In the order of the file: it is the order of the shelves.
        used = [path for path in self.reader.categories if path in named]
        for path in used:
            for end in range(1, len(path) + 1):
                if path[:end] not in existing:
                    existing[path[:end]] = self.create_category(path[:end], existing.get(path[: end - 1]))
        self.staging.name_categories({path: existing[path] for path in used})
        for path in used:
            self.describe_category(path, existing, self.reader.categories[path])

    def create_category(self, path: tuple[str, ...], parent: int | None) -> int:
        slug = slugify(path[-1])[:SLUG_LENGTH].strip("-") or "category"
        if Category.objects.filter(slug=slug).exists():
            slug = slugify(" ".join(path))[: SLUG_LENGTH - 5].strip("-") or "category"
            taken = set(Category.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
            numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
            slug = slug if slug not in taken else next(name for name in numbered if name not in taken)
        facts = {"slug": slug}
        if parent is None:
            category = Category.objects.add_root(facts)
        else:
            category = Category.objects.add_child(Category.objects.get(pk=parent), facts)
        CategoryText.objects.create(category=category, language="en", name=path[-1])
        self.shelves += 1
        self.new_categories.add(category.pk)
        return int(category.pk)

    def describe_category(
        self, path: tuple[str, ...], existing: dict[tuple[str, ...], int], facts: CategoryFacts
    ) -> None:
        """Names in other languages for every level, description and drawing for the lowest one."""
        category = existing[path]
        if "drawing" in self.columns:
            others = Category.objects.filter(pk=category).exclude(drawing=facts.drawing)
            self.shelves += others.update(drawing=facts.drawing, version=F("version") + 1)
        wanted: dict[tuple[int, str], str] = {}
        for language, names in facts.names.items():
            for end, name in enumerate(names.split(STEP), start=1):
                wanted[existing[path[:end]], language] = name
        described = self.columns.languages("category_description")
        texts = {
            (text.category_id, text.language): text
            for text in CategoryText.objects.filter(
                category__in=[existing[path[:end]] for end in range(1, len(path) + 1)]
            )
        }
        told = set()
        for (key, language), name in wanted.items():
            if (key, language) not in texts:
                told.add(key)
                self.renamed_categories.add(key)
                texts[key, language] = CategoryText.objects.create(category_id=key, language=language, name=name)
                self.shelves += 1
        for (key, language), text in texts.items():
            name = wanted.get((key, language), text.name)
            description = facts.descriptions.get(language, "") if key == category and language in described else None
            if text.name != name:
                self.renamed_categories.add(key)
            if text.name != name or description not in {None, text.description}:
                text.name = name
                text.description = text.description if description is None else description
                text.save(update_fields=["name", "description"])
                told.add(key)
                self.shelves += 1
        Category.objects.filter(pk__in=told).update(version=F("version") + 1)

    def merge_brands(self) -> None:
        self.cursor.execute("SELECT DISTINCT brand FROM import_product ORDER BY brand")
        names = [name for (name,) in self.cursor.fetchall()]
        known = set(Brand.objects.filter(name__in=names).values_list("name", flat=True))
        Brand.objects.bulk_create([Brand(name=name) for name in names if name not in known], ignore_conflicts=True)

    def merge_families(self) -> None:
        categories = dict(self.staging.ask("SELECT path, id FROM import_category"))
        used = {code for (code,) in self.staging.ask(USED_FAMILIES)}
        facts = {code: found for code, found in self.reader.families.items() if code in used}
        families = {family.code: family for family in Family.objects.filter(code__in=used)}
        known = set(families)
        new, changed = [], []
        for code, found in facts.items():
            category = categories[STEP.join(found.category)]
            family = families.get(code)
            if family is None:
                families[code] = Family(code=code, category_id=category, position=found.order or 0)
                new.append(families[code])
            elif family.category_id != category or found.order not in {None, family.position}:
                family.category_id = category
                family.position = family.position if found.order is None else found.order
                changed.append(family)
        Family.objects.bulk_create(new)
        Family.objects.bulk_update(changed, ["category", "position"])
        texts = {
            (text.family_id, text.language): text
            for text in FamilyText.objects.filter(family__in=[family.pk for family in families.values()])
        }
        described = self.columns.languages("family_description")
        fresh, renamed = [], []
        for code, found in facts.items():
            for language, name in found.names.items():
                text = texts.get((families[code].pk, language))
                description = found.descriptions.get(language, "")
                if text and language not in described:
                    description = text.description
                if code in known and (text is None or text.name != name):
                    self.renamed_families.add(families[code].pk)
                if text is None:
                    fresh.append(
                        FamilyText(family=families[code], language=language, name=name, description=description)
                    )
                elif (text.name, text.description) != (name, description):
                    text.name, text.description = name, description
                    renamed.append(text)
        FamilyText.objects.bulk_create(fresh)
        FamilyText.objects.bulk_update(renamed, ["name", "description"])
        told = {family.pk for family in changed} | {text.family_id for text in [*fresh, *renamed]}
        Family.objects.filter(pk__in=told).update(version=F("version") + 1)
        self.shelves += len(new) + len(changed) + len(fresh) + len(renamed)

    def merge_products(self) -> None:
        self.cursor.execute(PRODUCT_IDS)
        mine = [pair for column, pair in PRODUCT_COLUMNS.items() if column in self.columns]
        if mine:
            targets = ", ".join(f"{target} = wanted.{target}" for target, _value in mine)
            wanted = ", ".join(f"{value} AS {target}" for target, value in mine)
            before = ", ".join(f"product.{target}" for target, _value in mine)
            after = ", ".join(f"wanted.{target}" for target, _value in mine)
            self.cursor.execute(
                f"""
                WITH wanted AS (SELECT row.product_id, {wanted} {FOUND} WHERE row.product_id IS NOT NULL),
                changed AS (
                    UPDATE catalog_product AS product SET {targets} FROM wanted
                    WHERE product.id = wanted.product_id AND ({before}) IS DISTINCT FROM ({after})
                    RETURNING product.id
                ) INSERT INTO import_touched SELECT id FROM changed"""  # noqa: S608  names from the table above
            )
        defaults = {
            target: Product._meta.get_field(target).get_default()  # type: ignore[union-attr]
            for target, _value in PRODUCT_COLUMNS.values()
            if target not in {*NULLABLE, "category_id", "brand_id"}
        }
        names = [target for target, _value in PRODUCT_COLUMNS.values()]
        values = [
            f"coalesce({value}, %({target})s)" if target in defaults else value
            for target, value in PRODUCT_COLUMNS.values()
        ]
        self.cursor.execute(
            f"""
            INSERT INTO catalog_product (uid, sku, sku_key, {", ".join(names)})
            SELECT gen_random_uuid(), row.sku, row.sku_key, {", ".join(values)} {FOUND}
            WHERE row.product_id IS NULL ORDER BY row.line""",
            defaults,
        )
        self.cursor.execute("UPDATE import_product SET is_new = true WHERE product_id IS NULL")
        self.cursor.execute(PRODUCT_IDS)
        self.cursor.execute("CREATE INDEX ON import_product (product_id)")
        self.cursor.execute("ANALYZE import_product")
        if "successor" in self.columns:
            self.cursor.execute(SUCCESSORS)
        for statement in FOLLOW_CATEGORY:
            self.cursor.execute(statement)

    def merge_values(self) -> None:
        codes = [column.spec.code for column in self.columns.attributes.values()]
        has_object = "attributes" in self.columns
        if not codes and not has_object:
            return
        self.merge_attributes()
        self.cursor.execute("DROP TABLE IF EXISTS pg_temp.import_wanted")
        self.cursor.execute(WANTED_VALUES)
        self.cursor.execute("ANALYZE import_wanted")
        for step in VALUE_STEPS:
            self.cursor.execute(step, {"all": has_object, "codes": codes})
        self.lay_out(codes)

    def merge_attributes(self) -> None:
        known = set(Attribute.objects.values_list("code", flat=True))
        used = {code for (code,) in self.staging.ask("SELECT DISTINCT attribute FROM import_value")}
        Attribute.objects.bulk_create(
            Attribute(
                code=code,
                names={"en": spec.name or code.replace("_", " ").replace("-", " ").strip().capitalize() or code},
                kind=spec.kind,
                unit=spec.unit,
            )
            for code, spec in self.reader.attributes.items()
            if code in used and code not in known
        )
        new: dict[int, list[tuple[str, str]]] = {}
        for attribute, kind, code in self.staging.ask(NEW_OPTIONS):
            new.setdefault(attribute, []).append((code, kind))
        for attribute, options in new.items():
            self.add_options(attribute, options)

    def add_options(self, attribute: int, options: Sequence[tuple[str, str]]) -> None:
        """New values stand in natural order: among the others where those do, behind them where people ordered them."""
        old = list(AttributeOption.objects.filter(attribute=attribute).order_by("position", "pk"))
        fresh = [
            AttributeOption(
                attribute_id=attribute, code=code, names=YES_NO_NAMES.get(code, {}) if kind == "yes_no" else {}
            )
            for code, kind in options
        ]
        if options[0][1] == "yes_no":
            ordered = sorted([*old, *fresh], key=lambda option: option.code != "yes")
        elif [option.code for option in old] == sorted((option.code for option in old), key=natural_key):
            ordered = sorted([*old, *fresh], key=lambda option: natural_key(option.code))
        else:
            ordered = [*old, *sorted(fresh, key=lambda option: natural_key(option.code))]
        moved = []
        for position, option in enumerate(ordered):
            if option.pk and option.position != position:
                moved.append(option)
            option.position = position
        AttributeOption.objects.bulk_update(moved, ["position"], batch_size=500)
        AttributeOption.objects.bulk_create(fresh)
        self.shelves += len(fresh)

    def lay_out(self, codes: Iterable[str]) -> None:
        """A category uses the attributes that its products have in columns of the file, in their order."""
        columns = {column.spec.code: column for column in self.columns.attributes.values()}
        order = {code: place for place, code in enumerate(codes, start=1)}
        self.cursor.execute(USED_ATTRIBUTES, [list(order)])
        used = sorted(self.cursor.fetchall(), key=lambda pair: (pair[0], order[pair[1]]))
        ids = dict(Attribute.objects.filter(code__in=order).values_list("code", "pk"))
        categories = {category for category, _code in used}
        have = {
            (row.category_id, row.attribute_id): row
            for row in CategoryAttribute.objects.filter(category__in=categories)
        }
        last = dict(
            CategoryAttribute.objects.filter(category__in=categories)
            .order_by()
            .values_list("category")
            .annotate(last=Max("position"))
        )
        new, changed = [], []
        for category, code in used:
            column, row = columns[code], have.get((category, ids[code]))
            if row is None:
                last[category] = last.get(category, 0) + 1
                new.append(
                    CategoryAttribute(
                        category_id=category,
                        attribute_id=ids[code],
                        position=last[category],
                        is_column=column.is_column,
                        is_facet=column.is_facet,
                    )
                )
            elif (column.is_column and not row.is_column) or (column.is_facet and not row.is_facet):
                row.is_column, row.is_facet = row.is_column or column.is_column, row.is_facet or column.is_facet
                changed.append(row)
        CategoryAttribute.objects.bulk_create(new)
        CategoryAttribute.objects.bulk_update(changed, ["is_column", "is_facet"])
        self.shelves += len(new) + len(changed)
