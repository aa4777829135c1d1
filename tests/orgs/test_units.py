from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.activity.models import Event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.core.permissions import Reach
from apps.orgs.actions.change_member import LastAdmin, Terms, change_member
from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.actions.move_unit import RootStays, UnitInItself, move_unit
from apps.orgs.actions.remove_unit import UnitInUse, remove_unit
from apps.orgs.actions.revoke_invitation import revoke_invitation
from apps.orgs.actions.save_unit import MOST_LEVELS, NameTaken, TooDeep, TooManyUnits, save_unit
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.actions.take_role import take_role
from apps.orgs.models import Invitation, Membership, Organization, OrgUnit, Role, RoleAssignment, RoleGrant
from apps.orgs.queries import units
from tests.factories import NOW, Market, fill_cart, make_member
from tests.refusals import refused

SignIn = Callable[[Any], Client]
Statements = Callable[[Callable[[], object]], int]


def fresh(membership: Membership) -> Membership:
    return Membership.objects.select_related("organization", "user", "unit").get(pk=membership.pk)


def names(member: Membership) -> list[str]:
    return [f"{'-' * (unit.depth - 1)}{unit.name}" for unit in units(member)]


def role(code: str) -> Role:
    return Role.objects.get(organization=None, code=code)


def terms(*codes: str, unit: OrgUnit | None = None) -> Terms:
    return Terms(frozenset(map(role, codes)), order_limit=Decimal(500), month_limit=None, approver=None, unit=unit)


@pytest.fixture
def root(norrvik: Organization) -> OrgUnit:
    return OrgUnit.objects.get(organization=norrvik)


@pytest.fixture
def add(lena: Membership) -> Callable[[str, OrgUnit], OrgUnit]:
    return lambda name, parent: save_unit(actor=lena, name=name, parent_uid=parent.uid, now=NOW)


@pytest.fixture
def yard(add: Any, root: OrgUnit) -> OrgUnit:
    return add("Oslo yard", root)


@pytest.fixture
def hull(add: Any, yard: OrgUnit) -> OrgUnit:
    return add("Hull workshop", yard)


@pytest.fixture
def bergen(add: Any, root: OrgUnit) -> OrgUnit:
    return add("Bergen", root)


@pytest.fixture
def foreman(norrvik: Organization, yard: OrgUnit, hull: OrgUnit) -> Membership:
    """Manages the people of the yard and below, and buys there."""
    lead = Role.objects.create(organization=norrvik, code="foreman", name="Foreman")
    for code in ("company.people", "company.view", "cart.edit"):
        lead.grants.create(permission=code, scope=RoleGrant.Scope.SUBTREE)
    member = make_member(norrvik, "Eva", unit=yard)
    RoleAssignment.objects.create(organization=norrvik, membership=member, unit=yard, role=lead)
    return fresh(member)


class TestSaveUnit:
    def test_adds_below_another_one(self, lena: Membership, hull: OrgUnit, bergen: OrgUnit) -> None:
        assert names(lena) == ["Norrvik Shipyard", "-Bergen", "-Oslo yard", "--Hull workshop"]
        assert Event.objects.filter(name="orgs.unit_saved").count() == 3

    def test_gives_another_name(self, lena: Membership, yard: OrgUnit) -> None:
        save_unit(actor=lena, uid=yard.uid, name="Oslo", now=NOW)

        assert names(lena) == ["Norrvik Shipyard", "-Oslo"]

    def test_a_unit_beside_has_another_name(self, lena: Membership, yard: OrgUnit, bergen: OrgUnit, add: Any) -> None:
        with refused(NameTaken):
            add("BERGEN", OrgUnit.objects.get(depth=1, organization=lena.organization))
        with refused(NameTaken):
            save_unit(actor=lena, uid=yard.uid, name="bergen", now=NOW)
        add("Bergen", yard)

        assert names(lena) == ["Norrvik Shipyard", "-Bergen", "-Oslo yard", "--Bergen"]

    def test_the_tree_has_an_end(self, root: OrgUnit, add: Any, monkeypatch: Any) -> None:
        unit = root
        for level in range(1, MOST_LEVELS):
            unit = add(f"Level {level}", unit)
        with refused(TooDeep):
            add("One more", unit)
        monkeypatch.setattr("apps.orgs.actions.save_unit.MOST_UNITS", MOST_LEVELS)
        with refused(TooManyUnits):
            add("One more", root)

    def test_only_who_manages_everybody_may(self, foreman: Membership, mira: Membership, hull: OrgUnit) -> None:
        for actor in (foreman, mira):
            with refused(NotAllowed):
                save_unit(actor=actor, name="Dock", parent_uid=hull.uid, now=NOW)
            with refused(NotAllowed):
                move_unit(actor=actor, uid=hull.uid, parent_uid=hull.uid, now=NOW)
            with refused(NotAllowed):
                remove_unit(actor=actor, uid=hull.uid, now=NOW)

    def test_another_company_finds_nothing(self, gus: Membership, lena: Membership, yard: OrgUnit) -> None:
        home = OrgUnit.objects.get(organization=gus.organization)
        for call in (
            lambda: save_unit(actor=gus, name="Dock", parent_uid=yard.uid, now=NOW),
            lambda: save_unit(actor=gus, name="Dock", uid=yard.uid, now=NOW),
            lambda: move_unit(actor=gus, uid=yard.uid, parent_uid=home.uid, now=NOW),
            lambda: move_unit(actor=lena, uid=yard.uid, parent_uid=home.uid, now=NOW),
            lambda: remove_unit(actor=gus, uid=yard.uid, now=NOW),
        ):
            with refused(OrgUnit.DoesNotExist):
                call()


