"""What is worked out once: for a version of the rules, or for one request."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from django.db import connection

Value = TypeVar("Value")


# What the present request has read; None outside of requests.
_REQUEST: ContextVar[dict[tuple[int, Hashable], Any] | None] = ContextVar("request", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Let every RequestMemo keep what it reads for as long as this lasts."""
    token = _REQUEST.set({})
    try:
        yield
    finally:
        _REQUEST.reset(token)


class RequestMemo(Generic[Value]):
    """What several parts of one page need and one statement reads. Who changes it forgets it in the same breath.

    Within a transaction nothing is kept, because it may be rolled back; outside of requests neither.
    """

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        kept = _REQUEST.get()
        if kept is None or connection.in_atomic_block:
            return compute()
        place = (id(self), key)
        if place not in kept:
            kept[place] = compute()
        value: Value = kept[place]
        return value

    def forget(self) -> None:
        kept = _REQUEST.get() or {}
        for place in [place for place in kept if place[0] == id(self)]:
            del kept[place]


class VersionedMemo(Generic[Value]):
    """Values of this process by key; the key holds the version, so that a new version never meets an old answer."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.values: dict[Hashable, Value] = {}

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        if key in self.values:
            return self.values[key]
        value = compute()
        # Inside a transaction the version may still be rolled back, and come again with other rules.
        if not connection.in_atomic_block:
            if len(self.values) >= self.most:
                self.values.clear()
            self.values[key] = value
        return value
