from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.activity.models import Event
from apps.core.permissions import StaffRole
from apps.orgs.models import Membership, Organization, Role
from tests.factories import CustomerTypeFactory, PaymentTermsFactory, make_staff

OWN_APPS = {
    "accounts", "activity", "approvals", "catalog", "freight", "fulfillment", "inventory", "ledger", "notifications",
    "orders", "orgs", "pricing",
}  # fmt: skip


@pytest.fixture
def staff(sam: User, sign_in: Callable[[Any], Client], settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    return sign_in(sam)


@pytest.fixture
def facts(db: None) -> dict[str, Any]:
    return {
        "number": "C-1", "legal_name": "Norrvik Shipyard", "customer_type": CustomerTypeFactory().pk, "country": "NO",
        "vat_id": "NO 100 000 008 MVA", "currency": "EUR", "language": "en", "payment_terms": PaymentTermsFactory().pk,
        "priority_rank": 1,
    }  # fmt: skip


class TestCompanies:
    def test_staff_open_one_through_the_action(self, staff: Client, facts: dict[str, Any], sam: User) -> None:
        response = staff.post(reverse("admin:orgs_organization_add"), facts)

        company = Organization.objects.get()
        assert response.status_code == 302
        assert company.vat_id == "NO100000008MVA"
        assert Event.objects.get(name="orgs.company_created").actor_user_id == sam.pk

    def test_a_refusal_stands_in_the_form_with_all_that_was_typed(self, staff: Client, facts: dict[str, Any]) -> None:
        response = staff.post(reverse("admin:orgs_organization_add"), {**facts, "vat_id": "NO 100 000 009 MVA"})

        page = response.content.decode()
        assert response.status_code == 200
        assert "This is not a VAT ID of this country" in page
        assert "NO 100 000 009 MVA" in page
        assert not Organization.objects.exists()

    def test_what_stands_on_documents_cannot_be_changed(self, staff: Client, facts: dict[str, Any]) -> None:
        staff.post(reverse("admin:orgs_organization_add"), facts)
        company = Organization.objects.get()

        staff.post(
            reverse("admin:orgs_organization_change", args=[company.pk]),
            {**facts, "currency": "NOK", "number": "C-2", "legal_name": "Norrvik AS", "state": "on_hold"},
        )

        company.refresh_from_db()
        assert (company.legal_name, company.state) == ("Norrvik AS", "on_hold")
        assert (company.number, company.currency) == ("C-1", "EUR")

    def test_a_blocked_company_is_shut_out_with_the_next_click(
        self, staff: Client, facts: dict[str, Any], lena: Membership, sign_in: Callable[[Any], Client]
    ) -> None:
        buyer = sign_in(lena)
        company = lena.organization
        terms = {**facts, "legal_name": company.legal_name, "state": "blocked"}
        assert buyer.get(reverse("portal:home")).status_code == 200

        staff.post(reverse("admin:orgs_organization_change", args=[company.pk]), terms)

        assert buyer.get(reverse("portal:home")).status_code == 403


class TestPeople:
    def test_staff_put_the_first_admin_into_a_company(self, staff: Client, norrvik: Organization) -> None:
        response = staff.post(
            reverse("admin:orgs_membership_add"),
            {
                "organization": norrvik.pk,
                "email": "lena@norrvik.example",
                "name": "Lena",
                "roles": [Role.objects.get(code="admin").pk],
                "order_limit": "5000",
                "month_limit": "",
            },
        )

        member = Membership.objects.get()
        assert response.status_code == 302
        assert (member.user.email, member.order_limit, member.month_limit) == ("lena@norrvik.example", 5000, None)


class TestStaffRoles:
    @pytest.mark.parametrize(
        ("role", "may_open", "may_add"),
        [(StaffRole.SALES, True, True), (StaffRole.WAREHOUSE, True, False), (StaffRole.CATALOG, True, False)],
    )
    def test_only_sales_and_administrators_open_companies(
        self, role: str, may_open: bool, may_add: bool, sign_in: Callable[[Any], Client], settings: Any, db: None
    ) -> None:
        settings.STAFF_MFA_REQUIRED = False
        client = sign_in(make_staff("Kim", role))

        assert (client.get(reverse("admin:orgs_organization_changelist")).status_code == 200) is may_open
        assert (client.get(reverse("admin:orgs_organization_add")).status_code == 200) is may_add

    def test_nobody_raises_their_own_role(self, staff: Client, sam: User) -> None:
        data = {"name": "Sam", "staff_role": StaffRole.SALES, "is_active": "on"}

        response = staff.post(reverse("admin:accounts_user_change", args=[sam.pk]), data)

        sam.refresh_from_db()
        assert "your own staff role" in response.content.decode()
        assert sam.staff_role == StaffRole.ADMINISTRATOR

    def test_pages_of_packages_are_not_there(self, staff: Client) -> None:
        """E-mail addresses and second factors edited by hand would open any account."""
        registered = {model._meta.label for model in admin.site._registry}

        assert all(label.split(".")[0] in OWN_APPS for label in registered)
        assert staff.get("/staff/mfa/authenticator/").status_code == 404

    def test_without_a_second_factor_the_admin_stays_closed(
        self, sam: User, sign_in: Callable[[Any], Client], settings: Any
    ) -> None:
        settings.STAFF_MFA_REQUIRED = True

        response = sign_in(sam).get(reverse("admin:index"), follow=True)

        assert response.redirect_chain[-1][0] == reverse("mfa_index")
