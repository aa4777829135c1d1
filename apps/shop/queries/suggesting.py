"""What the search field offers while a person types, and before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.catalog.models import Product
from apps.catalog.queries import pages, search
from apps.catalog.queries.pages import Label, Number
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import visible
from apps.orders.models import Order, PurchasingList
from apps.orders.queries.lists import lists_like
from apps.orders.queries.orders import Ask, bought_last, orders_for
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership
from apps.pricing.queries import Quote
from apps.shop.queries.browsing import Shelf, called, guessed_products, prices_of
from apps.shop.queries.supply import Stocked, stocked

SUGGESTED = 6
BESIDE = 3
BOUGHT = 5
# Shorter questions would find most lists and orders.
SHORTEST = 3


@dataclass(frozen=True)
class Suggestion:
    """One product with what tells it from its neighbors; `number` is another number of it that was typed.

    Without a price for who sees none, and where it is on request.
    """

    product: Product
    label: Label
    stock: Stocked
    quote: Quote | None
    number: Number | None


@dataclass(frozen=True)
class Suggested:
    """What was found for what is typed so far; `is_guess` as in Found."""

    products: Sequence[Suggestion]
    is_guess: bool = False
    shelves: Sequence[Shelf] = ()
    lists: Sequence[PurchasingList] = ()
    orders: Sequence[Order] = ()

    @property
    def has_more(self) -> bool:
        """Whether something else than products was found."""
        return bool(self.shelves or self.lists or self.orders)


def suggested_for(membership: Membership, context: BuyingContext, tree: Tree, question: str, day: date) -> Suggested:
    """Suggestions for a question; for an empty one, what this person bought last. At most 16 statements."""
    if not question:
        return Suggested(_suggestions(membership, context, tree, _bought(membership, context, tree, day), day=day))
    found = search.numbered(context, tree, question, day, SUGGESTED)
    if len(found) < SUGGESTED:
        known = {row.pk for row in found}
        worded, _words = search.worded(context, tree, question, day, limit=SUGGESTED)
        found += [row for row in worded if row.pk not in known][: SUGGESTED - len(found)]
    guessed = [] if found else guessed_products(context, tree, question, day)
    sees_lists, sees_orders = (
        len(question) >= SHORTEST and membership.may(permission) for permission in ("lists.edit", "orders.view")
    )
    return Suggested(
        _suggestions(membership, context, tree, guessed or found, question, day=day),
        is_guess=bool(guessed),
        shelves=called(context, tree, question, day),
        lists=list(lists_like(membership, question)[:BESIDE]) if sees_lists else [],
        orders=list(orders_for(membership, Ask(question))[:BESIDE]) if sees_orders else [],
    )


def _bought(membership: Membership, context: BuyingContext, tree: Tree, day: date) -> list[Product]:
    ids = bought_last(membership, 2 * BOUGHT)
    offered = visible(context, tree, day).select_related("brand").in_bulk(ids)
    return [offered[pk] for pk in ids if pk in offered][:BOUGHT]


def _suggestions(
    membership: Membership,
    context: BuyingContext,
    tree: Tree,
    products: Sequence[Product],
    question: str = "",
    *,
    day: date,
) -> list[Suggestion]:
    if not products:
        return []
    labels = pages.labels(products, organization_id=context.organization_id, language=context.language)
    stock = stocked({product: product.min_quantity for product in products})
    quotes = prices_of(context, tree, products, day) if membership.may("prices.view") else {}
    numbers = search.numbers_like(products, question)
    return [
        Suggestion(product, labels[product.pk], stock[product.pk], quotes.get(product.pk), numbers.get(product.pk))
        for product in products
    ]
