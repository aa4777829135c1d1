"""Purchasing lists: what is bought again and again, put into the cart at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.queries.search import find_number
from apps.catalog.queries.tree import catalog_tree
from apps.core.errors import DomainError
from apps.core.pages import go_to, post_only, render_page, uid_of, whole
from apps.orders.actions.add_list_to_cart import add_list_to_cart
from apps.orders.actions.change_list import change_list
from apps.orders.actions.change_list_lines import change_list_lines
from apps.orders.actions.remove_list import remove_list
from apps.orders.actions.remove_list_lines import remove_list_lines
from apps.orders.actions.save_list import save_list
from apps.orders.models import Cart, Order, PurchasingList
from apps.orders.queries import lists as queries
from apps.orgs.access import MemberRequest, permission_required
from apps.orgs.queries import buying_context
from apps.shop.queries.buying import Wish, wishes
from apps.shop.queries.lists import list_page
from apps.shop.rules import LONGEST_NUMBER, LONGEST_QUANTITY
from apps.shop.views.buying import typed_quantities, words_of

LONGEST_NAME = 80
PAGE = 50


def find_list(request: MemberRequest, uid: UUID) -> PurchasingList:
    found = queries.list_of(request.membership, uid)
    if found is None:
        raise Http404
    return found


def uids(request: MemberRequest, name: str) -> list[UUID]:
    return [uid for text in request.POST.getlist(name) if (uid := uid_of(text))]


def index_page(request: MemberRequest, *, status: int = 200, fault: str = "") -> HttpResponse:
    found = Paginator(queries.lists_of(request.membership), PAGE).get_page(request.GET.get("page"))
    page = {
        "page": found,
        "may_edit": request.membership.may("lists.edit"),
        "fault": fault,
    }
    return render_page(request, "shop/lists.html", page, status=status)


@permission_required("catalog.view")
def index(request: MemberRequest) -> HttpResponse:
    """The lists that this person sees; POST begins one, empty or out of a cart or an order."""
    if request.method != "POST":
        return index_page(request)
    member = request.membership
    cart, order = uid_of(request.POST.get("cart", "")), uid_of(request.POST.get("order", ""))
    if (cart and not Cart.visible_to(member).filter(uid=cart).exists()) or (
        order and not Order.visible_to(member).filter(uid=order).exists()
    ):
        raise Http404
    name = request.POST.get("name", "").strip()[:LONGEST_NAME]
    try:
        found = save_list(actor=member, name=name, cart_uid=cart, order_uid=order, now=timezone.now())
    except DomainError as refusal:
        if not member.may("lists.edit"):
            raise
        return index_page(request, status=422, fault=str(refusal))
    messages.success(request, _("The list %(name)s was saved.") % {"name": found.name})
    return go_to(request, reverse("shop:list", args=[found.uid]))


def page_of(
    request: MemberRequest, found: PurchasingList, *, status: int = 200, fault: str = "", fault_at: str = ""
) -> HttpResponse:
    member, now = request.membership, timezone.now()
    page: dict[str, Any] = {
        "list": found,
        "page": list_page(
            member,
            buying_context(member),
            catalog_tree(),
            found,
            now,
            page=whole(request.GET.get("page"), 1),
            with_prices=member.may("prices.view"),
            typed=typed_quantities(request, every=True) if fault_at == "lines" else {},
        ),
        "is_own": found.owner_id == member.pk,
        "may_edit": found.may(member, "lists.edit"),
        "may_buy": member.may("cart.edit"),
        "may_see_prices": member.may("prices.view"),
        "currency": member.organization.currency,
        "fault": fault,
        "fault_at": fault_at,
        "typed": request.POST if fault else {},
    }
    return render_page(request, "shop/list.html", page, status=status)


def back(request: MemberRequest, found: PurchasingList) -> HttpResponse:
    return go_to(request, reverse("shop:list", args=[found.uid]))


@permission_required("catalog.view")
def purchasing_list(request: MemberRequest, uid: UUID) -> HttpResponse:
    """A list at today's prices; POST renames it, and shares it or keeps it to its owner."""
    found = find_list(request, uid)
    if request.method != "POST":
        return page_of(request, found)
    is_own = found.owner_id == request.membership.pk
    change_list(
        actor=request.membership,
        list_uid=uid,
        name=request.POST.get("name", "").strip()[:LONGEST_NAME] or found.name,
        is_shared=bool(request.POST.get("is_shared")) if is_own else found.is_shared,
        now=timezone.now(),
    )
    messages.success(request, _("The list was saved."))
    return back(request, found)


