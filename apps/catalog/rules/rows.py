"""Reading one row of a catalog file: text in, a product's facts or the reasons against it out."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.catalog.rules import faults
from apps.catalog.rules.columns import (
    BASE_UNITS,
    LIFECYCLES,
    NUMBERS,
    PACKS,
    PRICE_PER,
    TAX_CLASSES,
    AttributeSpec,
    Columns,
)
from apps.catalog.rules.numbers import clean_gtin, normalize_number
from apps.core.cells import (
    REQUIRED,
    TOO_LONG,
    WRONG_WIDTH,
    CellRefused,
    RowFault,
    clean,
    read_choice,
    read_number,
    read_quantity,
    read_text,
    read_whole,
)

CODE = re.compile(r"[a-zA-Z0-9_-]+")
PARTS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
MOST_LEVELS = 8
MOST_DAYS = 999
SKU_LENGTH, NAME_LENGTH, NUMBER_LENGTH, CODE_LENGTH, DRAWING_LENGTH = 40, 240, 60, 80, 40
CATEGORY_LENGTH, BRAND_LENGTH, FAMILY_LENGTH, NOTE_LENGTH = 120, 80, 160, 240
OPTION_LENGTH, TEXT_LENGTH, UNIT_LENGTH = 80, 500, 12
YES = {"yes", "true", "1", "y"}
NO = {"no", "false", "0", "n"}


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """One value of one attribute: an option's code, a number or a text."""

    code: str
    option: str | None = None
    number: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """What a row says of one product. `facts` holds what the file has columns for, by the name of the field."""

    line: int
    sku: str
    sku_key: str
    facts: Mapping[str, Any]
    category: tuple[str, ...]
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    numbers: tuple[tuple[str, str, str], ...]
    packs: tuple[tuple[str, Decimal], ...]
    values: tuple[ValueFacts, ...]


