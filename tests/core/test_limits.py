"""How often somebody may do what costs others."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisAway
from structlog.testing import capture_logs

from apps.core import limits
from apps.core.errors import TooOften
from apps.core.limits import count_use
from apps.orgs import access
from apps.orgs.models import Membership


@pytest.fixture(autouse=True)
def counted_by_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)
    monkeypatch.setattr(limits.time, "time", lambda: 1_000 * limits.HOUR)


def test_so_often_and_no_more_within_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    for _time in range(3):
        count_use("uploads", "mira", 3)
    with pytest.raises(TooOften):
        count_use("uploads", "mira", 3)

    count_use("uploads", "omar", 3)
    count_use("messages", "mira", 3)
    monkeypatch.setattr(limits.time, "time", lambda: 1_001 * limits.HOUR)
    count_use("uploads", "mira", 3)


def test_nobody_is_kept_waiting_by_a_redis_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise RedisAway

    monkeypatch.setattr(caches["default"], "add", fail)
    with capture_logs() as logs:
        for _time in range(5):
            count_use("uploads", "mira", 3)

    assert {entry["event"] for entry in logs} == {"use not counted"}


@pytest.mark.django_db
def test_a_page_says_so(lena: Membership, sign_in: Callable[[Any], Client]) -> None:
    client, url = sign_in(lena), reverse("orgs:invitations")
    answers = [client.post(url, {}).status_code for _time in range(61)]

    assert answers == [422] * 60 + [429]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "status"), [("export", 429), ("item codes", 429), ("message", 429), ("quick order", 422)]
)
def test_what_costs_others_is_counted(
    what: str, status: int, lena: Membership, sign_in: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any) -> None:
        raise TooOften

    monkeypatch.setattr(access, "count_use", refuse)
    client, file = sign_in(lena), SimpleUploadedFile("list.csv", b"HX-933-0840A2,100")

    answer = {
        "export": lambda: client.get(reverse("orders:orders_export")),
        "item codes": lambda: client.post(reverse("catalog:item_codes_new"), {"file": file}),
        "message": lambda: client.post(reverse("approvals:messages", args=[uuid4()]), {"text": "x"}),
        "quick order": lambda: client.post(reverse("shop:quick_rows"), {"file": file}),
    }[what]()

    assert answer.status_code == status
    assert "very often" in answer.content.decode()
