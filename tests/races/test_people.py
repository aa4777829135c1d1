from collections.abc import Callable
from typing import Any

import pytest

from apps.orgs.actions import suspend_member as suspending
from apps.orgs.actions.accept_invitation import InvitationGone, accept_invitation
from apps.orgs.actions.change_member import LastAdmin
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.models import Invitation, Membership, Role
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
        self, invitation: Invitation, at_once: AtOnce
    ) -> None:
        """The unique e-mail still stands: then it is the database that refuses, not the action."""
        results = self.accept_ten_times(invitation, at_once)

        assert [type(result) for result in results].count(InvitationGone) < 9
        assert Membership.objects.filter(user__email="ines@norrvik.example").count() == 1
