"""Quick order: rows typed, pasted or uploaded, judged one by one, and put into the cart together."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from apps.catalog.models import Product
from apps.catalog.queries.pages import labels
from apps.catalog.queries.search import find_number
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import visible
from apps.core.errors import DomainError
from apps.core.formats import quantity_text
from apps.core.pages import SeeOther, go_to, render_page
from apps.core.sheets import read_sheet
from apps.orders.actions.add_lines import WantedLine
from apps.orders.actions.add_quick_rows import add_quick_rows
from apps.orders.actions.change_quick_row import QuickRowGone, change_quick_row
from apps.orders.actions.discard_quick_rows import discard_quick_rows
from apps.orders.actions.save_quick_rows import save_quick_rows
from apps.orders.queries.quick import quick_rows
from apps.orgs.access import MemberRequest, permission_required
from apps.orgs.context import BuyingContext
from apps.orgs.queries import buying_context
from apps.shop.queries.quick import Note, PricedRow, State, judge_rows, priced_rows
from apps.shop.queries.supply import Supplied, destination_of, supplied
from apps.shop.rules import LONGEST_NUMBER, LONGEST_QUANTITY, MOST_ROWS, TooManyRows, TypedRow, read_lines, read_table

SHOWN = 100
LARGEST_FILE = 5 * 2**20
LONGEST_PASTE = 300_000
PLACES = {State.OPEN: 0, State.ADJUSTED: 1, State.READY: 2}
PAGE = "shop/quick_order.html"


def note_words(notes: Sequence[Note], language: str) -> list[str]:
    """Notes in the language of the page, their quantities as it writes them."""
    return [
        _(note.message)
        % {
            name: quantity_text(value, "", language) if isinstance(value, Decimal) else value
            for name, value in note.words.items()
        }
        for note in notes
    ]


@dataclass(frozen=True)
class Entry:
    """One row as the page shows it."""

    priced: PricedRow
    notes: Sequence[str]
    supply: Supplied | None = None

    @property
    def judged(self) -> Any:
        return self.priced.judged

    @property
    def uid(self) -> UUID:
        return self.priced.judged.row.uid

    @property
    def key(self) -> str:
        return str(self.uid)


@dataclass(frozen=True)
class Pad:
    """The whole quick order of one person."""

    entries: Sequence[Entry]
    currency: str

    def of_state(self, state: State) -> int:
        return sum(entry.judged.state == state for entry in self.entries)

    @property
    def ready(self) -> Sequence[Entry]:
        return [entry for entry in self.entries if entry.priced.is_ready]

    @property
    def ready_count(self) -> int:
        return self.of_state(State.READY)

    @property
    def adjusted_count(self) -> int:
        return self.of_state(State.ADJUSTED)

    @property
    def open_count(self) -> int:
        return self.of_state(State.OPEN)

    @property
    def total(self) -> Decimal:
        return sum((entry.priced.net for entry in self.ready if entry.priced.net is not None), Decimal(0))

    @property
    def on_request(self) -> int:
        """How many ready rows have no price yet."""
        return sum(entry.priced.quote is None for entry in self.ready)

    def entry(self, uid: UUID) -> Entry | None:
        return next((entry for entry in self.entries if entry.uid == uid), None)


def read_pad(request: MemberRequest, context: BuyingContext) -> Pad:
    tree, day = catalog_tree(), timezone.localdate()
    judged = judge_rows(context, tree, quick_rows(request.membership), day)
    if request.membership.may("prices.view"):
        rows = priced_rows(context, tree, judged, day)
    else:
        rows = [PricedRow(row) for row in judged]
    wanted = {
        product: quantity
        for row in rows
        if row.is_ready and (product := row.judged.product) and (quantity := row.judged.quantity)
    }
    supplies = supplied(destination_of(request.membership), wanted, timezone.now())
    return Pad(
        [
            Entry(
                row,
                note_words(row.judged.notes, context.language),
                supplies.get(row.judged.product.pk) if row.judged.product else None,
            )
            for row in rows
        ],
        context.currency,
    )


def page_of(request: MemberRequest, pad: Pad, **more: Any) -> dict[str, Any]:
    entries = sorted(pad.entries, key=lambda entry: PLACES[entry.judged.state])
    return {
        "pad": pad,
        "entries": entries if "all" in request.GET else entries[:SHOWN],
        "next_position": max((entry.judged.row.position for entry in pad.entries), default=0) + 1,
        "may_see_prices": request.membership.may("prices.view"),
        "most_rows": MOST_ROWS,
        **more,
    }


def whole(request: MemberRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, or the part of it that every change may touch."""
    pad = read_pad(request, buying_context(request.membership))
    return render_page(request, PAGE, page_of(request, pad, **more), partial="quick", status=status)


def one_row(request: MemberRequest, uid: UUID | None, **more: Any) -> HttpResponse:
    """One row anew, with the counts and the sum; everything, if the row now counts with another one."""
    if not request.htmx:
        return SeeOther(reverse("shop:quick_order"))
    pad = read_pad(request, buying_context(request.membership))
    entry = pad.entry(uid) if uid else None
    if (uid and entry is None) or (entry and entry.judged.folded) or more.get("had_folded"):
        part = render_page(request, PAGE, page_of(request, pad, **more), partial="quick")
        return reswap(retarget(part, "#quick"), "outerHTML")
    page = page_of(request, pad, entry=entry, oob=True, **more)
    return render_page(request, PAGE, page, partial="changed")


@require_GET
@permission_required("cart.edit")
def quick_order(request: MemberRequest) -> HttpResponse:
    return whole(request)


