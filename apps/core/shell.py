"""What surrounds every page: the supplier, the navigation, the languages and how the person wants to see it all."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from apps.core import panels


@dataclass(frozen=True)
class Supplier:
    """Whose portal this is."""

    name: str
    tagline: str
    phone: str
    email: str


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Language:
    """One language to choose, as it calls itself."""

    code: str
    name: str
    direction: str
    is_current: bool


@lru_cache
def languages(current: str | None) -> tuple[Language, ...]:
    found = []
    for code, _name in settings.LANGUAGES:
        info = get_language_info(code)
        found.append(Language(code, info["name_local"], "rtl" if info["bidi"] else "ltr", code == current))
    return tuple(found)


class Shell:
    """Read part by part, when a template first asks for one, and once for a request.

    The lists are tuples of plain values, so that {% fragment %} can keep what it makes of them.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    def rows(self, slot: str) -> tuple[Any, ...]:
        """What the panels of a slot bring, each of them several."""
        return tuple(row for rows in panels.fill(slot, self.request) for row in rows)

    def pieces(self, slot: str) -> tuple[str, ...]:
        """What the panels of a slot have rendered."""
        return tuple(piece for piece in panels.fill(slot, self.request) if piece)

    @property
    def supplier(self) -> Supplier:
        return Supplier(
            settings.SUPPLIER_NAME, settings.SUPPLIER_TAGLINE, settings.SUPPLIER_PHONE, settings.SUPPLIER_EMAIL
        )

    @property
    def is_member(self) -> bool:
        return bool(getattr(self.request, "membership", None))

    @property
    def languages(self) -> tuple[Language, ...]:
        return languages(get_language())

    @property
    def theme(self) -> str:
        """The one the person chose, the one this browser was told, or none: then the system decides."""
        theme = getattr(self.user, "theme", "") or self.request.COOKIES.get("theme", "")
        return theme if theme in {"light", "dark"} else ""

    @property
    def density(self) -> str:
        return getattr(self.user, "density", "") or "compact"

    @cached_property
    def navigation(self) -> tuple[Any, ...]:
        return self.rows("shell.navigation")

    @cached_property
    def memberships(self) -> tuple[Any, ...]:
        return self.rows("shell.memberships")

    @cached_property
    def company_tabs(self) -> tuple[Any, ...]:
        return self.rows("company.tabs")

    @cached_property
    def company_facts(self) -> tuple[str, ...]:
        return self.pieces("company.facts")

    @cached_property
    def footer_links(self) -> tuple[Link, ...]:
        return self.rows("shell.footer_links")

    @cached_property
    def header(self) -> tuple[str, ...]:
        return self.pieces("shell.header")

    @cached_property
    def header_end(self) -> tuple[str, ...]:
        return self.pieces("shell.header_end")

    @cached_property
    def navigation_end(self) -> tuple[str, ...]:
        return self.pieces("shell.navigation_end")


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    if not hasattr(request, "shell"):
        request.shell = Shell(request)  # type: ignore[attr-defined]
    return {"shell": request.shell}  # type: ignore[attr-defined]
