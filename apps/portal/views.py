from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.approvals.queries import inbox, sent_by
from apps.catalog.queries.tree import catalog_tree
from apps.core import panels
from apps.core.pages import render_page
from apps.core.shell import Link
from apps.core.templatetags.portico import link
from apps.freight.queries import delivery_options
from apps.ledger.models import Limit
from apps.ledger.queries import spendable
from apps.orders.queries.carts import current_cart
from apps.orders.queries.lists import lists_of
from apps.orders.queries.orders import Ask, arrivals, orders_for
from apps.orgs.access import MemberRequest, member_required
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from apps.portal.queries import counters
from apps.shop.queries.browsing import shelves
from apps.shop.queries.lists import glances
from apps.shop.queries.supply import destination_of

RECENT = 5
LISTS = 5
AHEAD = timedelta(days=7)
NOON, EVENING = 12, 18


@dataclass(frozen=True)
class Entry:
    """One entry of the main navigation."""

    label: str
    url: str
    icon: str
    is_current: bool
    shortcut: str = ""
    count: int | None = None
    is_hot: bool = False
    on_tab_bar: bool = False
    # The header has it on wider screens.
    is_phone_only: bool = False


def navigation(request: HttpRequest) -> list[Entry]:
    """Panel: the main navigation of this person, without what the role may not use."""
    member = request.membership  # type: ignore[attr-defined]
    if not member:
        return []
    here = request.resolver_match.view_name if request.resolver_match else ""
    counted = counters(member)
    entries = [Entry(_("Home"), link("portal:home"), "home", here == "portal:home", "g h", on_tab_bar=True)]
    if member.may("catalog.view"):
        is_here = here.startswith("shop:") and not here.startswith(("shop:quick_", "shop:list"))
        entries.append(Entry(_("Products"), link("shop:catalog"), "category", is_here, "g p", on_tab_bar=True))
    if member.may("cart.edit"):
        is_here = here.startswith("shop:quick_")
        entries.append(Entry(_("Quick order"), link("shop:quick_order"), "bolt", is_here, "q", on_tab_bar=True))
    if member.may("lists.edit"):
        is_here = here.startswith("shop:list")
        entries.append(Entry(_("Lists"), link("shop:lists"), "layout-list", is_here, "g l", counted["lists.edit"]))
    if member.may("orders.view"):
        is_here = here.startswith("orders:order")
        entries.append(Entry(_("Orders"), link("orders:orders"), "package", is_here, "g o", counted["orders.view"]))
    if member.may("cart.view"):
        is_here = here in {"approvals:inbox", "approvals:request"}
        entries.append(
            Entry(
                _("Approvals"),
                link("approvals:inbox"),
                "shield-check",
                is_here,
                "g a",
                counted.get("approvals.decide"),
                is_hot=True,
                on_tab_bar=True,
            )
        )
        entries.append(
            Entry(
                _("Cart"),
                link("orders:current_cart"),
                "shopping-cart",
                "cart" in here,
                on_tab_bar=True,
                is_phone_only=True,
            )
        )
    if member.may("company.view"):
        is_here = here.startswith(("orgs:", "catalog:")) or "polic" in here
        entries.append(Entry(_("Company"), link("orgs:people"), "building", is_here))
    return entries


def footer_links(_request: HttpRequest) -> list[Link]:
    """Panel: what stands below every page."""
    return [
        Link(_("Help and contact"), link("portal:help")),
        Link(_("Terms of sale"), link("portal:terms")),
        Link(_("Privacy"), link("portal:privacy")),
    ]


@member_required
def text(request: MemberRequest, name: str) -> HttpResponse:
    """A page of words: help, terms of sale, privacy."""
    return render_page(request, f"portal/{name}.html", {"terms_version": settings.TERMS_VERSION})


@member_required
def home(request: MemberRequest) -> HttpResponse:
    """The buyer's day: what waits, what comes, what was ordered, and what can still be spent."""
    member, tree, now = request.membership, catalog_tree(), timezone.now()
    today = timezone.localdate()
    context = buying_context(member)
    sees_orders, sees_prices = member.may("orders.view"), member.may("prices.view")
    lists = lists_of(member) if member.may("lists.edit") else []
    orders = list(orders_for(member, Ask())[:RECENT]) if sees_orders else []
    told = panels.known("orders.progress", request, orders=orders)
    page = {
        "today": today,
        "greeting": greeting(timezone.localtime(now).hour) % {"name": member.label},
        "departure": departure(member, now),
        "cart": current_cart(member) if member.may("cart.edit") else None,
        "lists": glances(member, context, tree, lists[:LISTS], today),
        "list_count": len(lists),
        "orders": [(order, told.get(order.pk)) for order in orders],
        "waiting": inbox(member) if member.may("approvals.decide") else [],
        "sent": sent_by(member) if member.may("cart.submit") else [],
        "arrivals": arrivals(member, today + AHEAD) if sees_orders else [],
        "limits": limit_rows(member, today) if sees_prices else [],
        "may_see_prices": sees_prices,
        "may_buy": member.may("cart.edit"),
        "currency": member.organization.currency,
        "shelves": shelves(context, tree, tree.roots, today) if member.may("catalog.view") else [],
    }
    return render_page(request, "portal/home.html", page)


def greeting(hour: int) -> str:
    if hour < NOON:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if hour < EVENING else _("Good evening, %(name)s")


def departure(member: Membership, now: datetime) -> dict[str, Any] | None:
    """Until when to order so that goods in stock are there soonest, and on which day."""
    destination = destination_of(member)
    if destination is None:
        return None
    options = delivery_options(buying_context(member), net=Decimal(0), weight_g=0, destination=destination, now=now)
    brought = [option for option in options if not option.method.is_collection]
    best = min(brought, key=lambda option: (option.arrives_on, -option.cut_off_at.timestamp()), default=None)
    return {"cut_off_at": best.cut_off_at, "day": best.arrives_on} if best else None


def limit_rows(member: Membership, today: date) -> list[dict[str, Any]]:
    """What is left of the company's credit and the person's month."""
    labels = {Limit.Kind.CREDIT: _("Company credit"), Limit.Kind.PERSONAL: _("Your month")}
    return [
        {
            "label": labels[Limit.Kind(row.limit.kind)],
            "left": row.available,
            "amount": row.amount,
            "share": f"{min(row.used / row.amount * 100, Decimal(100)):.1f}%" if row.amount else "0%",
        }
        for row in spendable(member, today)
        if row.amount is not None
    ]