class TestMoveUnit:
    def test_takes_along_what_is_below(self, lena: Membership, yard: OrgUnit, hull: OrgUnit, bergen: OrgUnit) -> None:
        move_unit(actor=lena, uid=yard.uid, parent_uid=bergen.uid, now=NOW)

        assert names(lena) == ["Norrvik Shipyard", "-Bergen", "--Oslo yard", "---Hull workshop"]
        assert OrgUnit.objects.find_problems() == ([], [], [], [], [])

    def test_changes_what_rights_reach(
        self, lena: Membership, foreman: Membership, hull: OrgUnit, bergen: OrgUnit
    ) -> None:
        assert foreman.manages(hull.pk)

        move_unit(actor=lena, uid=hull.uid, parent_uid=bergen.uid, now=NOW)

        assert not fresh(foreman).manages(hull.pk)

    def test_not_below_itself_and_never_the_root(
        self, lena: Membership, root: OrgUnit, yard: OrgUnit, hull: OrgUnit
    ) -> None:
        for parent in (yard, hull):
            with refused(UnitInItself):
                move_unit(actor=lena, uid=yard.uid, parent_uid=parent.uid, now=NOW)
        with refused(RootStays):
            move_unit(actor=lena, uid=root.uid, parent_uid=yard.uid, now=NOW)

    def test_not_too_deep_and_not_beside_the_same_name(
        self, lena: Membership, root: OrgUnit, yard: OrgUnit, hull: OrgUnit, bergen: OrgUnit, add: Any
    ) -> None:
        unit = bergen
        for level in range(3, MOST_LEVELS):
            unit = add(f"Level {level}", unit)
        with refused(TooDeep):
            move_unit(actor=lena, uid=yard.uid, parent_uid=unit.uid, now=NOW)
        add("Hull workshop", bergen)
        with refused(NameTaken):
            move_unit(actor=lena, uid=hull.uid, parent_uid=bergen.uid, now=NOW)


