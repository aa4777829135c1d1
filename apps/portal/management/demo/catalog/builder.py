"""From a line of a size table to a row of the catalog file: names in five languages, weights, packs, numbers."""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from stdnum import ean

from apps.core.sheets import Row

LANGUAGES = ("en", "ru", "ar", "zh-hans", "zh-hant")
NUMBER = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
Text = Mapping[str, str]


@cache
def words() -> dict[str, Text]:
    """words.csv: every word of the demo catalog in five languages, by its key."""
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["key"]: {language: row[language] for language in LANGUAGES}
            for row in csv.DictReader(file, delimiter="|")
        }


def say(key: str, **fill: Any) -> Text:
    """A text in every language; what is filled in is a value, or the key of another text."""
    found = {}
    for language, template in words()[key].items():
        parts = {}
        for name, value in fill.items():
            if str(value) in words():
                parts[name] = words()[value][language]
            else:
                # Russian writes 1,5 mm; a thread keeps the notation of its standard.
                is_comma = language == "ru" and not str(value).startswith("M")
                parts[name] = NUMBER.sub(r"\1,\2", str(value)) if is_comma else str(value)
        found[language] = template.format(**parts)
    return found


def column(name: str, language: str) -> str:
    return name if language == "en" else f"{name}_{language}"


@dataclass(frozen=True)
class Shelf:
    """A leaf of the catalog: the keys of its names from the root down, its drawing, how much of it is bought."""

    path: tuple[str, ...]
    drawing: str = ""
    description: str = ""
    popularity: int = 100

    def cells(self) -> dict[str, str]:
        found = {"drawing": self.drawing}
        for language in LANGUAGES:
            found[column("category", language)] = " > ".join(words()[key][language] for key in self.path)
            if self.description:
                found[column("category_description", language)] = words()[self.description][language]
        return found


@dataclass(frozen=True)
class Block:
    """A family: products under one head, at its place among the others of its shelf."""

    code: str
    name: Text
    order: int
    description: Text = field(default_factory=dict)

    def cells(self) -> dict[str, str]:
        found = {"family": self.code, "family_order": str(self.order)}
        for language in LANGUAGES:
            found[column("family_name", language)] = self.name[language]
            found[column("family_description", language)] = self.description.get(language, "")
        return found


@dataclass(frozen=True)
class Item:
    """One product. Values are by attribute: a number, a size, or the key of a word. Packs are in base units."""

    shelf: Shelf
    sku: str
    name: Text
    brand: str
    values: Mapping[str, Any] = field(default_factory=dict)
    weight: Decimal | float | int | None = None
    block: Block | None = None
    place: int = 0
    description: Text = field(default_factory=dict)
    unit: str = "C62"
    per: int = 1
    packs: Mapping[str, int] = field(default_factory=dict)
    step: int = 1
    mpn: str = ""
    old: str = ""
    lifecycle: str = "active"
    successor: str = ""
    bought: int | None = None

    def cells(self) -> dict[str, str]:
        found = self.shelf.cells() | (self.block.cells() if self.block else {})
        for language in LANGUAGES:
            found[column("name", language)] = self.name[language]
            found[column("description", language)] = self.description.get(language, "")
        found |= {f"pack_{pack}": str(factor) for pack, factor in self.packs.items()}
        found |= {
            "sku": self.sku,
            "brand": self.brand,
            "family_position": str(self.place),
            "base_unit": self.unit,
            "price_per": str(self.per),
            "min_quantity": str(self.step),
            "order_multiple": str(self.step),
            "lead_days": str(self.lead_days()),
            "weight_g": "" if self.weight is None else str(max(round(self.weight), 1)),
            "mpn": self.mpn,
            "gtin": gtin(self.sku),
            "old_number": self.old,
            "lifecycle": self.lifecycle,
            "successor": self.successor,
            "popularity": str(self.popularity()),
        }
        for code, value in self.values.items():
            if value is not None:
                found[code] = words()[value]["en"] if value in words() else str(value)
        return found

    def lead_days(self) -> int | str:
        """The goods of one shelf come from one maker; what runs out is not bought again."""
        return "" if self.lifecycle != "active" else 6 + int(digest(self.shelf.path[-1])[:4], 16) % 15

    def popularity(self) -> int:
        """Few products are bought much, most a little: a fixed figure for each number."""
        if self.bought is not None:
            return self.bought
        chance = int(digest(self.sku)[:6], 16) / 0xFFFFFF
        return round(self.shelf.popularity * (0.05 + chance**4 * 6))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def gtin(sku: str) -> str:
    """A GTIN-13 from the range that GS1 leaves to each company for its own use (prefix 20)."""
    digits = f"20{int(digest(f'gtin {sku}')[:12], 16) % 10**10:010}"
    return f"{digits}{ean.calc_check_digit(digits)}"


def sheet(items: Iterable[Item], attributes: Mapping[str, str]) -> tuple[tuple[str, ...], list[Row]]:
    """The items as columns and rows of a catalog file; `attributes` maps their codes to the columns."""
    cells = [item.cells() for item in items]
    plain = sorted({name for row in cells for name in row} - set(attributes))
    columns = (*plain, *attributes.values())
    names = {name: name for name in plain} | dict(attributes)
    return columns, [
        Row(line, {names[name]: text for name, text in row.items()}, len(columns))
        for line, row in enumerate(cells, start=2)
    ]


def table(text: str) -> Iterator[list[str]]:
    """The rows of a size table: one a line, cells told apart by blanks; a comma at the end goes on below."""
    for line in re.sub(r",\s+", ",", text.strip()).splitlines():
        yield line.split()