@dataclass
class CategoryFacts:
    """What the rows say of one category, each fact with the line that said it first."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    drawing: str = ""
    lines: dict[str, int] = field(default_factory=dict)


@dataclass
class FamilyFacts:
    """What the rows say of one family."""

    category: tuple[str, ...] = ()
    order: int | None = None
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


class _Digits(str):
    """A number of JSON, as it is written."""

    __slots__ = ()


def natural_key(text: str) -> tuple[Any, ...]:
    """Sorts M4 before M10 and 0.8 before 1.25: runs of digits count as numbers."""
    key: list[Any] = []
    place = 0
    for part in PARTS.finditer(text):
        key += [text[place : part.start()].casefold(), Decimal(part[0])]
        place = part.end()
    return (*key, text[place:].casefold())


class CatalogReader:
    """Reads the rows of one file, in their order, and remembers what they say of categories, families and attributes.

    What concerns two rows or the catalog itself (a number that another product has) is asked of the database, where a
    million rows take no memory here.
    """

    def __init__(self, columns: Columns, known: Mapping[str, AttributeSpec]) -> None:
        self.columns = columns
        self.attributes = dict(known)
        self.categories: dict[tuple[str, ...], CategoryFacts] = {}
        self.families: dict[str, FamilyFacts] = {}
        self.header_faults: list[RowFault] = []
        for name, column in columns.attributes.items():
            spec = self.attributes.setdefault(column.spec.code, column.spec)
            if clash := _clash(spec, column.spec):
                self.header_faults.append(RowFault(1, name, *clash))

    def judge(self, line: int, cells: Mapping[str, str], width: int) -> CatalogRow | list[RowFault]:
        """The product that a row describes, or everything that speaks against it."""
        if width != self.columns.width:
            words = {"found": width, "expected": self.columns.width}
            return [RowFault(line, "", WRONG_WIDTH, words)]
        reading = _Reading(line, cells, self.columns)
        row = reading.row()
        category = reading.category_facts(row.category)
        family = reading.family_facts(row.category)
        values = reading.values(self.attributes)
        if not reading.faults and row.category:
            reading.agree(self.categories.setdefault(row.category, CategoryFacts()), category, "category", "category")
        if not reading.faults and (code := row.facts.get("family")):
            reading.agree(self.families.setdefault(code, FamilyFacts()), family, "family", "family")
        if reading.faults:
            return reading.faults
        self.attributes.update({spec.code: spec for spec, _value in values if spec.code not in self.attributes})
        return CatalogRow(
            **{name: getattr(row, name) for name in CatalogRow.__slots__ if name != "values"},
            values=tuple(value for _spec, value in values),
        )


class _Reading:
    """One row while it is read: every cell is looked at, so that a person sees all faults at once."""

    def __init__(self, line: int, cells: Mapping[str, str], columns: Columns) -> None:
        self.line = line
        self.columns = columns
        self.cells = {column: clean(cells.get(name, "")) for column, name in columns.names.items()}
        self.attribute_cells = {name: clean(cells.get(name, "")) for name in columns.attributes}
        self.faults: list[RowFault] = []

    def refuse(self, column: str, message: str, **words: Any) -> None:
        self.faults.append(RowFault(self.line, self.columns.names.get(column, column), message, words))

    def read(self, column: str, reader: Any, *, default: Any = None, **options: Any) -> Any:
        """The value of a cell; the default where it is empty or wrong."""
        text = self.cells.get(column, "")
        if not text:
            return default
        try:
            return reader(text, **options)
        except CellRefused as refused:
            self.refuse(column, refused.message, **refused.words)
            return default

    def row(self) -> CatalogRow:
        for column in ("sku", "name", "category", "brand"):
            if column in self.columns and not self.cells[column]:
                self.refuse(column, REQUIRED)
        sku = self.read("sku", read_text, default="", most=SKU_LENGTH)
        key = self.read("sku", read_key, default="", most=SKU_LENGTH)
        names, descriptions = self.texts("name", NAME_LENGTH), self.texts("description", None)
        for language, column in self.columns.languages("description").items():
            if descriptions.get(language) and language in self.columns.languages("name") and not names.get(language):
                self.refuse(column, faults.NEEDS_NAME)
        successor = self.read("successor", read_text, most=SKU_LENGTH)
        if successor and successor == sku:
            self.refuse("successor", faults.OWN_SUCCESSOR)
        return CatalogRow(
            line=self.line,
            sku=sku,
            sku_key=key,
            facts=self.facts() | ({"successor": successor} if "successor" in self.columns else {}),
            category=self.path("category"),
            names=names,
            descriptions=descriptions,
            numbers=tuple(number for column in NUMBERS for number in self.numbers(column)),
            packs=tuple(
                (unit, factor) for column, unit in PACKS.items() if (factor := self.read(column, read_quantity))
            ),
            values=(),
        )

    def facts(self) -> dict[str, Any]:
        one = Decimal(1)
        found = {
            "brand": self.read("brand", read_text, most=BRAND_LENGTH),
            "family": self.read("family", read_code, most=CODE_LENGTH),
            "family_position": self.read("family_position", read_whole, default=0),
            "popularity": self.read("popularity", read_whole, default=0),
            "lifecycle": self.read("lifecycle", read_choice, default="active", known=LIFECYCLES),
            "base_unit": self.read("base_unit", read_choice, default="C62", known=BASE_UNITS),
            "price_per": int(self.read("price_per", read_choice, default="1", known=PRICE_PER)),
            "tax_class": self.read("tax_class", read_choice, default="standard", known=TAX_CLASSES),
            "min_quantity": self.read("min_quantity", read_quantity, default=one),
            "order_multiple": self.read("order_multiple", read_quantity, default=one),
            "weight_g": self.read("weight_g", read_whole),
            "lead_days": self.read("lead_days", read_whole, most=MOST_DAYS),
        }
        return {name: value for name, value in found.items() if name in self.columns}

    def texts(self, name: str, most: int | None) -> dict[str, str]:
        found = {
            language: self.read(column, read_text, default="", most=most, is_long=most is None)
            for language, column in self.columns.languages(name).items()
        }
        return {language: text for language, text in found.items() if text}

    def path(self, column: str) -> tuple[str, ...]:
        return tuple(self.read(column, read_path, default=()))

    def numbers(self, column: str) -> list[tuple[str, str, str]]:
        return [
            (NUMBERS[column], *pair) for pair in self.read(column, read_numbers, default=[], is_gtin=column == "gtin")
        ]

    def category_facts(self, path: tuple[str, ...]) -> CategoryFacts:
        """What the row says of its category; names in other languages go to every level of the path."""
        found = CategoryFacts(drawing=self.read("drawing", read_code, default="", most=DRAWING_LENGTH))
        for language, column in self.columns.languages("category").items():
            names = self.path(column)
            if names and path and len(names) != len(path):
                self.refuse(column, faults.OTHER_DEPTH, found=len(names), expected=len(path))
            elif names:
                found.names[language] = " > ".join(names)
        found.descriptions = self.texts("category_description", NOTE_LENGTH)
        if not path and (found.drawing or found.names or found.descriptions):
            self.refuse("category", faults.NEEDS_CATEGORY)
        return found

    def family_facts(self, path: tuple[str, ...]) -> FamilyFacts:
        found = FamilyFacts(
            category=path,
            order=self.read("family_order", read_whole),
            names=self.texts("family_name", FAMILY_LENGTH),
            descriptions=self.texts("family_description", NOTE_LENGTH),
        )
        if not self.cells.get("family"):
            for column in ("family_order", *self.columns.languages("family_name").values()):
                if self.cells.get(column):
                    self.refuse(column, faults.NEEDS_FAMILY)
        elif not path:
            self.refuse("family", faults.NEEDS_CATEGORY)
        for language, column in self.columns.languages("family_description").items():
            if found.descriptions.get(language) and not found.names.get(language):
                self.refuse(column, faults.NEEDS_NAME)
        return found

    def agree(self, known: Any, said: Any, thing: str, column: str) -> None:
        """Take what this row says of a thing that other rows speak of too; two rows may not contradict each other."""
        for name in ("category", "order", "drawing"):
            value = getattr(said, name, None)
            if value in {None, "", ()}:
                continue
            other = getattr(known, name)
            if known.lines.setdefault(name, self.line) == self.line:
                setattr(known, name, value)
            elif other != value:
                shown = " > ".join(other) if isinstance(other, tuple) else other
                place = "family_order" if name == "order" else name
                self.refuse(place, faults.OTHER_FACT, line=known.lines[name], other=shown, thing=thing)
        for kind in ("names", "descriptions"):
            for language, text in getattr(said, kind).items():
                mark, texts = f"{kind}_{language}", getattr(known, kind)
                if texts.setdefault(language, text) != text:
                    place = column if column == "category" and kind == "names" else f"{column}_{kind[:-1]}"
                    place = place if language == "en" else f"{place}_{language}"
                    self.refuse(place, faults.OTHER_FACT, line=known.lines[mark], other=texts[language], thing=thing)
                known.lines.setdefault(mark, self.line)

    def values(self, known: Mapping[str, AttributeSpec]) -> list[tuple[AttributeSpec, ValueFacts]]:
        found = []
        for name, column in self.columns.attributes.items():
            if text := self.attribute_cells[name]:
                try:
                    found.append((column.spec, read_value(column.spec, text)))
                except CellRefused as refused:
                    self.faults.append(RowFault(self.line, name, refused.message, refused.words))
        own = {column.spec.code for column in self.columns.attributes.values()}
        for code, value in self.read("attributes", read_object, default={}).items():
            try:
                if code in own:
                    raise CellRefused(faults.IN_COLUMN_ALREADY, code=code)
                found.append(_entry(code, value, known.get(code)))
            except CellRefused as refused:
                self.refuse("attributes", refused.message, **refused.words)
        return found


# --- Cells ------------------------------------------------------------------------------------------------------------


def read_key(text: str, *, most: int) -> str:
    key = normalize_number(text)
    if not key:
        raise CellRefused(faults.NO_NUMBER, value=text)
    if len(key) > most >= len(text):
        raise CellRefused(TOO_LONG, found=len(key), most=most)
    return key


def read_code(text: str, *, most: int) -> str:
    if not CODE.fullmatch(text) or len(text) > most:
        raise CellRefused(faults.BAD_CODE, value=text[:most], most=most)
    return text


def read_path(text: str) -> tuple[str, ...]:
    names = tuple(read_text(part.strip(), most=CATEGORY_LENGTH) for part in text.split(">"))
    if not all(names):
        raise CellRefused(REQUIRED)
    if len(names) > MOST_LEVELS:
        raise CellRefused(faults.TOO_DEEP, most=MOST_LEVELS)
    return names


def read_item_number(text: str, *, is_gtin: bool) -> tuple[str, str]:
    """A number with the key under which it is looked for."""
    code = read_text(text, most=NUMBER_LENGTH)
    if is_gtin:
        try:
            code = clean_gtin(code)
        except ValueError as error:
            raise CellRefused(faults.BAD_GTIN, value=code) from error
        if not code.isascii():
            raise CellRefused(faults.BAD_GTIN, value=code)
    return code, read_key(code, most=NUMBER_LENGTH)


def read_numbers(text: str, *, is_gtin: bool) -> list[tuple[str, str]]:
    """Numbers with their keys, told apart by |."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split("|"))):
        code, key = read_item_number(part, is_gtin=is_gtin)
        if key in found:
            raise CellRefused(faults.TWICE_IN_CELL, value=code)
        found[key] = code
    return [(code, key) for key, code in found.items()]


