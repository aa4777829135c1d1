from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.catalog.queries import pages
from apps.catalog.queries.pages import Card
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import Node, Tree, catalog_tree
from apps.core.formats import quantity_text
from apps.core.pages import SeeOther, render_page
from apps.core.templatetags.portico import fragment
from apps.orgs.access import MemberRequest, permission_required
from apps.orgs.queries import buying_context
from apps.pricing.queries import contract_number
from apps.shop.forms import read_ask
from apps.shop.queries import browsing, buying
from apps.shop.queries.suggesting import suggested_for
from apps.shop.views.buying import supply_page
from apps.shop.views.numbers import name_product, numbers_page
from apps.shop.views.rows import NOTHING, Cell, Row, compared_now, controls_of, remembering_view, rows_of, view_of

LONGEST_QUESTION = 200
GRAMS = 1000
# The last questions of this session.
ASKED, KEPT = "asked", 5


def crumbs(request: HttpRequest, tree: Tree, node: Node) -> list[dict[str, str]]:
    return [{"name": above.name(request.LANGUAGE_CODE), "slug": above.slug} for above in tree.above(node)]


@permission_required("catalog.view")
def catalog(request: MemberRequest) -> HttpResponse:
    """All categories with something in them, as a page or as the menu of the header."""
    tree = catalog_tree()
    shelves = browsing.shelves(buying_context(request.membership), tree, tree.roots, timezone.localdate())
    return render_page(request, "shop/catalog.html", {"shelves": shelves}, partial="menu")


@permission_required("catalog.view")
def category(request: MemberRequest, slug: str) -> HttpResponse:
    tree = catalog_tree()
    node = tree.by_slug.get(slug)
    if node is None:
        raise Http404
    context, day = buying_context(request.membership), timezone.localdate()
    page: dict[str, Any] = {
        "crumbs": crumbs(request, tree, node),
        "name": node.name(context.language),
        "description": node.description(context.language),
        "drawing": tree.drawing(node),
    }
    if node.id not in tree.leaves:
        shelves = browsing.shelves(context, tree, tree.children(node), day)
        if not shelves:
            raise Http404
        return render_page(request, "shop/shelf.html", {**page, "shelves": shelves})
    attributes = pages.category_attributes(tree, node)
    ask = read_ask(request.GET, attributes)
    listing = browsing.listing(
        context, tree, node, attributes, filters=ask.filters, sort=ask.sort, page=ask.page, day=day
    )
    if not listing.total:
        raise Http404
    rows = rows_of(request, context, tree, listing.cards, listing.quotes)
    page |= {
        "listing": listing,
        "may_see_prices": request.membership.may("prices.view"),
        "ask": ask,
        "facets": facet_rows(listing, context.language),
        "columns": column_heads(listing, context.language),
        "blocks": blocks(listing, context.language, rows),
        "is_named": ask.sort != pages.ENGINEERING,
        "may_buy": request.membership.may("cart.edit"),
        "currency": context.currency,
        "compared": compared_now(request, context, tree),
        "shown": view_of(request),
        "view_query": without(request, "view"),
        "sorts": [
            (pages.ENGINEERING, _("By size and material")),
            (pages.POPULAR, _("Most bought first")),
            (pages.NUMBER, _("By part number")),
        ],
        "chips": chips(request, listing, context.language),
        "next": request.GET.urlencode() if not request.GET.get("page") else without(request, "page"),
    }
    return remembering_view(request, render_page(request, "shop/category.html", page, partial="listing"))


def without(request: HttpRequest, name: str, value: str | None = None) -> str:
    """The query of this address without one parameter, or without one of its values; never with a page."""
    query = request.GET.copy()
    query.pop("page", None)
    if value is None:
        query.pop(name, None)
    else:
        query.setlist(name, [other for other in query.getlist(name) if other != value])
    return query.urlencode()


