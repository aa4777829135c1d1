"""A few products side by side."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from apps.catalog.models import Attribute, AttributeValue, Product
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


def side_by_side(tree: Tree, cards: Sequence[Card]) -> list[tuple[Attribute, Sequence[AttributeValue | None]]]:
    """The technical properties of these products in engineering order, each with their values. 1 statement."""
    above = {node.id for card in cards for node in tree.above(tree.by_id[card.product.category_id])}
    places = {row.attribute_id: place for place, row in enumerate(pages.category_attributes(above))}
    used = {value.attribute_id: value.attribute for card in cards for value in card.values.values()}
    ordered = sorted(used.values(), key=lambda attribute: (places.get(attribute.pk, len(places)), attribute.pk))
    return [(attribute, [card.values.get(attribute.pk) for card in cards]) for attribute in ordered]
