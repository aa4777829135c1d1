from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.catalog.queries.tree import catalog_tree
from apps.core.pages import render_page
from apps.orgs.access import MemberRequest, member_required
from apps.orgs.queries import buying_context
from apps.shop.queries import shelves


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


def navigation(request: HttpRequest) -> list[Entry]:
    """Panel: the main navigation of this person, without what the role may not use."""
    if not request.membership:  # type: ignore[attr-defined]
        return []
    here = request.resolver_match.view_name if request.resolver_match else ""
    products = Entry(
        _("Products"), reverse("shop:catalog"), "category", here.startswith("shop:"), shortcut="g p", on_tab_bar=True
    )
    company = Entry(
        _("Company"),
        reverse("orgs:people"),
        "building",
        here.startswith("orgs:"),
        on_tab_bar=True,
    )
    return [
        Entry(_("Home"), reverse("portal:home"), "home", here == "portal:home", shortcut="g h", on_tab_bar=True),
        *([products] if request.membership.may("catalog.view") else []),  # type: ignore[attr-defined]
        *([company] if request.membership.may("company.view") else []),  # type: ignore[attr-defined]
    ]


@member_required
def home(request: MemberRequest) -> HttpResponse:
    tree, today = catalog_tree(), timezone.localdate()
    may_browse = request.membership.may("catalog.view")
    context = {
        "today": today,
        "shelves": shelves(buying_context(request.membership), tree, tree.roots, today) if may_browse else [],
    }
    return render_page(request, "portal/home.html", context)
