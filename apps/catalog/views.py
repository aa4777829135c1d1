"""Our part numbers: what a company calls the products, typed one by one or taken in from a table."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from apps.catalog.actions.remove_item_code import remove_item_code
from apps.catalog.actions.save_item_codes import CodesClash, CodesTaken, CodeUnreadable, save_item_codes
from apps.catalog.models import CustomerItemCode, Product
from apps.catalog.queries import item_codes as queries
from apps.catalog.queries.search import find_numbers
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.rules import normalize_number
from apps.core.errors import DomainError
from apps.core.pages import go_to, post_only, render_page
from apps.core.sheets import SheetRefused, read_cells
from apps.orgs.access import MemberRequest, limited, permission_required
from apps.orgs.queries import buying_context

PAGE = 100
MOST_ROWS = 5_000
MOST_FILE_CELLS = 10 * MOST_ROWS
LARGEST_FILE = 2 * 2**20
NAMED_FAULTS = 10


class RowsRefused(DomainError):
    """What was typed or sent names no products; nothing was saved."""


def company_tabs(request: HttpRequest) -> list[dict[str, str]]:
    """Panel: what the company calls the products, for everybody who sees the company."""
    return [{"name": "item_codes", "url": reverse("catalog:item_codes"), "label": _("Our part numbers")}]


def page_of(request: MemberRequest, *, fault: str = "") -> HttpResponse:
    member = request.membership
    after = request.GET.get("after", "")
    rows = queries.item_codes(
        member, buying_context(member), catalog_tree(), timezone.localdate(), after=after, size=PAGE
    )
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].row.code_key if len(rows) > PAGE else "",
        "may_change": queries.may_keep_codes(member),
        "fault": fault,
        "typed": request.POST,
        "tab": "item_codes",
    }
    return render_page(request, "catalog/item_codes.html", context, status=422 if fault else 200)


@require_GET
@permission_required("catalog.view")
def item_codes(request: MemberRequest) -> HttpResponse:
    return page_of(request)


@post_only
@permission_required("lists.edit")
@limited("uploads", person=120, company=600)
def item_codes_new(request: MemberRequest) -> HttpResponse:
    """Take numbers in: one that was typed, a pasted table, or a file of two columns, part number and own number."""
    try:
        codes = named_products(request, sent_rows(request))
        is_moving = bool(request.POST.get("is_moving"))
        saved = save_item_codes(actor=request.membership, codes=codes, is_moving=is_moving, now=timezone.now())
    except (CodesClash, CodesTaken, CodeUnreadable, RowsRefused, SheetRefused) as refusal:
        return page_of(request, fault=str(refusal))
    text = ngettext("%(count)d part number was saved.", "%(count)d part numbers were saved.", len(saved))
    messages.success(request, text % {"count": len(saved)})
    return go_to(request, reverse("catalog:item_codes"))


def sent_rows(request: MemberRequest) -> list[tuple[str, str]]:
    """The pairs of part number and own number, as they were sent; blank rows are left out."""
    number, code = (request.POST.get(name, "").strip() for name in ("number", "code"))
    if number or code:
        return [(number, code)]
    upload: Any = request.FILES.get("file") or ContentFile(request.POST.get("text", "").strip().encode())
    if not upload.size:
        raise RowsRefused(_("Type a part number and your own, paste a table, or choose a file."))
    if upload.size > LARGEST_FILE:
        raise RowsRefused(_("This file is too large. Split it."))
    table = list(islice(read_cells(upload.file, most_cells=MOST_FILE_CELLS), MOST_ROWS + 2))
    if len(table) > MOST_ROWS + 1:
        raise RowsRefused(_("These are too many rows at once. Split them."))
    pairs = [(cells[0].strip(), cells[1].strip()) for cells in table if len(cells) > 1]
    if len(pairs) < len(table):
        raise RowsRefused(_("Each row needs two columns: the part number and your own number."))
    return pairs


def named_products(request: MemberRequest, rows: Sequence[tuple[str, str]]) -> dict[str, Product]:
    """The product of each own number. The first row of a table may hold the heads of its columns.

    :raises RowsRefused: a part number names no product, or several.
    """
    context = buying_context(request.membership)
    found = find_numbers(context, catalog_tree(), [number for number, _code in rows], timezone.localdate())
    codes: dict[str, Product] = {}
    wrong = []
    for place, (number, code) in enumerate(rows):
        products = [named.product for named in found[number]]
        exact = [product for product in products if product.sku_key == normalize_number(number)] or products
        if len(exact) == 1:
            if codes.setdefault(code, exact[0]) != exact[0]:
                raise CodesClash
        elif place or len(rows) == 1 or products:
            wrong.append(number)
    if wrong:
        named = ", ".join(wrong[:NAMED_FAULTS])
        raise RowsRefused(
            _("Nothing was saved. These part numbers name no product, or several: %(list)s") % {"list": named}
        )
    return codes


@post_only
@permission_required("lists.edit")
def item_code(request: MemberRequest, key: str) -> HttpResponse:
    """Spell an own number differently, or call the product by another one."""
    rows = CustomerItemCode.visible_to(request.membership).select_related("product")
    row = get_object_or_404(rows, code_key=key)
    codes = {request.POST.get("code", "").strip(): row.product}
    try:
        save_item_codes(actor=request.membership, codes=codes, replacing=key, now=timezone.now())
    except (CodesClash, CodesTaken, CodeUnreadable) as refusal:
        return page_of(request, fault=str(refusal))
    messages.success(request, _("The part number was saved."))
    return go_to(request, reverse("catalog:item_codes"))


@post_only
@permission_required("lists.edit")
def item_code_removal(request: MemberRequest, key: str) -> HttpResponse:
    row = get_object_or_404(CustomerItemCode.visible_to(request.membership), code_key=key)
    remove_item_code(actor=request.membership, key=key, now=timezone.now())
    messages.success(request, _("%(code)s names nothing any more.") % {"code": row.code})
    return go_to(request, reverse("catalog:item_codes"))
