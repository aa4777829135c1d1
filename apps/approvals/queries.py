from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.timezone import make_aware
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from apps.approvals import rules
from apps.approvals.models import Decision, Message, Policy, PolicyVersion, Request, RequestStep, StepApprover
from apps.core.formats import money_text
from apps.core.memo import VersionedMemo
from apps.ledger.models import Limit
from apps.ledger.queries import Spendable, spendable
from apps.orders import rules as order_rules
from apps.orders.models import Cart, Order, Submission
from apps.orders.queries.carts import FAULTS
from apps.orders.rules import Change
from apps.orgs.models import Membership, Organization, OrgUnit, RoleAssignment, RoleGrant
from apps.orgs.models.people import BUILT_IN_ROLES, reach_at

DECIDE = "approvals.decide"
HEAD = ("requester__user", "cart", "submission")
# So many requests a list shows.
MOST = 50
# The smallest amount by which an order can be above a limit.
LEAST_MORE = Decimal("0.01")


@dataclass(frozen=True)
class Policies:
    """The rules of a company in their order, each with what it says now."""

    rows: Sequence[tuple[Policy, PolicyVersion]]

    @property
    def facts(self) -> list[rules.PolicyFacts]:
        return [
            rules.PolicyFacts(version.pk, version.condition, version.over, tuple(version.steps))
            for _policy, version in self.rows
        ]


_POLICIES = VersionedMemo["Policies"](most=5_000)
# Roles by membership, and who of them decides.
Holders = tuple[Mapping[int, frozenset[str]], frozenset[int]]
_HOLDERS = VersionedMemo[Holders](most=5_000)
# The place of each unit, and who holds which role where, with how far deciding reaches.
Held = tuple[Mapping[int, str], Sequence[tuple[int, int, str, str | None]]]
_HELD = VersionedMemo[Held](most=5_000)


def policies_of(organization: Organization) -> Policies:
    """The active rules of a company. 2 statements, none while the company is unchanged."""
    return _POLICIES.get((organization.pk, organization.version), lambda: _read_policies(organization.pk))


def _read_policies(organization_id: int) -> Policies:
    newest = PolicyVersion.objects.order_by("policy", "-number").distinct("policy")
    rows = (
        Policy.objects.active()
        .filter(organization=organization_id)
        .order_by("position", "pk")
        .prefetch_related(Prefetch("versions", newest))
    )
    return Policies([(row, row.versions.all()[0]) for row in rows])


def people_of(organization: Organization, unit_id: int | None = None) -> dict[int, rules.Person]:
    """Everybody of a company who can act, as routes need them, by membership id: with the roles that reach orders of
    this unit, or without a unit any.

    3 statements, 1 while the company is unchanged: who may sign in, and under which name, is no affair of the company.
    """
    key = (organization.pk, organization.version, unit_id)
    holders = _HOLDERS.get(key, lambda: _holders(_held(organization), unit_id))
    return _persons(_active(organization), holders)


def _active(organization: Organization) -> list[Membership]:
    return list(Membership.objects.active().filter(organization=organization).select_related("user"))


def _persons(members: Sequence[Membership], holders: Holders) -> dict[int, rules.Person]:
    roles, deciders = holders
    return {
        row.pk: rules.Person(
            row.pk,
            row.label,
            row.order_limit,
            row.approver_id,
            roles.get(row.pk, frozenset()),
            row.pk in deciders,
        )
        for row in members
    }


def _held(organization: Organization) -> Held:
    return _HELD.get((organization.pk, organization.version), lambda: _read_held(organization.pk))


def _read_held(organization_id: int) -> Held:
    paths = dict(OrgUnit.objects.filter(organization=organization_id).values_list("pk", "path"))
    decide = RoleGrant.objects.filter(role=OuterRef("role"), permission=DECIDE).values("scope")
    held = RoleAssignment.objects.filter(organization=organization_id).annotate(scope=Subquery(decide))
    return paths, list(held.values_list("membership", "unit", "role__code", "scope"))


def _holders(held: Held, unit_id: int | None) -> Holders:
    paths, rows = held
    roles: dict[int, set[str]] = {}
    deciders = set()
    for membership, at, code, scope in rows:
        # A role that decides nothing itself is named with whoever holds it above the order.
        reach = reach_at(at, scope or RoleGrant.Scope.SUBTREE, paths)
        if unit_id is None or reach.reaches(unit_id):
            roles.setdefault(membership, set()).add(code)
            if scope:
                deciders.add(membership)
    return {membership: frozenset(codes) for membership, codes in roles.items()}, frozenset(deciders)


