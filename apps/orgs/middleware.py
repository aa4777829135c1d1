import uuid
from collections.abc import Callable
from typing import cast

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from apps.orgs.models import Membership

SESSION_KEY = "membership"


def find_membership(request: HttpRequest) -> Membership | None:
    """The company in whose name the person acts: the one chosen in this session, else the first they joined.

    Read anew with every request, so that a suspended person is out with the next click.
    """
    if not request.user.is_authenticated:
        return None
    memberships = Membership.objects.active().of(request.user).select_related("organization", "user").order_by("pk")
    chosen = request.session.get(SESSION_KEY)
    found: Membership | None = None
    if chosen:
        found = memberships.filter(uid=uuid.UUID(chosen)).first()
    found = found or memberships.first()
    if found:
        structlog.contextvars.bind_contextvars(organization=found.organization_id)
    return found


class MembershipMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = cast(Membership | None, SimpleLazyObject(lambda: find_membership(request)))  # type: ignore[attr-defined]
        return self.get_response(request)
