"""What happens around every request, below sign-in and companies."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from redis.exceptions import RedisError

from apps.core.errors import Busy, ChangedMeanwhile, DomainError, NotAllowed, TooOften, Unavailable
from apps.core.memo import remembering
from apps.core.pages import is_overload, overloaded, render_page

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
# A lock that was not given in time, two actions that waited for each other, a statement that took too long.
BUSY = {"55P03", "40P01", "57014"}
# The same thing twice, days that overlap, and what points to a row that is gone.
CLASHES = {"23505", "23P01", "23503"}
STATUSES = {NotAllowed: 403, Unavailable: 503, TooOften: 429}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

log = structlog.get_logger("portico.request")


class StatementCounter:
    """Counts the statements of one request; an `execute_wrapper`."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
        self.count += 1
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started


class RequestLogMiddleware:
    """Gives the request its id, and writes one line about it: who, where, how long, how many statements."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        counter = StatementCounter()
        started = time.perf_counter()
        with connection.execute_wrapper(counter), remembering():
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.view_name if match else None,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
            database_ms=round(counter.seconds * 1000, 1),
            statements=counter.count,
        )
        return response


class ProbeMiddleware:
    """Answers /-/health (this process) and /-/readiness (what it needs) before hosts, sessions and people matter."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/-/health":
            return JsonResponse({"status": "ok"})
        if request.path == "/-/readiness":
            return readiness()
        return self.get_response(request)


def readiness() -> HttpResponse:
    """Whether pages can be served. Without Redis they can, only e-mail and sign-in limits wait: told, not failed."""
    database = redis = "ok"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        database = "unreachable"
    try:
        cache.get("readiness")
    except Exception:  # noqa: BLE001  whatever the client raises, the answer is the same
        redis = "unreachable"
    return JsonResponse({"database": database, "redis": redis}, status=200 if database == "ok" else 503)


class NulMiddleware:
    """Takes the NUL character, which PostgreSQL stores in no text, out of all that a browser sends.

    Left out and not refused: whoever pasted it with a text does not see it, and keeps the rest. No page has it in its
    address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = without_nul(request.GET)  # type: ignore[assignment]
        request.COOKIES = {name: value.replace("\0", "") for name, value in request.COOKIES.items()}
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: Any, kwargs: dict[str, Any]
    ) -> None:
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404
        request.POST = without_nul(request.POST)  # type: ignore[assignment]


def without_nul(query: QueryDict) -> QueryDict:
    if not any("\0" in text for name, values in query.lists() for text in (name, *values)):
        return query
    clean = QueryDict(mutable=True)
    for name, values in query.lists():
        clean.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    clean._mutable = False
    return clean


class RefusalMiddleware:
    """Shows refusals that a view did not answer itself: no right, or a database that others keep busy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_overload(exception):
            return overloaded()
        if isinstance(exception, OperationalError) and getattr(exception.__cause__, "sqlstate", "") in BUSY:
            log.warning("busy", error=str(exception))
            exception = Busy()
        if isinstance(exception, IntegrityError) and getattr(exception.__cause__, "sqlstate", "") in CLASHES:
            # Two looked, found nothing in the way, and wrote: the database let only one of them.
            log.error("clash", error=str(exception))
            exception = ChangedMeanwhile()
        if isinstance(exception, RedisError):
            # Sign-in counts its attempts in Redis and stays closed without it; all other pages do not need it.
            log.error("redis unreachable", error=str(exception))
            exception = Unavailable()
        if not isinstance(exception, DomainError):
            return None
        status = next((status for kind, status in STATUSES.items() if isinstance(exception, kind)), 409)
        return render_page(request, "errors/refusal.html", {"error": exception}, status=status)
