"""What of the catalog a buyer sees: the one filter for pages, search, numbers and orders."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.catalog.models import AssortmentItem, AssortmentRule, Product
from apps.catalog.queries.tree import Tree
from apps.catalog.rules import AssortmentFacts, Cells, Visibility, resolve_assortment
from apps.core.memo import VersionedMemo
from apps.orgs.context import BuyingContext

SOLD = (Product.Lifecycle.ACTIVE, Product.Lifecycle.PHASE_OUT)
_RULES = VersionedMemo[tuple[AssortmentFacts, ...]](most=10_000)
_VISIBILITIES = VersionedMemo[Visibility](most=1_000)


def matching_rules(context: BuyingContext, tree: Tree, day: date) -> tuple[AssortmentFacts, ...]:
    """The assortment rules that hold for this buyer on this day; 1 statement, none while the catalog is unchanged."""
    audience = (context.organization_id, context.customer_type_id, context.unit_ids, context.membership_id)

    def read() -> tuple[AssortmentFacts, ...]:
        rows = AssortmentRule.objects.matching(context).valid_on(day)
        return tuple(
            AssortmentFacts(
                id=row.pk,
                specificity=row.specificity,
                is_deny=row.effect == AssortmentRule.Effect.DENY,
                category_id=row.category_id,
                brand_id=row.brand_id,
                names_products=row.names_products,
            )
            for row in rows
        )

    return _RULES.get((tree.version, day, audience), read)


def visible(
    context: BuyingContext, tree: Tree, day: date, leaves: Mapping[int, tuple[int, ...]] | None = None
) -> QuerySet[Product]:
    """The products that this buyer may see and order, of the given leaves or of the whole catalog."""
    return ever_visible(context, tree, day, leaves).filter(lifecycle__in=SOLD)


def ever_visible(
    context: BuyingContext, tree: Tree, day: date, leaves: Mapping[int, tuple[int, ...]] | None = None
) -> QuerySet[Product]:
    """Those, and the ones of the same assortment that are not sold any more: old lists still name them."""
    rules = matching_rules(context, tree, day)
    visibility = resolve_assortment(rules, leaves) if leaves is not None else _of_all_leaves(rules, tree)
    return Product.objects.filter(condition(visibility)).exclude(lifecycle=Product.Lifecycle.DRAFT)


def sold_to(context: BuyingContext, tree: Tree, day: date, products: Iterable[Product]) -> set[int]:
    """Which of these products `visible` would find, by their ids. 1 statement at most, for rules that name products."""
    visibility = _of_all_leaves(matching_rules(context, tree, day), tree)
    sold = [row for row in products if row.lifecycle in SOLD]
    naming = [rule for layer in visibility.layers for rule in (*layer.allow, *layer.deny)]
    named: dict[int, list[int]] = {}
    if naming:
        items = AssortmentItem.objects.filter(rule__in=naming, product__in=[row.pk for row in sold])
        for product, rule in items.values_list("product", "rule"):
            named.setdefault(product, []).append(rule)
    return {row.pk for row in sold if visibility.shows(row.category_id, row.brand_id, named.get(row.pk, ()))}


def shown(context: BuyingContext, tree: Tree, day: date, products: Iterable[Product]) -> list[Product]:
    """Those of some products that `visible` would find, in their order: for few that are known, where the condition of
    the whole catalog would cost more than they do. 2 statements at most, 1 of them that of `products`."""
    rows = list(products)
    sold = sold_to(context, tree, day, rows)
    return [row for row in rows if row.pk in sold]


def _of_all_leaves(rules: tuple[AssortmentFacts, ...], tree: Tree) -> Visibility:
    return _VISIBILITIES.get((tree.version, rules), lambda: resolve_assortment(rules, tree.leaves))


def condition(visibility: Visibility) -> Q:
    """The assortment as a condition on products: cells by their columns, at most two EXISTS for each layer of lists."""
    shown = _in(visibility.cells)
    for layer in visibility.layers:
        here = _in(layer.cells)
        if layer.allow:
            shown |= here & Q(_named(layer.allow))
        if layer.deny:
            shown &= ~(here & Q(_named(layer.deny)))
    return shown


def _named(rules: tuple[int, ...]) -> Exists:
    return Exists(AssortmentItem.objects.filter(rule__in=rules, product=OuterRef("pk")))


def _in(cells: Cells) -> Q:
    plain = set(cells.leaves)
    found = Q(pk__in=[])
    for brands, leaves in cells.flipped.items():
        plain -= leaves
        if inside := leaves & cells.leaves:
            found |= Q(category__in=sorted(inside)) & ~Q(brand__in=sorted(brands))
        if outside := leaves - cells.leaves:
            found |= Q(category__in=sorted(outside), brand__in=sorted(brands))
    return found | Q(category__in=sorted(plain))