@require_POST
@permission_required("cart.edit")
def rows(request: MemberRequest) -> HttpResponse:
    """Take rows in: one that was typed, a pasted text, or a file."""
    text, upload = request.POST.get("text", ""), request.FILES.get("file")
    is_single = "number" in request.POST
    try:
        typed = [typed_row(request)] if is_single else rows_of_file(upload) if upload else rows_of_text(text)
        typed = [row for row in typed if row.number or row.quantity]
        if not typed:
            fault = _("Type a part number.") if is_single else _("Paste at least one line, or choose a file.")
            return whole(request, status=422, fault=fault, is_single=is_single, text=text)
        saved = save_quick_rows(
            actor=request.membership, rows=[(row.number, row.quantity) for row in typed], now=timezone.now()
        )
    except DomainError as refusal:
        return whole(request, status=422, fault=str(refusal), is_single=is_single, text=text)
    if is_single and request.htmx:
        return one_row(request, saved[0].uid, has_new_row=True)
    if not request.htmx:
        return SeeOther(reverse("shop:quick_order"))
    said = ngettext("%(count)s row was read.", "%(count)s rows were read.", len(saved)) % {"count": len(saved)}
    return whole(request, said=said)


class TooMuchAtOnce(DomainError):
    def __str__(self) -> str:
        return _("At most %(most)s rows at once. Nothing was taken in; split the list.") % {
            "most": quantity_text(MOST_ROWS, "", "en")
        }


def typed_row(request: MemberRequest) -> TypedRow:
    number, quantity = request.POST.get("number", "").strip(), request.POST.get("quantity", "").strip()
    return TypedRow(number[:LONGEST_NUMBER], quantity[:LONGEST_QUANTITY])


def rows_of_text(text: str) -> list[TypedRow]:
    if len(text) > LONGEST_PASTE:
        raise TooMuchAtOnce
    try:
        return read_lines(text.replace("\0", ""))
    except TooManyRows as error:
        raise TooMuchAtOnce from error


def rows_of_file(upload: Any) -> list[TypedRow]:
    if upload.size > LARGEST_FILE:
        raise TooMuchAtOnce
    sheet = read_sheet(upload.file)
    table: list[list[str]] = [list(sheet.columns)]
    for row in sheet:
        table.append([row.cells.get(column, "").replace("\0", "") for column in sheet.columns])
        if len(table) > MOST_ROWS + 1:
            raise TooMuchAtOnce
    try:
        return read_table(table)
    except TooManyRows as error:
        raise TooMuchAtOnce from error


@require_POST
@permission_required("cart.edit")
def row(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Mend one row: another number, another quantity, or the product that it was meant to be."""
    found = next((entry for entry in quick_rows(request.membership) if entry.uid == uid), None)
    if found is None:
        raise Http404
    number = request.POST.get("number", found.number).strip()[:LONGEST_NUMBER]
    quantity = (request.POST.get("instead") or request.POST.get("quantity", found.quantity)).strip()
    chosen = found.chosen if number == found.number else None
    if "product" in request.POST:
        chosen = offered(request, request.POST["product"])
    folded: list[UUID] = []
    if quantity != found.quantity:
        # What the page showed was the sum of all rows of this part.
        entry = read_pad(request, buying_context(request.membership)).entry(uid)
        folded = [other.uid for other in entry.judged.folded] if entry else []
    try:
        change_quick_row(
            actor=request.membership, uid=uid, number=number, quantity=quantity[:LONGEST_QUANTITY], chosen=chosen,
            folded=folded,
        )  # fmt: skip
    except QuickRowGone as error:
        raise Http404 from error
    return one_row(request, uid, had_folded=bool(folded))


def offered(request: MemberRequest, uid: str) -> Product | None:
    """The product that a button names, if this buyer may see it; none for an empty name."""
    try:
        wanted = UUID(uid)
    except ValueError:
        return None
    return visible(buying_context(request.membership), catalog_tree(), timezone.localdate()).filter(uid=wanted).first()


@require_POST
@permission_required("cart.edit")
def row_removal(request: MemberRequest, uid: UUID) -> HttpResponse:
    pad = read_pad(request, buying_context(request.membership))
    entry = pad.entry(uid)
    folded = [other.uid for other in entry.judged.folded] if entry else []
    if not discard_quick_rows(actor=request.membership, uids=[uid, *folded]):
        raise Http404
    return one_row(request, None, said=_("The row was removed."))


@require_POST
@permission_required("cart.edit")
def clearance(request: MemberRequest) -> HttpResponse:
    """Clear the whole quick order."""
    discard_quick_rows(actor=request.membership)
    return go_to(request, reverse("shop:quick_order"))


@require_POST
@permission_required("cart.edit")
def lines(request: MemberRequest) -> HttpResponse:
    """Put the ready rows into the cart; the open ones stay."""
    pad = read_pad(request, buying_context(request.membership))
    wanted = {entry.uid: WantedLine(entry.judged.product, entry.judged.quantity) for entry in pad.ready}
    if not wanted:
        return whole(request, status=422, fault=_("No row is ready yet."))
    folded = [row.uid for entry in pad.ready for row in entry.judged.folded]
    try:
        add_quick_rows(actor=request.membership, lines=wanted, folded=folded, now=timezone.now())
    except DomainError as refusal:
        return whole(request, status=422, fault=str(refusal))
    said = ngettext("%(count)s line is in the cart.", "%(count)s lines are in the cart.", len(wanted))
    messages.success(request, said % {"count": len(wanted)})
    return go_to(request, reverse("orders:current_cart"))


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
