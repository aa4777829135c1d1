from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.activity.models import Delivery, Event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.notifications.tasks import mail_invitation
from apps.orgs.actions.accept_invitation import InvitationGone, accept_invitation
from apps.orgs.actions.invite_members import InvitationsRefused, Offer, invite_members
from apps.orgs.actions.renew_invitation import renew_invitation
from apps.orgs.actions.revoke_invitation import revoke_invitation
from apps.orgs.models import Invitation, Membership, Role
from tests.factories import NOW, hear
from tests.refusals import refused

INES = "ines@norrvik.example"


def offer(actor: Membership, role: str = "requester") -> Offer:
    return Offer(Role.objects.get(code=role), actor.unit, Decimal(300))


def invite(actor: Membership, email: str = INES) -> Invitation:
    [invitation] = invite_members(actor=actor, emails=[email], offer=offer(actor), now=NOW)
    return invitation


class TestInviteMembers:
    def test_gives_each_address_its_own_invitation(self, lena: Membership) -> None:
        emails = [INES, "per@norrvik.example"]

        invitations = invite_members(actor=lena, emails=emails, offer=offer(lena), now=NOW)

        assert [invitation.email for invitation in invitations] == emails
        assert len({invitation.token for invitation in invitations}) == 2
        assert Event.objects.filter(name="orgs.member_invited").count() == 2
        assert Delivery.objects.filter(subscriber="apps.notifications.tasks.mail_invitation").count() == 2

    def test_all_or_none_are_invited(self, lena: Membership, omar: Membership) -> None:
        with refused(InvitationsRefused) as refusal:
            invite_members(actor=lena, emails=[INES, omar.user.email], offer=offer(lena), now=NOW)

        assert list(refusal.value.reasons) == [omar.user.email]

    def test_one_address_has_one_open_invitation(self, lena: Membership) -> None:
        invite(lena)

        with refused(InvitationsRefused):
            invite(lena, INES.upper())

    def test_an_expired_invitation_makes_room_for_a_new_one(self, lena: Membership) -> None:
        invite(lena)

        [again] = invite_members(actor=lena, emails=[INES], offer=offer(lena), now=NOW + timedelta(days=8))

        assert list(Invitation.objects.open()) == [again]

    def test_only_who_manages_people_may_invite(self, omar: Membership) -> None:
        with refused(NotAllowed):
            invite(omar)

    def test_the_token_is_stored_nowhere(self, lena: Membership) -> None:
        invitation = invite(lena)

        columns = {str(value) for value in Invitation.objects.values_list().get()}
        payloads = {str(event.payload) for event in Event.objects.all()}
        assert not any(invitation.token in text for text in columns | payloads)


class TestRenewInvitation:
    def test_sends_a_link_of_its_own_that_is_good_for_seven_days(self, lena: Membership) -> None:
        invitation = invite(lena)
        former, later = invitation.token, NOW + timedelta(days=6)

        renewed = renew_invitation(actor=lena, uid=invitation.uid, now=later)

        assert not renewed.is_opened_by(former, later)
        assert renewed.is_opened_by(renewed.token, later + timedelta(days=6))
        assert Delivery.objects.filter(event__name="orgs.invitation_renewed").count() == 1

    def test_is_refused_once_it_was_revoked(self, lena: Membership) -> None:
        invitation = invite(lena)
        revoke_invitation(actor=lena, uid=invitation.uid, now=NOW)

        with refused(IllegalTransition):
            renew_invitation(actor=lena, uid=invitation.uid, now=NOW + timedelta(days=1))

    def test_only_who_manages_people_may(self, lena: Membership, omar: Membership) -> None:
        invitation = invite(lena)

        with refused(NotAllowed):
            renew_invitation(actor=omar, uid=invitation.uid, now=NOW + timedelta(days=1))


