from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, QuerySet, Window

from apps.catalog.models import CategoryAttribute, FamilyText, Product, ProductFile
from apps.catalog.queries import pages, search
from apps.catalog.queries.pages import Card, Facet, Filters
from apps.catalog.queries.tree import Node, Tree
from apps.catalog.queries.visibility import matching_rules, shown, visible
from apps.core.memo import VersionedMemo
from apps.core.prepared import Given, PreparedQuery
from apps.orgs.context import BuyingContext
from apps.pricing.queries import Quote, price_chain, quote_prices
from apps.shop.rules import different_parts

PAGE = 24
RESULTS = 100
GUESSES = 6
SIZES = 60


@dataclass(frozen=True)
class Block:
    """Rows of one family under their head; a flat list is one block without a head."""

    head: FamilyText | None
    cards: Sequence[Card]


@dataclass(frozen=True)
class Listing:
    """One page of a category table."""

    total: int
    found: int
    page: int
    blocks: Sequence[Block]
    columns: Sequence[CategoryAttribute]
    facets: Sequence[Facet]
    quotes: Mapping[int, Quote | None]

    @property
    def cards(self) -> list[Card]:
        return [card for block in self.blocks for card in block.cards]

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1 if self.found else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE, self.found)

    @property
    def has_next(self) -> bool:
        return self.last < self.found


_COUNTS = VersionedMemo[Mapping[int, int]](most=1_000)


def shelf_counts(context: BuyingContext, tree: Tree, day: date) -> Mapping[int, int]:
    """How many products this buyer sees in each category, those below included.

    2 statements, none while the catalog is unchanged. Buyers with the same assortment share the answer.
    """

    def count() -> Mapping[int, int]:
        rows = visible(context, tree, day).order_by().values_list("category").annotate(count=Count("pk"))
        counts: dict[int, int] = {}
        for leaf, number in rows:
            for above in tree.leaves.get(leaf, (leaf,)):
                counts[above] = counts.get(above, 0) + number
        return counts

    return _COUNTS.get((tree.version, matching_rules(context, tree, day)), count)


@dataclass(frozen=True)
class Shelf:
    """A category with something on it for this buyer, and those right below it."""

    name: str
    slug: str
    drawing: str
    count: int
    below: Sequence["Shelf"] = ()


def shelves(context: BuyingContext, tree: Tree, nodes: Sequence[Node], day: date) -> list[Shelf]:
    """These categories as the buyer sees them, without those that have nothing. 2 statements, none while the catalog
    is unchanged."""
    counts = shelf_counts(context, tree, day)

    def shelf(node: Node, below: Sequence[Shelf] = ()) -> Shelf:
        return Shelf(node.name(context.language), node.slug, tree.drawing(node), counts[node.id], below)

    return [
        shelf(node, [shelf(child) for child in tree.children(node) if counts.get(child.id)])
        for node in nodes
        if counts.get(node.id)
    ]


_PAGES = VersionedMemo[PreparedQuery[Any]](most=500)


