"""Rules of the catalog. Values in, values out."""

from apps.catalog.rules.assortment import AssortmentFacts, Cells, Layer, Visibility, resolve_assortment
from apps.catalog.rules.columns import AttributeSpec, Columns, read_columns
from apps.catalog.rules.files import media_type_of
from apps.catalog.rules.numbers import clean_gtin, latin_look, misread_keys, normalize_number, read_alike
from apps.catalog.rules.quantities import (
    Judged,
    Outcome,
    QuantityFacts,
    QuantityTerms,
    UnreadableQuantity,
    judge_line,
    judge_quantity,
    parse_quantity,
    resolve_quantity,
)
from apps.catalog.rules.rows import (
    CatalogReader,
    CatalogRow,
    CategoryFacts,
    FamilyFacts,
    ValueFacts,
    natural_key,
    read_item_number,
    read_value,
)

__all__ = [
    "AssortmentFacts",
    "AttributeSpec",
    "CatalogReader",
    "CatalogRow",
    "CategoryFacts",
    "Cells",
    "Columns",
    "FamilyFacts",
    "Judged",
    "Layer",
    "Outcome",
    "QuantityFacts",
    "QuantityTerms",
    "UnreadableQuantity",
    "ValueFacts",
    "Visibility",
    "clean_gtin",
    "judge_line",
    "judge_quantity",
    "latin_look",
    "media_type_of",
    "misread_keys",
    "natural_key",
    "normalize_number",
    "parse_quantity",
    "read_alike",
    "read_columns",
    "read_item_number",
    "read_value",
    "resolve_assortment",
    "resolve_quantity",
]
