"""How much of the month each person has used, beside their limits on the people page."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.orgs.actions.change_member import Terms, change_member
from apps.orgs.models import Membership, Organization, Role, RoleAssignment
from tests.factories import Market, fill_cart, make_member, send_cart

SignIn = Callable[[Any], Client]
Statements = Callable[[Callable[[], object]], int]


def limit_month(actor: Membership, member: Membership, amount: str, *roles: str) -> None:
    held = frozenset(Role.objects.filter(organization=None, code__in=roles))
    terms = Terms(roles=held, order_limit=None, month_limit=Decimal(amount), approver=None)
    change_member(actor=actor, uid=member.uid, terms=terms, now=timezone.now())


@pytest.fixture
def order(market: Market, lena: Membership, mira: Membership) -> None:
    """Mira has bought screws for €150 this month, of €200."""
    limit_month(lena, mira, "200", "buyer")
    buyer = Membership.objects.select_related("organization", "user", "unit").get(pk=mira.pk)
    send_cart(buyer, fill_cart(buyer, screw=(market.screw, 100)), now=timezone.now())


def people_page(client: Client) -> str:
    return client.get(reverse("orgs:people")).content.decode()


@pytest.mark.usefixtures("order")
class TestUsedThisMonth:
    def test_stands_beside_the_limit(self, lena: Membership, sign_in: SignIn) -> None:
        page = people_page(sign_in(lena))

        assert "€150.00 of €200.00" in page
        assert '<rect class="b2" x="0%" width="75.0%"' in page

    def test_other_months_do_not_count(
        self, lena: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        moment = datetime(2031, 5, 2, 9, 0, tzinfo=UTC)
        monkeypatch.setattr("apps.ledger.views.timezone.localdate", moment.date)

        assert "€0.00 of €200.00" in people_page(sign_in(lena))

    def test_who_sees_only_their_own_orders_sees_only_their_own_month(
        self, lena: Membership, omar: Membership, sign_in: SignIn
    ) -> None:
        limit_month(lena, omar, "300", "requester")

        page = people_page(sign_in(omar))

        assert "€0.00 of €300.00" in page
        assert "€150.00" not in page
        assert "€200.00" in page

    def test_who_may_not_see_prices_does_not_see_it(
        self, norrvik: Organization, lena: Membership, sign_in: SignIn
    ) -> None:
        role = Role.objects.create(organization=norrvik, code="reader", name="Reader")
        for code in ("company.view", "orders.view"):
            role.grants.create(permission=code, scope="organization")
        eva = make_member(norrvik, "Eva")
        RoleAssignment.objects.create(organization=norrvik, membership=eva, unit=eva.unit, role=role)

        assert "€150.00" not in people_page(sign_in(eva))

    def test_runs_as_many_statements_for_many_people(
        self, norrvik: Organization, lena: Membership, sign_in: SignIn, statements: Statements
    ) -> None:
        client = sign_in(lena)
        people_page(client)
        few = statements(lambda: people_page(client))
        for number in range(5):
            limit_month(lena, make_member(norrvik, f"Person{number}"), "100", "buyer")

        assert statements(lambda: people_page(client)) == few