def first_approvers(organization: Organization, wanted: Sequence[Membership]) -> Mapping[int, str]:
    """Who of the company decides first about an order just above the limit of each of these, by membership. Nobody
    stands there for people without a limit, and where nobody could decide.

    5 statements, 1 while the company is unchanged.
    """
    members, held = _active(organization), _held(organization)
    policies = policies_of(organization).facts
    at_unit = {unit: _persons(members, _holders(held, unit)) for unit in {row.unit_id for row in wanted}}
    found = {}
    for row in wanted:
        people = at_unit[row.unit_id]
        if row.order_limit is None or row.pk not in people:
            continue
        route = rules.route(
            requester=people[row.pk],
            people=people,
            policies=policies,
            goods_net=row.order_limit + LEAST_MORE,
            month_left=None,
        )
        if route.steps:
            found[row.pk] = names_of(route.steps[0].people, people)
    return found


@dataclass(frozen=True)
class Preview:
    """The way that a cart would take, and what is left of the limits afterwards."""

    route: rules.Route
    people: Mapping[int, rules.Person]
    limits: Sequence[Spendable]
    currency: str

    def names(self, people: Sequence[int]) -> str:
        return names_of(people, self.people)

    @property
    def credit(self) -> Spendable | None:
        return next((row for row in self.limits if row.limit.kind == Limit.Kind.CREDIT), None)


def preview(requester: Membership, unit_id: int, goods_net: Decimal, day: date) -> Preview:
    """Who would have to sign off an order of this unit and amount (net goods).

    3 statements, 4 more when the company changed.
    """
    people = people_of(requester.organization, unit_id)
    limits = spendable(requester, day)
    return Preview(
        rules.route(
            requester=people[requester.pk],
            people=people,
            policies=policies_of(requester.organization).facts,
            goods_net=goods_net,
            month_left=month_left(requester, limits),
        ),
        people,
        limits,
        requester.organization.currency,
    )


def month_left(member: Membership, limits: Sequence[Spendable]) -> Decimal | None:
    """What the person may still order this month, net; None without a limit."""
    if member.month_limit is None:
        return None
    used = next((row.used for row in limits if row.limit.kind == Limit.Kind.PERSONAL), Decimal(0))
    return member.month_limit - used


def names_of(people: Sequence[int], known: Mapping[int, rules.Person]) -> str:
    """Dana, or Dana or Tomas where any one of them may decide."""
    names = [known[person].name for person in people if person in known]
    return _(" or ").join(names)


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount within a sentence of the reader's language."""
    return money_text(amount, currency, get_language() or "en")


def reason_text(reason: Mapping[str, Any], currency: str, requester: str, *, with_figures: bool) -> str:
    """Why a step is there, in a sentence; without figures for whoever may not see what a colleague spends."""
    figure = amount_text(Decimal(reason["figure"]), currency)
    texts = {
        rules.ORDER_LIMIT: _("%(name)s’s limit is %(figure)s per order"),
        rules.MONTH_LIMIT: _("%(name)s has %(figure)s left this month"),
        rules.AMOUNT: _("Orders above %(figure)s"),
    }
    if not with_figures:
        texts = {
            rules.ORDER_LIMIT: _("More than %(name)s’s limit per order"),
            rules.MONTH_LIMIT: _("More than %(name)s has left this month"),
            rules.AMOUNT: _("More than a rule of your company allows"),
        }
    return texts[reason["kind"]] % {"name": requester, "figure": figure}


def change_label(kind: str) -> str:
    """What changed, in a word of the reader's language."""
    labels: Mapping[str, Any] = {
        "quantity": _("quantity"),
        "unit_price": _("price"),
        "net": _("total"),
        "requested_date": _("wanted day"),
        "cost_center": _("cost center"),
        "added": _("added"),
        "removed": _("removed"),
        "freight_net": _("freight"),
        "ship_to": _("address"),
        "method": pgettext("order", "delivery"),
        "po_number": _("PO number"),
        "tax": _("VAT"),
        "stock": _("only so many left"),
        "credit": _("over the company’s credit by"),
        **FAULTS,
    }
    return str(labels[kind])