def facet_rows(listing: browsing.Listing, language: str) -> list[dict[str, Any]]:
    return [
        {
            "code": facet.attribute.code,
            "name": facet.attribute.name(language),
            "unit": facet.attribute.unit,
            "range": facet.chosen,
            "is_range": not facet.values,
            "is_grid": facet.values and all(len(value.option.code) <= 6 for value in facet.values),  # noqa: PLR2004
            "values": [
                {"id": row.option.pk, "name": row.option.name(language), "count": row.count, "is_chosen": row.is_chosen}
                for row in facet.values
            ],
        }
        for facet in listing.facets
    ]


def chips(request: HttpRequest, listing: browsing.Listing, language: str) -> list[dict[str, str]]:
    """What the list is narrowed to, each with the address that takes it away."""
    found = []
    for facet in listing.facets:
        code = facet.attribute.code
        found += [
            {"name": row.option.name(language), "query": without(request, code, str(row.option.pk))}
            for row in facet.values
            if row.is_chosen
        ]
        for bound, sign in ((f"{code}_min", "≥"), (f"{code}_max", "≤")):
            if facet.chosen and request.GET.get(bound):
                text = f"{facet.attribute.name(language)} {sign} {request.GET[bound]} {facet.attribute.unit}"
                found.append({"name": text, "query": without(request, bound)})
    return found


def column_heads(listing: browsing.Listing, language: str) -> list[dict[str, Any]]:
    return [
        {"name": row.attribute.name(language), "unit": row.attribute.unit, "is_number": row.attribute.kind == "number"}
        for row in listing.columns
    ]


def blocks(listing: browsing.Listing, language: str, rows: Mapping[int, Row]) -> list[dict[str, Any]]:
    heads = [
        (row.attribute_id, row.attribute.name(language), row.attribute.kind == "number") for row in listing.columns
    ]

    def cells(card: Card) -> tuple[Cell, ...]:
        return tuple(Cell(name, card_text(card, attribute), is_number) for attribute, name, is_number in heads)

    return [
        {"head": block.head, "rows": [replace(rows[card.product.pk], cells=cells(card)) for card in block.cards]}
        for block in listing.blocks
    ]


def card_text(card: Card, attribute_id: int) -> str:
    fact = card.values.get(attribute_id)
    return fact.text if fact else NOTHING


@permission_required("catalog.view")
def product(request: MemberRequest, sku: str) -> HttpResponse:
    """All about one product; POST gives it the company's own number."""
    tree = catalog_tree()
    context, day = buying_context(request.membership), timezone.localdate()
    found = browsing.product_for(context, tree, sku, day)
    if found is None:
        raise Http404
    fault = name_product(request, found) if request.method == "POST" else ""
    status = 422 if fault else 200
    page: dict[str, Any] = {"product": found, **numbers_page(request, found, fault=fault)}
    if request.method == "POST" and request.htmx:
        return render_page(request, "shop/product.html", page, partial="own_number", status=status)
    if request.method == "POST" and not fault:
        return SeeOther(request.path)
    node = tree.by_id[found.category_id]
    facts = pages.facts(found, organization_id=context.organization_id, language=context.language)
    place = {row.attribute_id: row.position for row in pages.category_attributes(tree, node)}
    terms = quantity_terms(context, tree, [found])[found.pk]
    wish = buying.wish_for(found, terms, facts.packs, "", context.language)
    compared, may_see_prices = compared_now(request, context, tree), request.membership.may("prices.view")
    page |= {
        "facts": facts,
        "crumbs": crumbs(request, tree, node),
        "drawing": tree.drawing(node),
        "values": [
            {"name": value.name, "value": value.text, "unit": value.unit}
            for value in sorted(facts.values, key=lambda row: place.get(row.attribute_id, len(place) + 1))
        ],
        "weight": weight_text(found.net_weight_g, context.language),
        "relatives": browsing.relatives(context, tree, found, day),
        "may_see_prices": may_see_prices,
        "control": controls_of(request, context, tree, [found]).get(found.pk),
        "wish": wish,
        "price": buying.priced(context, tree, {found: wish.terms.least}, day).get(found.pk) if may_see_prices else None,
        "currency": context.currency,
        "compared": compared,
        "is_compared": found in compared,
        **supply_page(request, wish),
    }
    return render_page(request, "shop/product.html", page, status=status)


