"""What the pages of the catalog show: products in their order, facets with counts, one product with all its facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from apps.catalog.models import (
    Attribute,
    AttributeOption,
    AttributeValue,
    CategoryAttribute,
    CustomerItemCode,
    FamilyText,
    ItemNumber,
    PackLevel,
    Product,
    ProductFile,
    ProductText,
)

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


def category_attributes(categories: Iterable[int]) -> list[CategoryAttribute]:
    """How these categories use attributes, in engineering order, each attribute once. 1 statement."""
    rows = CategoryAttribute.objects.filter(category__in=categories).select_related("attribute")
    found: dict[int, CategoryAttribute] = {}
    for row in rows.order_by("position", "pk"):
        found.setdefault(row.attribute_id, row)
    return list(found.values())


def facets(products: QuerySet[Product], attributes: Sequence[CategoryAttribute], filters: Filters) -> list[Facet]:
    """The filters of a category with counts that say what each choice would leave. 2 statements, 3 when narrowed.

    A value that nothing here has is left out; one that only other choices emptied stays, with count 0.
    """
    used = [row.attribute for row in attributes if row.is_facet]
    choices = [attribute for attribute in used if attribute.kind in {Attribute.Kind.CHOICE, Attribute.Kind.YES_NO}]
    if not used:
        return []
    everything = _counts(products, [attribute.pk for attribute in choices])
    left = everything
    if filters and choices:
        first, *others = [_counted(narrowed(products, filters, leave_out=row.pk), [row.pk]) for row in choices]
        left = dict(first.union(*others, all=True))
    options: dict[int, list[AttributeOption]] = {}
    for option in AttributeOption.objects.filter(pk__in=everything).order_by("position", "pk"):
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


def _counted(products: QuerySet[Product], attributes: Sequence[int]) -> QuerySet[AttributeValue, tuple[int, int]]:
    values = AttributeValue.objects.filter(
        attribute__in=attributes, option__isnull=False, product__in=products.values("pk")
    )
    return values.order_by().values_list("option").annotate(count=Count("pk"))


def _counts(products: QuerySet[Product], attributes: Sequence[int]) -> dict[int, int]:
    return dict(_counted(products, attributes)) if attributes else {}


@dataclass(frozen=True)
class Card:
    """One product as a row of a table: its words in the reader's language, its numbers, its values by attribute id."""

    product: Product
    name: str
    own_code: str
    packs: Sequence[PackLevel]
    values: Mapping[int, AttributeValue]


def cards(products: Sequence[Product], *, organization_id: int, language: str) -> list[Card]:
    """The rows for these products, in their order. 4 statements for any number of them."""
    ids = [product.pk for product in products]
    named = labels(products, organization_id=organization_id, language=language)
    packs = packs_of(products)
    values: dict[int, dict[int, AttributeValue]] = {}
    for value in AttributeValue.objects.filter(product__in=ids).select_related("option"):
        values.setdefault(value.product_id, {})[value.attribute_id] = value
    return [
        Card(
            product,
            named[product.pk].name,
            named[product.pk].own_code,
            packs.get(product.pk, []),
            values.get(product.pk, {}),
        )
        for product in products
    ]


@dataclass(frozen=True)
class Label:
    """What a product is called: in the reader's language, and by the company's own number."""

    name: str
    own_code: str


def labels(products: Sequence[Product], *, organization_id: int, language: str) -> dict[int, Label]:
    """What these products are called, by their ids. 2 statements for any number of them."""
    ids = [product.pk for product in products]
    texts: dict[int, dict[str, str]] = {}
    for text in ProductText.objects.filter(product__in=ids, language__in={language, "en"}):
        texts.setdefault(text.product_id, {})[text.language] = text.name
    codes = dict(
        CustomerItemCode.objects.filter(organization=organization_id, product__in=ids).values_list("product_id", "code")
    )
    return {
        product.pk: Label(
            texts.get(product.pk, {}).get(language) or texts.get(product.pk, {}).get("en") or product.sku,
            codes.get(product.pk, ""),
        )
        for product in products
    }


def packs_of(products: Iterable[Product]) -> dict[int, list[PackLevel]]:
    """The packs of these products that come in any, the smallest first, by product id. 1 statement."""
    packs: dict[int, list[PackLevel]] = {}
    for pack in PackLevel.objects.filter(product__in=[product.pk for product in products]).order_by("factor"):
        packs.setdefault(pack.product_id, []).append(pack)
    return packs


def family_heads(families: Iterable[int], language: str) -> dict[int, FamilyText]:
    """The heads of these families in the reader's language, or in English. 1 statement."""
    heads: dict[int, FamilyText] = {}
    for text in FamilyText.objects.filter(family__in=set(families), language__in={language, "en"}):
        if text.language == language or text.family_id not in heads:
            heads[text.family_id] = text
    return heads


def with_page_facts(products: QuerySet[Product]) -> QuerySet[Product]:
    """Products with everything that their own page shows. 6 statements more."""
    return products.select_related("brand", "family", "successor").prefetch_related(
        "texts",
        Prefetch("numbers", ItemNumber.objects.order_by("kind", "code")),
        Prefetch("files", ProductFile.objects.order_by("position", "kind", "pk")),
        Prefetch("packs", PackLevel.objects.order_by("factor")),
        Prefetch("values", AttributeValue.objects.select_related("attribute", "option")),
    )
