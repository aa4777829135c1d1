"""Races run in threads on a barrier, over real connections. Each has a control: the same with its guard taken away."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from apps.core.querysets import LockingQuerySet


@pytest.fixture
def at_once(transactional_db: None) -> Callable[..., list[Any]]:
    """Call every function at the same moment; what each returned or raised, in their order."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(len(calls))
        results: list[Any] = [None] * len(calls)

        def work(position: int, call: Callable[[], Any]) -> None:
            try:
                barrier.wait(timeout=10)
                results[position] = call()
            except Exception as error:  # noqa: BLE001  the refusal is the result
                results[position] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=pair) for pair in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return results

    return run


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every row lock away, for a control that must fail."""
    monkeypatch.setattr(LockingQuerySet, "locked", lambda self: self.order_by("pk"))
    monkeypatch.setattr(LockingQuerySet, "leased", lambda self: self.order_by("pk"))


@pytest.fixture
def without_constraint(transactional_db: None) -> Iterator[Callable[[type[Model], str], None]]:
    """Take a constraint away, by its name or its text, for as long as the test runs."""
    taken: list[tuple[str, str, str]] = []

    def drop(model: type[Model], which: str) -> None:
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
                " AND %s::text IN (conname::text, pg_get_constraintdef(oid))",
                [table, which],
            )
            [(name, text)] = cursor.fetchall()
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        taken.append((table, name, text))

    yield drop
    with connection.cursor() as cursor:
        for table, name, text in reversed(taken):
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}")


@pytest.fixture
def pause_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[type, str], None]:
    """Make every call of a method wait a moment after it read, so that a race that can happen does happen."""

    def slow_down(owner: Any, name: str, seconds: float = 0.2) -> None:
        original = getattr(owner, name)

        def slowly(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            threading.Event().wait(seconds)
            return result

        monkeypatch.setattr(owner, name, slowly)

    return slow_down
