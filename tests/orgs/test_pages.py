import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.actions.save_role import save_role
from apps.orgs.actions.save_unit import save_unit
from apps.orgs.models import Address, CostCenter, Invitation, Membership, Organization, Role
from tests.conftest import Statements
from tests.factories import NOW, make_address, make_member

SignIn = Callable[[Any], Client]
HTMX = {"HX-Request": "true"}


def statements_of(client: Client, url: str, counter: Any) -> int:
    with counter() as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def counter(db: None) -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


class TestPeoplePage:
    def test_shows_everybody_with_role_limit_and_approver(
        self, lena: Membership, mira: Membership, norrvik: Organization, sign_in: SignIn
    ) -> None:
        make_member(norrvik, "Omar", "requester", order_limit=1000, approver=mira)

        page = sign_in(lena).get(reverse("orgs:people")).content.decode()

        for text in ("Mira", "Omar", "€1,000.00", "Requester", "omar@norrvik.example"):
            assert text in page

    def test_runs_as_many_statements_for_30_people_as_for_3(
        self, lena: Membership, norrvik: Organization, sign_in: SignIn, counter: Any
    ) -> None:
        make_member(norrvik, "Omar", "requester", order_limit=100)
        make_member(norrvik, "Dana", "approver")
        client = sign_in(lena)
        client.get(reverse("orgs:people"))
        few = statements_of(client, reverse("orgs:people"), counter)
        for number in range(27):
            make_member(norrvik, f"Person{number}", "buyer", "approver", order_limit=100, approver=lena)

        many = statements_of(client, reverse("orgs:people"), counter)

        assert many == few
        # In the transaction of a test no process keeps what it has read for a version of the company.
        assert few <= 44

    def test_who_manages_one_unit_costs_the_same_for_30_people_as_for_3(
        self, lena: Membership, norrvik: Organization, sign_in: SignIn, counter: Any
    ) -> None:
        save_role(actor=lena, name="Lead", grants={"company.view": "organization", "company.people": "unit"}, now=NOW)
        lead = make_member(norrvik, "Eva", "viewer")
        give_role(actor=lena, uid=lead.uid, role=Role.objects.get(name="Lead"), unit=lead.unit, now=NOW)
        make_member(norrvik, "Omar", "viewer")
        client = sign_in(lead)
        client.get(reverse("orgs:people"))
        few = statements_of(client, reverse("orgs:people"), counter)
        for number in range(27):
            make_member(norrvik, f"Person{number}", "viewer")

        assert statements_of(client, reverse("orgs:people"), counter) == few

    def test_who_may_not_manage_people_sees_no_way_to(self, omar: Membership, sign_in: SignIn) -> None:
        page = sign_in(omar).get(reverse("orgs:people")).content.decode()

        assert reverse("orgs:invitations") not in page
        assert reverse("orgs:member", args=[omar.uid]) not in page

    def test_the_tabs_say_how_many_rows_their_pages_have(
        self, lena: Membership, omar: Membership, norrvik: Organization, sign_in: SignIn
    ) -> None:
        invite_members(actor=lena, emails=["ines@norrvik.example"], offer=offer(lena), now=NOW)
        make_address(norrvik)
        client = sign_in(lena)

        page = client.get(reverse("orgs:people")).content.decode()

        found = dict(re.findall(r'<a href="/company/([a-z-]+)/"[^>]*>[^<]*?(\d+)</a>', page))
        assert found == {"people": "3", "addresses": "1", "units": "1", "roles": "6"}
        other = client.get(reverse("approvals:policies")).content.decode()
        assert dict(re.findall(r'<a href="/company/([a-z-]+)/"[^>]*>[^<]*?(\d+)</a>', other)) == found

    def test_shows_who_decides_first_above_a_limit(
        self, lena: Membership, mira: Membership, norrvik: Organization, sign_in: SignIn
    ) -> None:
        omar = make_member(norrvik, "Omar", "requester", order_limit=1000, approver=mira)
        row = row_of(sign_in(lena).get(reverse("orgs:people")), omar)

        assert 'data-l="Approver">Mira</td>' in row

    def test_has_the_rules_and_the_addresses_below(
        self, lena: Membership, norrvik: Organization, sign_in: SignIn
    ) -> None:
        make_address(norrvik, name="Dock 2", parcels_only=True)
        page = sign_in(lena).get(reverse("orgs:people")).content.decode()

        for text in ("Order is above the person’s own limit", "Show the way", "Dock 2", "parcels only"):
            assert text in page

    def test_says_since_when_somebody_is_invited(self, lena: Membership, sign_in: SignIn) -> None:
        then = timezone.now() - timedelta(days=2)
        invite_members(actor=lena, emails=["ines@norrvik.example"], offer=offer(lena), now=then)

        assert "invited 2 days ago" in sign_in(lena).get(reverse("orgs:people")).content.decode()