class TestAcceptInvitation:
    def accept(self, invitation: Invitation, **options: Any) -> Membership:
        given = {"token": invitation.token, "now": NOW, "user": None, "name": "Ines", "password": "correct-horse"}
        return accept_invitation(invitation_id=invitation.pk, **{**given, **options})

    def test_makes_a_new_person_a_member_with_the_offered_role_and_limit(self, lena: Membership) -> None:
        joined = self.accept(invite(lena))

        assert joined.user.email == INES
        assert joined.user.emailaddress_set.get().verified
        assert [role.code for role in joined.roles()] == ["requester"]
        assert joined.order_limit == 300

    def test_works_once(self, lena: Membership) -> None:
        invitation = invite(lena)
        self.accept(invitation)

        with refused(InvitationGone):
            self.accept(invitation)

    @pytest.mark.parametrize("token", ["", "0" * 64])
    def test_refuses_another_token(self, lena: Membership, token: str) -> None:
        invitation = invite(lena)

        with refused(InvitationGone):
            self.accept(invitation, token=token)

    def test_refuses_after_seven_days(self, lena: Membership) -> None:
        invitation = invite(lena)

        with refused(InvitationGone):
            self.accept(invitation, now=NOW + timedelta(days=7))

    def test_refuses_when_revoked(self, lena: Membership) -> None:
        invitation = invite(lena)
        revoke_invitation(actor=lena, uid=invitation.uid, now=NOW)

        with refused(InvitationGone):
            self.accept(invitation)

    def test_refuses_somebody_else_who_is_signed_in(self, lena: Membership, gus: Membership) -> None:
        invitation = invite(lena)

        with refused(InvitationGone):
            self.accept(invitation, user=gus.user)

    def test_takes_over_no_account_without_signing_in(self, lena: Membership, gus: Membership) -> None:
        invitation = invite(lena, gus.user.email)

        with refused(InvitationGone):
            self.accept(invitation)

    def test_a_person_of_another_company_joins_with_the_same_account(self, lena: Membership, gus: Membership) -> None:
        joined = self.accept(invite(lena, gus.user.email), user=gus.user)

        assert joined.user == gus.user
        assert Membership.objects.filter(user=gus.user).count() == 2


class TestRevokeInvitation:
    def test_cannot_take_back_what_was_accepted(self, lena: Membership) -> None:
        invitation = invite(lena)
        Invitation.objects.update(state=Invitation.State.ACCEPTED)

        with refused(IllegalTransition):
            revoke_invitation(actor=lena, uid=invitation.uid, now=NOW)

    def test_another_company_does_not_find_it(self, lena: Membership, gus: Membership) -> None:
        invitation = invite(lena)

        with refused(Invitation.DoesNotExist):
            revoke_invitation(actor=gus, uid=invitation.uid, now=NOW)


class TestMail:
    def test_brings_the_link_once_however_often_the_event_comes(self, lena: Membership) -> None:
        invitation = invite(lena)
        delivery = Delivery.objects.get()

        for _time in range(3):
            hear(mail_invitation, delivery)

        [message] = mail.outbox
        assert message.to == [INES]
        assert reverse("orgs:invitation", args=[invitation.uid, invitation.token]) in message.body
        assert invitation.token in str(message.alternatives[0][0])

    def test_is_not_sent_for_a_revoked_invitation(self, lena: Membership) -> None:
        invitation = invite(lena)
        delivery = Delivery.objects.get()
        revoke_invitation(actor=lena, uid=invitation.uid, now=NOW)

        hear(mail_invitation, delivery)

        assert mail.outbox == []


class TestInvitationPage:
    def open_link(self, client: Client, invitation: Invitation, token: str = "") -> Any:
        return client.get(reverse("orgs:invitation", args=[invitation.uid, token or invitation.token]))

    @pytest.fixture
    def invitation(self, lena: Membership, monkeypatch: pytest.MonkeyPatch) -> Invitation:
        monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
        return invite(lena)

    def test_a_new_person_gives_name_and_password_and_is_in(self, invitation: Invitation) -> None:
        client = Client()
        page = self.open_link(client, invitation)

        response = client.post(page.request["PATH_INFO"], {"name": "Ines", "password": "correct-horse-9"})

        assert "Norrvik Shipyard" in page.content.decode()
        assert response.status_code == 303
        assert "Ines" in client.get("/").content.decode()

    def test_a_weak_password_is_refused_and_the_name_stays(self, invitation: Invitation) -> None:
        client = Client()

        response = client.post(
            reverse("orgs:invitation", args=[invitation.uid, invitation.token]), {"name": "Ines", "password": "short"}
        )

        assert response.status_code == 422
        assert 'value="Ines"' in response.content.decode()
        assert Invitation.objects.open().exists()

    def test_every_link_that_opens_nothing_gets_one_answer_without_a_name(self, invitation: Invitation) -> None:
        wrong = self.open_link(Client(), invitation, "0" * 64)
        Invitation.objects.update(state=Invitation.State.ACCEPTED)
        used = self.open_link(Client(), invitation)

        assert wrong.status_code == used.status_code == 404
        for page in (wrong, used):
            assert "Norrvik" not in page.content.decode()
            assert INES not in page.content.decode()

    def test_who_has_an_account_signs_in_first(self, invitation: Invitation, gus: Membership) -> None:
        Invitation.objects.update(email=gus.user.email)
        invitation.refresh_from_db()

        response = self.open_link(Client(), invitation)

        assert response.status_code == 303
        assert response["Location"].startswith(reverse("account_login"))
