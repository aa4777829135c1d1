"""Answers to browsers: a page, the named part of it that htmx asked for, and where to go after a write."""

import re
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urljoin
from uuid import UUID

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.defaults import server_error as django_server_error
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from psycopg_pool import PoolTimeout

P = ParamSpec("P")
Default = TypeVar("Default", int, None)
WHOLE = re.compile(r"[0-9]{1,15}")


class Request(HttpRequest):
    """A request as it reaches a view, for annotations."""

    htmx: HtmxDetails


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or only its named partial when htmx asks for a part of a page that is open already."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    part = partial if partial and htmx and not htmx.boosted and not htmx.history_restore_request else None
    response = render(request, f"{template}#{part}" if part else template, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "private, no-store"
    return response


def is_overload(error: BaseException | None) -> bool:
    """Whether no connection of the pool became free in time."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, PoolTimeout)


def overloaded() -> HttpResponse:
    """What whoever comes when all connections are taken reads; it needs none itself."""
    body = render_to_string("errors/overloaded.html")
    return HttpResponse(body, status=503, headers={"Retry-After": "5", "Cache-Control": "private, no-store"})


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer to whatever went wrong outside of views, in the middlewares too."""
    return overloaded() if is_overload(sys.exc_info()[1]) else django_server_error(request)


class SeeOther(HttpResponseRedirect):
    """Go on with a GET: what a write answers to a plain form."""

    status_code = 303


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Where to go after a write, for a plain form and for htmx alike."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(url)
    return SeeOther(url)


def post_only(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let only POST in. Who comes by GET has loaded what a form answered once more: they go to the page above it, from
    /lists/<uid>/removal/ to /lists/<uid>/."""
    strictly = require_POST(view)

    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request: Any = args[0]
        return SeeOther(page_above(request.path)) if request.method == "GET" else strictly(*args, **kwargs)

    return inner


def page_above(path: str) -> str:
    """The nearest address above this one that there is; in the end the home page."""
    path = urljoin(path, "..")
    return path if is_valid_path(path) else page_above(path)


def whole(text: str | None, default: Default) -> int | Default:
    """A whole number out of an address, or the default for anything else; what fits into no column is none."""
    return int(text) if text and WHOLE.fullmatch(text) else default


def uid_of(text: str | None) -> UUID | None:
    """The public id that a form or an address names, or none for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def next_url(request: HttpRequest, default: str) -> str:
    """The page that a form names in its field `next`, if it is one of ours."""
    url = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return url
    return default
