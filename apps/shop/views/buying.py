"""Buying from where a product stands: in a table, in the search, on its own page."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.queries.tree import catalog_tree
from apps.core.errors import DomainError
from apps.core.formats import quantity_text
from apps.core.pages import SeeOther, next_url, post_only, render_page, uid_of
from apps.inventory.queries import availability
from apps.orders.actions.add_lines import QuantityRefused, WantedLine, add_lines
from apps.orders.queries.carts import badge_of, in_cart
from apps.orgs.access import MemberRequest, permission_required
from apps.orgs.context import BuyingContext
from apps.orgs.queries import buying_context
from apps.shop.queries import buying
from apps.shop.queries.buying import FIELD, Control, Wish
from apps.shop.queries.supply import destination_of, places_of, supplied

MOST_FIELDS = 300
# From when on the time that is left is told.
CUT_OFF_TOLD = timedelta(hours=12)


def typed_quantities(request: MemberRequest, *, every: bool = False) -> dict[UUID, str]:
    """The fields `q-<uid>` that have something in them; the one row whose button was pressed, filled or not."""
    only = "" if every else request.POST.get("only", "")
    found: dict[UUID, str] = {}
    for name in [f"{FIELD}{only}"] if only else list(request.POST)[:MOST_FIELDS]:
        text = request.POST.get(name, "").strip()
        if name.startswith(FIELD) and (text or only) and (uid := uid_of(name.removeprefix(FIELD))):
            found[uid] = text
    return found


def words_of(message: str, words: Mapping[str, Any] | None, language: str) -> str:
    """A message of the rules in the language of the page."""
    return _(message) % {
        name: quantity_text(value, "", language) if isinstance(value, Decimal) else value
        for name, value in (words or {}).items()
    }


def bar(request: MemberRequest, context: BuyingContext, skip: Collection[UUID] = ()) -> dict[str, Any]:
    """What the bar below a table says of its filled rows."""
    tree, day = catalog_tree(), timezone.localdate()
    typed = {uid: text for uid, text in typed_quantities(request, every=True).items() if uid not in skip}
    filled = [wish for wish in buying.wishes(context, tree, typed, day) if wish.quantity is not None]
    may_see_prices = request.membership.may("prices.view")
    quantities = {wish.product: wish.quantity for wish in filled if wish.quantity is not None}
    priced = buying.priced(context, tree, quantities, day) if may_see_prices else {}
    return {
        "ready_count": len(filled),
        "ready_total": sum((row.net for row in priced.values()), Decimal(0)),
        "currency": context.currency,
        "may_see_prices": may_see_prices,
    }


@post_only
@permission_required("cart.edit")
def lines(request: MemberRequest) -> HttpResponse:
    """Put one row or all filled rows into the cart: good rows go, bad ones stay with the reason."""
    context, now = buying_context(request.membership), timezone.now()
    wished = buying.wishes(context, catalog_tree(), typed_quantities(request), timezone.localdate())
    good = [wish for wish in wished if wish.quantity is not None]
    faults = {
        wish.product.pk: words_of(wish.message, wish.words, context.language) for wish in wished if wish not in good
    }
    refusal = "" if wished else _("Type a quantity first.")
    try:
        if good:
            rows = [WantedLine(wish.product, wish.quantity) for wish in good if wish.quantity is not None]
            add_lines(actor=request.membership, lines=rows, now=now)
    except QuantityRefused as refused:
        good = []
        for product, judged in refused.rows:
            faults[product.pk] = words_of(judged.message, judged.words, context.language)
    except DomainError as error:
        refusal, good = str(error), []
    text = summary(good, context.language) if good else ""
    if not request.htmx:
        if text:
            messages.success(request, text)
        if fault := refusal or next(iter(faults.values()), ""):
            messages.error(request, fault)
        return SeeOther(next_url(request, reverse("shop:catalog")))
    there = in_cart(request.membership, [wish.product.pk for wish in wished])
    page = {
        "controls": [
            Control(
                str(wish.product.uid),
                wish.product.sku,
                wish.terms,
                there.get(wish.product.pk),
                "" if wish in good else wish.typed,
                faults.get(wish.product.pk, ""),
            )
            for wish in wished
        ],
        "place": request.POST.get("place", ""),
        "is_marked": "marked" in request.POST,
        "text": text,
        "fault": refusal,
        "badge": badge_of(request.membership),
        **bar(request, context, skip=[wish.product.uid for wish in good]),
    }
    return render_page(request, "shop/bought.html", page, status=200 if good else 422)


def summary(good: Sequence[Wish], language: str) -> str:
    """One line by its name, more by their number; what was rounded is told."""
    if len(good) != 1:
        text = ngettext("%(count)s line is in the cart.", "%(count)s lines are in the cart.", len(good))
        return text % {"count": len(good)}
    [wish] = good
    words = {"sku": wish.product.sku, "quantity": quantity_text(wish.quantity or 0, "", language)}
    rounded = f" {words_of(wish.message, wish.words, language)}" if wish.message else ""
    return _("%(quantity)s of %(sku)s added to the cart.") % words + rounded


def supply_page(request: MemberRequest, wish: Wish) -> dict[str, Any]:
    """Stock and promise of one product, for its own page. 4 statements at most."""
    now, product = timezone.now(), wish.product
    asked = wish.quantity or wish.terms.least
    free = availability([product])
    supply = supplied(destination_of(request.membership), {product: asked}, now, free)[product.pk]
    left = supply.promise.cut_off_at - now if supply.promise.cut_off_at else None
    return {
        "supply": supply,
        "places": places_of(free[product.pk], now),
        "within": divmod(int(left.total_seconds()) // 60, 60) if left and left < CUT_OFF_TOLD else None,
    }


@post_only
@permission_required("cart.edit")
def price(request: MemberRequest) -> HttpResponse:
    """What a quantity costs, before it is in the cart: the price of one row, and the sum of all filled ones."""
    context, tree, day = buying_context(request.membership), catalog_tree(), timezone.localdate()
    shown = uid_of(request.POST.get("product"))
    if not shown:
        raise Http404
    typed = typed_quantities(request).get(shown, "")
    found = buying.wishes(context, tree, {shown: typed}, day)
    if not found:
        raise Http404
    [wish] = found
    is_box = request.POST.get("place") == "box"
    summed = bar(request, context)
    at = {wish.product: wish.quantity or wish.terms.least}
    page = {
        "wish": wish,
        "price": buying.priced(context, tree, at, day).get(wish.product.pk) if summed["may_see_prices"] else None,
        "said": words_of(wish.message, wish.words, context.language) if typed else "",
        "oob": True,
        **summed,
        **(supply_page(request, wish) if is_box else {}),
    }
    return render_page(request, "shop/box_price.html" if is_box else "shop/row_price.html", page)
