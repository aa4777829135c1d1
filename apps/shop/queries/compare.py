"""A few products side by side."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from apps.catalog.models import Product
from apps.catalog.queries import pages
from apps.catalog.queries.pages import Card, Value
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import shown
from apps.orgs.context import BuyingContext

MOST = 4


def compared(context: BuyingContext, tree: Tree, uids: Sequence[UUID], day: date) -> list[Product]:
    """Those of the chosen products that this buyer sees, in the order of choosing. 2 statements at most."""
    if not uids:
        return []
    asked = Product.objects.filter(uid__in=uids).select_related("brand")
    found = {row.uid: row for row in shown(context, tree, day, asked)}
    return [found[uid] for uid in dict.fromkeys(uids) if uid in found]


def side_by_side(tree: Tree, cards: Sequence[Card]) -> list[Sequence[Value | None]]:
    """The technical properties of these products in engineering order: of each, what every product has.

    1 statement for each of their categories, none while the catalog is unchanged.
    """
    places: dict[int, int] = {}
    for category in sorted({card.product.category_id for card in cards}):
        for row in pages.category_attributes(tree, tree.by_id[category]):
            places.setdefault(row.attribute_id, row.position)
    used = {attribute for card in cards for attribute in card.values}
    ordered = sorted(used, key=lambda attribute: (attribute not in places, places.get(attribute, 0), attribute))
    return [[card.values.get(attribute) for card in cards] for attribute in ordered]
