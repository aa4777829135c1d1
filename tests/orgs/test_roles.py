from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.activity.models import Event
from apps.core.errors import NotAllowed
from apps.core.permissions import REGISTRY
from apps.orgs.actions.accept_invitation import accept_invitation
from apps.orgs.actions.change_member import LastAdmin
from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.actions.remove_role import RoleInUse, remove_role
from apps.orgs.actions.revoke_invitation import revoke_invitation
from apps.orgs.actions.save_role import RoleImpossible, RoleNameTaken, TooManyRoles, save_role
from apps.orgs.actions.take_role import take_role
from apps.orgs.builtin import GRANTS
from apps.orgs.models import Invitation, Membership, Role
from apps.orgs.rules import scopes_of
from tests.factories import NOW, PASSWORD
from tests.refusals import refused

SignIn = Callable[[Any], Client]
READS = {"company.view": "organization", "orders.view": "subtree"}
RULES_ALL = {"company.people": "organization", "company.view": "organization"}


def fresh(membership: Membership) -> Membership:
    return Membership.objects.select_related("organization", "user", "unit").get(pk=membership.pk)


def grants_of(role: Role) -> dict[str, str]:
    return dict(role.grants.values_list("permission", "scope"))


@pytest.fixture
def reader(lena: Membership) -> Role:
    return save_role(actor=lena, name="Reader", grants=READS, now=NOW)