@post_only
@permission_required("lists.edit")
def removal(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = find_list(request, uid)
    remove_list(actor=request.membership, list_uid=uid)
    messages.success(request, _("The list %(name)s was removed.") % {"name": found.name})
    return go_to(request, reverse("shop:lists"))


def typed_wishes(request: MemberRequest) -> tuple[list[Wish], str]:
    """What the fields of the rows say, and what is wrong with the first bad one."""
    context = buying_context(request.membership)
    found = wishes(context, catalog_tree(), typed_quantities(request, every=True), timezone.localdate())
    bad = next((wish for wish in found if wish.quantity is None), None)
    fault = f"{bad.product.sku}: {words_of(bad.message, bad.words, context.language)}" if bad else ""
    return found, fault


@post_only
@permission_required("lists.edit")
def lines(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Keep the quantities that were typed, or add a part by its number."""
    found = find_list(request, uid)
    if "number" in request.POST:
        return add_number(request, found)
    typed, fault = typed_wishes(request)
    if fault:
        return page_of(request, found, status=422, fault=fault, fault_at="lines")
    on_list = set(found.lines.values_list("product_id", flat=True))
    quantities = {wish.product.pk: wish.quantity for wish in typed if wish.quantity and wish.product.pk in on_list}
    change_list_lines(actor=request.membership, list_uid=uid, quantities=quantities, now=timezone.now())
    messages.success(request, _("The quantities were saved."))
    return back(request, found)


def add_number(request: MemberRequest, found: PurchasingList) -> HttpResponse:
    context, tree, day = buying_context(request.membership), catalog_tree(), timezone.localdate()
    number = request.POST["number"].strip()[:LONGEST_NUMBER]
    products = find_number(context, tree, number, day)
    if len(products) != 1:
        text = _("Several parts have this number.") if products else _("No part has this number.")
        return page_of(request, found, status=422, fault=text, fault_at="number")
    quantity = request.POST.get("quantity", "").strip()[:LONGEST_QUANTITY]
    [wish] = wishes(context, tree, {products[0].uid: quantity}, day)
    if wish.quantity is None:
        text = words_of(wish.message, wish.words, context.language)
        return page_of(request, found, status=422, fault=text, fault_at="number")
    change_list_lines(
        actor=request.membership, list_uid=found.uid, quantities={wish.product.pk: wish.quantity}, now=timezone.now()
    )
    messages.success(request, _("%(sku)s is on the list.") % {"sku": wish.product.sku})
    return back(request, found)


@post_only
@permission_required("lists.edit")
def lines_removal(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = find_list(request, uid)
    chosen = uids(request, "line")
    if not chosen:
        return page_of(request, found, status=422, fault=_("Tick the lines first."), fault_at="lines")
    removed = remove_list_lines(actor=request.membership, list_uid=uid, line_uids=chosen, now=timezone.now())
    text = ngettext("%(count)s line was removed.", "%(count)s lines were removed.", removed)
    messages.success(request, text % {"count": removed})
    return back(request, found)


@post_only
@permission_required("cart.edit")
def cart_lines(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Put the list into the cart, all of it or the ticked lines, at the quantities that were typed."""
    found = find_list(request, uid)
    chosen = uids(request, "line") if request.POST.get("which") == "ticked" else None
    typed, fault = typed_wishes(request)
    if chosen == []:
        fault = _("Tick the lines first.")
    if fault:
        return page_of(request, found, status=422, fault=fault, fault_at="lines")
    try:
        cart, added, left_out = add_list_to_cart(
            actor=request.membership,
            list_uid=uid,
            line_uids=chosen,
            quantities={wish.product.pk: wish.quantity for wish in typed if wish.quantity},
            now=timezone.now(),
        )
    except DomainError as refusal:
        return page_of(request, found, status=422, fault=str(refusal), fault_at="lines")
    if left_out:
        text = ngettext(
            "%(count)s line was left out: it is not in your catalog any more.",
            "%(count)s lines were left out: they are not in your catalog any more.",
            left_out,
        )
        messages.warning(request, text % {"count": left_out})
    text = ngettext("%(count)s line is in the cart.", "%(count)s lines are in the cart.", added)
    messages.success(request, text % {"count": added})
    return go_to(request, reverse("orders:cart", args=[cart.uid]))
