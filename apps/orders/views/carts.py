from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseStopPolling, reswap, retarget

from apps.catalog.queries.search import find_number
from apps.catalog.queries.tree import catalog_tree
from apps.core import panels
from apps.core.pages import go_to, next_url, post_only, render_page
from apps.core.templatetags.portico import day, qty
from apps.orders.actions.add_lines import QuantityRefused, WantedLine, add_lines
from apps.orders.actions.archive_cart import archive_cart
from apps.orders.actions.change_cart import change_cart
from apps.orders.actions.change_line import LineFacts, StaleLine, change_line
from apps.orders.actions.choose_ship_to import choose_ship_to
from apps.orders.actions.open_cart import open_cart
from apps.orders.actions.remove_lines import remove_lines
from apps.orders.actions.take_cart import CartClosed
from apps.orders.actions.undo_change import NothingToUndo, undo_change
from apps.orders.forms.carts import LONGEST_QUANTITY, CartForm, LineForm, NewLineForm, QuantityField, SeenForm
from apps.orders.models import Cart, CartLine
from apps.orders.queries import carts as queries
from apps.orders.queries.carts import PricedCart, PricedLine
from apps.orders.views.rows import CartTable, Clash, Refusal, place
from apps.orgs.access import MemberRequest, permission_required
from apps.orgs.models import Membership
from apps.orgs.queries import open_cost_centers, ship_to_addresses

GROUPINGS = ("delivery", "person", "cost_center")


def badge(request: HttpRequest) -> str:
    """Panel: the cart button of the header."""
    membership = request.membership  # type: ignore[attr-defined]
    if not membership:
        return ""
    found = queries.badge_of(membership)
    return render_to_string("orders/badge.html", {"badge": found}) if found else ""


def ship_to_switch(request: HttpRequest) -> str:
    """Panel: where goods go, which dates, freight and VAT on all pages are for, and the other addresses to choose."""
    membership = request.membership  # type: ignore[attr-defined]
    if not membership or not membership.may("catalog.view"):
        return ""
    here = queries.ship_to_of(membership)
    cart = queries.current_cart(membership)
    may_choose = cart.may(membership, "cart.edit") if cart else membership.may("cart.edit")
    page = {"here": here, "addresses": ship_to_addresses(membership) if may_choose else []}
    return render_to_string("orders/ship_to.html", page, request) if here else ""


@post_only
@permission_required("cart.edit")
def ship_to(request: MemberRequest) -> HttpResponse:
    """Deliver somewhere else from now on."""
    chosen = request.POST.get("address", "")
    address = next((row for row in ship_to_addresses(request.membership) if str(row.uid) == chosen), None)
    if address is None:
        raise Http404
    choose_ship_to(actor=request.membership, address=address, now=timezone.now())
    messages.success(request, _("Dates, freight and VAT are now for %(name)s.") % {"name": address.name})
    return go_to(request, next_url(request, reverse("portal:home")))


def find_cart(request: MemberRequest, uid: UUID) -> Cart:
    cart = queries.cart_of(request.membership, uid)
    if cart is None:
        raise Http404
    return cart


def shown(request: MemberRequest, cart: Cart, *, fault: str = "", fault_at: str = "", said: str = "") -> dict[str, Any]:
    """What the whole cart and one line of it are printed from."""
    now = timezone.now()
    priced = queries.priced_cart(cart, now)
    cost_centers = open_cost_centers(request.membership)
    by = request.GET.get("by", "")
    return {
        "cart": cart,
        "priced": priced,
        "by": by if by in GROUPINGS else GROUPINGS[0],
        "ways": ways(priced),
        "cost_centers": cost_centers,
        "may_edit": cart.is_open and cart.may(request.membership, "cart.edit"),
        "may_see_prices": request.membership.may("prices.view"),
        "fault": fault,
        "fault_at": fault_at,
        "said": said,
        "typed": request.POST if fault else {},
        "addition": latest_addition(priced, request.membership),
        "may_undo": cart.is_open and cart.may_be_undone_by(request.membership),
        "submit_panels": panels.fill("cart.submit", request, priced=priced, now=now),
        "badge": queries.badge_of(request.membership),
        "today": priced.day.isoformat(),
        # Kept with the rendered line, and therefore no longer than its field.
        "refusal": Refusal(fault_at, fault, request.POST.get("quantity", "")[:LONGEST_QUANTITY]) if fault_at else None,
        # What each line offers to choose from.
        "centers": tuple((str(row.uid), row.code) for row in cost_centers),
    }


