"""What the pages of the catalog show: products in their order, facets with counts, one product with all its facts."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.catalog.models import (
    Attribute,
    AttributeOption,
    AttributeValue,
    CategoryAttribute,
    FamilyText,
    ItemNumber,
    PackLevel,
    Product,
    ProductFile,
)
from apps.catalog.models.products import PACK_UNITS
from apps.catalog.queries.tree import Node, Tree
from apps.core.memo import VersionedMemo
from apps.core.prepared import GivenIds, PreparedQuery

ENGINEERING, POPULAR, NUMBER = "engineering", "popular", "number"
SORTS: Mapping[str, tuple[str, ...]] = {
    ENGINEERING: ("family__position", "family_id", "family_position", "pk"),
    POPULAR: ("-popularity", "pk"),
    NUMBER: ("sku_key", "pk"),
}


@dataclass(frozen=True)
class Range:
    """Numbers between two bounds; None leaves that side open."""

    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class Filters:
    """What a person has narrowed a category to: values by attribute id, options by their ids."""

    options: Mapping[int, frozenset[int]] = field(default_factory=dict)
    ranges: Mapping[int, Range] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.options) or bool(self.ranges)


@dataclass(frozen=True)
class FacetValue:
    """One value to choose, how many products it would leave, and whether only other choices emptied it."""

    option: AttributeOption
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One attribute to narrow by."""

    attribute: Attribute
    values: Sequence[FacetValue]
    chosen: Range | None = None


def narrowed(products: QuerySet[Product], filters: Filters, *, leave_out: int | None = None) -> QuerySet[Product]:
    """The products that have every chosen value; several values of one attribute are alternatives."""
    for attribute, options in filters.options.items():
        if attribute != leave_out:
            products = products.filter(_has(Q(attribute=attribute, option__in=sorted(options))))
    for attribute, bounds in filters.ranges.items():
        if attribute != leave_out:
            has = Q(attribute=attribute, number__isnull=False)
            if bounds.least is not None:
                has &= Q(number__gte=bounds.least)
            if bounds.most is not None:
                has &= Q(number__lte=bounds.most)
            products = products.filter(_has(has))
    return products


def _has(condition: Q) -> Exists:
    return Exists(AttributeValue.objects.filter(condition, product=OuterRef("pk")))


_ATTRIBUTES = VersionedMemo[list[CategoryAttribute]](most=5_000)


def category_attributes(tree: Tree, node: Node) -> list[CategoryAttribute]:
    """How a category and those above it use attributes, in engineering order, each attribute once.

    1 statement, none while the catalog is unchanged.
    """

    def read() -> list[CategoryAttribute]:
        rows = CategoryAttribute.objects.filter(category__in=[above.id for above in tree.above(node)])
        found: dict[int, CategoryAttribute] = {}
        for row in rows.select_related("attribute").order_by("position", "pk"):
            found.setdefault(row.attribute_id, row)
        return list(found.values())

    return _ATTRIBUTES.get((tree.version, node.id), read)


_OPTIONS = VersionedMemo[list[AttributeOption]](most=5_000)
_COUNTS = VersionedMemo[dict[int, int]](most=2_000)


def facets(
    products: Callable[[], QuerySet[Product]],
    whose: Hashable,
    tree: Tree,
    attributes: Sequence[CategoryAttribute],
    filters: Filters,
) -> list[Facet]:
    """The filters of a category with counts that say what each choice would leave.

    `whose` tells the products of one buyer from those of another: buyers with the same assortment share the counts of
    what is not narrowed. 2 statements, none while the catalog is unchanged, and 1 when narrowed.

    A value that nothing here has is left out; one that only other choices emptied stays, with count 0.
    """
    used = [row.attribute for row in attributes if row.is_facet]
    choices = [attribute for attribute in used if attribute.kind in {Attribute.Kind.CHOICE, Attribute.Kind.YES_NO}]
    if not used:
        return []
    ids = tuple(attribute.pk for attribute in choices)
    everything = _COUNTS.get((tree.version, whose, ids), lambda: dict(_counted(products(), ids)) if ids else {})
    left = everything
    if filters and choices:
        here = products()
        first, *others = [_counted(narrowed(here, filters, leave_out=row.pk), [row.pk]) for row in choices]
        left = dict(first.union(*others, all=True))
    options: dict[int, list[AttributeOption]] = {}
    for option in _options(tree, frozenset(everything)):
        options.setdefault(option.attribute_id, []).append(option)
    found = []
    for attribute in used:
        chosen = filters.options.get(attribute.pk, frozenset())
        values = [
            FacetValue(option, left.get(option.pk, 0), option.pk in chosen) for option in options.get(attribute.pk, [])
        ]
        is_number = attribute.kind == Attribute.Kind.NUMBER
        if len(values) > 1 or chosen or is_number:
            found.append(Facet(attribute, values, filters.ranges.get(attribute.pk) if is_number else None))
    return found


