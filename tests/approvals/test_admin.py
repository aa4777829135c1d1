"""Requests and rules of approval are records that staff read."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.orgs.models import Membership, Organization
from tests.factories import NOW, SYSTEM, Market, fill_cart, make_staff, send_cart


@pytest.mark.parametrize("kind", ["request", "policy"])
def test_staff_read_them_and_write_nothing(
    kind: str,
    market: Market,
    norrvik: Organization,
    lena: Membership,
    dana: Membership,
    sign_in: Callable[[Any], Client],
    settings: Any,
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    terms = PolicyTerms("amount", Decimal(100), [{"kind": "role", "role": "approver"}])
    policy = save_policy(actor=SYSTEM, organization=norrvik, terms=terms, now=NOW)
    request = send_cart(lena, fill_cart(lena, screw=(market.screw, 400))).request
    row = {"request": request, "policy": policy}[kind]
    assert row
    client = sign_in(make_staff())

    assert "Norrvik" in client.get(reverse(f"admin:approvals_{kind}_changelist"), {"q": "Norrvik"}).content.decode()
    record = client.get(reverse(f"admin:approvals_{kind}_change", args=[row.pk])).content.decode()
    assert {"request": request.number, "policy": "Order is above €100.00"}[kind] in record
    assert client.get(reverse(f"admin:approvals_{kind}_add")).status_code == 403