def latest_addition(priced: PricedCart, membership: Membership) -> tuple[str, datetime] | None:
    """Who of the others put lines into the cart last, how many on that day, and when."""
    theirs = [row.line for row in priced.lines if row.line.author_id != membership.pk]
    last = max(theirs, key=lambda line: line.created_at, default=None)
    if last is None:
        return None
    day = localdate(last.created_at)
    count = sum(line.author_id == last.author_id and localdate(line.created_at) == day for line in theirs)
    words = ngettext("%(names)s added %(count)s line", "%(names)s added %(count)s lines", count)
    return words % {"names": last.author.label, "count": qty(count)}, last.created_at


def cart_page(
    request: MemberRequest,
    cart: Cart,
    *,
    status: int = 200,
    fault: str = "",
    fault_at: str = "",
    said: str = "",
    removed: str = "",
) -> HttpResponse:
    """The cart as it is now. A refusal stands at the line whose uid `fault_at` is, or at a field of that name; the
    part number of a line that was just `removed` is told with the offer to put it back."""
    page = shown(request, cart, fault=fault, fault_at=fault_at, said=said)
    return whole_cart(request, {**page, "removed": removed}, status)


def whole_cart(request: MemberRequest, page: dict[str, Any], status: int) -> HttpResponse:
    page |= {
        "groups": CartTable(page["priced"], page["by"], page["refusal"]).groups(),
        "addresses": ship_to_addresses(request.membership),
        "other_carts": [row for row in queries.open_carts(request.membership) if row.pk != page["cart"].pk],
        "may_save_list": request.membership.may("lists.edit"),
    }
    response = render_page(request, "orders/cart.html", page, partial="cart", status=status)
    if request.htmx and request.htmx.target != "cart":
        # Asked by a line, for itself.
        retarget(reswap(response, "outerHTML"), "#cart")
    return response


def line_answer(
    request: MemberRequest, cart: Cart, line_uid: UUID, *, changes: int, status: int = 200, fault: str = "", said: str
) -> HttpResponse:
    """One line of an open page after so many changes to its cart: its row, and beside it what it all comes to. Where
    more has changed of what the page shows, the whole cart."""
    page = shown(request, cart, fault=fault, fault_at=str(line_uid) if fault else "", said=said)
    priced: PricedCart = page["priced"]
    row = next((row for row in priced.lines if row.line.uid == line_uid), None)
    if row is None or not request.htmx or not stands_alone(request, row, page, changes):
        return whole_cart(request, page, status)
    page["row"] = CartTable(priced, page["by"], page["refusal"]).row(row)
    return render_page(request, "orders/cart.html", page, partial="line", status=status)


def stands_alone(request: MemberRequest, row: PricedLine, page: dict[str, Any], changes: int) -> bool:
    """Whether nothing but this line and the sums differs from what the page shows: nobody else changed the cart, it
    travels as before, the line stays under its head, and no other line shares the stock and the price breaks."""
    priced: PricedCart = page["priced"]
    seen = {name: request.POST.get(name) for name in ("since", "ways", "place")}
    return (
        seen == {"since": str(priced.cart.version - changes), "ways": page["ways"], "place": place(row, page["by"])}
        and [other.line.product_id for other in priced.lines].count(row.line.product_id) == 1
    )


def ways(priced: PricedCart) -> str:
    """How a cart can travel, first how it does: as long as this stays, so do the days of its lines."""
    chosen = [priced.option] if priced.option else []
    return " ".join(option.method.code for option in [*chosen, *priced.options])


def written(request: MemberRequest, cart: Cart, said: str, removed: str = "") -> HttpResponse:
    """After a change: the page's part for htmx, the page itself for a plain form."""
    if request.htmx:
        return cart_page(request, find_cart(request, cart.uid), said=said, removed=removed)
    return go_to(request, reverse("orders:cart", args=[cart.uid]))


@permission_required("cart.view")
def current(request: MemberRequest) -> HttpResponse:
    """The cart into which the person puts things, or where to begin when there is none."""
    cart = queries.current_cart(request.membership)
    if cart is not None:
        return cart_page(request, find_cart(request, cart.uid))
    page = {"open_carts": queries.open_carts(request.membership), "may_edit": request.membership.may("cart.edit")}
    return render_page(request, "orders/no_cart.html", page)


@post_only
@permission_required("cart.edit")
def new(request: MemberRequest) -> HttpResponse:
    name = request.POST.get("name", "").strip() or _("Cart of %(name)s") % {"name": request.membership.label}
    cart = open_cart(actor=request.membership, name=name, now=timezone.now())
    return go_to(request, reverse("orders:cart", args=[cart.uid]))