def _options(tree: Tree, ids: frozenset[int]) -> list[AttributeOption]:
    def read() -> list[AttributeOption]:
        return list(AttributeOption.objects.filter(pk__in=ids).order_by("position", "pk"))

    return _OPTIONS.get((tree.version, ids), read)


def _counted(products: QuerySet[Product], attributes: Sequence[int]) -> QuerySet[AttributeValue, tuple[int, int]]:
    values = AttributeValue.objects.filter(
        attribute__in=attributes, option__isnull=False, product__in=products.values("pk")
    )
    return values.order_by().values_list("option").annotate(count=Count("pk"))


@dataclass(frozen=True, slots=True)
class Value:
    """One technical property of a product in the reader's language; a number as such."""

    attribute_id: int
    kind: str
    name: str
    unit: str
    value: Decimal | str

    @property
    def text(self) -> str:
        """As it is read, without its unit."""
        return f"{self.value.normalize():f}" if isinstance(self.value, Decimal) else self.value


PACK_NAMES = dict(PACK_UNITS)


@dataclass(frozen=True, slots=True)
class Pack:
    """So many base units together."""

    unit: str
    factor: Decimal

    @property
    def label(self) -> str:
        return str(PACK_NAMES[self.unit])


@dataclass(frozen=True)
class Card:
    """One product as a row of a table: its words in the reader's language, its packs from the smallest on, its values
    by attribute id."""

    product: Product
    name: str
    own_code: str
    packs: Sequence[Pack]
    values: Mapping[int, Value]


@dataclass(frozen=True)
class Number:
    """Another number under which a product is known, and whose it is."""

    kind: str
    code: str

    @property
    def label(self) -> str:
        return str(ItemNumber.Kind(self.kind).label)


@dataclass(frozen=True)
class Document:
    """A file to take along; `size` in bytes, no language for one that is for all of them."""

    uid: str
    kind: str
    title: str
    language: str
    size: int

    @property
    def label(self) -> str:
        return str(ProductFile.Kind(self.kind).label)

    @property
    def language_name(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language, ""))


@dataclass(frozen=True)
class Facts:
    """What the page of one product tells of it, in the reader's language; an attribute can have several values."""

    name: str
    own_code: str
    packs: Sequence[Pack]
    values: Sequence[Value]
    description: str
    numbers: Sequence[Number]
    documents: Sequence[Document]


@dataclass(frozen=True)
class Label:
    """What a product is called: in the reader's language, and by the company's own number."""

    name: str
    own_code: str


# Statements of every page with products. Written out, because building them costs more than running them.
LABEL = """
    coalesce((
        SELECT name FROM catalog_producttext AS named
        WHERE named.product_id = product.id AND language IN (%(language)s::text, 'en') ORDER BY language = 'en' LIMIT 1
    ), product.sku),
    coalesce((
        SELECT code FROM catalog_customeritemcode AS own
        WHERE own.product_id = product.id AND own.organization_id = %(organization)s::bigint
        ORDER BY own.id DESC LIMIT 1
    ), '')
"""
LABELS = f"""
    SELECT product.id, {LABEL} FROM catalog_product AS product WHERE product.id = ANY(%(products)s::bigint[])
"""  # noqa: S608  only constants are put together
CARD = f"""
        {LABEL},
        (
            SELECT json_agg(json_build_array(unit, factor::text) ORDER BY factor)
            FROM catalog_packlevel AS pack WHERE pack.product_id = product.id
        ),
        (
            SELECT json_agg(
                json_build_array(
                    attribute.id,
                    attribute.kind,
                    coalesce(attribute.names ->> %(language)s::text, attribute.names ->> 'en'),
                    attribute.unit,
                    number::text,
                    coalesce(option.names ->> %(language)s::text, option.names ->> 'en', option.code, text)
                ) ORDER BY value.id
            )
            FROM catalog_attributevalue AS value
            JOIN catalog_attribute AS attribute ON attribute.id = value.attribute_id
            LEFT JOIN catalog_attributeoption AS option ON option.id = value.option_id
            WHERE value.product_id = product.id
        )
"""  # noqa: S608
CARDS = f"""
    SELECT product.id, {CARD} FROM catalog_product AS product WHERE product.id = ANY(%(products)s::bigint[])
"""  # noqa: S608
FACTS = f"""
    SELECT product.id, {CARD},
        coalesce((
            SELECT description FROM catalog_producttext AS told
            WHERE told.product_id = product.id AND language IN (%(language)s::text, 'en')
            ORDER BY language = 'en' LIMIT 1
        ), ''),
        (
            SELECT json_agg(json_build_array(kind, code) ORDER BY kind, code)
            FROM catalog_itemnumber AS number WHERE number.product_id = product.id
        ),
        (
            SELECT json_agg(
                json_build_array(uid, kind, title, language, size) ORDER BY position, kind, id
            ) FROM catalog_productfile AS file WHERE file.product_id = product.id
        )
    FROM catalog_product AS product WHERE product.id = ANY(%(products)s::bigint[])
"""  # noqa: S608


