from dataclasses import replace
from decimal import Decimal

import pytest

from apps.activity.models import Event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.core.permissions import Reach
from apps.orgs.actions.assign_role import assign_role
from apps.orgs.actions.change_member import LastAdmin, Terms, change_member
from apps.orgs.actions.restore_member import restore_member
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.builtin import GRANTS
from apps.orgs.models import Membership, Organization, OrgUnit, Role, RoleAssignment, RoleGrant
from tests.factories import NOW, make_member
from tests.refusals import refused


def roles(*codes: str) -> frozenset[Role]:
    return frozenset(Role.objects.filter(code__in=codes))


def terms(*codes: str) -> Terms:
    return Terms(roles=roles(*codes), order_limit=Decimal(500), month_limit=None, approver=None)


def fresh(membership: Membership) -> Membership:
    return Membership.objects.select_related("organization", "user", "unit").get(pk=membership.pk)


class TestChangeMember:
    def test_sets_roles_limits_and_approver(self, lena: Membership, omar: Membership, mira: Membership) -> None:
        change_member(actor=lena, uid=omar.uid, terms=replace(terms("buyer", "finance"), approver=mira), now=NOW)

        changed = fresh(omar)
        assert {role.code for role in changed.roles()} == {"buyer", "finance"}
        assert (changed.order_limit, changed.month_limit, changed.approver) == (500, None, mira)

    def test_is_seen_at_the_next_request(self, lena: Membership, omar: Membership) -> None:
        version = fresh(omar).organization.version

        change_member(actor=lena, uid=omar.uid, terms=terms("admin"), now=NOW)

        assert fresh(omar).organization.version > version
        assert fresh(omar).may("company.people")

    def test_only_who_manages_people_may(self, mira: Membership, omar: Membership) -> None:
        with refused(NotAllowed):
            change_member(actor=mira, uid=omar.uid, terms=terms("admin"), now=NOW)

    def test_the_last_admin_cannot_give_the_role_away(self, lena: Membership) -> None:
        with refused(LastAdmin):
            change_member(actor=lena, uid=lena.uid, terms=terms("buyer"), now=NOW)

    def test_an_admin_beside_another_can(self, lena: Membership, omar: Membership) -> None:
        change_member(actor=lena, uid=omar.uid, terms=terms("admin"), now=NOW)

        change_member(actor=lena, uid=lena.uid, terms=terms("buyer"), now=NOW)

        assert not fresh(lena).may("company.people")

    def test_a_suspended_admin_does_not_count(self, lena: Membership, omar: Membership) -> None:
        change_member(actor=lena, uid=omar.uid, terms=terms("admin"), now=NOW)
        suspend_member(actor=lena, uid=omar.uid, now=NOW)

        with refused(LastAdmin):
            change_member(actor=lena, uid=lena.uid, terms=terms("buyer"), now=NOW)

    def test_somebody_who_manages_people_of_a_unit_gives_no_more_than_they_have(
        self, norrvik: Organization, omar: Membership
    ) -> None:
        role = Role.objects.create(organization=norrvik, code="hr", name="HR")
        role.grants.create(permission="company.people", scope=RoleGrant.Scope.UNIT)
        for code in GRANTS["buyer"]:
            role.grants.create(permission=code, scope=RoleGrant.Scope.ORGANIZATION)
        hr = make_member(norrvik, "Eva")
        RoleAssignment.objects.create(organization=norrvik, membership=hr, unit=hr.unit, role=role)

        with refused(NotAllowed):
            change_member(actor=hr, uid=omar.uid, terms=terms("admin"), now=NOW)
        change_member(actor=hr, uid=omar.uid, terms=terms("buyer"), now=NOW)

        assert [held.code for held in fresh(omar).roles()] == ["buyer"]

    def test_another_company_finds_nobody(self, gus: Membership, omar: Membership) -> None:
        with refused(Membership.DoesNotExist):
            change_member(actor=gus, uid=omar.uid, terms=terms("admin"), now=NOW)


