"""In what quantities a buyer may order."""

from collections import defaultdict
from collections.abc import Iterable

from apps.catalog.models import Product, QuantityRule
from apps.catalog.queries.tree import Tree
from apps.catalog.rules import QuantityFacts, QuantityTerms, resolve_quantity
from apps.core.memo import VersionedMemo
from apps.orgs.context import BuyingContext

# The rules of one buyer by what they are about, so that a page looks only at those of its products.
Rules = defaultdict[tuple[str, int], tuple[QuantityFacts, ...]]
_RULES = VersionedMemo[Rules](most=10_000)


def quantity_terms(context: BuyingContext, tree: Tree, products: Iterable[Product]) -> dict[int, QuantityTerms]:
    """What holds for this buyer and each of these products, by product id; its own facts where no rule speaks.

    1 statement for any number of products, none while the catalog is unchanged.
    """
    buyer = (context.organization_id, context.customer_type_id, context.unit_ids, context.membership_id)
    rules = _RULES.get((tree.version, buyer), lambda: _read(context))
    found = {}
    for product in products:
        own = QuantityTerms(product.base_unit, product.min_quantity, product.order_multiple)
        above = tree.leaves.get(product.category_id, (product.category_id,))
        keys = (("product", product.pk), *(("category", pk) for pk in above))
        facts = [row for key in keys if key in rules for row in rules[key]]
        found[product.pk] = resolve_quantity(own, product.pk, above, facts) if facts else own
    return found


def _read(context: BuyingContext) -> Rules:
    rules: Rules = defaultdict(tuple)
    for row in QuantityRule.objects.matching(context):
        target = ("product", row.product_id) if row.product_id else ("category", row.category_id or 0)
        fact = QuantityFacts(
            row.pk,
            row.specificity,
            row.product_id,
            row.category_id,
            row.min_quantity,
            row.order_multiple,
            row.max_quantity,
        )
        rules[target] = (*rules[target], fact)
    return rules