class TestRemoveUnit:
    def test_takes_an_empty_one_away(self, lena: Membership, yard: OrgUnit, hull: OrgUnit) -> None:
        remove_unit(actor=lena, uid=hull.uid, now=NOW)
        remove_unit(actor=lena, uid=yard.uid, now=NOW)

        assert names(lena) == ["Norrvik Shipyard"]
        assert OrgUnit.objects.find_problems() == ([], [], [], [], [])

    def test_not_the_root_and_not_one_with_units_or_people(
        self, lena: Membership, omar: Membership, root: OrgUnit, yard: OrgUnit, hull: OrgUnit, bergen: OrgUnit
    ) -> None:
        change_member(actor=lena, uid=omar.uid, terms=terms("requester", unit=hull), now=NOW)
        give_role(actor=lena, uid=omar.uid, role=role("approver"), unit=bergen, now=NOW)

        with refused(RootStays):
            remove_unit(actor=lena, uid=root.uid, now=NOW)
        for unit in (yard, hull, bergen):
            with refused(UnitInUse):
                remove_unit(actor=lena, uid=unit.uid, now=NOW)

    def test_nobody_is_put_where_it_was(self, lena: Membership, omar: Membership, yard: OrgUnit) -> None:
        remove_unit(actor=lena, uid=yard.uid, now=NOW)
        offer = Offer(role("buyer"), yard, None)

        with refused(IllegalTransition):
            give_role(actor=lena, uid=omar.uid, role=role("approver"), unit=yard, now=NOW)
        with refused(IllegalTransition):
            change_member(actor=lena, uid=omar.uid, terms=terms("requester", unit=yard), now=NOW)
        with refused(IllegalTransition):
            invite_members(actor=lena, emails=["ines@norrvik.example"], offer=offer, now=NOW)

    def test_not_one_with_carts(
        self, market: Market, lena: Membership, mira: Membership, root: OrgUnit, yard: OrgUnit
    ) -> None:
        change_member(actor=lena, uid=mira.uid, terms=terms("buyer", unit=yard), now=NOW)
        fill_cart(fresh(mira), screw=(market.screw, 1))
        change_member(actor=lena, uid=mira.uid, terms=terms("buyer", unit=root), now=NOW)

        with refused(UnitInUse):
            remove_unit(actor=lena, uid=yard.uid, now=NOW)


class TestHome:
    def test_a_person_moves_with_their_roles(self, lena: Membership, omar: Membership, yard: OrgUnit) -> None:
        change_member(actor=lena, uid=omar.uid, terms=terms("requester", "viewer", unit=yard), now=NOW)

        moved = fresh(omar)
        assert moved.unit == yard
        assert {(row.role.code, row.unit) for row in moved.assignments.all()} == {
            ("requester", yard),
            ("viewer", yard),
        }

    def test_roles_at_other_units_stay(
        self, lena: Membership, omar: Membership, yard: OrgUnit, bergen: OrgUnit
    ) -> None:
        give_role(actor=lena, uid=omar.uid, role=role("approver"), unit=bergen, now=NOW)
        give_role(actor=lena, uid=omar.uid, role=role("viewer"), unit=yard, now=NOW)

        change_member(actor=lena, uid=omar.uid, terms=terms("viewer", unit=yard), now=NOW)

        moved = fresh(omar)
        assert [held.code for held in moved.roles()] == ["viewer"]
        assert [(row.role.code, row.unit) for row in moved.elsewhere()] == [("approver", bergen)]

    def test_the_last_admin_takes_the_role_along(self, lena: Membership, yard: OrgUnit) -> None:
        change_member(actor=lena, uid=lena.uid, terms=terms("admin", unit=yard), now=NOW)

        assert fresh(lena).manages_everybody


class TestRolesElsewhere:
    def test_are_given_and_taken(self, lena: Membership, omar: Membership, bergen: OrgUnit) -> None:
        given = give_role(actor=lena, uid=omar.uid, role=role("approver"), unit=bergen, now=NOW)
        assert fresh(omar).may("approvals.decide")

        take_role(actor=lena, uid=omar.uid, assignment_id=given.pk, now=NOW)

        assert not fresh(omar).may("approvals.decide")
        assert set(Event.objects.values_list("name", flat=True)) >= {"orgs.role_given", "orgs.role_taken"}

    def test_twice_is_once(self, lena: Membership, omar: Membership, bergen: OrgUnit) -> None:
        for _time in range(2):
            give_role(actor=lena, uid=omar.uid, role=role("approver"), unit=bergen, now=NOW)

        assert len(fresh(omar).elsewhere()) == 1

    def test_the_last_admin_stays(self, lena: Membership) -> None:
        held = RoleAssignment.objects.get(membership=lena, role__code="admin")

        with refused(LastAdmin):
            take_role(actor=lena, uid=lena.uid, assignment_id=held.pk, now=NOW)


