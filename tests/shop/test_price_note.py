"""Beside the navigation: what all prices are."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client

from apps.orgs.models import Membership
from apps.pricing.actions.open_agreement import open_agreement
from tests.factories import NOW, SYSTEM

SignIn = Callable[[Any], Client]


def note(client: Client) -> str:
    html = client.get("/help/").content.decode()
    return " ".join(html.partition('<div class="p-nav__meta">')[2].partition("</div>")[0].split())


def test_names_the_contract_of_the_company(mira: Membership, gus: Membership, sign_in: SignIn) -> None:
    open_agreement(actor=SYSTEM, organization=mira.organization, number="HC-2041", valid_from=date(2020, 1, 1), now=NOW)

    assert 'Contract prices <bdi dir="ltr">HC-2041</bdi> · EUR, excl. VAT' in note(sign_in(mira))
    assert "Prices in NOK, excl. VAT" in note(sign_in(gus))


def test_a_contract_that_is_over_is_not_named(mira: Membership, sign_in: SignIn) -> None:
    open_agreement(
        actor=SYSTEM, organization=mira.organization, number="HC-1", valid_from=date(2020, 1, 1),
        valid_until=date(2020, 12, 31), now=NOW,
    )  # fmt: skip

    assert "Prices in EUR, excl. VAT" in note(sign_in(mira))
