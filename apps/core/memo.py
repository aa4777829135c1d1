"""What is worked out once for a version of the rules, and kept in this process until a newer version comes."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.db import connection

Value = TypeVar("Value")


class VersionedMemo(Generic[Value]):
    """Values by key; the key holds the version, so that a new version never meets an old answer."""

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
