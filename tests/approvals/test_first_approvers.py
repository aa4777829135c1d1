"""Who decides first about an order above a person's own limit: what the people page says beside the limit."""

from decimal import Decimal

import pytest

from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.queries import first_approvers
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.models import Membership, Organization
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, make_member


def names(company: Organization, *people: Membership) -> dict[str, str]:
    labels = {person.pk: person.label for person in people}
    return {labels[pk]: name for pk, name in first_approvers(company, people).items()}


@pytest.fixture
def people(norrvik: Organization, mira: Membership, dana: Membership) -> list[Membership]:
    """Omar orders up to 1,000 and asks Mira; Eva orders what she likes."""
    omar = make_member(norrvik, "Omar", "requester", order_limit=1000, approver=mira)
    return [omar, mira, dana, make_member(norrvik, "Eva", "buyer")]


def test_it_is_their_approver_and_nobody_without_a_limit(norrvik: Organization, people: list[Membership]) -> None:
    assert names(norrvik, *people) == {"Omar": "Mira", "Mira": "Dana"}


def test_a_rule_comes_first_where_it_says_so(norrvik: Organization, people: list[Membership]) -> None:
    dana = people[2]
    for condition, step in (("amount", {"kind": "member", "member": dana.pk}), ("own_limit", {"kind": "approver"})):
        terms = PolicyTerms(condition, Decimal(500) if condition == "amount" else None, [step])
        save_policy(actor=SYSTEM, organization=norrvik, terms=terms, now=NOW)

    assert names(norrvik, people[0]) == {"Omar": "Dana"}


def test_nobody_stands_beside_the_suspended(norrvik: Organization, people: list[Membership], lena: Membership) -> None:
    suspend_member(actor=lena, uid=people[0].uid, now=NOW)

    assert names(norrvik, people[0]) == {}


def test_takes_as_many_statements_for_30_people_as_for_3(
    norrvik: Organization, people: list[Membership], statements: Statements
) -> None:
    few = statements(lambda: first_approvers(norrvik, people[:3]))
    many = [make_member(norrvik, f"Person{n}", "requester", order_limit=10, approver=people[1]) for n in range(30)]

    assert statements(lambda: first_approvers(norrvik, many)) == few <= 5
