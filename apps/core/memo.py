"""What is worked out once: for a version of the rules, or for one request."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
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

    What was read within a transaction is not kept, because it may be rolled back; outside of requests nothing is.
    """

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        kept = _REQUEST.get()
        place = (id(self), key)
        if kept is not None and place in kept:
            value: Value = kept[place]
            return value
        value = compute()
        if kept is not None and not connection.in_atomic_block:
            kept[place] = value
        return value

    def forget(self) -> None:
        kept = _REQUEST.get() or {}
        for place in [place for place in kept if place[0] == id(self)]:
            del kept[place]


_MISSING: Any = object()


class VersionedMemo(Generic[Value]):
    """Values of this process by key; the key holds the version, so that a new version never meets an old answer.

    The oldest makes room for the newest: old versions are asked for by nobody.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.values: dict[Hashable, Value] = {}
        self._writing = Lock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        # One step: between two, another thread may take the value away.
        value: Value = self.values.get(key, _MISSING)
        if value is not _MISSING:
            return value
        value = compute()
        # Inside a transaction the version may still be rolled back, and come again with other rules.
        if not connection.in_atomic_block:
            with self._writing:
                if len(self.values) >= self.most:
                    self.values.pop(next(iter(self.values)))
                self.values[key] = value
        return value
