from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from apps.orders.actions import open_cart as opening
from apps.orders.actions.open_cart import open_cart
from apps.orders.models import Cart
from apps.orgs.actions import accept_invitation as accepting
from apps.orgs.actions import move_unit as moving
from apps.orgs.actions import save_unit as saving
from apps.orgs.actions import suspend_member as suspending
from apps.orgs.actions.accept_invitation import InvitationGone, accept_invitation
from apps.orgs.actions.change_member import LastAdmin
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.actions.move_unit import UnitInItself, move_unit
from apps.orgs.actions.remove_role import RoleInUse, remove_role
from apps.orgs.actions.remove_unit import UnitInUse, remove_unit
from apps.orgs.actions.save_role import save_role
from apps.orgs.actions.save_unit import NameTaken, save_unit
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.models import Invitation, Membership, OrgUnit, Role, RoleAssignment
from apps.orgs.models.people import InvitationQuerySet
from tests.factories import NOW, OrganizationFactory, make_member

AtOnce = Callable[..., list[Any]]


def fresh(pk: int) -> Membership:
    return Membership.objects.select_related("organization", "user", "unit").get(pk=pk)


@pytest.fixture
def two_admins(transactional_db: None) -> list[Membership]:
    company = OrganizationFactory(legal_name="Norrvik Shipyard")
    return [fresh(make_member(company, name, "admin").pk) for name in ("Lena", "Per")]


class TestLastAdmin:
    def both_leave(self, two_admins: list[Membership], at_once: AtOnce) -> list[Any]:
        return at_once(*(lambda one=one: suspend_member(actor=one, uid=one.uid, now=NOW) for one in two_admins))

    @pytest.fixture(autouse=True)
    def slowly(self, pause_after: Any) -> None:
        pause_after(suspending, "admins_besides")

    def test_two_admins_who_leave_at_once_cannot_both(self, two_admins: list[Membership], at_once: AtOnce) -> None:
        results = self.both_leave(two_admins, at_once)

        assert [type(result) for result in results].count(LastAdmin) == 1
        assert Membership.objects.active().count() == 1

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_lock_nobody_is_left(self, two_admins: list[Membership], at_once: AtOnce) -> None:
        self.both_leave(two_admins, at_once)

        assert Membership.objects.active().count() == 0


class TestInvitation:
    @pytest.fixture
    def invitation(self, two_admins: list[Membership]) -> Invitation:
        offer = Offer(Role.objects.get(code="buyer"), two_admins[0].unit, None)
        [invitation] = invite_members(actor=two_admins[0], emails=["ines@norrvik.example"], offer=offer, now=NOW)
        return invitation

    def accept_ten_times(self, invitation: Invitation, at_once: AtOnce) -> list[Any]:
        token = invitation.token
        call = lambda: accept_invitation(  # noqa: E731
            invitation_id=invitation.pk, token=token, now=NOW, user=None, name="Ines", password="correct-horse"
        )
        return at_once(*[call] * 10)

    def test_one_link_opened_ten_times_at_once_makes_one_member(self, invitation: Invitation, at_once: AtOnce) -> None:
        results = self.accept_ten_times(invitation, at_once)

        assert [type(result) for result in results].count(Membership) == 1
        assert [type(result) for result in results].count(InvitationGone) == 9
        assert Membership.objects.filter(user__email="ines@norrvik.example").count() == 1

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_lock_the_friendly_refusal_is_missing(
        self, invitation: Invitation, at_once: AtOnce, pause_after: Any
    ) -> None:
        """The unique e-mail still stands: then it is the database that refuses, not the action."""
        # Between looking for the account and making it: nobody sees it before it is committed.
        pause_after(accepting, "create_person", 1.0)
        results = self.accept_ten_times(invitation, at_once)

        assert [type(result) for result in results].count(InvitationGone) < 9
        assert Membership.objects.filter(user__email="ines@norrvik.example").count() == 1