def test_panels_of_the_page_keep_to_their_statements(
    lena: Membership, omar: Membership, settings: Any, statements: Statements
) -> None:
    request = RequestFactory().get("/")
    request.membership, request.user, request.htmx = lena, lena.user, False
    # Whoever comes to the page has been asked for their rights.
    assert lena.may("company.view")
    subjects = {"people.approvers": {"people": [lena, omar]}, "company.tabs": {}, "people.cards": {}}

    for slot, subject in subjects.items():
        for panel in settings.PANELS[slot]:
            assert statements(partial(panel.function, request, **subject)) <= panel.statements, panel.path


def row_of(response: Any, person: Membership) -> str:
    page: str = response.content.decode()
    return page.split(f'<tr id="person-{person.uid}">')[1].split("</tr>", maxsplit=1)[0]


def offer(actor: Membership) -> Offer:
    return Offer(Role.objects.get(code="requester"), actor.unit, None)


class TestRoleInTheRow:
    def change(self, client: Client, person: Membership, role: str, **options: Any) -> Any:
        data = {"role": Role.objects.get(code=role).pk}
        return client.post(reverse("orgs:member_role", args=[person.uid]), data, **options)

    def test_a_plain_form_saves_it_and_leaves_the_rest(
        self, lena: Membership, omar: Membership, sign_in: SignIn
    ) -> None:
        response = self.change(sign_in(lena), omar, "buyer")

        omar.refresh_from_db()
        assert response.status_code == 303
        assert [role.code for role in omar.roles()] == ["buyer"]
        assert omar.order_limit == 1000

    def test_htmx_gets_the_row_as_it_is_now(self, lena: Membership, omar: Membership, sign_in: SignIn) -> None:
        response = self.change(sign_in(lena), omar, "buyer", headers=HTMX)

        assert response.status_code == 200
        assert response.content.decode().strip().startswith(f'<tr id="person-{omar.uid}">')
        assert f'<option value="{Role.objects.get(code="buyer").pk}" selected>' in row_of(response, omar)
        assert "Saved" in row_of(response, omar)

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_the_last_admin_is_told_at_the_row_and_stays(
        self, headers: dict[str, str], lena: Membership, omar: Membership, sign_in: SignIn
    ) -> None:
        response = self.change(sign_in(lena), lena, "buyer", headers=headers)

        row = row_of(response, lena)
        assert response.status_code == 422
        assert "A company needs an admin" in row
        assert '<option value="" selected>Admin, Buyer</option>' in row
        assert {role.code for role in lena.roles()} == {"admin", "buyer"}

    def test_the_last_admin_is_told_at_the_row_that_they_cannot_be_suspended(
        self, lena: Membership, sign_in: SignIn
    ) -> None:
        response = sign_in(lena).post(reverse("orgs:suspension", args=[lena.uid]), {"state": "suspended"})

        assert response.status_code == 422
        assert "A company needs an admin" in row_of(response, lena)
        assert Membership.objects.active().filter(pk=lena.pk).exists()

    def test_who_may_not_give_a_role_is_told_at_the_row(
        self, lena: Membership, omar: Membership, norrvik: Organization, sign_in: SignIn
    ) -> None:
        save_role(actor=lena, name="Lead", grants={"company.view": "organization", "company.people": "unit"}, now=NOW)
        lead = make_member(norrvik, "Eva", "requester")
        give_role(actor=lena, uid=lead.uid, role=Role.objects.get(name="Lead"), unit=lead.unit, now=NOW)

        response = self.change(sign_in(lead), omar, "admin", headers=HTMX)

        assert response.status_code == 422
        assert "You may not do this" in row_of(response, omar)
        assert f'<option value="{Role.objects.get(code="requester").pk}" selected>' in row_of(response, omar)
        assert [role.code for role in omar.roles()] == ["requester"]

    def test_what_is_no_role_of_the_company_is_not_found(
        self, lena: Membership, omar: Membership, sign_in: SignIn
    ) -> None:
        for value in ("", "x", "999999999"):
            response = sign_in(lena).post(reverse("orgs:member_role", args=[omar.uid]), {"role": value})
            assert response.status_code == 404

        assert [role.code for role in omar.roles()] == ["requester"]


