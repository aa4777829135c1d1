import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.memo import VersionedMemo
from apps.orgs.models import Membership, Organization
from tests.factories import Market, OrganizationFactory, make_address, make_member, make_staff, open_market

# Playwright's synchronous interface runs an event loop in the thread of the tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def every_memo() -> dict[str, VersionedMemo[Any]]:
    """What this process remembers between requests, by the module and name that it has there."""
    return {
        f"{module.__name__}.{name}": value
        for module in list(sys.modules.values())
        if module.__name__.startswith("apps.")
        for name, value in vars(module).items()
        if isinstance(value, VersionedMemo)
    }


@pytest.fixture(autouse=True)
def no_memory_between_tests() -> None:
    """Each test has its own database with the same versions in it: what one worked out is wrong for the next.

    Within a test the memory works as in a process, as far as it does in one transaction: it keeps nothing then.
    """
    for memo in every_memo().values():
        memo.values.clear()


Statements = Callable[[Callable[[], object]], int]


@pytest.fixture
def statements(db: None) -> Statements:
    """How many statements a call runs."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


@pytest.fixture
def norrvik(db: None) -> Organization:
    return OrganizationFactory(legal_name="Norrvik Shipyard", number="C-20417")


@pytest.fixture
def fjellbygg(db: None) -> Organization:
    """The other company: nothing of Norrvik may ever show to its people."""
    return OrganizationFactory(legal_name="Fjellbygg", number="C-31058", currency="NOK")


@pytest.fixture
def mira(norrvik: Organization) -> Membership:
    return make_member(norrvik, "Mira", "buyer", "approver", order_limit=5000)


@pytest.fixture
def lena(norrvik: Organization) -> Membership:
    return make_member(norrvik, "Lena", "admin", "buyer")


@pytest.fixture
def omar(norrvik: Organization) -> Membership:
    return make_member(norrvik, "Omar", "requester", order_limit=1000)


@pytest.fixture
def dana(norrvik: Organization) -> Membership:
    return make_member(norrvik, "Dana", "approver")


@pytest.fixture
def market(norrvik: Organization) -> Market:
    """A supplier that sells, and an address of Norrvik."""
    make_address(norrvik)
    return open_market()


@pytest.fixture
def gus(fjellbygg: Organization) -> Membership:
    return make_member(fjellbygg, "Gus", "admin", "buyer")


@pytest.fixture
def sam(db: None) -> User:
    return make_staff()


@pytest.fixture
def sign_in() -> Callable[[Membership | User], Client]:
    """A browser without scripts in which this person is signed in."""

    def open_client(who: Membership | User) -> Client:
        client = Client()
        client.force_login(who.user if isinstance(who, Membership) else who)
        return client

    return open_client
