from collections.abc import Callable
from typing import cast

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from apps.core.models import Stamp
from apps.orgs.models import Membership
from apps.orgs.queries import memberships_of

SESSION_KEY = "membership"


def find_membership(request: HttpRequest) -> Membership | None:
    """The company in whose name the person acts: the one chosen in this session, else the first they joined.

    Read anew with every request, so that a suspended person is out with the next click.
    """
    if not request.user.is_authenticated:
        return None
    memberships = sorted(memberships_of(request.user.pk), key=lambda row: row.pk)
    chosen = request.session.get(SESSION_KEY)
    found = next((row for row in memberships if str(row.uid) == chosen), memberships[0] if memberships else None)
    if found:
        Stamp.read_all()
        structlog.contextvars.bind_contextvars(organization=found.organization_id)
    return found


class MembershipMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = cast(Membership | None, SimpleLazyObject(lambda: find_membership(request)))  # type: ignore[attr-defined]
        return self.get_response(request)