def weight_text(grams: int | None, language: str) -> str:
    """The weight of one base unit as it is read: in grams, from a kilogram on in kilograms."""
    if not grams:
        return ""
    return (
        quantity_text(grams, "g", language) if grams < GRAMS else quantity_text(Decimal(grams) / GRAMS, "kg", language)
    )


@require_safe
@permission_required("catalog.view")
def product_file(request: MemberRequest, uid: UUID) -> FileResponse:
    """A document of a product, to take along: nothing that was uploaded is ever shown as a page of ours."""
    found = browsing.file_for(buying_context(request.membership), catalog_tree(), uid, timezone.localdate())
    if found is None:
        raise Http404
    try:
        content = found.content.open()
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=found.download_name, content_type=found.media_type)
    response["Cache-Control"] = "private, no-store"
    return response


def products_button(request: HttpRequest) -> str:
    """Panel: the button of the header that opens all categories."""
    membership = request.membership  # type: ignore[attr-defined]
    if not membership or not membership.may("catalog.view"):
        return ""
    return fragment("shop/menu_button.html")


def price_note(request: HttpRequest) -> str:
    """Panel: under which contract, in which currency and without which tax all prices are."""
    membership = request.membership  # type: ignore[attr-defined]
    if not membership or not membership.may("prices.view"):
        return ""
    organization = membership.organization
    contract = contract_number(organization, timezone.localdate())
    return fragment("shop/price_note.html", currency=organization.currency, contract=contract)


def contract(request: MemberRequest) -> str:
    """Panel: under which contract the company buys."""
    number = contract_number(request.membership.organization, timezone.localdate())
    return _("Contract %(number)s") % {"number": number} if number else ""


def search_box(request: HttpRequest) -> str:
    """Panel: the search field of the header, with the question of the page that it led to."""
    membership = request.membership  # type: ignore[attr-defined]
    if not membership or not membership.may("catalog.view"):
        return ""
    here = request.resolver_match.view_name if request.resolver_match else ""
    question = request.GET.get("q", "") if here == "shop:search" else ""
    return fragment("shop/search_box.html", question=question)


@permission_required("catalog.view")
def search(request: MemberRequest) -> HttpResponse:
    """Open the product that a number names; list what words find."""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    context, tree = buying_context(request.membership), catalog_tree()
    found = browsing.found_for(context, tree, question, timezone.localdate())
    if question:
        asked = request.session.get(ASKED, [])
        request.session[ASKED] = [question, *(other for other in asked if other != question)][:KEPT]
    if found.named:
        return SeeOther(reverse("shop:product", args=[found.named.sku]))
    page = {
        "question": question,
        "count": len(found.cards),
        "blocks": [{"rows": list(rows_of(request, context, tree, found.cards, found.quotes).values())}],
        "compared": compared_now(request, context, tree),
        "is_named": True,
        "may_buy": request.membership.may("cart.edit"),
        "may_see_prices": request.membership.may("prices.view"),
        "currency": context.currency,
        "shown": view_of(request),
        "view_query": without(request, "view"),
        "is_cut": found.is_cut,
        "other_words": found.words if found.has_other_words else "",
        "is_guess": found.is_guess,
        "shelves": found.shelves,
    }
    return remembering_view(request, render_page(request, "shop/search.html", page))


@permission_required("catalog.view")
def suggestions(request: MemberRequest) -> HttpResponse:
    """What the search field offers while a person types."""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    tree, context = catalog_tree(), buying_context(request.membership)
    found = suggested_for(request.membership, context, tree, question, timezone.localdate())
    page = {
        "question": question,
        "found": found,
        "products": [(row, tree.drawing(tree.by_id[row.product.category_id])) for row in found.products],
        "asked_before": [] if question else request.session.get(ASKED, []),
        "may_buy": request.membership.may("cart.edit"),
    }
    return render_page(request, "shop/suggestions.html", page)