@post_only
@permission_required("cart.edit")
def choice(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Put things into this cart from now on."""
    cart = open_cart(actor=request.membership, cart_uid=find_cart(request, uid).uid, now=timezone.now())
    messages.success(request, _("You now fill the cart %(name)s.") % {"name": cart.name})
    return go_to(request, reverse("orders:cart", args=[cart.uid]))


@post_only
@permission_required("cart.edit")
def removal(request: MemberRequest, uid: UUID) -> HttpResponse:
    cart = archive_cart(actor=request.membership, cart_uid=find_cart(request, uid).uid, now=timezone.now())
    messages.success(request, _("The cart %(name)s was put away.") % {"name": cart.name})
    return go_to(request, reverse("orders:current_cart"))


@permission_required("cart.view")
def cart(request: MemberRequest, uid: UUID) -> HttpResponse:
    """A cart; POST changes where, when and under which number it is to be delivered."""
    found = find_cart(request, uid)
    if request.method != "POST":
        return cart_page(request, found)
    form = CartForm(
        request.POST,
        addresses=ship_to_addresses(request.membership),
        methods=[option.method for option in queries.priced_cart(found, timezone.now()).options],
        cost_centers=open_cost_centers(request.membership),
    )
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        return cart_page(request, found, status=422, fault=str(errors[0]), fault_at=field)
    change_cart(actor=request.membership, cart_uid=found.uid, facts=form.facts(), now=timezone.now())
    return written(request, found, _("The cart was saved."))


@require_GET
@permission_required("cart.view")
def changes(request: MemberRequest, uid: UUID) -> HttpResponse:
    """What others changed since a page was shown: 204 when nothing is new, 286 when the cart is not open any more."""
    found = queries.cart_version(request.membership, uid)
    if found is None:
        raise Http404
    seen = SeenForm(request.GET)
    if not seen.is_valid():
        raise Http404
    since, told, shown_at = (seen.cleaned_data[name] for name in ("since", "told", "at"))
    version, is_open = found
    if is_open and version <= max(since, told or 0):
        return HttpResponse(status=204)
    page = {
        "uid": uid,
        "by": request.GET.get("by", ""),
        "version": version,
        "news": news(request, uid, shown_at) if is_open else str(CartClosed.message),
    }
    status = 200 if is_open else HttpResponseStopPolling.status_code
    return render_page(request, "orders/cart_news.html", page, status=status)


def news(request: MemberRequest, uid: UUID, since: datetime) -> str:
    """Omar added 4 lines."""
    added = queries.lines_added(request.membership, uid, since)
    count = sum(added.values())
    if not count:
        return _("This cart was changed.")
    words = ngettext("%(names)s added %(count)s line.", "%(names)s added %(count)s lines.", count)
    return words % {"names": ", ".join(added), "count": qty(count)}


@post_only
@permission_required("cart.edit")
def lines(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Add a line by typed part number and quantity."""
    found = find_cart(request, uid)
    form = NewLineForm(request.POST)
    if not form.is_valid():
        (field, errors), *_others = form.errors.items()
        fault = _("Type a part number.") if field == "number" else str(errors[0])
        return cart_page(request, found, status=422, fault=fault, fault_at="number")
    number, now = form.cleaned_data["number"], timezone.now()
    context, tree = queries.cart_context(found), catalog_tree()
    products = find_number(context, tree, number, localdate(now))
    if len(products) != 1:
        text = _("Several parts have this number.") if products else _("No part has this number.")
        return cart_page(request, found, status=422, fault=text, fault_at="number")
    (product,) = products
    quantity = product.min_quantity
    if typed := form.cleaned_data["quantity"]:
        try:
            quantity = QuantityField(packs=packs_of(product)).clean(typed)
        except ValidationError as error:
            return cart_page(request, found, status=422, fault=error.messages[0], fault_at="number")
    try:
        add_lines(actor=request.membership, cart_uid=found.uid, lines=[WantedLine(product, quantity)], now=now)
    except QuantityRefused as refusal:
        return cart_page(request, found, status=422, fault=refused_words(refusal), fault_at="number")
    return written(request, found, _("%(sku)s is in the cart.") % {"sku": product.sku})


def packs_of(product: Any) -> dict[str, Any]:
    return dict(product.packs.values_list("unit", "factor"))


def refused_words(refusal: QuantityRefused) -> str:
    _product, judged = refusal.rows[0]
    return _(judged.message) % judged.words


@post_only
@permission_required("cart.edit")
def line(request: MemberRequest, uid: UUID, line_uid: UUID) -> HttpResponse:
    """Change quantity, cost center and wanted day of one line; quantity 0 takes it out."""
    found = find_cart(request, uid)
    row = get_object_or_404(CartLine.visible_to(request.membership).select_related("product"), cart=found, uid=line_uid)
    if request.POST.get("quantity", "").strip() == "0":
        return without_line(request, found, line_uid)
    form = LineForm(request.POST, cost_centers=open_cost_centers(request.membership), packs=packs_of(row.product))

    def refused(text: str) -> HttpResponse:
        return line_answer(request, found, line_uid, changes=0, status=422, fault=text, said="")

    if not form.is_valid():
        return refused(str(next(iter(form.errors.values()))[0]))
    values = form.cleaned_data
    facts = LineFacts(values["quantity"], values["cost_center"], values["requested_date"])
    try:
        changed = change_line(
            actor=request.membership, cart_uid=uid, line_uid=line_uid, version=values["over"] or values["version"],
            facts=facts, now=timezone.now(),
        )  # fmt: skip
    except QuantityRefused as refusal:
        return refused(refused_words(refusal))
    except StaleLine as refusal:
        return clash_page(request, found, refusal.line, facts)
    if not request.htmx:
        return go_to(request, reverse("orders:cart", args=[uid]))
    if changed.quantity != facts.quantity:
        said = _("%(sku)s was rounded to %(quantity)s.")
    else:
        said = _("%(sku)s was changed.")
    said %= {"sku": row.product.sku, "quantity": f"{changed.quantity.normalize():f}"}
    return line_answer(request, find_cart(request, uid), line_uid, changes=1, said=said)


def clash_page(request: MemberRequest, cart: Cart, line: CartLine, typed: LineFacts) -> HttpResponse:
    """The cart as it is now, but for the line that somebody else changed: it says who, and keeps what was typed until
    the person has chosen between the two. 2 statements more than a cart."""
    if line.changed_by_id == request.membership.pk:
        fault = _("You changed this line elsewhere.")
    else:
        fault = _("%(name)s changed this line.") % {"name": line.changed_by.label}
    page = shown(request, cart, fault=fault, fault_at=str(line.uid))
    centers = {center.pk: center.code for center in page["cost_centers"]}
    typed_center = typed.cost_center.pk if typed.cost_center else None
    pairs = [
        (_("Quantity"), qty(line.quantity), qty(typed.quantity)),
        (_("Cost center"), centers.get(line.cost_center_id, ""), centers.get(typed_center, "")),
        (_("Wanted day"), day(line.requested_date) or _("any day"), day(typed.requested_date) or _("any day")),
    ]
    page["refusal"] = replace(
        page["refusal"],
        clash=Clash(
            version=str(line.version),
            seen=request.POST["version"],
            differences=tuple((name, theirs or "–", mine or "–") for name, theirs, mine in pairs if theirs != mine),
            cart_url=reverse("orders:cart", args=[cart.uid]),
        ),
    )
    # Shown in its row, not saved; the quantity comes as it was typed.
    for row in page["priced"].lines:
        if row.line.pk == line.pk:
            row.line.cost_center, row.line.requested_date = typed.cost_center, typed.requested_date
    return whole_cart(request, page, status=409)


@post_only
@permission_required("cart.edit")
def line_removal(request: MemberRequest, uid: UUID, line_uid: UUID) -> HttpResponse:
    return without_line(request, find_cart(request, uid), line_uid)


def without_line(request: MemberRequest, found: Cart, line_uid: UUID) -> HttpResponse:
    rows = CartLine.visible_to(request.membership).filter(cart=found, uid=line_uid)
    removed = rows.values_list("product__sku", flat=True).first() or ""
    remove_lines(actor=request.membership, cart_uid=found.uid, line_uids=[line_uid], now=timezone.now())
    return written(request, found, _("The line was removed."), removed=removed)


@post_only
@permission_required("cart.edit")
def change_removal(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Undo the person's last change of the lines."""
    found = find_cart(request, uid)
    try:
        undo_change(actor=request.membership, cart_uid=uid, now=timezone.now())
    except NothingToUndo as refusal:
        return cart_page(request, found, status=409, fault=str(refusal))
    if not request.htmx:
        return go_to(request, reverse("orders:cart", args=[uid]))
    page = shown(request, find_cart(request, uid), said=_("Your last change was undone."))
    # The button that was pressed is gone.
    return whole_cart(request, page | {"is_undone": True}, 200)
