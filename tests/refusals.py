"""A refusal changes nothing: every row of every table is afterwards what it was before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps

Rows = dict[tuple[str, object], dict[str, Any]]


@contextmanager
def refused(
    refusal: type[Exception] | tuple[type[Exception], ...], match: str | None = None
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Like pytest.raises, around an act alone: what it needs is made before, or it counts as written by it."""
    with nothing_written(), pytest.raises(refusal, match=match) as caught:
        yield caught


@contextmanager
def nothing_written() -> Iterator[None]:
    """Around an act that tells its refusal instead of raising it, like the import of a file, or that has no work."""
    before = every_row()
    yield
    written = list(differences(before, every_row()))
    assert not written, "\n".join(["Nothing was to be written, yet:", *written])


def every_row() -> Rows:
    """The rows of all models of the portal, one statement each."""
    return {
        (model._meta.label, row[model._meta.pk.attname]): row
        for config in apps.get_app_configs()
        if config.name.startswith("apps.")
        for model in config.get_models(include_auto_created=True)
        for row in model._base_manager.values()
    }


def differences(before: Rows, after: Rows) -> Iterator[str]:
    for label, key in before | after:
        old, new = before.get((label, key), {}), after.get((label, key), {})
        fields = [f"{name}: {old.get(name)} -> {new.get(name)}" for name in old | new if old.get(name) != new.get(name)]
        if fields:
            yield f"  {label} {key}: {', '.join(fields)}"
