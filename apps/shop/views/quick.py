"""Quick order: rows typed, pasted or uploaded, judged one by one, and put into the cart together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from django_htmx.http import reswap, retarget

from apps.catalog.models import Product
from apps.catalog.queries.pages import labels
from apps.catalog.queries.search import find_number
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import visible
from apps.core.errors import DomainError
from apps.core.formats import quantity_input_text
from apps.core.pages import SeeOther, go_to, post_only, render_page, uid_of
from apps.orders.actions.add_lines import WantedLine
from apps.orders.actions.add_quick_rows import add_quick_rows
from apps.orders.actions.change_quick_row import QuickRowGone, change_quick_row
from apps.orders.actions.discard_quick_rows import discard_quick_rows
from apps.orders.actions.save_quick_rows import save_quick_rows
from apps.orders.queries.lists import lines_of_list, lists_of
from apps.orders.queries.quick import quick_row
from apps.orgs.access import MemberRequest, count_for, permission_required
from apps.orgs.queries import buying_context
from apps.shop.forms import Unclear, pasted_rows, rows_of_file, rows_of_table, typed_row
from apps.shop.queries.quick import JudgedRow, Pad, State, judged_pad, priced_pad
from apps.shop.queries.supply import Supplied, destination_of, supplied
from apps.shop.rules import LONGEST_NUMBER, LONGEST_QUANTITY, MOST_ROWS, TypedRow
from apps.shop.views.buying import words_of
from apps.shop.views.lists import find_list, uids

SHOWN = 100
PLACES = {State.OPEN: 0, State.ADJUSTED: 1, State.READY: 2}
PAGE = "shop/quick_order.html"


# --- The page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One row as the page shows it."""

    judged: JudgedRow
    notes: Sequence[str]
    supply: Supplied | None = None


def entries(request: MemberRequest, rows: Sequence[JudgedRow]) -> list[Entry]:
    """These rows with their notes in the language of the page, stock and day. 6 statements for any number of them."""
    language = request.LANGUAGE_CODE
    wanted = {row.product: row.quantity for row in rows if row.is_ready and row.product and row.quantity}
    supplies = supplied(destination_of(request.membership), wanted, timezone.now())
    return [
        Entry(
            row,
            [words_of(note.message, note.words, language) for note in row.notes],
            supplies.get(row.product.pk) if row.product else None,
        )
        for row in rows
    ]


def page_of(request: MemberRequest, pad: Pad, **more: Any) -> dict[str, Any]:
    positions = [kept.position for row in pad.rows for kept in (row.row, *row.folded)]
    return {
        "pad": pad,
        "currency": request.membership.organization.currency,
        "next_position": max(positions, default=0) + 1,
        "may_see_prices": request.membership.may("prices.view"),
        **more,
    }


def pad_now(request: MemberRequest) -> Pad:
    return priced_pad(request.membership, buying_context(request.membership), catalog_tree(), timezone.localdate())


