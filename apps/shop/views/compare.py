"""Products side by side. Which ones is kept in the session, and shown as far as the company of the moment sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from apps.catalog.models import Product
from apps.catalog.queries import pages
from apps.catalog.queries.pages import Card, Value
from apps.catalog.queries.tree import Tree, catalog_tree
from apps.core.formats import quantity_text
from apps.core.pages import SeeOther, go_to, next_url, post_only, render_page, uid_of
from apps.orgs.access import MemberRequest, permission_required
from apps.orgs.queries import buying_context
from apps.shop.queries.browsing import prices_of
from apps.shop.queries.compare import MOST, compared, side_by_side
from apps.shop.views.lists import uids
from apps.shop.views.rows import COMPARED, NOTHING, compared_now, kept_uids, rows_of


def keep(request: MemberRequest, products: Sequence[Product]) -> None:
    request.session[COMPARED] = [str(product.uid) for product in products]


@permission_required("catalog.view")
def compare(request: MemberRequest) -> HttpResponse:
    """The chosen products side by side, at first only what tells them apart; POST chooses."""
    if request.method == "POST":
        return choose(request)
    context, tree = buying_context(request.membership), catalog_tree()
    products = compared_now(request, context, tree)
    is_all = "all" in request.GET
    cards = pages.cards(products, organization_id=context.organization_id, language=context.language)
    rows = rows_of(request, context, tree, cards, prices_of(context, tree, products, timezone.localdate()))
    page = {
        "rows": list(rows.values()),
        "facts": [fact for fact in fact_rows(tree, cards, context.language) if is_all or len(set(fact.cells)) > 1],
        "is_all": is_all,
        "may_buy": request.membership.may("cart.edit"),
        "may_see_prices": request.membership.may("prices.view"),
        "currency": context.currency,
    }
    return render_page(request, "shop/compare.html", page)


@dataclass(frozen=True)
class FactRow:
    """One property of the compared products as it is read."""

    name: str
    cells: Sequence[str]
    unit: str = ""


def fact_rows(tree: Tree, cards: Sequence[Card], language: str) -> list[FactRow]:
    packs = [
        f"{card.packs[0].label} {quantity_text(card.packs[0].factor, '', language)}" if card.packs else "–"
        for card in cards
    ]
    return [
        *(fact_row(facts) for facts in side_by_side(tree, cards)),
        FactRow(_("Brand"), [card.product.brand.name for card in cards]),
        FactRow(_("Pack"), packs),
    ]


def fact_row(facts: Sequence[Value | None]) -> FactRow:
    head = next(filter(None, facts))
    return FactRow(head.name, [fact.text if fact else NOTHING for fact in facts], head.unit)


def choose(request: MemberRequest) -> HttpResponse:
    """Compare what is ticked on a page besides what was chosen; of `product` alone, whether it is ticked."""
    context, tree = buying_context(request.membership), catalog_tree()
    ticked, toggled = uids(request, "compare"), uid_of(request.POST.get("product", ""))
    wanted = [uid for uid in kept_uids(request) if uid != toggled]
    wanted += [uid for uid in ticked if toggled in {None, uid}]
    products = compared(context, tree, wanted, timezone.localdate())
    fault = ""
    if len(products) > MOST:
        fault = _("At most %(most)s products side by side. Take one away first.") % {"most": MOST}
        products = products[:MOST]
    keep(request, products)
    if not request.htmx:
        if fault:
            messages.error(request, fault)
        return SeeOther(reverse("shop:compare"))
    page: dict[str, Any] = {
        "compared": products,
        "uid": toggled,
        "sku": request.POST.get("sku", ""),
        "is_on": toggled in {product.uid for product in products},
        "fault": fault,
    }
    return render_page(request, "shop/compare_changed.html", page, status=422 if fault else 200)


@post_only
@permission_required("catalog.view")
def removal(request: MemberRequest) -> HttpResponse:
    """Compare no more: one product, or all of them."""
    one = uid_of(request.POST.get("product", ""))
    products = compared_now(request, buying_context(request.membership), catalog_tree()) if one else []
    keep(request, [product for product in products if product.uid != one])
    if one or not request.htmx:
        return go_to(request, next_url(request, reverse("shop:compare")))
    response = render_page(request, "shop/compare_bar.html", {"compared": []})
    return trigger_client_event(response, "compare:cleared")
