"""Rules of approval stand in an order that people can change."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.activity.models import Event
from apps.approvals.actions.end_policy import end_policy
from apps.approvals.actions.move_policy import move_policy
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.models import Policy
from apps.approvals.queries import policies_of
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orgs.models import Membership, Organization
from tests.factories import NOW, SYSTEM
from tests.refusals import refused

SignIn = Callable[[Any], Client]


@pytest.fixture
def policies(norrvik: Organization, dana: Membership) -> list[Policy]:
    steps = [{"kind": "member", "member": dana.pk}]
    return [
        save_policy(actor=SYSTEM, organization=norrvik, terms=PolicyTerms("amount", Decimal(over), steps), now=NOW)
        for over in (1, 2, 3)
    ]


def order(company: Organization) -> list[int]:
    return [int(version.over or 0) for _policy, version in policies_of(company).rows]


def test_a_rule_goes_up_and_down(norrvik: Organization, lena: Membership, policies: list[Policy]) -> None:
    move_policy(actor=lena, uid=policies[2].uid, by=-1, now=NOW)
    assert order(norrvik) == [1, 3, 2]

    move_policy(actor=lena, uid=policies[0].uid, by=1, now=NOW)
    assert order(norrvik) == [3, 1, 2]
    assert Event.objects.filter(name="approvals.policy_moved").count() == 2


def test_ended_rules_are_not_in_the_way(norrvik: Organization, lena: Membership, policies: list[Policy]) -> None:
    end_policy(actor=lena, uid=policies[1].uid, now=NOW)

    move_policy(actor=lena, uid=policies[2].uid, by=-1, now=NOW)

    assert order(norrvik) == [3, 1]


def test_not_beyond_the_ends(lena: Membership, policies: list[Policy]) -> None:
    ended = end_policy(actor=lena, uid=policies[1].uid, now=NOW)

    for policy, by in ((policies[0], -1), (policies[2], 1), (ended, 1)):
        with refused(IllegalTransition):
            move_policy(actor=lena, uid=policy.uid, by=by, now=NOW)


def test_nobody_else_may(mira: Membership, gus: Membership, policies: list[Policy]) -> None:
    with refused(NotAllowed):
        move_policy(actor=mira, uid=policies[0].uid, by=1, now=NOW)
    with refused(IllegalTransition):
        move_policy(actor=gus, uid=policies[0].uid, by=1, now=NOW)


def test_buttons_move_it(norrvik: Organization, lena: Membership, policies: list[Policy], sign_in: SignIn) -> None:
    client, url = sign_in(lena), reverse("approvals:policy_place", args=[policies[1].uid])
    assert url in client.get(reverse("approvals:policies")).content.decode()

    assert client.post(url, {"to": "up"}).status_code == 303
    assert client.post(url, {"to": "up"}).status_code == 303
    assert client.post(url, {"to": "sideways"}).status_code == 404

    assert order(norrvik) == [2, 1, 3]


def test_trying_an_amount_that_is_none_says_so(lena: Membership, sign_in: SignIn) -> None:
    client, url = sign_in(lena), reverse("approvals:policy_try")
    asked = {"person": lena.pk, "amount": "abc"}

    for headers in ({}, {"HX-Request": "true"}):
        html = client.get(url, asked, headers=headers).content.decode()
        assert html.count("p-err") == 1