def whole(request: MemberRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, or the part of it that every change may touch."""
    pad = pad_now(request)
    rows = sorted(pad.rows, key=lambda row: PLACES[row.state])
    page = page_of(
        request,
        pad,
        entries=entries(request, rows if "all" in request.GET else rows[:SHOWN]),
        lists=lists_of(request.membership),
        most_rows=MOST_ROWS,
        **more,
    )
    return render_page(request, PAGE, page, partial="quick", status=status)


def one_row(request: MemberRequest, uid: UUID | None, *, had_folded: bool = False, **more: Any) -> HttpResponse:
    """One row anew, with the counts and the sum; everything, if the row counts or counted together with another one."""
    if not request.htmx:
        return SeeOther(reverse("shop:quick_order"))
    pad = pad_now(request)
    row = pad.row(uid) if uid else None
    if had_folded or (uid and (row is None or row.folded)):
        return reswap(retarget(whole(request, **more), "#quick"), "outerHTML")
    entry = entries(request, [row])[0] if row else None
    return render_page(request, PAGE, page_of(request, pad, entry=entry, oob=True, **more), partial="changed")


@require_GET
@permission_required("cart.edit")
def quick_order(request: MemberRequest) -> HttpResponse:
    return whole(request)


# --- Rows come in -----------------------------------------------------------------------------------------------------


@post_only
@permission_required("cart.edit")
def rows(request: MemberRequest) -> HttpResponse:
    """Take rows in: one that was typed, a pasted text, a file, or a purchasing list."""
    is_single = "number" in request.POST
    kept = {"is_single": is_single, "text": request.POST.get("text", "")}
    try:
        taken = sent_rows(request)
        if isinstance(taken, Unclear):
            return whole(request, unclear=taken)
        if not taken:
            fault = _("Type a part number.") if is_single else _("Paste at least one line, or choose a file or a list.")
            return whole(request, status=422, fault=fault, **kept)
        typed = [(row.number, row.quantity) for row in taken]
        saved = save_quick_rows(actor=request.membership, rows=typed, now=timezone.now())
    except DomainError as refusal:
        return whole(request, status=422, fault=str(refusal), **kept)
    if is_single:
        return one_row(request, saved[0].uid, has_new_row=True)
    if not request.htmx:
        return SeeOther(reverse("shop:quick_order"))
    said = ngettext("%(count)s row was read.", "%(count)s rows were read.", len(saved)) % {"count": len(saved)}
    return whole(request, said=said)


def sent_rows(request: MemberRequest) -> list[TypedRow] | Unclear:
    post = request.POST
    if "number" in post:
        return typed_row(post)
    if "list" in post:
        return listed_rows(request)
    if "table" in post:
        return rows_of_table(post)
    if upload := request.FILES.get("file"):
        count_for(request.membership, "uploads", person=120, company=600)
        return rows_of_file(upload)
    return pasted_rows(post.get("text", ""))


def listed_rows(request: MemberRequest) -> list[TypedRow]:
    """The lines of one of the purchasing lists that this person sees, as if they had been typed."""
    uid = uid_of(request.POST["list"])
    return [
        TypedRow(line.product.sku, quantity_input_text(line.quantity, request.LANGUAGE_CODE))
        for line in (lines_of_list(find_list(request, uid)) if uid else [])
    ]


@require_GET
@permission_required("cart.edit")
def lookup(request: MemberRequest) -> HttpResponse:
    """What a number means, while it is being typed."""
    number = request.GET.get("number", "").strip()[:LONGEST_NUMBER]
    context = buying_context(request.membership)
    found = find_number(context, catalog_tree(), number, timezone.localdate())
    named = labels(found, organization_id=context.organization_id, language=context.language)
    page = {"number": number, "names": [named[product.pk].name for product in found]}
    return render_page(request, f"{PAGE}#lookup", page)


# --- Rows are mended --------------------------------------------------------------------------------------------------


@post_only
@permission_required("cart.edit")
def row(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Mend one row: another number, another quantity, or the product that it was meant to be.

    `folded` are the rows that the page counted together with it: the quantity that is sent stands for all of them.
    """
    found = quick_row(request.membership, uid)
    if found is None:
        raise Http404
    number = request.POST.get("number", found.number).strip()[:LONGEST_NUMBER]
    sent = request.POST.get("instead") or request.POST.get("quantity")
    quantity = found.quantity if sent is None else sent.strip()[:LONGEST_QUANTITY]
    chosen = found.chosen if number == found.number else None
    if "product" in request.POST:
        chosen = offered(request, request.POST["product"])
    folded = [] if sent is None else uids(request, "folded")
    try:
        change_quick_row(
            actor=request.membership, uid=uid, number=number, quantity=quantity, chosen=chosen, folded=folded
        )
    except QuickRowGone as error:
        raise Http404 from error
    return one_row(request, uid, had_folded=bool(folded))


def offered(request: MemberRequest, text: str) -> Product | None:
    """The product that a button names, if this buyer may see it; none for an empty name."""
    products = visible(buying_context(request.membership), catalog_tree(), timezone.localdate())
    uid = uid_of(text)
    return products.filter(uid=uid).first() if uid else None


@post_only
@permission_required("cart.edit")
def row_removal(request: MemberRequest, uid: UUID) -> HttpResponse:
    if not discard_quick_rows(actor=request.membership, uids=[uid, *uids(request, "folded")]):
        raise Http404
    return one_row(request, None, said=_("The row was removed."))


@post_only
@permission_required("cart.edit")
def clearance(request: MemberRequest) -> HttpResponse:
    """Clear the whole quick order."""
    discard_quick_rows(actor=request.membership)
    return go_to(request, reverse("shop:quick_order"))


# --- Rows are bought --------------------------------------------------------------------------------------------------


@post_only
@permission_required("cart.edit")
def lines(request: MemberRequest) -> HttpResponse:
    """Put the ready rows into the cart; the open ones stay."""
    context = buying_context(request.membership)
    ready = judged_pad(request.membership, context, catalog_tree(), timezone.localdate()).buyable
    wanted = {row.uid: WantedLine(row.product, row.quantity) for row in ready if row.product and row.quantity}
    if not wanted:
        return whole(request, status=422, fault=_("No row is ready yet."))
    folded = [uid for row in ready for uid in row.folded_uids]
    try:
        add_quick_rows(actor=request.membership, lines=wanted, folded=folded, now=timezone.now())
    except DomainError as refusal:
        return whole(request, status=422, fault=str(refusal))
    said = ngettext("%(count)s line is in the cart.", "%(count)s lines are in the cart.", len(wanted))
    messages.success(request, said % {"count": len(wanted)})
    return go_to(request, reverse("orders:current_cart"))
