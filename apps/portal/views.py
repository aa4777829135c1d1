from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.approvals.queries import waiting_count
from apps.catalog.queries.tree import catalog_tree
from apps.core.pages import render_page
from apps.orgs.access import MemberRequest, member_required
from apps.orgs.queries import buying_context
from apps.shop.queries.browsing import shelves


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
    entries = [Entry(_("Home"), reverse("portal:home"), "home", here == "portal:home", "g h", on_tab_bar=True)]
    if member.may("catalog.view"):
        is_here = here.startswith("shop:") and not here.startswith("shop:quick_")
        entries.append(Entry(_("Products"), reverse("shop:catalog"), "category", is_here, "g p", on_tab_bar=True))
    if member.may("cart.edit"):
        is_here = here.startswith("shop:quick_")
        entries.append(Entry(_("Quick order"), reverse("shop:quick_order"), "bolt", is_here, "q", on_tab_bar=True))
    if member.may("orders.view"):
        is_here = here.startswith("orders:order")
        entries.append(Entry(_("Orders"), reverse("orders:orders"), "package", is_here, "g o"))
    if member.may("cart.view"):
        is_here = here in {"approvals:inbox", "approvals:request"}
        waiting = waiting_count(member) if member.may("approvals.decide") else 0
        entries.append(
            Entry(
                _("Approvals"),
                reverse("approvals:inbox"),
                "shield-check",
                is_here,
                "g a",
                waiting,
                is_hot=True,
                on_tab_bar=True,
            )
        )
        entries.append(
            Entry(
                _("Cart"),
                reverse("orders:current_cart"),
                "shopping-cart",
                "cart" in here,
                on_tab_bar=True,
                is_phone_only=True,
            )
        )
    if member.may("company.view"):
        is_here = here.startswith("orgs:") or "polic" in here
        entries.append(Entry(_("Company"), reverse("orgs:people"), "building", is_here))
    return entries


def footer_links(_request: HttpRequest) -> list[dict[str, str]]:
    """Panel: what stands below every page."""
    return [
        {"label": _("Help and contact"), "url": reverse("portal:help")},
        {"label": _("Terms of sale"), "url": reverse("portal:terms")},
        {"label": _("Privacy"), "url": reverse("portal:privacy")},
    ]


@member_required
def text(request: MemberRequest, name: str) -> HttpResponse:
    """A page of words: help, terms of sale, privacy."""
    return render_page(request, f"portal/{name}.html", {"terms_version": settings.TERMS_VERSION})


@member_required
def home(request: MemberRequest) -> HttpResponse:
    tree, today = catalog_tree(), timezone.localdate()
    may_browse = request.membership.may("catalog.view")
    context = {
        "today": today,
        "shelves": shelves(buying_context(request.membership), tree, tree.roots, today) if may_browse else [],
    }
    return render_page(request, "portal/home.html", context)
