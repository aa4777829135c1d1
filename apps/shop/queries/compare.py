"""A few products side by side."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from apps.catalog.models import Attribute, Product
from apps.catalog.queries import pages
from apps.catalog.queries.pages import Card
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import visible
from apps.orgs.context import BuyingContext

MOST = 4


def compared(context: BuyingContext, tree: Tree, uids: Sequence[UUID], day: date) -> list[Product]:
    """Those of the chosen products that this buyer sees, in the order of choosing. 1 statement at most."""
    if not uids:
        return []
    found = {row.uid: row for row in visible(context, tree, day).filter(uid__in=uids).select_related("brand")}
    return [found[uid] for uid in dict.fromkeys(uids) if uid in found]


def side_by_side(tree: Tree, cards: Sequence[Card]) -> list[tuple[Attribute, Sequence[Decimal | str | None]]]:
    """The technical properties of these products with the value of each, in the order of the first one's category.

    2 statements, none while the catalog is unchanged.
    """
    if not cards:
        return []
    node = tree.by_id[cards[0].product.category_id]
    places = {row.attribute_id: place for place, row in enumerate(pages.category_attributes(tree, node))}
    attributes = pages.attributes_by_id(tree)
    used = dict.fromkeys(pk for card in cards for pk in card.values)
    ordered = sorted(used, key=lambda pk: (places.get(pk, len(places)), pk))
    return [(attributes[pk], [card.values.get(pk) for card in cards]) for pk in ordered]
