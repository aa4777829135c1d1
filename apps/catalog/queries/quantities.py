"""In what quantities a buyer may order."""

from collections.abc import Iterable

from django.db.models import Q

from apps.catalog.models import Product, QuantityRule
from apps.catalog.queries.tree import Tree
from apps.catalog.rules import QuantityFacts, QuantityTerms, resolve_quantity
from apps.orgs.context import BuyingContext


def quantity_terms(context: BuyingContext, tree: Tree, products: Iterable[Product]) -> dict[int, QuantityTerms]:
    """What holds for this buyer and each of these products, by product id; its own facts where no rule speaks.

    1 statement for any number of products.
    """
    by_id = {product.pk: product for product in products}
    above = {product.pk: tree.leaves.get(product.category_id, (product.category_id,)) for product in by_id.values()}
    rows = QuantityRule.objects.matching(context).filter(
        Q(product__in=by_id) | Q(category__in={category for categories in above.values() for category in categories})
    )
    facts = [
        QuantityFacts(
            row.pk,
            row.specificity,
            row.product_id,
            row.category_id,
            row.min_quantity,
            row.order_multiple,
            row.max_quantity,
        )
        for row in rows
    ]
    return {
        key: resolve_quantity(
            QuantityTerms(product.base_unit, product.min_quantity, product.order_multiple), key, above[key], facts
        )
        for key, product in by_id.items()
    }