def change_words(change: Change, currency: str, *, with_prices: bool) -> dict[str, str]:
    """One difference between two submissions, in words of the reader's language; without `with_prices` it is told that
    a price changed, and not from what to what."""
    is_money = change.kind in {"net", "freight_net", "tax", "credit"}
    is_hidden = not with_prices and (is_money or change.kind == "unit_price")

    def words(value: Any) -> str:
        if is_hidden:
            return ""
        if isinstance(value, dict):
            return ", ".join(filter(None, (value.get("name", ""), value.get("city", ""))))
        return amount_text(Decimal(value), currency) if is_money and value else str(value)

    return {
        "label": change_label(change.kind),
        "before": words(change.before),
        "after": words(change.after),
        "sku": change.sku,
        "name": change.name,
    }


def sentence_of(version: PolicyVersion, people: Mapping[int, rules.Person], currency: str) -> tuple[str, str]:
    """A rule as a sentence: when it holds, and who decides then."""
    if version.condition == PolicyVersion.Condition.AMOUNT:
        condition = _("Order is above %(amount)s") % {"amount": amount_text(version.over or Decimal(0), currency)}
    else:
        condition = _("Order is above the person’s own limit")
    return condition, _(", then ").join(_who(step, people) for step in version.steps)


def _who(step: Mapping[str, Any], people: Mapping[int, rules.Person]) -> str:
    if step["kind"] == rules.MEMBER:
        person = people.get(step["member"])
        return person.name if person else _("somebody who has left")
    if step["kind"] == rules.ROLE:
        return str(BUILT_IN_ROLES[step["role"]])
    return _("their approver")


def open_request(cart: Cart) -> Request | None:
    """The request under which a cart stands now. 1 statement."""
    return Request.objects.filter(cart=cart, state__in=Request.OPEN).first()


def approvals_of(membership: Membership, order: Order) -> list[Decision]:
    """Who approved an order, in the order of the steps. 1 statement."""
    rows = Decision.objects.visible_to(membership).filter(submission=order.submission_id)
    return list(rows.select_related("step__request", "decided_by__user").order_by("step__position"))


def inbox(membership: Membership, most: int = MOST) -> list[Request]:
    """What waits for this person, the oldest first, with `active_steps`, the step that waits. 2 statements."""
    steps = Prefetch("steps", RequestStep.objects.filter(state=RequestStep.State.ACTIVE), to_attr="active_steps")
    rows = with_heads(Request.objects.visible_to(membership).waiting_for(membership)).prefetch_related(steps)
    return list(rows.order_by("sent_at", "pk")[:most])


def change_counts(requests: Iterable[Request]) -> dict[int, int]:
    """How much is not as it was when these requests were sent the time before, by request id; those that were sent once
    are left out. 1 statement at most."""
    again = {row.cart_id: row for row in requests if row.round > 1}
    sent: dict[int, list[Submission]] = {}
    if again:
        for row in Submission.objects.filter(cart__in=again).order_by("revision"):
            sent.setdefault(row.cart_id, []).append(row)
    counts = {}
    for cart, rows in sent.items():
        old, new = (row.content for row in rows[-2:])
        lines = sum(not line.is_same for line in order_rules.compared_lines(old, new))
        counts[again[cart].pk] = lines + sum(not change.sku for change in order_rules.material_diff(old, new))
    return counts


@dataclass(frozen=True)
class Verdict:
    """A request that this person decided about, with all decisions of that round in the order of the steps."""

    request: Request
    decisions: Sequence[Decision]


def decided_since(membership: Membership, day: date, most: int) -> list[Verdict]:
    """What this person has decided since the morning of a day, the last on top. 1 statement."""
    morning = make_aware(datetime.combine(day, time.min))
    own = Decision.objects.visible_to(membership).filter(decided_by=membership, created_at__gte=morning)
    rows = Decision.objects.visible_to(membership).filter(step__request__in=own.values("step__request"))
    rows = rows.select_related("decided_by__user", *(f"step__request__{name}" for name in HEAD))
    rows = rows.defer("step__request__submission__content").order_by("step__round", "step__position")
    rounds: dict[tuple[int, int], list[Decision]] = {}
    for row in rows:
        rounds.setdefault((row.step.request_id, row.step.round), []).append(row)
    found: dict[int, tuple[datetime, Verdict]] = {}
    for (request_id, _round), decisions in rounds.items():
        at = next((row.created_at for row in decisions if row.decided_by_id == membership.pk), None)
        if at:
            found[request_id] = at, Verdict(decisions[0].step.request, decisions)
    return [verdict for _at, verdict in sorted(found.values(), key=itemgetter(0), reverse=True)[:most]]