class TestAssignRole:
    def test_replaces_what_the_person_is_at_home_and_nothing_else(
        self, lena: Membership, omar: Membership, mira: Membership
    ) -> None:
        change_member(actor=lena, uid=omar.uid, terms=replace(terms("buyer", "finance"), approver=mira), now=NOW)

        assign_role(actor=lena, uid=omar.uid, role=Role.objects.get(code="approver"), now=NOW)

        changed = fresh(omar)
        assert [role.code for role in changed.roles()] == ["approver"]
        assert (changed.order_limit, changed.month_limit, changed.approver) == (500, None, mira)
        assert Event.objects.filter(name="orgs.member_changed").latest("pk").payload["approver"] == "Mira"

    def test_the_last_admin_stays(self, lena: Membership) -> None:
        with refused(LastAdmin):
            assign_role(actor=lena, uid=lena.uid, role=Role.objects.get(code="buyer"), now=NOW)

    def test_only_who_manages_people_may(self, mira: Membership, omar: Membership) -> None:
        with refused(NotAllowed):
            assign_role(actor=mira, uid=omar.uid, role=Role.objects.get(code="admin"), now=NOW)

    def test_another_company_finds_nobody(self, gus: Membership, omar: Membership) -> None:
        with refused(Membership.DoesNotExist):
            assign_role(actor=gus, uid=omar.uid, role=Role.objects.get(code="admin"), now=NOW)


class TestSuspendMember:
    def test_takes_the_person_out(self, lena: Membership, omar: Membership) -> None:
        suspend_member(actor=lena, uid=omar.uid, now=NOW)

        assert not Membership.objects.active().filter(pk=omar.pk).exists()

    def test_the_last_admin_stays(self, lena: Membership) -> None:
        with refused(LastAdmin):
            suspend_member(actor=lena, uid=lena.uid, now=NOW)

    def test_twice_is_refused(self, lena: Membership, omar: Membership) -> None:
        suspend_member(actor=lena, uid=omar.uid, now=NOW)

        with refused(IllegalTransition):
            suspend_member(actor=lena, uid=omar.uid, now=NOW)

    def test_restoring_brings_back_the_same_roles(self, lena: Membership, omar: Membership) -> None:
        suspend_member(actor=lena, uid=omar.uid, now=NOW)

        restore_member(actor=lena, uid=omar.uid, now=NOW)

        assert [role.code for role in fresh(omar).roles()] == ["requester"]
        assert Membership.objects.active().filter(pk=omar.pk).exists()

    def test_nobody_else_may(self, mira: Membership, omar: Membership) -> None:
        for action in (suspend_member, restore_member):
            with refused(NotAllowed):
                action(actor=mira, uid=omar.uid, now=NOW)


class TestGrants:
    @pytest.fixture
    def units(self, norrvik: Organization) -> dict[str, OrgUnit]:
        root = OrgUnit.objects.get(organization=norrvik)
        yard = OrgUnit.objects.add_child(root, {"organization": norrvik, "name": "Oslo yard"})
        hull = OrgUnit.objects.add_child(yard, {"organization": norrvik, "name": "Hull workshop"})
        bergen = OrgUnit.objects.add_child(root, {"organization": norrvik, "name": "Bergen"})
        return {"root": root, "yard": yard, "hull": hull, "bergen": bergen}

    @pytest.mark.parametrize(
        ("scope", "reached"),
        [("own", None), ("unit", {"yard"}), ("subtree", {"yard", "hull"}), ("organization", "all")],
    )
    def test_reach_as_far_as_their_scope_from_the_unit_of_the_role(
        self, norrvik: Organization, units: dict[str, OrgUnit], scope: str, reached: object
    ) -> None:
        role = Role.objects.create(organization=norrvik, code="lead", name="Lead")
        role.grants.create(permission="company.view", scope=scope)
        member = make_member(norrvik, "Eva")
        RoleAssignment.objects.create(organization=norrvik, membership=member, unit=units["yard"], role=role)

        reach = fresh(member).grants["company.view"]

        if reached is None:
            assert reach == Reach(own=True)
        elif reached == "all":
            assert reach == Reach(everywhere=True)
        else:
            assert reach == Reach(unit_ids=frozenset(units[name].pk for name in reached))

    def test_two_roles_add_up(self, norrvik: Organization) -> None:
        member = make_member(norrvik, "Eva", "finance", "admin")

        assert set(fresh(member).grants) == {*GRANTS["admin"], *GRANTS["finance"]}
