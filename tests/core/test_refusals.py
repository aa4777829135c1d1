"""What the database says when it is busy, as a person reads it."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from psycopg_pool import PoolTimeout

from apps.core.errors import NotAllowed, Unavailable
from apps.orgs.models import Membership

SignIn = Callable[[Any], Client]
Answer = Callable[..., Any]
VIEW = "apps.orgs.queries.log_of_changes"
MIDDLEWARE = "django.contrib.auth.middleware.get_user"


@pytest.fixture
def answer(lena: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """How a page answers when a function on its way raises an error, for a cause."""

    def get(name: str, error: Exception, cause: Exception | None = None) -> Any:
        def fail(*_args: Any, **_options: Any) -> None:
            raise error from cause

        client = sign_in(lena)
        client.raise_request_exception = False
        monkeypatch.setattr(name, fail)
        return client.get(reverse("orgs:log"))

    return get


@pytest.mark.parametrize(
    "cause", [psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.QueryCanceled]
)
def test_a_database_that_others_keep_busy_is_a_conflict(cause: type[Exception], answer: Answer) -> None:
    response = answer(VIEW, OperationalError("busy"), cause("busy"))

    assert response.status_code == 409
    assert "Somebody else is changing this right now" in response.content.decode()


@pytest.mark.parametrize("name", [VIEW, MIDDLEWARE])
def test_when_no_connection_is_free_people_are_asked_to_come_again(name: str, answer: Answer) -> None:
    response = answer(name, OperationalError("timeout"), PoolTimeout("timeout"))

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "Too many people are here right now" in response.content.decode()


@pytest.mark.parametrize("name", [VIEW, MIDDLEWARE])
def test_anything_else_is_our_own_fault(name: str, answer: Answer) -> None:
    assert answer(name, OperationalError("disk full")).status_code == 500


class NotThisOne(NotAllowed):
    """A refusal of a kind of its own."""


class NotNow(Unavailable):
    """Likewise."""


@pytest.mark.parametrize(("error", "status"), [(NotThisOne(), 403), (NotNow(), 503)])
def test_a_refusal_has_the_status_of_its_kind(error: Exception, status: int, answer: Answer) -> None:
    assert answer(VIEW, error).status_code == status