class TestSaveRole:
    def test_adds_one(self, lena: Membership, reader: Role) -> None:
        assert grants_of(reader) == READS
        assert reader.organization == lena.organization
        assert Event.objects.filter(name="orgs.role_saved", payload__role="Reader").exists()

    def test_changes_it_for_all_who_hold_it(self, lena: Membership, omar: Membership, reader: Role) -> None:
        give_role(actor=lena, uid=omar.uid, role=reader, unit=omar.unit, now=NOW)

        save_role(actor=lena, code=reader.code, name="Log reader", grants={"company.log": "organization"}, now=NOW)

        assert fresh(omar).may("company.log")
        assert Role.objects.get(pk=reader.pk).name == "Log reader"

    @pytest.mark.parametrize(
        "grants", [{}, {"nonsense": "organization"}, {"catalog.view": "own"}, {"company.people": "own"}]
    )
    def test_refuses_what_means_nothing(self, grants: dict[str, str], lena: Membership, reader: Role) -> None:
        with refused(RoleImpossible):
            save_role(actor=lena, code=reader.code, name="Reader", grants=grants, now=NOW)

    def test_has_a_name_of_its_own(self, lena: Membership, gus: Membership, reader: Role) -> None:
        for name in ("reader", "Buyer"):
            with refused(RoleNameTaken):
                save_role(actor=lena, name=name, grants=READS, now=NOW)
        save_role(actor=gus, name="Reader", grants=READS, now=NOW)

        assert Role.objects.filter(name="Reader").count() == 2

    def test_a_company_has_so_many(self, lena: Membership, reader: Role, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("apps.orgs.actions.save_role.MOST_ROLES", 1)

        with refused(TooManyRoles):
            save_role(actor=lena, name="Another", grants=READS, now=NOW)

    def test_somebody_always_manages_everybody(self, lena: Membership) -> None:
        chief = save_role(actor=lena, name="Chief", grants=RULES_ALL, now=NOW)
        give_role(actor=lena, uid=lena.uid, role=chief, unit=lena.unit, now=NOW)
        take_role(actor=lena, uid=lena.uid, assignment_id=lena.assignments.get(role__code="admin").pk, now=NOW)

        with refused(LastAdmin):
            save_role(actor=fresh(lena), code=chief.code, name="Chief", grants=READS, now=NOW)

    def test_only_who_manages_everybody_may(self, lena: Membership, mira: Membership, reader: Role) -> None:
        part = save_role(actor=lena, name="Foreman", grants={"company.people": "subtree"}, now=NOW)
        give_role(actor=lena, uid=mira.uid, role=part, unit=mira.unit, now=NOW)
        foreman = fresh(mira)

        for call in (
            lambda: save_role(actor=foreman, name="Chief", grants=RULES_ALL, now=NOW),
            lambda: save_role(actor=foreman, code=part.code, name="Foreman", grants=RULES_ALL, now=NOW),
            lambda: remove_role(actor=foreman, code=reader.code, now=NOW),
        ):
            with refused(NotAllowed):
                call()

    def test_neither_a_built_in_role_nor_that_of_others(self, lena: Membership, gus: Membership, reader: Role) -> None:
        for actor, code in ((lena, "viewer"), (gus, reader.code)):
            with refused(Role.DoesNotExist):
                save_role(actor=actor, code=code, name="Chief", grants=RULES_ALL, now=NOW)
            with refused(Role.DoesNotExist):
                remove_role(actor=actor, code=code, now=NOW)


class TestRemoveRole:
    def test_takes_it_away(self, lena: Membership, reader: Role) -> None:
        remove_role(actor=lena, code=reader.code, now=NOW)

        assert not Role.objects.filter(organization=lena.organization).exists()

    def test_not_while_somebody_has_it(self, lena: Membership, omar: Membership, reader: Role) -> None:
        give_role(actor=lena, uid=omar.uid, role=reader, unit=omar.unit, now=NOW)

        with refused(RoleInUse):
            remove_role(actor=lena, code=reader.code, now=NOW)

    def test_only_an_open_invitation_to_it_is_in_the_way(self, lena: Membership, reader: Role) -> None:
        offer = Offer(reader, lena.unit, None)
        accepted, revoked, expired, sent = (
            invite_members(actor=lena, emails=[f"{name}@norrvik.example"], offer=offer, now=NOW)[0]
            for name in ("ines", "rut", "kari", "tor")
        )
        joined = accept_invitation(
            invitation_id=accepted.pk, token=accepted.token, user=None, name="Ines", password=PASSWORD, now=NOW
        )
        [assignment] = joined.assignments.all()
        take_role(actor=lena, uid=joined.uid, assignment_id=assignment.pk, now=NOW)
        revoke_invitation(actor=lena, uid=revoked.uid, now=NOW)
        Invitation.objects.filter(pk=expired.pk).update(expires_at=NOW)
        with refused(RoleInUse):
            remove_role(actor=lena, code=reader.code, now=NOW)

        revoke_invitation(actor=lena, uid=sent.uid, now=NOW)
        remove_role(actor=lena, code=reader.code, now=NOW)

        assert set(Invitation.objects.values_list("role", "former_role")) == {(None, reader.name)}


def test_built_in_roles_reach_only_as_far_as_their_rights_can() -> None:
    for grants in GRANTS.values():
        for permission, scope in grants.items():
            assert scope in scopes_of(permission)


class TestPages:
    def test_tell_what_each_role_may_in_words(self, omar: Membership, reader: Role, sign_in: SignIn) -> None:
        page = sign_in(omar).get(reverse("orgs:roles")).content.decode()

        assert "See orders (Unit and below)" in page
        assert "Invite people and change their roles and limits" in page
        assert reverse("orgs:role", args=[reader.code]) not in page

    def test_runs_as_many_statements_for_many_roles(
        self, lena: Membership, reader: Role, sign_in: SignIn, statements: Any
    ) -> None:
        client = sign_in(lena)
        url = reverse("orgs:roles")
        client.get(url)
        few = statements(lambda: client.get(url))
        for number in range(8):
            save_role(actor=lena, name=f"Role {number}", grants=READS, now=NOW)

        assert statements(lambda: client.get(url)) == few

    def test_a_role_is_added_changed_and_removed(self, lena: Membership, sign_in: SignIn) -> None:
        client = sign_in(lena)
        nothing = dict.fromkeys(REGISTRY, "no")
        assert client.post(reverse("orgs:role_new"), {"name": "Reader", **nothing, **READS}).status_code == 303
        role = Role.objects.get(name="Reader")
        url = reverse("orgs:role", args=[role.code])
        assert 'value="subtree" selected' in client.get(url).content.decode()

        client.post(url, {"name": "Reader 2", **nothing, "company.view": "organization"})
        assert grants_of(role) == {"company.view": "organization"}
        assert "Reader 2" in client.get(reverse("orgs:roles")).content.decode()

        client.post(reverse("orgs:role_removal", args=[role.code]))
        assert not Role.objects.filter(pk=role.pk).exists()

    @pytest.mark.parametrize("data", [{"name": ""}, {"name": "Buyer"}, {"company.view": "own"}, {"company.view": "no"}])
    def test_a_refused_role_is_shown_again(self, data: dict[str, str], lena: Membership, sign_in: SignIn) -> None:
        sent = dict.fromkeys(REGISTRY, "no") | {"name": "Reader", "company.view": "organization"} | data

        response = sign_in(lena).post(reverse("orgs:role_new"), sent)

        assert response.status_code == 422
        assert not Role.objects.filter(organization=lena.organization).exists()

    def test_one_in_use_is_not_removed(self, lena: Membership, omar: Membership, reader: Role, sign_in: SignIn) -> None:
        give_role(actor=lena, uid=omar.uid, role=reader, unit=omar.unit, now=NOW)

        response = sign_in(lena).post(reverse("orgs:role_removal", args=[reader.code]))

        assert response.status_code == 422
        assert "Only a role that nobody has" in response.content.decode()

    def test_every_right_can_be_chosen(self, lena: Membership, sign_in: SignIn) -> None:
        page = sign_in(lena).get(reverse("orgs:role_new")).content.decode()

        for code in REGISTRY:
            assert f'name="{code}"' in page
