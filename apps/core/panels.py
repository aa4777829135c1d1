"""Slots that higher apps fill on pages of lower ones. config/panels.py is the wiring, with a bound on statements."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Panel:
    """One function of a higher app, and how many statements it may run at most (a test holds it to that)."""

    path: str
    statements: int

    @cached_property
    def function(self) -> Callable[..., Any]:
        function: Callable[..., Any] = import_string(self.path)
        return function


def fill(slot: str, request: HttpRequest, **subject: Any) -> list[Any]:
    """What each panel of the slot returns for this request, in the order of the wiring; nothing for an empty slot.

    `subject` is what the page is about, where the slot has one: `fill("cart.submit", request, priced=priced)`.
    """
    return [panel.function(request, **subject) for panel in settings.PANELS.get(slot, ())]


def known(slot: str, request: HttpRequest, **subject: Any) -> dict[Any, Any]:
    """What the panels of a slot know of many rows at once, by the key of the row."""
    return {key: value for values in fill(slot, request, **subject) for key, value in values.items()}