class TestManagingAUnit:
    """Somebody who manages the people of a part of the company stays within it."""

    def test_reaches_no_people_of_other_units(self, foreman: Membership, omar: Membership, bergen: OrgUnit) -> None:
        for call in (
            lambda: change_member(actor=foreman, uid=omar.uid, terms=terms("requester"), now=NOW),
            lambda: suspend_member(actor=foreman, uid=omar.uid, now=NOW),
            lambda: give_role(actor=foreman, uid=omar.uid, role=role("viewer"), unit=foreman.unit, now=NOW),
        ):
            with refused(NotAllowed):
                call()

    def test_gives_their_own_role_within_their_part_alone(
        self, norrvik: Organization, foreman: Membership, hull: OrgUnit, yard: OrgUnit, bergen: OrgUnit
    ) -> None:
        own = Role.objects.get(code="foreman")
        kim = make_member(norrvik, "Kim", unit=hull)

        give_role(actor=foreman, uid=kim.uid, role=own, unit=hull, now=NOW)
        for unit in (bergen, OrgUnit.objects.get(organization=norrvik, depth=1)):
            with refused(NotAllowed):
                give_role(actor=foreman, uid=kim.uid, role=own, unit=unit, now=NOW)
        with refused(NotAllowed):
            change_member(actor=foreman, uid=kim.uid, terms=terms(unit=bergen), now=NOW)

        assert [row.unit for row in fresh(kim).assignments.all()] == [hull]

    def test_gives_no_right_that_reaches_further_than_their_own(
        self, norrvik: Organization, foreman: Membership, hull: OrgUnit
    ) -> None:
        buyer = Role.objects.create(organization=norrvik, code="wide", name="Buys everywhere")
        buyer.grants.create(permission="cart.edit", scope=RoleGrant.Scope.ORGANIZATION)
        kim = make_member(norrvik, "Kim", unit=hull)

        for given in (buyer, role("admin"), role("viewer")):
            with refused(NotAllowed):
                give_role(actor=foreman, uid=kim.uid, role=given, unit=hull, now=NOW)
        with refused(NotAllowed):
            invite_members(actor=foreman, emails=["a@b.example"], offer=Offer(buyer, hull, None), now=NOW)

    def test_takes_no_role_away_that_they_could_not_give(
        self, norrvik: Organization, foreman: Membership, hull: OrgUnit
    ) -> None:
        kim = make_member(norrvik, "Kim", "approver", unit=hull)

        with refused(NotAllowed):
            change_member(actor=foreman, uid=kim.uid, terms=terms(), now=NOW)
        with refused(NotAllowed):
            take_role(actor=foreman, uid=kim.uid, assignment_id=kim.assignments.get().pk, now=NOW)

    def test_revokes_no_invitation_into_another_unit(
        self, lena: Membership, foreman: Membership, bergen: OrgUnit
    ) -> None:
        offer = Offer(role("viewer"), bergen, None)
        [sent] = invite_members(actor=lena, emails=["a@b.example"], offer=offer, now=NOW)

        with refused(NotAllowed):
            revoke_invitation(actor=foreman, uid=sent.uid, now=NOW)


@pytest.mark.parametrize(
    ("mine", "other", "includes"),
    [
        (Reach(everywhere=True), Reach(everywhere=True), True),
        (Reach(unit_ids=frozenset({1, 2})), Reach(unit_ids=frozenset({2})), True),
        (Reach(unit_ids=frozenset({1, 2})), Reach(unit_ids=frozenset({3})), False),
        (Reach(unit_ids=frozenset({1})), Reach(everywhere=True), False),
        (Reach(unit_ids=frozenset({1})), Reach(own=True), True),
        (Reach(own=True), Reach(own=True), True),
        (Reach(own=True), Reach(unit_ids=frozenset({1})), False),
        (Reach(), Reach(own=True), False),
    ],
)
def test_a_reach_includes_another(mine: Reach, other: Reach, includes: bool) -> None:
    assert mine.includes(other) is includes