def _told(statement: str, products: Sequence[Product], organization_id: int, language: str) -> list[tuple[Any, ...]]:
    if not products:
        return []
    ids = [product.pk for product in products]
    with connection.cursor() as cursor:
        cursor.execute(statement, {"products": ids, "organization": organization_id, "language": language})
        return list(cursor.fetchall())


def labels(products: Sequence[Product], *, organization_id: int, language: str) -> dict[int, Label]:
    """What these products are called, by their ids. 1 statement for any number of them."""
    return {pk: Label(*told) for pk, *told in _told(LABELS, products, organization_id, language)}


def cards(products: Sequence[Product], *, organization_id: int, language: str) -> list[Card]:
    """The rows for these products, in their order. 1 statement for any number of them."""
    told = {pk: facts for pk, *facts in _told(CARDS, products, organization_id, language)}
    return [_card(product, *told[product.pk]) for product in products]


def _card(product: Product, name: str, own_code: str, packs: list[Any] | None, values: list[Any] | None) -> Card:
    return Card(product, name, own_code, _packs(packs), {value.attribute_id: value for value in _values(values)})


def _packs(rows: list[Any] | None) -> list[Pack]:
    return [Pack(unit, Decimal(factor)) for unit, factor in rows or ()]


def _values(rows: list[Any] | None) -> list[Value]:
    return [
        Value(pk, kind, name, unit, Decimal(number) if number else text)
        for pk, kind, name, unit, number, text in rows or ()
    ]


def facts(product: Product, *, organization_id: int, language: str) -> Facts:
    """What the page of a product tells of it. 1 statement."""
    [(_pk, name, own_code, packs, values, description, numbers, documents)] = _told(
        FACTS, [product], organization_id, language
    )
    return Facts(
        name=name,
        own_code=own_code,
        packs=_packs(packs),
        values=_values(values),
        description=description,
        numbers=[Number(*row) for row in numbers or ()],
        documents=[Document(*row) for row in documents or ()],
    )


@cache
def _pack_levels() -> PreparedQuery[tuple[int, str, Decimal]]:
    rows = PackLevel.objects.filter(product__in=GivenIds("products")).order_by("factor")
    return PreparedQuery(rows.values_list("product", "unit", "factor"))


def packs_of(products: Iterable[Product]) -> dict[int, list[Pack]]:
    """The packs of these products that come in any, the smallest first, by product id. 1 statement."""
    packs: dict[int, list[Pack]] = {}
    for product, unit, factor in _pack_levels().ask(products=[product.pk for product in products]):
        packs.setdefault(product, []).append(Pack(unit, factor))
    return packs


_HEADS = VersionedMemo[dict[int, FamilyText]](most=5_000)


def family_heads(tree: Tree, families: Iterable[int], language: str) -> dict[int, FamilyText]:
    """The heads of these families in the reader's language, or in English.

    1 statement, none while the catalog is unchanged.
    """
    wanted = frozenset(families)

    def read() -> dict[int, FamilyText]:
        heads: dict[int, FamilyText] = {}
        for text in FamilyText.objects.filter(family__in=wanted, language__in={language, "en"}):
            if text.language == language or text.family_id not in heads:
                heads[text.family_id] = text
        return heads

    return _HEADS.get((tree.version, wanted, language), read)
