from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.activity.descriptions import sentence
from apps.core.pages import go_to, post_only, render_page, whole
from apps.core.templatetags.portico import fragment
from apps.notifications import queries
from apps.notifications.actions.read_notices import read_notices
from apps.notifications.actions.save_preferences import save_preferences
from apps.notifications.forms import PreferencesForm
from apps.notifications.models import Kind, Notice
from apps.orgs.access import MemberRequest, member_required

PAGE = 50
ICONS = {
    Kind.ASKED: "shield-check",
    Kind.DECIDED: "list-check",
    Kind.MESSAGE: "message",
    Kind.PLACED: "package",
    Kind.CONFIRMED: "circle-check",
    Kind.CANCELLED: "circle-x",
    Kind.SHIPPED: "truck-delivery",
    Kind.DELIVERED: "map-pin",
}


def bell(request: HttpRequest) -> str:
    """Panel: how much the person has not looked at."""
    membership = request.membership  # type: ignore[attr-defined]
    if not membership:
        return ""
    return fragment("notifications/bell.html", count=queries.unread_count(membership))


@require_GET
@member_required
def index(request: MemberRequest) -> HttpResponse:
    before = whole(request.GET.get("before"), None)
    rows = queries.notices_of(request.membership, before, PAGE)
    entries = [
        {
            "notice": row,
            "text": sentence(row.event),
            "path": queries.path_of(row.event),
            "icon": ICONS[Kind(row.kind)],
        }
        for row in rows[:PAGE]
    ]
    page = {
        "entries": entries,
        "older": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "has_unread": queries.unread_count(request.membership) > 0,
    }
    return render_page(request, "notifications/index.html", page)


@post_only
@member_required
def notice(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Open what one notice is about; it counts as read from then on."""
    found = get_object_or_404(Notice.visible_to(request.membership).select_related("event"), uid=uid)
    read_notices(actor=request.membership, uid=uid, now=timezone.now())
    return go_to(request, queries.path_of(found.event))


@post_only
@member_required
def all_read(request: MemberRequest) -> HttpResponse:
    read_notices(actor=request.membership, now=timezone.now())
    return go_to(request, reverse("notifications:index"))


@member_required
def settings(request: MemberRequest) -> HttpResponse:
    """By e-mail, in the portal, or not at all: for each kind of thing."""
    if request.method == "POST":
        form = PreferencesForm(request.POST)
        if form.is_valid():
            save_preferences(actor=request.membership, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your choice was saved."))
            return go_to(request, reverse("notifications:settings"))
    rows = queries.preferences_of(request.membership)
    page = {"rows": [{"kind": kind, "label": Kind(kind).label, "chosen": row} for kind, row in rows.items()]}
    return render_page(request, "notifications/settings.html", page, status=422 if request.method == "POST" else 200)