def listing(
    context: BuyingContext, tree: Tree, node: Node, attributes: Sequence[CategoryAttribute], *, filters: Filters,
    sort: str, page: int, day: date,
) -> Listing:  # fmt: skip
    """One page of the products of a category, as this buyer sees them; behind the last page, the last.

    At most 9 statements, however many rows.
    """
    whose = (node.id, matching_rules(context, tree, day))

    def everything() -> QuerySet[Product]:
        return visible(context, tree, day, tree.leaves_below(node))

    def counted(page: int) -> PreparedQuery[Any]:
        products = pages.narrowed(everything(), filters).select_related("brand").order_by(*pages.SORTS[sort])
        return PreparedQuery(products.annotate(found=Window(Count("*")))[(page - 1) * PAGE : page * PAGE])

    page = max(page, 1)
    # Buyers with the same assortment ask the same of a category, nearly always for its first page.
    asked = counted(page) if filters else _PAGES.get((tree.version, whose, sort, page), lambda: counted(page))
    rows = asked.ask()
    found = rows[0].found if rows else pages.narrowed(everything(), filters).count()
    if found and not rows:
        page = -(-found // PAGE)
        rows = counted(page).ask()
    total = everything().count() if filters else found
    cards = pages.cards(rows, organization_id=context.organization_id, language=context.language)
    return Listing(
        total=total,
        found=found,
        page=page,
        blocks=_blocks(tree, cards, context.language) if sort == pages.ENGINEERING else [Block(None, cards)],
        columns=[row for row in attributes if row.is_column],
        facets=pages.facets(everything, whose, tree, attributes, filters),
        quotes=prices_of(context, tree, rows, day),
    )


def _blocks(tree: Tree, cards: Sequence[Card], language: str) -> list[Block]:
    heads = pages.family_heads(tree, (card.product.family_id for card in cards if card.product.family_id), language)
    blocks: list[tuple[int | None, list[Card]]] = []
    for card in cards:
        family = card.product.family_id
        if not blocks or blocks[-1][0] != family:
            blocks.append((family, []))
        blocks[-1][1].append(card)
    return [Block(heads.get(family) if family else None, found) for family, found in blocks]


def prices_of(context: BuyingContext, tree: Tree, products: Sequence[Product], day: date) -> Mapping[int, Quote | None]:
    """What these products cost this buyer, each at its minimum. 2 statements."""
    quantities = {product: product.min_quantity for product in products}
    return quote_prices(price_chain(context, day), tree, quantities, day)


@cache
def _numbered() -> PreparedQuery[Product]:
    return PreparedQuery(Product.objects.filter(sku=Given("sku", CharField())).select_related("brand", "successor"))


def product_for(context: BuyingContext, tree: Tree, sku: str, day: date) -> Product | None:
    """One product, if this buyer may see it. At most 2 statements."""
    found = _numbered().first(sku=sku)
    return found if found and shown(context, tree, day, [found]) else None


def file_for(context: BuyingContext, tree: Tree, uid: UUID, day: date) -> ProductFile | None:
    """One document, if this buyer may see its product. At most 2 statements."""
    products = visible(context, tree, day).values("pk")
    return ProductFile.objects.filter(uid=uid, product__in=products).select_related("product").first()


@dataclass(frozen=True)
class Relative:
    """Another size of a product: its number, and in words what is different of it."""

    sku: str
    size: str


_SIZES = VersionedMemo[PreparedQuery[Product]](most=500)


def relatives(context: BuyingContext, tree: Tree, product: Product, day: date) -> list[Relative]:
    """The sizes of the product's family that this buyer sees, in engineering order. 2 statements."""
    if product.family_id is None:
        return []
    leaf = product.category_id

    def asked() -> PreparedQuery[Product]:
        rows = visible(context, tree, day, {leaf: tree.leaves[leaf]}).filter(family=Given("family"))
        return PreparedQuery(rows.order_by("family_position", "pk").only("sku")[:SIZES])

    sizes = _SIZES.get((tree.version, leaf, matching_rules(context, tree, day)), asked).ask(family=product.family_id)
    named = pages.labels(sizes, organization_id=context.organization_id, language=context.language)
    parts = different_parts([named[row.pk].name for row in sizes])
    return [Relative(row.sku, part or row.sku) for row, part in zip(sizes, parts, strict=True)]


@dataclass(frozen=True)
class Found:
    """What a question found: one product that it names, or rows, perhaps for other words than the ones asked for.

    `is_guess`: the number of the question is nobody's, and these products have one that it may have been meant for.
    """

    cards: Sequence[Card]
    quotes: Mapping[int, Quote | None] = field(default_factory=dict)
    named: Product | None = None
    is_cut: bool = False
    words: str = ""
    has_other_words: bool = False
    is_guess: bool = False
    shelves: Sequence[Shelf] = ()


@dataclass(frozen=True)
class Hits:
    """The products of a question, at most RESULTS of them, and the words that were looked for, perhaps others than the
    ones asked for. `is_cut`, `is_guess` as in Found."""

    products: Sequence[Product]
    words: str
    is_cut: bool
    is_guess: bool
    has_other_words: bool


def hits_of(context: BuyingContext, tree: Tree, question: str, day: date) -> Hits:
    """Numbers first, then words, else what a mistyped number may mean. At most 6 statements."""
    products = {row.pk: row for row in search.numbered(context, tree, question, day, RESULTS + 1)}
    worded, words = search.worded(context, tree, question, day, limit=RESULTS + 1)
    products |= {row.pk: row for row in worded if row.pk not in products}
    guessed = [] if products else guessed_products(context, tree, question, day)
    return Hits(
        guessed or list(products.values())[:RESULTS],
        words,
        is_cut=len(products) > RESULTS,
        is_guess=bool(guessed),
        has_other_words=bool(worded) and words != " ".join(search.terms(question)),
    )


def found_for(context: BuyingContext, tree: Tree, question: str, day: date) -> Found:
    """The results of a question: the one product that it names, or those that it hits. At most 16 statements."""
    named = search.find_number(context, tree, question, day)
    if len(named) == 1:
        return Found([], named=named[0])
    hits = hits_of(context, tree, question, day)
    return Found(
        pages.cards(hits.products, organization_id=context.organization_id, language=context.language),
        prices_of(context, tree, hits.products, day),
        is_cut=hits.is_cut,
        words=hits.words,
        has_other_words=hits.has_other_words,
        is_guess=hits.is_guess,
        shelves=called(context, tree, question, day),
    )


def guessed_products(context: BuyingContext, tree: Tree, question: str, day: date) -> Sequence[Product]:
    """Products that a mistyped number may mean. At most 2 statements."""
    meant = search.meant_numbers(context, tree, [question], day, limit=GUESSES).get(question)
    return meant.products if meant else []


def called(context: BuyingContext, tree: Tree, question: str, day: date) -> Sequence[Shelf]:
    """The categories with these words in their name, as the buyer sees them. 2 statements, none while the catalog is
    unchanged."""
    asked = question.lower()
    named = [node for node in tree.nodes if asked in node.name(context.language).lower()] if asked else []
    return shelves(context, tree, named, day)[:GUESSES] if named else []
