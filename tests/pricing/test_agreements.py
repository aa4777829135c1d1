"""Contracts, discounts and lists that are given: how they begin, and how they end."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.core.errors import DaysInWrongOrder
from apps.core.permissions import StaffRole
from apps.orgs.models import Membership, Organization
from apps.orgs.queries import buying_context
from apps.pricing.actions.assign_price_list import assign_price_list
from apps.pricing.actions.end_agreement import end_agreement
from apps.pricing.actions.open_agreement import AgreementOverlaps, NumberTaken, open_agreement
from apps.pricing.actions.save_discount import save_discount
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.actions.unassign_price_list import unassign_price_list
from apps.pricing.models import Agreement, DiscountRule, PriceList, PriceListAssignment
from apps.pricing.queries import contract_number, price_chain
from tests.factories import NOW, SYSTEM, make_staff
from tests.refusals import refused

SignIn = Callable[[Any], Client]
D = Decimal
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def contract(norrvik: Organization) -> Agreement:
    return open_agreement(
        actor=SYSTEM, organization=norrvik, number="HC-2041", valid_from=FIRST, valid_until=LAST, now=NOW
    )


class TestContracts:
    @pytest.mark.parametrize(
        ("begins", "ends"),
        [(LAST, None), (date(2025, 1, 1), FIRST), (date(2025, 1, 1), None), (date(2026, 3, 1), date(2026, 4, 1))],
    )
    def test_a_company_has_one_at_a_time(
        self, begins: date, ends: date | None, contract: Agreement, norrvik: Organization
    ) -> None:
        facts: dict[str, Any] = {"valid_from": begins, "valid_until": ends}

        with refused(AgreementOverlaps):
            open_agreement(actor=SYSTEM, organization=norrvik, number="HC-2042", now=NOW, **facts)
        other = PriceList.objects.create(name="x", kind="agreement", currency="EUR")
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.create(organization=norrvik, number="HC-2042", price_list=other, **facts)

    def test_the_next_begins_when_one_is_over(self, contract: Agreement, norrvik: Organization) -> None:
        end_agreement(actor=SYSTEM, agreement=contract, valid_until=date(2026, 6, 30), now=NOW)
        open_agreement(actor=SYSTEM, organization=norrvik, number="HC-2042", valid_from=date(2026, 7, 1), now=NOW)

        days = (date(2026, 6, 30), date(2026, 7, 1))
        assert [contract_number(norrvik, day) for day in days] == ["HC-2041", "HC-2042"]
        with refused(AgreementOverlaps):
            end_agreement(actor=SYSTEM, agreement=contract, valid_until=None, now=NOW)

    def test_none_ends_before_it_begins(self, contract: Agreement, norrvik: Organization) -> None:
        with refused(DaysInWrongOrder):
            end_agreement(actor=SYSTEM, agreement=contract, valid_until=FIRST - timedelta(days=1), now=NOW)

    def test_the_name_of_a_list_is_taken(self, norrvik: Organization) -> None:
        save_price_list(actor=SYSTEM, name="HC-2041", kind="list", currency="EUR", now=NOW)

        with refused(NumberTaken):
            open_agreement(actor=SYSTEM, organization=norrvik, number="HC-2041", valid_from=FIRST, now=NOW)

    def test_sales_ends_one_in_the_admin(self, contract: Agreement, sign_in: SignIn, settings: Any) -> None:
        settings.STAFF_MFA_REQUIRED = False
        browser = sign_in(make_staff("Sal", StaffRole.SALES))
        page = reverse("admin:pricing_agreement_change", args=[contract.pk])

        assert browser.post(page, {"valid_until": "2025-01-01"}).status_code == 200
        assert browser.post(page, {"valid_until": "2026-06-30"}).status_code == 302
        contract.refresh_from_db()
        assert contract.valid_until == date(2026, 6, 30)


class TestDiscounts:
    def test_one_is_put_right_and_ended(self, mira: Membership) -> None:
        rule = save_discount(actor=SYSTEM, rate=D("0.50"), now=NOW)
        save_discount(actor=SYSTEM, rule=rule, rate=D("0.05"), valid_until=LAST, now=NOW)

        context = buying_context(mira)
        assert [row.rate for row in price_chain(context, LAST).discounts] == [D("0.05")]
        assert not price_chain(context, LAST + timedelta(days=1)).discounts
        assert DiscountRule.objects.count() == 1

    def test_none_ends_before_it_begins(self, db: None) -> None:
        with refused(DaysInWrongOrder):
            save_discount(actor=SYSTEM, rate=D("0.05"), valid_from=LAST, valid_until=FIRST, now=NOW)


class TestAssignments:
    def test_a_list_is_taken_away(self, mira: Membership) -> None:
        group = save_price_list(actor=SYSTEM, name="Shipyards", kind="list", currency="EUR", now=NOW)
        given = assign_price_list(
            actor=SYSTEM, price_list=group, customer_type=mira.organization.customer_type, now=NOW
        )
        assert [pk for pk, _name in price_chain(buying_context(mira), FIRST).lists] == [group.pk]

        unassign_price_list(actor=SYSTEM, assignment=given, now=NOW)

        assert not price_chain(buying_context(mira), FIRST).lists
        assert not PriceListAssignment.objects.exists()
        assert PriceList.objects.get() == group

    def test_sales_takes_one_away_in_the_admin(self, mira: Membership, sign_in: SignIn, settings: Any) -> None:
        settings.STAFF_MFA_REQUIRED = False
        group = save_price_list(actor=SYSTEM, name="Shipyards", kind="list", currency="EUR", now=NOW)
        given = assign_price_list(actor=SYSTEM, price_list=group, organization=mira.organization, now=NOW)
        page = reverse("admin:pricing_pricelistassignment_delete", args=[given.pk])

        assert sign_in(make_staff("Cat", StaffRole.CATALOG)).post(page, {"post": "yes"}).status_code == 403
        assert sign_in(make_staff("Sal", StaffRole.SALES)).post(page, {"post": "yes"}).status_code == 302
        assert not PriceListAssignment.objects.exists()
