"""The columns of a catalog file: docs/catalog-import.md is their description for people."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.catalog.rules import faults
from apps.core.cells import COLUMN_MISSING, RowFault

# The tests hold these equal to the settings and the models.
LANGUAGES = ("en", "ru", "ar", "zh-hans", "zh-hant")
KINDS = ("number", "choice", "text", "yes_no")
BASE_UNITS = ("C62", "PR", "MTR", "KGM", "LTR", "RO", "SET")
PACKS = {"pack_box": "BX", "pack_bag": "BG", "pack_carton": "CT", "pack_layer": "LY", "pack_pallet": "PX"}
NUMBERS = {"mpn": "mpn", "gtin": "gtin", "old_number": "old"}
LIFECYCLES = ("draft", "active", "phase_out", "discontinued")
TAX_CLASSES = ("standard", "reduced", "zero")
PRICE_PER = ("1", "10", "100", "1000")

TRANSLATED = ("name", "description", "category", "category_description", "family_name", "family_description")
PLAIN = (
    "sku", "brand", "family", "family_order", "family_position", "base_unit", "price_per", "tax_class", "min_quantity",
    "order_multiple", "weight_g", "lead_days", "lifecycle", "successor", "drawing", "popularity", "attributes",
    *NUMBERS, *PACKS,
)  # fmt: skip
# A new product needs these too; a file without them changes products that exist.
NEEDED_BY_NEW = ("name", "category", "brand")
ATTRIBUTE = re.compile(
    rf"attr:(?P<code>[a-z0-9_-]{{1,60}}):(?P<kind>{'|'.join(KINDS)})(?P<unit>:(?!column$|facet$|column:|facet:)[^:]{{0,12}})?"
    r"(?P<column>:column)?(?P<facet>:facet)?"
)


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """What an attribute is: its kind and unit; the name is for one that the catalog does not have yet."""

    code: str
    kind: str
    unit: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """A column with the values of one attribute, and how the categories in this file use it."""

    spec: AttributeSpec
    is_column: bool
    is_facet: bool


def text_columns(field: str) -> dict[str, str]:
    """Language -> column: English needs no mark."""
    return {language: field if language == "en" else f"{field}_{language}" for language in LANGUAGES}


KNOWN = frozenset(PLAIN) | {column for field in TRANSLATED for column in text_columns(field).values()}


@dataclass(frozen=True)
class Columns:
    """What a file speaks of. What it has no column for stays as it is in the catalog."""

    names: Mapping[str, str]
    attributes: Mapping[str, AttributeColumn]
    unknown: tuple[str, ...]
    width: int

    def __contains__(self, column: str) -> bool:
        return column in self.names

    def languages(self, field: str) -> dict[str, str]:
        """Language -> column, of those that the file has."""
        return {language: column for language, column in text_columns(field).items() if column in self}


def read_columns(header: Iterable[str]) -> tuple[Columns, list[RowFault]]:
    """Find the columns in a header; names are read in any case. Columns that are not known are named, not used."""
    names: dict[str, str] = {}
    attributes: dict[str, AttributeColumn] = {}
    unknown: list[str] = []
    found: list[RowFault] = []
    header = tuple(header)
    for name in header:
        column = name.strip().lower()
        if column.startswith("attr:"):
            parts = ATTRIBUTE.fullmatch(f"attr:{name.strip().partition(':')[2]}")
            if parts is None or parts["code"] in {other.spec.code for other in attributes.values()}:
                found.append(RowFault(1, name, faults.BAD_ATTRIBUTE_COLUMN))
                continue
            spec = AttributeSpec(parts["code"], parts["kind"], (parts["unit"] or "")[1:])
            attributes[name] = AttributeColumn(spec, bool(parts["column"]), bool(parts["facet"]))
        elif column in KNOWN:
            names[column] = name
        else:
            unknown.append(name)
    if "sku" not in names:
        found.append(RowFault(1, "sku", COLUMN_MISSING, {"column": "sku"}))
    return Columns(names, attributes, tuple(unknown), len(header)), found
