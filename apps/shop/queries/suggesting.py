"""What the search field offers while a person types, and before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.catalog.models import Product
from apps.catalog.queries import pages, search
from apps.catalog.queries.pages import Label, Number
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import visible
from apps.catalog.rules import judge_quantity
from apps.core.formats import islands_text
from apps.orders.models import Order, PurchasingList
from apps.orders.queries.carts import in_cart
from apps.orders.queries.lists import lists_like
from apps.orders.queries.orders import Ask, bought_last, last_lines, orders_for
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership
from apps.pricing.queries import Quote
from apps.shop.queries import buying
from apps.shop.queries.browsing import Shelf, called, hits_of, prices_of
from apps.shop.queries.buying import Control
from apps.shop.queries.supply import Stocked, stocked
from apps.shop.rules import Part, mark_name, mark_number

SUGGESTED = 6
BESIDE = 3
BOUGHT = 5
# Shorter questions would find most lists and orders.
SHORTEST = 3


@dataclass(frozen=True)
class Suggestion:
    """One product with what tells it from its neighbors, in parts by what was asked for; `number` is another number of
    it that was typed.

    Without a price for who sees none, and where it is on request; without a control for who may not buy. `usual` is
    what the company ordered of it last, as far as it is sold so, else the least; `bought_at` is when.
    """

    product: Product
    label: Label
    name: Sequence[Part]
    sku: Sequence[Part]
    own_code: Sequence[Part]
    number: Number | None
    number_code: Sequence[Part]
    stock: Stocked
    quote: Quote | None
    control: Control | None
    usual: Decimal
    bought_at: datetime | None


@dataclass(frozen=True)
class Suggested:
    """What was found for what is typed so far; `is_guess` as in Found. The search would list `count` products, or
    more where it `is_cut`."""

    products: Sequence[Suggestion]
    count: int = 0
    is_cut: bool = False
    is_guess: bool = False
    shelves: Sequence[Shelf] = ()
    lists: Sequence[PurchasingList] = ()
    orders: Sequence[Order] = ()

    @property
    def has_more(self) -> bool:
        """Whether something else than products was found."""
        return bool(self.shelves or self.lists or self.orders)


def suggested_for(membership: Membership, context: BuyingContext, tree: Tree, question: str, day: date) -> Suggested:
    """Suggestions for a question; for an empty one, what this person bought last. At most 20 statements."""
    if not question:
        return Suggested(_suggestions(membership, context, tree, _bought(membership, context, tree, day), day))
    hits = hits_of(context, tree, question, day)
    sees_lists, sees_orders = (
        len(question) >= SHORTEST and membership.may(permission) for permission in ("lists.edit", "orders.view")
    )
    return Suggested(
        _suggestions(
            membership, context, tree, hits.products[:SUGGESTED], day, question=question, words=hits.words.split()
        ),
        count=0 if hits.is_guess else len(hits.products),
        is_cut=hits.is_cut,
        is_guess=hits.is_guess,
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
    day: date,
    *,
    question: str = "",
    words: Sequence[str] = (),
) -> list[Suggestion]:
    if not products:
        return []
    labels = pages.labels(products, organization_id=context.organization_id, language=context.language)
    stock = stocked({product: product.min_quantity for product in products})
    quotes = prices_of(context, tree, products, day) if membership.may("prices.view") else {}
    numbers = search.numbers_like(products, question)
    last = last_lines(membership, products)
    controls = {}
    if membership.may("cart.edit"):
        there = in_cart(membership, [product.pk for product in products])
        controls = buying.controls(context, tree, products, there)

    def suggestion(product: Product) -> Suggestion:
        label, number, control = labels[product.pk], numbers.get(product.pk), controls.get(product.pk)
        line = last.get(product.pk)
        usual = judge_quantity(line.quantity, control.terms).quantity if line and control else None
        return Suggestion(
            product,
            label,
            name=mark_name(islands_text(label.name, context.language), words),
            sku=mark_number(product.sku, question, words),
            own_code=mark_number(label.own_code, question, words),
            number=number,
            number_code=mark_number(number.code, question, words) if number else (),
            stock=stock[product.pk],
            quote=quotes.get(product.pk),
            control=control,
            usual=usual or (control.terms.least if control else product.min_quantity),
            bought_at=line.order.placed_at if line else None,
        )

    return [suggestion(product) for product in products]