class TestRoleOfAnInvitation:
    """An invitation is accepted in its last moment, while the role that it names is taken away."""

    @pytest.fixture
    def both(self, two_admins: list[Membership], at_once: AtOnce, pause_after: Any) -> Callable[[], list[Any]]:
        actor = two_admins[0]
        role = save_role(actor=actor, name="Reader", grants={"orders.view": "organization"}, now=NOW)
        offer = Offer(role, actor.unit, None)
        [invitation] = invite_members(actor=actor, emails=["ines@norrvik.example"], offer=offer, now=NOW)
        # The role goes after the invitation was read and before the member is written.
        pause_after(InvitationQuerySet, "visible_to", 0.5)
        pause_after(Invitation, "is_opened_by", 1.5)
        return lambda: at_once(
            lambda: accept_invitation(
                invitation_id=invitation.pk, token=invitation.token, now=invitation.expires_at - timedelta(seconds=1),
                user=None, name="Ines", password="correct-horse",
            ),
            lambda: remove_role(actor=actor, code=role.code, now=invitation.expires_at),
        )  # fmt: skip

    def test_either_the_member_has_it_or_it_is_gone(self, both: Callable[[], list[Any]]) -> None:
        results = both()

        assert [type(result) for result in results] in ([Membership, RoleInUse], [InvitationGone, Role])

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_locks_the_database_refuses_the_member(self, both: Callable[[], list[Any]]) -> None:
        joined, _removed = both()

        assert isinstance(joined, IntegrityError)


class TestUnits:
    """treebeard locks the parent of a new child itself; what stands beside and below is for the company's lock."""

    @pytest.fixture
    def add_five(self, two_admins: list[Membership], at_once: AtOnce, pause_after: Any) -> Callable[[], list[Any]]:
        root = OrgUnit.objects.get()
        pause_after(saving, "check_name")
        call = lambda: save_unit(actor=two_admins[0], name="Dock", parent_uid=root.uid, now=NOW)  # noqa: E731
        return lambda: at_once(*[call] * 5)

    @pytest.fixture
    def swap(self, two_admins: list[Membership], at_once: AtOnce, pause_after: Any) -> Callable[[], list[Any]]:
        actor, root = two_admins[0], OrgUnit.objects.get()
        yard, dock = (save_unit(actor=actor, name=name, parent_uid=root.uid, now=NOW) for name in ("Yard", "Dock"))
        pause_after(moving, "check_name")
        return lambda: at_once(
            lambda: move_unit(actor=actor, uid=yard.uid, parent_uid=dock.uid, now=NOW),
            lambda: move_unit(actor=actor, uid=dock.uid, parent_uid=yard.uid, now=NOW),
        )

    def test_five_of_one_name_added_at_once_are_one(self, add_five: Callable[[], list[Any]]) -> None:
        results = add_five()

        assert [type(result) for result in results].count(NameTaken) == 4
        assert OrgUnit.objects.get(depth=1).numchild == 1

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_lock_there_are_five(self, add_five: Callable[[], list[Any]]) -> None:
        add_five()

        assert OrgUnit.objects.get(depth=1).numchild == 5

    def test_two_units_put_below_each_other_at_once_stay_a_tree(self, swap: Callable[[], list[Any]]) -> None:
        results = swap()

        assert [type(result) for result in results].count(UnitInItself) == 1
        assert OrgUnit.objects.find_problems() == ([], [], [], [], [])

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_lock_neither_is_refused_by_the_action(self, swap: Callable[[], list[Any]]) -> None:
        """Whichever comes first, the tree breaks or treebeard notices: neither is an answer for a person."""
        results = swap()

        assert [type(result) for result in results].count(UnitInItself) == 0


class TestUnitInUse:
    """A unit is taken away at the moment in which somebody who is still on a page of it makes a cart there."""

    @pytest.fixture
    def both(self, two_admins: list[Membership], at_once: AtOnce, pause_after: Any) -> Callable[[], list[Any]]:
        actor, root = two_admins[0], OrgUnit.objects.get()
        yard = save_unit(actor=actor, name="Yard", parent_uid=root.uid, now=NOW)
        buyer = make_member(actor.organization, "Mira", "buyer", unit=yard)
        Membership.objects.filter(pk=buyer.pk).update(unit=root)
        RoleAssignment.objects.filter(membership=buyer).update(unit=root)
        pause_after(OrgUnit, "is_leaf", 0.1)
        pause_after(opening, "make_cart", 0.3)
        return lambda: at_once(
            lambda: remove_unit(actor=actor, uid=yard.uid, now=NOW), lambda: open_cart(actor=buyer, now=NOW)
        )

    def test_it_stays(self, both: Callable[[], list[Any]]) -> None:
        removed, cart = both()

        assert isinstance(removed, UnitInUse)
        assert isinstance(cart, Cart)
        assert OrgUnit.objects.filter(pk=cart.unit_id).exists()

    def test_control_without_the_constraint_the_cart_belongs_nowhere(
        self, both: Callable[[], list[Any]], without_constraint: Any
    ) -> None:
        without_constraint(Cart, "cart_unit_tenant")

        removed, cart = both()

        assert isinstance(removed, OrgUnit)
        assert not OrgUnit.objects.filter(pk=cart.unit_id).exists()