def read_value(spec: AttributeSpec, text: str) -> ValueFacts:
    """The value of an attribute of a known kind."""
    if spec.kind == "number":
        return ValueFacts(spec.code, number=read_number(text, digits=18, decimals=6))
    if spec.kind == "yes_no":
        word = text.casefold()
        if word not in YES | NO:
            raise CellRefused(faults.NOT_YES_NO, value=text[:NUMBER_LENGTH])
        return ValueFacts(spec.code, option="yes" if word in YES else "no")
    if spec.kind == "choice":
        return ValueFacts(spec.code, option=read_text(text, most=OPTION_LENGTH))
    return ValueFacts(spec.code, text=read_text(text, most=TEXT_LENGTH))


def read_object(text: str) -> dict[str, Any]:
    """A JSON object whose numbers are exact and whose keys stand once."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _value in found}) < len(found):
            raise ValueError
        return dict(found)

    def constant(_name: str) -> Any:
        raise ValueError

    try:
        found = json.loads(
            text, parse_float=_Digits, parse_int=_Digits, parse_constant=constant, object_pairs_hook=pairs
        )
    except (ValueError, RecursionError) as error:
        raise CellRefused(faults.NOT_JSON) from error
    if not isinstance(found, dict):
        raise CellRefused(faults.NOT_JSON)
    return found


# --- Attributes in JSON -----------------------------------------------------------------------------------------------


def _entry(code: str, value: Any, known: AttributeSpec | None) -> tuple[AttributeSpec, ValueFacts]:
    """One member of the object: a bare value, or an object that names its kind, its unit, and a name if it is new."""
    if not CODE.fullmatch(code) or len(code) > NUMBER_LENGTH or code != code.lower():
        raise CellRefused(faults.BAD_CODE, value=code[:NUMBER_LENGTH], most=NUMBER_LENGTH)
    stated = value if isinstance(value, dict) else {}
    kinds = [kind for kind in stated if kind in {"number", "choice", "text", "yes_no"}]
    if isinstance(value, dict) and (len(kinds) != 1 or set(stated) - {kinds[0], "unit", "name"}):
        raise CellRefused(faults.BAD_VALUE, code=code)
    bare = value[kinds[0]] if kinds else value
    guess = "yes_no" if isinstance(bare, bool) else "number" if isinstance(bare, _Digits) else "text"
    if isinstance(bare, bool):
        bare = "yes" if bare else "no"
    if not isinstance(bare, str) or not clean(bare):
        raise CellRefused(faults.BAD_VALUE, code=code)
    kind = kinds[0] if kinds else known.kind if known else guess
    unit, name = stated.get("unit"), stated.get("name", "")
    if not isinstance(name, str) or not isinstance(unit, str | None) or len(unit or "") > UNIT_LENGTH:
        raise CellRefused(faults.BAD_VALUE, code=code)
    spec = AttributeSpec(code, kind, (known.unit if known else "") if unit is None else unit, name[:CATEGORY_LENGTH])
    if known and (clash := _clash(known, spec)):
        message, words = clash
        raise CellRefused(message, **words)
    return spec, read_value(spec, clean(bare))


def _clash(known: AttributeSpec, said: AttributeSpec) -> tuple[str, dict[str, str]] | None:
    if said.kind != known.kind:
        return faults.OTHER_KIND, {"code": said.code, "expected": known.kind, "found": said.kind}
    if said.kind == "number" and said.unit != known.unit:
        return faults.OTHER_UNIT, {"code": said.code, "expected": known.unit, "found": said.unit}
    return None
