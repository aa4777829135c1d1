"""How a view learns who asks, and for which company."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect

from apps.core.errors import NotAllowed
from apps.core.limits import count_use
from apps.core.pages import Request, render_page
from apps.orgs.middleware import find_membership
from apps.orgs.models import Membership

P = ParamSpec("P")


class MemberRequest(Request):
    """A request of a person in one company."""

    membership: Membership


View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def member_required(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only people with an active membership in; others sign in first, or are told what is missing."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if getattr(request, "htmx", False):
                # A part of a page cannot become the sign-in page: the whole browser goes there, and back to the page.
                return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/").url)  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        membership = find_membership(request)
        if membership is None:
            if request.user.is_staff:
                return redirect("admin:index")
            return render_page(request, "orgs/no_company.html", status=403)
        request.membership = membership  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return inner


def permission_required(code: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let only members in who hold this right anywhere; where it reaches is for `visible_to` and the action."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def inner(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.membership.may(code):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return member_required(inner)

    return decorate


def count_for(member: Membership, what: str, *, person: int, company: int) -> None:
    """Count that a person does this, and refuse it when they, or all of their company, did it more often an hour.

    :raises TooOften: they did.
    """
    count_use(what, f"member:{member.pk}", person)
    count_use(what, f"company:{member.organization_id}", company)


def limited(what: str, *, person: int, company: int) -> Callable[[View[P]], View[P]]:
    """Let a person, and all of their company, do this so many times an hour; below `permission_required`."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def inner(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            count_for(request.membership, what, person=person, company=company)
            return view(request, *args, **kwargs)

        return inner

    return decorate
