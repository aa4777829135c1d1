"""What tables, lists and comparisons of products have in common: their rows, and how a person wants to see them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.catalog.models import Attribute, Product
from apps.catalog.queries.pages import Card, attributes_by_id
from apps.catalog.queries.tree import Tree
from apps.core.formats import NBSP
from apps.orders.queries.carts import in_cart
from apps.orgs.access import MemberRequest
from apps.orgs.context import BuyingContext
from apps.pricing.queries import Quote
from apps.shop.queries import buying, compare
from apps.shop.queries.buying import Control
from apps.shop.queries.supply import destination_of, supplied

VIEWS = ("table", "list")
VIEW_COOKIE = "view"
YEAR = 365 * 24 * 3600
# Of each product in a list.
MOST_FACTS = 5
COMPARED = "compared"


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
) -> dict[int, dict[str, Any]]:
    """What tables and lists say of each product, by its id: price breaks, stock and day as at the least quantity,
    controls, technical values.

    At most 8 statements for any number of rows.
    """
    controls = controls_of(request, context, tree, [card.product for card in cards])
    least = {
        card.product: controls[card.product.pk].terms.least if controls else card.product.min_quantity for card in cards
    }
    supplies = supplied(destination_of(request.membership), least, timezone.now())
    attributes, compared = attributes_by_id(tree), set(kept_uids(request))
    return {
        card.product.pk: {
            "card": card,
            "breaks": buying.breaks_at(quote, least[card.product]) if (quote := quotes.get(card.product.pk)) else [],
            "control": controls.get(card.product.pk),
            "supply": supplies[card.product.pk],
            "is_compared": card.product.uid in compared,
            "drawing": tree.drawing(tree.by_id[card.product.category_id]),
            "facts": [
                fact_text(attributes[pk], value, context.language)
                for pk, value in islice(card.values.items(), MOST_FACTS)
            ],
        }
        for card in cards
    }


def fact_text(attribute: Attribute, value: Decimal | str, language: str) -> str:
    """One technical value as it is read by itself: a choice speaks for itself, a number wants its name and unit."""
    if attribute.kind == Attribute.Kind.CHOICE:
        return value_text(value)
    unit = f"{NBSP}{attribute.unit}" if attribute.unit else ""
    return f"{attribute.name(language)} {value_text(value)}{unit}"


def value_text(value: Decimal | str | None) -> str:
    """One technical value as it is read, without its unit."""
    if value is None:
        return "–"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


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
