from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction

from apps.core.models import Stamp

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def bump_twice(at_once: AtOnce, pause_after: Any) -> Callable[[], list[Any]]:
    """Two people of the staff change the first rules of a kind at once; each transaction goes on for a moment."""

    def change() -> None:
        with transaction.atomic():
            Stamp.bump("rules")

    pause_after(Stamp, "bump")
    return lambda: at_once(change, change)


def test_the_first_two_changes_are_two(bump_twice: Callable[[], list[Any]]) -> None:
    assert bump_twice() == [None, None]

    assert Stamp.objects.get(name="rules").value == 2


def test_control_in_two_steps_one_is_lost(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, pause_after: Any) -> None:
    def in_two_steps(name: str) -> None:
        if not Stamp.objects.filter(name=name).update(value=models.F("value") + 1):
            Stamp.objects.bulk_create([Stamp(name=name)], ignore_conflicts=True)

    def change() -> None:
        with transaction.atomic():
            Stamp.bump("rules")

    monkeypatch.setattr(Stamp, "bump", in_two_steps)
    pause_after(Stamp, "bump")
    at_once(change, change)

    assert Stamp.objects.get(name="rules").value == 1