class TestInviting:
    def test_many_at_once(self, lena: Membership, sign_in: SignIn) -> None:
        role = lena.roles()[1].pk
        data = {
            "emails": "a@norrvik.example, b@norrvik.example\nc@norrvik.example",
            "role": role,
            "order_limit": "1,000.50",
        }

        response = sign_in(lena).post(reverse("orgs:invitations"), data)

        assert response.status_code == 303
        assert {str(row.order_limit) for row in Invitation.objects.all()} == {"1000.50"}
        assert Invitation.objects.count() == 3

    def test_a_wrong_address_is_named_and_what_was_typed_stays(self, lena: Membership, sign_in: SignIn) -> None:
        data = {"emails": "a@norrvik.example, nonsense", "role": lena.roles()[0].pk, "order_limit": ""}

        response = sign_in(lena).post(reverse("orgs:invitations"), data, headers=HTMX)

        page = response.content.decode()
        assert response.status_code == 422
        assert page.lstrip().startswith('<div id="people">')
        assert "Not an e-mail address: nonsense" in page
        assert "a@norrvik.example, nonsense" in page
        assert not Invitation.objects.exists()

    def test_htmx_is_sent_on_by_header(self, lena: Membership, sign_in: SignIn) -> None:
        data = {"emails": "a@norrvik.example", "role": lena.roles()[0].pk, "order_limit": ""}

        response = sign_in(lena).post(reverse("orgs:invitations"), data, headers=HTMX)

        assert response["HX-Redirect"] == reverse("orgs:people")


class TestMemberPage:
    def test_saves_roles_and_limits(self, lena: Membership, omar: Membership, sign_in: SignIn) -> None:
        data = {"roles": [lena.roles()[1].pk], "order_limit": "0", "month_limit": "", "approver": str(lena.uid)}

        response = sign_in(lena).post(reverse("orgs:member", args=[omar.uid]), data)

        omar.refresh_from_db()
        assert response.status_code == 303
        assert (omar.order_limit, omar.month_limit, omar.approver) == (0, None, lena)

    @pytest.mark.parametrize("limit", ["-1", "1e30", "NaN", "abc", "1.234", "99999999999999"])
    def test_refuses_a_limit_that_is_none(
        self, limit: str, lena: Membership, omar: Membership, sign_in: SignIn
    ) -> None:
        data = {"roles": [lena.roles()[1].pk], "order_limit": limit, "month_limit": "", "approver": ""}

        response = sign_in(lena).post(reverse("orgs:member", args=[omar.uid]), data)

        omar.refresh_from_db()
        assert response.status_code == 422
        assert limit in response.content.decode()
        assert omar.order_limit == 1000

    def test_the_last_admin_is_told_why(self, lena: Membership, sign_in: SignIn) -> None:
        data = {"roles": [lena.roles()[1].pk], "order_limit": "", "month_limit": "", "approver": ""}

        response = sign_in(lena).post(reverse("orgs:member", args=[lena.uid]), data)

        assert response.status_code == 422
        assert "A company needs an admin" in response.content.decode()


class TestAddresses:
    FACTS = {
        "name": "Oslo yard, gate 3", "kind": "ship_to", "street": "Kaiveien 3", "postal_code": "0150", "city": "Oslo",
        "country": "NO", "receiving_from": "07:00", "receiving_until": "15:00", "has_forklift": "on",
        "receiving_weekdays": ["0", "2"], "is_default": "on",
    }  # fmt: skip

    def test_are_added_and_changed(self, lena: Membership, sign_in: SignIn) -> None:
        client = sign_in(lena)
        client.post(reverse("orgs:address_new"), self.FACTS)
        first = Address.objects.get()
        client.post(reverse("orgs:address_new"), {**self.FACTS, "name": "Oslo yard, dock 2"})

        client.post(reverse("orgs:address", args=[first.uid]), {**self.FACTS, "name": "Gate 3"})

        assert [(row.name, row.is_default) for row in Address.objects.order_by("pk")] == [
            ("Gate 3", True),
            ("Oslo yard, dock 2", False),
        ]

    def test_receive_on_the_weekdays_that_are_ticked(self, lena: Membership, sign_in: SignIn) -> None:
        client = sign_in(lena)
        new = client.get(reverse("orgs:address_new")).content.decode()
        client.post(reverse("orgs:address_new"), self.FACTS)
        address = Address.objects.get()
        page = client.get(reverse("orgs:address", args=[address.uid])).content.decode()
        refused = client.post(reverse("orgs:address", args=[address.uid]), {**self.FACTS, "receiving_weekdays": []})

        ticked = re.compile(r'name="receiving_weekdays" value="(\d)"[^>]*checked')
        assert ticked.findall(new) == ["0", "1", "2", "3", "4"]
        assert ticked.findall(page) == ["0", "2"]
        assert refused.status_code == 422
        address.refresh_from_db()
        assert address.receiving_weekdays == 0b0000101

    def test_hours_that_end_before_they_begin_are_refused_at_their_field(
        self, lena: Membership, sign_in: SignIn
    ) -> None:
        response = sign_in(lena).post(reverse("orgs:address_new"), {**self.FACTS, "receiving_until": "06:00"})

        assert response.status_code == 422
        assert "before the time from which" in response.content.decode()
        assert "Kaiveien 3" in response.content.decode()
        assert not Address.objects.exists()

    def test_a_blocked_address_is_first_choice_no_more(self, lena: Membership, sign_in: SignIn) -> None:
        client = sign_in(lena)
        client.post(reverse("orgs:address_new"), self.FACTS)
        address = Address.objects.get()

        client.post(reverse("orgs:address_state", args=[address.uid]), {"state": "blocked"})

        address.refresh_from_db()
        assert (address.state, address.is_default) == ("blocked", False)


