"""Who has to sign off an order, and why. Values in, values out; amounts are net goods in the company's currency."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

ORDER_LIMIT, MONTH_LIMIT, AMOUNT = "order_limit", "month_limit", "amount"
OWN_LIMIT = "own_limit"
APPROVER, MEMBER, ROLE = "approver", "member", "role"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the company, as far as routes need them. None as a limit means none."""

    id: int
    name: str
    order_limit: Decimal | None = None
    approver_id: int | None = None
    role_codes: frozenset[str] = frozenset()
    may_decide: bool = False


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """A rule as it stands: when it fires, and who decides then, one after the other."""

    id: int
    condition: str
    over: Decimal | None
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is there: the fact that fired and the figure that it was held against."""

    kind: str
    figure: str
    policy_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Step:
    """One decision, by any one of these people."""

    people: tuple[int, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule that does not fire: its people are not needed up to this amount."""

    people: tuple[int, ...]
    over: Decimal


@dataclass(frozen=True)
class Route:
    """The way of an order through a company. Without steps it is placed at once; with a dead end it cannot be sent."""

    steps: Sequence[Step] = ()
    skipped: Sequence[Skipped] = ()
    dead_ends: Sequence[Reason] = field(default=())


def route(
    *,
    requester: Person,
    people: Mapping[int, Person],
    policies: Sequence[PolicyFacts],
    goods_net: Decimal,
    month_left: Decimal | None,
) -> Route:
    """The decisions that an order of this amount needs.

    What goes over the person's own order or month limit goes to their approver; every rule that fires adds its steps in
    the order of the rules. Nobody decides about their own order: a step that would leave nobody else goes upward, to
    the requester's approver and on from there. One person appears once, at their latest step.
    """
    limits = _own_limits(requester, goods_net, month_left)
    steps: list[Step] = []
    skipped: list[Skipped] = []
    dead_ends: list[Reason] = []

    def add(wanted: Mapping[str, Any], reasons: tuple[Reason, ...]) -> None:
        found = _deciders(wanted, requester, people)
        if found:
            steps.append(Step(found, reasons))
        else:
            dead_ends.extend(reasons)

    if limits and not any(policy.condition == OWN_LIMIT for policy in policies):
        add({"kind": APPROVER}, limits)
    for policy in policies:
        if policy.condition == OWN_LIMIT:
            reasons = tuple(Reason(row.kind, row.figure, policy.id) for row in limits)
        elif policy.over is not None and goods_net > policy.over:
            reasons = (Reason(AMOUNT, str(policy.over), policy.id),)
        else:
            reasons = ()
            if policy.over is not None:
                last = _deciders(policy.steps[-1], requester, people)
                skipped.append(Skipped(last, policy.over))
        if reasons:
            for wanted in policy.steps:
                add(wanted, reasons)
    return Route(_each_person_once(steps), skipped, dead_ends)


def _own_limits(person: Person, goods_net: Decimal, month_left: Decimal | None) -> tuple[Reason, ...]:
    reasons = []
    if person.order_limit is not None and goods_net > person.order_limit:
        reasons.append(Reason(ORDER_LIMIT, str(person.order_limit)))
    if month_left is not None and goods_net > month_left:
        reasons.append(Reason(MONTH_LIMIT, str(max(month_left, Decimal(0)))))
    return tuple(reasons)


def _deciders(wanted: Mapping[str, Any], requester: Person, people: Mapping[int, Person]) -> tuple[int, ...]:
    """Who may decide a step, the requester never; when that leaves nobody, whoever is above the requester."""
    kind = wanted["kind"]
    if kind == MEMBER:
        named: Collection[int] = (wanted["member"],)
    elif kind == ROLE:
        named = [person.id for person in people.values() if wanted["role"] in person.role_codes]
    else:
        named = ()
    found = tuple(
        sorted(person for person in named if person in people and people[person].may_decide and person != requester.id)
    )
    return found or _upward(requester, people)


def _upward(requester: Person, people: Mapping[int, Person]) -> tuple[int, ...]:
    """The nearest person above who may decide; without one, everybody else who may."""
    seen = {requester.id}
    above = requester.approver_id
    while above is not None and above in people and above not in seen:
        if people[above].may_decide:
            return (above,)
        seen.add(above)
        above = people[above].approver_id
    return tuple(sorted(row.id for row in people.values() if row.may_decide and row.id != requester.id))


def _each_person_once(steps: Sequence[Step]) -> list[Step]:
    """Each sole decider only at their latest step, with the reasons of all. A step of several is for those who decide
    nowhere else; when that leaves nobody, it is decided where its people decide anyway."""
    last = {step.people[0]: place for place, step in enumerate(steps) if len(step.people) == 1}
    people: dict[int, tuple[int, ...]] = {}
    reasons: dict[int, list[Reason]] = {}
    for place, step in enumerate(steps):
        others = tuple(person for person in step.people if person not in last)
        to = place if others else max(last[person] for person in step.people)
        people[to] = others or steps[to].people
        known = reasons.setdefault(to, [])
        known += [reason for reason in step.reasons if reason not in known]
    return _merged([Step(people[place], tuple(reasons[place])) for place in sorted(people)])


def _merged(steps: Sequence[Step]) -> list[Step]:
    """Steps of the same several people once, at the latest place."""
    kept: dict[tuple[int, ...], Step] = {}
    for step in steps:
        before = kept.pop(step.people, None)
        new = tuple(reason for reason in step.reasons if before is None or reason not in before.reasons)
        kept[step.people] = Step(step.people, (*(before.reasons if before else ()), *new))
    return list(kept.values())


def request_number(scattered: int) -> str:
    """AP-48812."""
    return f"AP-{scattered}"
