"""Who has to sign off an order."""

from decimal import Decimal
from typing import Any

import pytest

from apps.approvals.rules import Person, PolicyFacts, Reason, Route, route

D = Decimal
TOMAS, DANA, MIRA, OMAR, INES = range(1, 6)


def person(number: int, name: str, limit: int | None, approver: int | None, *roles: str) -> Person:
    decides = bool({"approver", "finance"} & set(roles))
    return Person(number, name, None if limit is None else D(limit), approver, frozenset(roles), decides)


PEOPLE = {
    row.id: row
    for row in (
        person(TOMAS, "Tomas", None, None, "finance"),
        person(DANA, "Dana", 20_000, TOMAS, "approver"),
        person(MIRA, "Mira", 5_000, DANA, "buyer", "approver"),
        person(OMAR, "Omar", 1_000, MIRA, "requester"),
        person(INES, "Ines", 300, None, "requester"),
    )
}
OWN = PolicyFacts(1, "own_limit", None, ({"kind": "approver"},))
ABOVE_2000 = PolicyFacts(2, "amount", D(2_000), ({"kind": "member", "member": DANA},))
ABOVE_5000 = PolicyFacts(
    3, "amount", D(5_000), ({"kind": "member", "member": DANA}, {"kind": "role", "role": "finance"})
)
RULES = [OWN, ABOVE_2000, ABOVE_5000]


def way(who: int, amount: str, policies: list[PolicyFacts] | None = None, **facts: Any) -> Route:
    people = facts.pop("people", PEOPLE)
    return route(
        requester=people[who],
        people=people,
        policies=RULES if policies is None else policies,
        goods_net=D(amount),
        month_left=facts.pop("month_left", None),
    )


def names(found: Route) -> list[list[str]]:
    return [[PEOPLE[person].name for person in step.people] for step in found.steps]


@pytest.mark.parametrize(
    ("who", "amount", "expected"),
    [
        (OMAR, "1000", []),
        (OMAR, "1000.01", [["Mira"]]),
        (OMAR, "2000.01", [["Mira"], ["Dana"]]),
        (OMAR, "5000.01", [["Mira"], ["Dana"], ["Tomas"]]),
        (MIRA, "2000", []),
        (MIRA, "2184.60", [["Dana"]]),
        (MIRA, "6000", [["Dana"], ["Tomas"]]),
        (DANA, "3000", [["Tomas"]]),  # her own step goes upward
        (DANA, "6000", [["Tomas"]]),  # and he decides once
    ],
)
def test_every_rule_that_fires_adds_its_steps_in_order(who: int, amount: str, expected: list[list[str]]) -> None:
    assert names(way(who, amount)) == expected


def test_one_person_appears_once_at_the_latest_step_with_all_reasons() -> None:
    (_mira, dana, _tomas) = way(OMAR, "6000").steps

    assert dana.people == (DANA,)
    assert [reason.figure for reason in dana.reasons] == ["2000", "5000"]


def test_limits_hold_without_any_rule() -> None:
    assert names(way(OMAR, "1500", [])) == [["Mira"]]
    assert way(OMAR, "1500", []).steps[0].reasons == (Reason("order_limit", "1000"),)


def test_the_month_goes_the_same_way() -> None:
    found = way(MIRA, "400", month_left=D(300))

    assert names(found) == [["Dana"]]
    assert found.steps[0].reasons == (Reason("month_limit", "300", 1),)
    assert names(way(MIRA, "300", month_left=D(300))) == []


def test_without_an_approver_anybody_else_who_may_decides() -> None:
    assert names(way(INES, "400")) == [["Tomas", "Dana", "Mira"]]


def test_nobody_who_may_decide_is_a_dead_end() -> None:
    alone = {INES: PEOPLE[INES], OMAR: PEOPLE[OMAR]}

    found = way(INES, "400", people=alone)

    assert not found.steps
    assert [reason.kind for reason in found.dead_ends] == ["order_limit"]


def test_a_zero_limit_lets_nothing_through_and_none_lets_everything() -> None:
    zero = {**PEOPLE, OMAR: person(OMAR, "Omar", 0, MIRA, "requester")}

    assert names(way(OMAR, "0.01", [], people=zero)) == [["Mira"]]
    assert names(way(TOMAS, "1000000", [])) == []


def test_rules_that_do_not_fire_say_from_where_on_they_would() -> None:
    assert [(row.people, row.over) for row in way(MIRA, "2184.60").skipped] == [((TOMAS,), D(5_000))]


def test_a_person_who_has_left_is_replaced_upward() -> None:
    without_dana = {key: row for key, row in PEOPLE.items() if key != DANA}

    assert names(way(OMAR, "2500", [ABOVE_2000], people=without_dana))[-1] == ["Mira"]


def test_of_a_step_of_several_those_who_decide_elsewhere_do_not_count() -> None:
    approvers = PolicyFacts(4, "amount", D(0), ({"kind": "role", "role": "approver"},))

    assert names(way(OMAR, "3000", [approvers, ABOVE_2000])) == [["Mira"], ["Dana"]]
