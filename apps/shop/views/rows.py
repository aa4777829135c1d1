"""What tables, lists and comparisons of products have in common: their rows, and how a person wants to see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.catalog.models import Attribute, Product
from apps.catalog.queries.pages import Card, Value
from apps.catalog.queries.tree import Tree
from apps.core.formats import NBSP
from apps.orders.queries.carts import in_cart
from apps.orgs.access import MemberRequest
from apps.orgs.context import BuyingContext
from apps.pricing.queries import Quote
from apps.shop.queries import buying, compare
from apps.shop.queries.buying import Break, Control
from apps.shop.queries.supply import Supplied, destination_of, supplied

VIEWS = ("table", "list")
VIEW_COOKIE = "view"
YEAR = 365 * 24 * 3600
# Of each product in a list.
MOST_FACTS = 5
COMPARED = "compared"
NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """One technical value under the head of its column."""

    name: str
    text: str
    is_number: bool


@dataclass(frozen=True)
class Row:
    """What a table or a list says of one product. Plain values only: a row is rendered once for what it says."""

    key: str
    sku: str
    name: str
    own_code: str
    drawing: str
    facts: tuple[str, ...]
    pack: tuple[str, Decimal] | None
    breaks: tuple[Break, ...]
    supply: Supplied
    control: Control | None
    is_compared: bool
    cells: tuple[Cell, ...] = ()


def controls_of(
    request: MemberRequest, context: BuyingContext, tree: Tree, products: Sequence[Product]
) -> Mapping[int, Control]:
    """The fields and buttons of the rows, for somebody who may buy. 2 statements."""
    if not request.membership.may("cart.edit"):
        return {}
    there = in_cart(request.membership, [product.pk for product in products])
    return buying.controls(context, tree, products, there)


def rows_of(
    request: MemberRequest,
    context: BuyingContext,
    tree: Tree,
    cards: Sequence[Card],
    quotes: Mapping[int, Quote | None],
) -> dict[int, Row]:
    """What tables and lists say of each product, by its id: price breaks, stock and day as at the least quantity,
    controls, technical values.

    At most 6 statements for any number of rows.
    """
    controls = controls_of(request, context, tree, [card.product for card in cards])
    least = {
        card.product: controls[card.product.pk].terms.least if controls else card.product.min_quantity for card in cards
    }
    supplies = supplied(destination_of(request.membership), least, timezone.now())
    compared = set(kept_uids(request))
    return {
        card.product.pk: Row(
            key=str(card.product.uid),
            sku=card.product.sku,
            name=card.name,
            own_code=card.own_code,
            drawing=tree.drawing(tree.by_id[card.product.category_id]),
            facts=tuple(fact_text(value) for value in list(card.values.values())[:MOST_FACTS]),
            pack=(card.packs[0].label, card.packs[0].factor) if card.packs else None,
            breaks=tuple(buying.breaks_at(quote, least[card.product])) if (quote := quotes[card.product.pk]) else (),
            supply=supplies[card.product.pk],
            control=controls.get(card.product.pk),
            is_compared=card.product.uid in compared,
        )
        for card in cards
    }


def fact_text(fact: Value) -> str:
    """One technical value as it is read by itself: a choice speaks for itself, a number wants its name."""
    text = fact.text
    if fact.kind == Attribute.Kind.CHOICE:
        return text
    return f"{fact.name} {text}{NBSP}{fact.unit}" if fact.unit else f"{fact.name} {text}"


def view_of(request: HttpRequest) -> str:
    """As what products are shown: as the address says, or as it said last in this browser."""
    asked = [request.GET.get("view"), request.COOKIES.get(VIEW_COOKIE)]
    return next((view for view in asked if view in VIEWS), VIEWS[0])


def remembering_view(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.GET.get("view") in VIEWS:
        response.set_cookie(
            VIEW_COOKIE, request.GET["view"], max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    return response


def kept_uids(request: HttpRequest) -> list[UUID]:
    """What is being compared in this session, whoever may see it."""
    return [UUID(text) for text in request.session.get(COMPARED, [])]


def compared_now(request: MemberRequest, context: BuyingContext, tree: Tree) -> list[Product]:
    """What is being compared, as far as this buyer sees it. 1 statement, none without any."""
    return compare.compared(context, tree, kept_uids(request), timezone.localdate())