def waiting_count(membership: Membership) -> int:
    """How much waits for this person. 1 statement."""
    return Request.objects.visible_to(membership).waiting_for(membership).count()


def sent_by(membership: Membership, most: int = MOST) -> list[Request]:
    """What this person has sent and is still open, the newest first. 1 statement."""
    return list(with_heads(_sent_by(membership)).order_by("-sent_at", "pk")[:most])


def sent_count(membership: Membership) -> int:
    """How much this person has sent that is still open. 1 statement."""
    return _sent_by(membership).count()


def _sent_by(membership: Membership) -> QuerySet[Request]:
    return Request.objects.visible_to(membership).filter(requester=membership, state__in=Request.OPEN)


def done(membership: Membership, most: int = MOST) -> list[Request]:
    """Closed requests that this person sent or decided, the last one on top. 1 statement."""
    decided = Decision.objects.filter(decided_by=membership).values("step__request")
    rows = Request.objects.visible_to(membership).exclude(state__in=Request.OPEN)
    mine = rows.filter(requester=membership) | rows.filter(pk__in=decided)
    return list(with_heads(mine).order_by("-closed_at", "-pk")[:most])


def with_heads(rows: QuerySet[Request]) -> QuerySet[Request]:
    """What a list tells of each; not the lines, of which there may be hundreds."""
    return rows.select_related(*HEAD).defer("submission__content")


@dataclass(frozen=True)
class Page:
    """One request with its way, its talk, and what changed since the people before saw it."""

    request: Request
    steps: Sequence[RequestStep]
    messages: Sequence[Message]
    changes: Sequence[Change]
    before: Submission | None

    @property
    def lines(self) -> list[order_rules.ComparedLine]:
        """The lines beside those of the time before."""
        content = self.request.submission.content
        return order_rules.compared_lines(self.before.content if self.before else content, content)

    @property
    def active(self) -> RequestStep | None:
        return next((step for step in self.steps if step.state == RequestStep.State.ACTIVE), None)

    def may_be_decided_by(self, membership: Membership) -> bool:
        """Whether the present step is this person's, who never decides about their own request."""
        step = self.active
        return (
            step is not None
            and self.request.state == Request.State.PENDING
            and self.request.requester_id != membership.pk
            and membership.may_at(DECIDE, self.request.unit_id)
            and any(row.membership_id == membership.pk for row in step.approvers.all())
        )


def request_page(membership: Membership, uid: UUID) -> Page | None:
    """A request that this person sees. 7 statements."""
    rows = Request.objects.visible_to(membership).filter(uid=uid)
    found = rows.select_related(*HEAD, "organization", "cart__ship_to", "cart__method").first()
    if found is None:
        return None
    steps = (
        RequestStep.objects.filter(request=found, round=found.round)
        .order_by("position")
        .prefetch_related(Prefetch("approvers", StepApprover.objects.select_related("membership__user")))
        .select_related("decision__decided_by__user")
    )
    before = (
        Submission.objects.filter(cart=found.cart_id, revision__lt=found.submission.revision)
        .order_by("-revision")
        .first()
        if found.round > 1
        else None
    )
    return Page(
        found,
        list(steps),
        list(Message.objects.filter(request=found).select_related("author__user").order_by("pk")),
        order_rules.material_diff(before.content, found.submission.content) if before else [],
        before,
    )


def others_who_decide(page: Page) -> list[Membership]:
    """To whom the present step of a request can be handed over. 1 statement, 3 more when the company changed."""
    asked = {row.membership_id for row in page.active.approvers.all()} if page.active else set()
    people = people_of(page.request.organization, page.request.unit_id)
    deciders = {person.id for person in people.values() if person.may_decide}
    rows = Membership.objects.filter(pk__in=deciders - asked - {page.request.requester_id}).select_related("user")
    return list(rows.order_by("user__name", "pk"))