class TestPages:
    def test_the_tree_has_as_many_statements_for_many_units(
        self, lena: Membership, yard: OrgUnit, add: Any, sign_in: SignIn, statements: Statements
    ) -> None:
        client = sign_in(lena)
        url = reverse("orgs:units")
        client.get(url)
        few = statements(lambda: client.get(url))
        for number in range(10):
            add(f"Dock {number}", yard)

        assert statements(lambda: client.get(url)) == few

    def test_who_only_looks_sees_no_way_to_change(self, omar: Membership, hull: OrgUnit, sign_in: SignIn) -> None:
        page = sign_in(omar).get(reverse("orgs:units")).content.decode()

        assert "Hull workshop" in page
        assert reverse("orgs:unit", args=[hull.uid]) not in page

    def test_a_unit_is_added_renamed_moved_and_removed(
        self, lena: Membership, root: OrgUnit, bergen: OrgUnit, sign_in: SignIn
    ) -> None:
        client = sign_in(lena)
        client.post(reverse("orgs:unit_new"), {"name": "Dock", "parent": str(root.uid)})
        dock = OrgUnit.objects.get(name="Dock")
        client.post(reverse("orgs:unit", args=[dock.uid]), {"name": "Dock 2"})
        client.post(reverse("orgs:unit_place", args=[dock.uid]), {"parent": str(bergen.uid)})
        assert names(lena) == ["Norrvik Shipyard", "-Bergen", "--Dock 2"]

        response = client.post(reverse("orgs:unit_removal", args=[bergen.uid]))
        assert response.status_code == 422
        assert "Only an empty unit can be removed" in response.content.decode()
        client.post(reverse("orgs:unit_removal", args=[dock.uid]))
        assert names(lena) == ["Norrvik Shipyard", "-Bergen"]

    @pytest.mark.parametrize("data", [{"name": ""}, {"name": "Oslo yard"}, {"parent": ""}, {"parent": str(uuid4())}])
    def test_a_refused_unit_is_shown_again(
        self, data: dict[str, str], lena: Membership, root: OrgUnit, yard: OrgUnit, sign_in: SignIn
    ) -> None:
        sent = {"name": "Dock", "parent": str(root.uid)} | data

        response = sign_in(lena).post(reverse("orgs:unit_new"), sent)

        assert response.status_code == 422
        assert len(units(lena)) == 2

    def test_a_place_that_is_none_is_refused(
        self, lena: Membership, yard: OrgUnit, hull: OrgUnit, sign_in: SignIn
    ) -> None:
        url = reverse("orgs:unit_place", args=[yard.uid])

        for parent in (str(hull.uid), "nonsense"):
            assert sign_in(lena).post(url, {"parent": parent}).status_code == 422

    def test_a_person_moves_and_holds_a_role_elsewhere(
        self, lena: Membership, omar: Membership, yard: OrgUnit, bergen: OrgUnit, sign_in: SignIn
    ) -> None:
        client = sign_in(lena)
        data = {"unit": str(yard.uid), "roles": [role("requester").pk], "order_limit": "", "month_limit": ""}
        client.post(reverse("orgs:member", args=[omar.uid]), data)
        client.post(
            reverse("orgs:role_elsewhere", args=[omar.uid]), {"role": role("approver").pk, "unit": str(bergen.uid)}
        )
        page = client.get(reverse("orgs:people")).content.decode()
        assert "Oslo yard" in page
        assert "Approver: Bergen" in page

        held = fresh(omar).elsewhere()[0]
        client.post(reverse("orgs:role_elsewhere_removal", args=[omar.uid, held.pk]))
        assert fresh(omar).elsewhere() == []
        assert fresh(omar).unit == yard

    def test_the_invited_come_to_the_chosen_unit(self, lena: Membership, bergen: OrgUnit, sign_in: SignIn) -> None:
        data = {"emails": "a@norrvik.example", "role": role("viewer").pk, "unit": str(bergen.uid), "order_limit": ""}

        sign_in(lena).post(reverse("orgs:invitations"), data)

        assert Invitation.objects.get().unit == bergen

    def test_a_manager_of_a_unit_opens_only_its_people(
        self, foreman: Membership, omar: Membership, norrvik: Organization, hull: OrgUnit, sign_in: SignIn
    ) -> None:
        kim = make_member(norrvik, "Kim", unit=hull)
        client = sign_in(foreman)

        page = client.get(reverse("orgs:people")).content.decode()

        assert reverse("orgs:member", args=[kim.uid]) in page
        assert reverse("orgs:member", args=[omar.uid]) not in page
        assert client.get(reverse("orgs:member", args=[kim.uid])).status_code == 200
        assert client.get(reverse("orgs:member", args=[omar.uid])).status_code == 403
        assert client.get(reverse("orgs:unit", args=[hull.uid])).status_code == 403
        assert client.get(reverse("orgs:unit_new")).status_code == 403
