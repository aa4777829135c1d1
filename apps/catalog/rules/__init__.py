"""Rules of the catalog. Values in, values out."""

from apps.catalog.rules.assortment import AssortmentFacts, Cells, Layer, Visibility, resolve_assortment
from apps.catalog.rules.columns import AttributeSpec, Columns, read_columns
from apps.catalog.rules.faults import RowFault
from apps.catalog.rules.numbers import clean_gtin, normalize_number
from apps.catalog.rules.rows import CatalogReader, CatalogRow, CategoryFacts, FamilyFacts, ValueFacts, natural_key

__all__ = [
    "AssortmentFacts",
    "AttributeSpec",
    "CatalogReader",
    "CatalogRow",
    "CategoryFacts",
    "Cells",
    "Columns",
    "FamilyFacts",
    "Layer",
    "RowFault",
    "ValueFacts",
    "Visibility",
    "clean_gtin",
    "natural_key",
    "normalize_number",
    "read_columns",
    "resolve_assortment",
]