class TestCostCenters:
    def test_a_code_is_given_once(self, lena: Membership, sign_in: SignIn) -> None:
        client = sign_in(lena)
        data = {"code": "410", "name": "Hull workshop", "manager": str(lena.uid), "state": "active"}
        client.post(reverse("orgs:cost_center_new"), data)

        response = client.post(reverse("orgs:cost_center_new"), {**data, "name": "Safety"})

        assert response.status_code == 422
        assert "Another cost center has this code" in response.content.decode()
        assert CostCenter.objects.get().name == "Hull workshop"


class TestLog:
    def test_tells_what_happened_in_words(self, lena: Membership, omar: Membership, sign_in: SignIn) -> None:
        client = sign_in(lena)
        client.post(reverse("orgs:suspension", args=[omar.uid]), {"state": "suspended"})

        page = client.get(reverse("orgs:log")).content.decode()

        assert "Lena suspended Omar." in page

    def test_has_older_pages(self, lena: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("apps.orgs.views.LOG_PAGE", 1)
        client = sign_in(lena)
        client.get(reverse("orgs:log"))
        page = client.get(reverse("orgs:log")).content.decode()

        older = client.get(reverse("orgs:log"), {"before": page.split("?before=")[1].split('"')[0]}).content.decode()

        assert "joined the company" in page
        assert "opened the account" in older

    def test_goes_by_time_not_by_the_order_of_writing(
        self, lena: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.orgs.views.LOG_PAGE", 1)
        for minutes, name in ((2, "Two"), (3, "Three"), (1, "One")):
            save_unit(actor=lena, name=name, parent_uid=lena.unit.uid, now=NOW + timedelta(days=1, minutes=minutes))
        client, query = sign_in(lena), {}
        told: list[str] = []

        for _page in range(3):
            page = client.get(reverse("orgs:log"), query).content.decode()
            told += re.findall(r"saved the unit (\w+)", page)
            query = {"before": page.split("?before=")[1].split('"')[0]}

        assert told == ["Three", "Two", "One"]


class TestSwitch:
    def test_another_company_of_the_person_opens(
        self, lena: Membership, gus: Membership, norrvik: Organization, sign_in: SignIn
    ) -> None:
        here = make_member(norrvik, "Gus", "viewer", email=gus.user.email)
        client = sign_in(gus)

        client.post(reverse("orgs:membership_switch"), {"membership": str(here.uid)})

        assert "Norrvik Shipyard" in client.get(reverse("orgs:people")).content.decode()

    @pytest.mark.parametrize("value", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_a_company_of_others_does_not(self, value: str, gus: Membership, lena: Membership, sign_in: SignIn) -> None:
        client = sign_in(gus)

        for chosen in (value, str(lena.uid)):
            assert client.post(reverse("orgs:membership_switch"), {"membership": chosen}).status_code == 404

        assert "Norrvik" not in client.get(reverse("orgs:people")).content.decode()


def test_an_ended_session_sends_the_whole_browser_to_sign_in(db: None) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/company/people/"}

    response = Client().get(reverse("orgs:people"), headers=headers)

    assert response["HX-Redirect"] == f"{reverse('account_login')}?next=/company/people/"
    assert response.content == b""
