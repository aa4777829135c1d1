"""The gate: who is asked, who may decide, and what happens when something changed meanwhile."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.activity.models import Event
from apps.approvals.actions.decide_step import (
    AlreadyDecided,
    OwnRequest,
    ReasonMissing,
    StaleSubmission,
    decide_step,
)
from apps.approvals.actions.end_policy import end_policy
from apps.approvals.actions.hand_over_step import CannotDecide, hand_over_step
from apps.approvals.actions.post_message import NothingSaid, post_message
from apps.approvals.actions.save_policy import DeadEnd, PolicyTerms, save_policy
from apps.approvals.actions.submit_cart import AlreadySubmitted, NoApprover
from apps.approvals.actions.withdraw_request import withdraw_request
from apps.approvals.models import Decision, Policy, PolicyVersion, Request, RequestStep
from apps.approvals.queries import inbox, others_who_decide, preview, request_page
from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.models import Product
from apps.core.errors import IllegalTransition, NotAllowed
from apps.ledger.actions.save_limit import save_limit
from apps.ledger.models import Account
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.models import Cart, Order
from apps.orgs.actions.change_member import Terms, change_member
from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.save_cost_center import save_cost_center
from apps.orgs.actions.save_role import save_role
from apps.orgs.actions.save_unit import save_unit
from apps.orgs.actions.suspend_member import suspend_member
from apps.orgs.models import Address, Membership, Organization, OrgUnit
from tests.factories import NOW, SYSTEM, Market, fill_cart, make_member, send_cart
from tests.refusals import refused

D = Decimal
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def request_of_omar(market: Market, mira: Membership, omar: Membership, dana: Membership) -> Request:
    """1,000 screws for €1,500, above his limit of €1,000: Mira decides."""
    Membership.objects.filter(pk=omar.pk).update(approver=mira)
    outcome = send_cart(omar, fill_cart(omar, screw=(market.screw, 1000)), message="For the new crew")
    assert outcome.request
    return outcome.request


def rule(company: Organization, over: str, *steps: dict[str, Any]) -> Policy:
    terms = PolicyTerms("amount", D(over), steps)
    return save_policy(actor=SYSTEM, organization=company, terms=terms, now=NOW)


def decide(who: Membership, request: Request, outcome: str = "approve", **options: Any) -> Request:
    request.refresh_from_db()
    options = {"now": LATER, "expected_hash": request.submission.content_hash, **options}
    return decide_step(actor=who, request_uid=request.uid, outcome=outcome, **options)


class TestSubmitting:
    def test_above_the_limit_somebody_is_asked_and_nothing_is_reserved(
        self, request_of_omar: Request, market: Market, mira: Membership
    ) -> None:
        assert request_of_omar.state == Request.State.PENDING
        assert inbox(mira) == [request_of_omar]
        assert not Order.objects.exists()
        assert not Account.objects.exists()
        step = request_of_omar.steps.get()
        assert step.reasons == [{"kind": "order_limit", "figure": "1000.00", "policy_id": None}]
        assert Event.objects.get(name="approvals.approval_requested").payload["step"] == str(step.uid)

    def test_the_cart_cannot_be_changed_meanwhile_nor_sent_again(
        self, request_of_omar: Request, omar: Membership
    ) -> None:
        cart = request_of_omar.cart

        with refused(AlreadySubmitted) as refusal:
            send_cart(omar, cart)

        assert refusal.value.outcome.request == request_of_omar

    def test_without_anybody_to_ask_it_is_not_sent(
        self, market: Market, norrvik: Organization, omar: Membership
    ) -> None:
        cart = fill_cart(omar, screw=(market.screw, 1000))

        with refused(NoApprover):
            send_cart(omar, cart)

    def test_several_steps_one_after_the_other(
        self, market: Market, norrvik: Organization, mira: Membership, dana: Membership, omar: Membership
    ) -> None:
        tomas = make_member(norrvik, "Tomas", "finance")
        Membership.objects.filter(pk=omar.pk).update(approver=mira)
        rule(norrvik, "1200", {"kind": "member", "member": dana.pk}, {"kind": "role", "role": "finance"})

        request = send_cart(omar, fill_cart(omar, screw=(market.screw, 1000))).request
        assert request
        assert [(len(inbox(row)), row.label) for row in (mira, dana, tomas)] == [(1, "Mira"), (0, "Dana"), (0, "Tomas")]
        decide(mira, request)
        assert [len(inbox(row)) for row in (mira, dana, tomas)] == [0, 1, 0]
        decide(dana, request)
        assert decide(tomas, request).state == Request.State.ORDERED
        assert Order.objects.get().clearance.reference == request.number

    def test_the_month_counts_what_was_ordered_before(
        self, market: Market, norrvik: Organization, dana: Membership
    ) -> None:
        ines = make_member(norrvik, "Ines", "requester", month_limit=D(300), approver=dana)
        assert send_cart(ines, fill_cart(ines, screw=(market.screw, 100))).order

        request = send_cart(ines, fill_cart(ines, screw=(market.screw, 150))).request

        assert request
        assert request.steps.get().reasons[0]["kind"] == "month_limit"
        assert decide(dana, request).state == Request.State.ORDERED
        assert Account.objects.get(limit__kind="personal", limit__membership=ines).held == D("375")
        first = Order.objects.order_by("pk")[0]
        cancel_order(actor=ines, order_uid=first.uid, reason="", now=LATER)
        assert Account.objects.get(limit__kind="personal", limit__membership=ines).held == D("225")


class TestDeciding:
    def test_the_last_approval_places_exactly_what_was_sent(
        self, request_of_omar: Request, mira: Membership, omar: Membership
    ) -> None:
        decided = decide(mira, request_of_omar)

        order = Order.objects.get()
        assert decided.state == Request.State.ORDERED
        assert (order.owner, order.submission, order.goods_net) == (omar, decided.submission, D("1500.00"))
        assert order.clearance.basis == "request"

    def test_nobody_decides_about_their_own(self, market: Market, mira: Membership, dana: Membership) -> None:
        request = send_cart(mira, fill_cart(mira, screw=(market.screw, 4000))).request
        assert request

        with refused(OwnRequest):
            decide(mira, request)

    def test_the_database_refuses_an_own_decision(self, request_of_omar: Request, omar: Membership) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                organization=request_of_omar.organization, step=request_of_omar.steps.get(), requester=omar,
                decided_by=omar, submission=request_of_omar.submission, outcome="approve", created_at=NOW,
            )  # fmt: skip

    def test_a_step_is_decided_once(self, request_of_omar: Request, mira: Membership) -> None:
        decide(mira, request_of_omar)

        with refused(AlreadyDecided):
            decide(mira, request_of_omar)

    def test_somebody_who_was_not_asked_may_not(self, request_of_omar: Request, dana: Membership) -> None:
        with refused(NotAllowed):
            decide(dana, request_of_omar)

    def test_another_company_finds_nothing(self, request_of_omar: Request, gus: Membership) -> None:
        with refused(Request.DoesNotExist):
            decide(gus, request_of_omar)
        assert request_page(gus, request_of_omar.uid) is None

    def test_somebody_who_may_not_approve_any_more_cannot(self, request_of_omar: Request, mira: Membership) -> None:
        mira.assignments.filter(role__code="approver").delete()
        mira = Membership.objects.get(pk=mira.pk)

        with refused((NotAllowed, AlreadyDecided)):
            decide(mira, request_of_omar)

    def test_a_rejection_needs_a_reason_and_opens_the_cart(self, request_of_omar: Request, mira: Membership) -> None:
        with refused(ReasonMissing):
            decide(mira, request_of_omar, "reject")

        decided = decide(mira, request_of_omar, "reject", reason="Wait for the December budget")

        assert decided.state == Request.State.REJECTED
        assert Cart.objects.get(pk=decided.cart_id).is_open
        assert not Order.objects.exists()

    def test_what_was_seen_is_what_is_approved(self, request_of_omar: Request, mira: Membership) -> None:
        with refused(StaleSubmission):
            decide(mira, request_of_omar, expected_hash="0" * 64)


class TestRecheck:
    def test_a_price_that_moved_places_nothing_and_is_told(
        self, request_of_omar: Request, market: Market, mira: Membership, omar: Membership
    ) -> None:
        market.price(market.screw, "1.60")

        decided = decide(mira, request_of_omar)

        assert decided.state == Request.State.RECHECK
        assert [(row["kind"], row["before"], row["after"]) for row in decided.differences] == [
            ("unit_price", "1.5000", "1.6000"),
            ("net", "1500.00", "1600.00"),
        ]
        assert not Order.objects.exists()
        assert Cart.objects.get(pk=decided.cart_id).is_open

        again = send_cart(omar, decided.cart, LATER).request
        assert again == decided
        assert (again.round, again.state) == (2, Request.State.PENDING)
        page = request_page(mira, again.uid)
        assert page
        assert [row.kind for row in page.changes] == ["unit_price", "net"]
        assert decide(mira, again, now=LATER + timedelta(minutes=5)).state == Request.State.ORDERED

    def test_stock_that_is_gone_is_told(
        self, market: Market, mira: Membership, omar: Membership, lena: Membership, dana: Membership
    ) -> None:
        Membership.objects.filter(pk=omar.pk).update(approver=mira, order_limit=50)
        omar.refresh_from_db()
        request = send_cart(omar, fill_cart(omar, gloves=(market.gloves, 8))).request
        assert request
        send_cart(lena, fill_cart(lena, gloves=(market.gloves, 5)))

        decided = decide(mira, request)

        assert decided.state == Request.State.RECHECK
        assert [(row["kind"], row["sku"]) for row in decided.differences] == [("stock", "GL-N7-0930B")]
        assert Order.objects.count() == 1

    def test_credit_that_is_used_up_is_told(
        self, request_of_omar: Request, norrvik: Organization, mira: Membership
    ) -> None:
        save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=D(100), now=NOW)

        decided = decide(mira, request_of_omar)

        assert [row["kind"] for row in decided.differences] == ["credit"]
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        ("what", "kind"),
        [
            ("hold", "on_hold"),
            ("address", "not_delivered"),
            ("product", "gone"),
            ("maximum", "not_sold"),
            ("cost center", "closed"),
        ],
    )
    def test_what_would_keep_it_from_being_sent_keeps_it_from_being_ordered(
        self, what: str, kind: str, request_of_omar: Request, market: Market, mira: Membership, norrvik: Organization
    ) -> None:
        if what == "hold":
            Organization.objects.filter(pk=norrvik.pk).update(state=Organization.State.ON_HOLD)
        elif what == "address":
            Address.objects.filter(organization=norrvik).update(state=Address.State.BLOCKED)
        elif what == "product":
            Product.objects.filter(pk=market.screw.pk).update(lifecycle=Product.Lifecycle.DISCONTINUED)
        elif what == "maximum":
            save_quantity_rule(actor=SYSTEM, product=market.screw, max_quantity=D(500), now=NOW)
        else:
            center = save_cost_center(
                actor=SYSTEM, organization=norrvik, code="4711", name="Hull", manager=None, state="closed", now=NOW
            )
            request_of_omar.cart.lines.update(cost_center=center)

        decided = decide(mira, request_of_omar)

        assert decided.state == Request.State.RECHECK
        assert kind in [row["kind"] for row in decided.differences]
        assert not Order.objects.exists()
        assert Cart.objects.get(pk=decided.cart_id).is_open
        assert not Account.objects.exists()


class TestTakingBack:
    def test_withdrawing_ends_it(self, request_of_omar: Request, omar: Membership, mira: Membership) -> None:
        withdraw_request(actor=omar, request_uid=request_of_omar.uid, now=LATER)

        with refused(AlreadyDecided):
            decide(mira, request_of_omar)
        assert inbox(mira) == []
        assert Cart.objects.get().is_open

    def test_changed_and_sent_again_it_is_the_same_request(
        self, request_of_omar: Request, market: Market, omar: Membership, mira: Membership
    ) -> None:
        withdraw_request(actor=omar, request_uid=request_of_omar.uid, for_changes=True, now=LATER)
        fill_cart(omar, gloves=(market.gloves, 2))

        again = send_cart(omar, request_of_omar.cart, LATER).request

        assert again == request_of_omar
        page = request_page(mira, again.uid)
        assert page
        assert [(row.kind, row.sku) for row in page.changes] == [("added", "GL-N7-0930B")]
        with refused(StaleSubmission):
            decide_step(
                actor=mira, request_uid=again.uid, outcome="approve", now=LATER,
                expected_hash=request_of_omar.submission.content_hash,
            )  # fmt: skip

    def test_changed_to_less_it_may_need_nobody(
        self, request_of_omar: Request, omar: Membership, mira: Membership
    ) -> None:
        withdraw_request(actor=omar, request_uid=request_of_omar.uid, for_changes=True, now=LATER)
        request_of_omar.cart.lines.update(quantity=10)

        assert send_cart(omar, request_of_omar.cart, LATER).order
        request_of_omar.refresh_from_db()
        assert request_of_omar.state == Request.State.ORDERED

    def test_only_the_requester(self, request_of_omar: Request, mira: Membership) -> None:
        with refused(NotAllowed):
            withdraw_request(actor=mira, request_uid=request_of_omar.uid, now=LATER)

    def test_not_after_it_was_ordered(self, request_of_omar: Request, omar: Membership, mira: Membership) -> None:
        decide(mira, request_of_omar)

        with refused(IllegalTransition):
            withdraw_request(actor=omar, request_uid=request_of_omar.uid, now=LATER)


class TestUnits:
    """The shipyard with two sites, and a workshop below one of them: an approver decides where the role is held, and
    below."""

    @pytest.fixture
    def units(self, norrvik: Organization, lena: Membership) -> dict[str, OrgUnit]:
        root = OrgUnit.objects.get(organization=norrvik)
        found = {"root": root}
        for name, above in (("yard", "root"), ("hull", "yard"), ("bergen", "root")):
            found[name] = save_unit(actor=lena, name=name, parent_uid=found[above].uid, now=NOW)
        return found

    @pytest.fixture
    def approvers(self, norrvik: Organization, units: dict[str, OrgUnit]) -> dict[str, Membership]:
        """One at each unit; nobody is anybody's own approver."""
        return {name: make_member(norrvik, name.title(), "approver", unit=unit) for name, unit in units.items()}

    def asked(self, norrvik: Organization, market: Market, unit: OrgUnit) -> Request:
        buyer, cart = self.about_to_ask(norrvik, market, unit)
        request = send_cart(buyer, cart).request
        assert request
        return request

    def about_to_ask(self, norrvik: Organization, market: Market, unit: OrgUnit) -> tuple[Membership, Cart]:
        rule(norrvik, "100", {"kind": "role", "role": "approver"})
        buyer = make_member(norrvik, "Ines", "buyer", unit=unit)
        return buyer, fill_cart(buyer, screw=(market.screw, 100))

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("hull", {"root", "yard", "hull"}),
            ("yard", {"root", "yard"}),
            ("bergen", {"root", "bergen"}),
            ("root", {"root"}),
        ],
    )
    def test_those_decide_who_hold_the_role_there_or_above(
        self,
        at: str,
        expected: set[str],
        norrvik: Organization,
        market: Market,
        units: dict[str, OrgUnit],
        approvers: dict[str, Membership],
    ) -> None:
        request = self.asked(norrvik, market, units[at])

        assert set(request.steps.get().approvers.values_list("membership", flat=True)) == {
            approvers[name].pk for name in expected
        }

    def test_whoever_is_moved_elsewhere_decides_no_more_and_is_given_nothing(
        self,
        norrvik: Organization,
        market: Market,
        lena: Membership,
        units: dict[str, OrgUnit],
        approvers: dict[str, Membership],
    ) -> None:
        request = self.asked(norrvik, market, units["hull"])
        yard, bergen = approvers["yard"], approvers["bergen"]
        yard.assignments.update(unit=units["bergen"])

        with refused(AlreadyDecided):
            decide(yard, request)
        with refused(CannotDecide):
            hand_over_step(actor=lena, request_uid=request.uid, to=bergen, now=LATER)
        page = request_page(lena, request.uid)
        assert page
        assert not page.may_be_decided_by(Membership.objects.get(pk=yard.pk))
        assert others_who_decide(page) == []
        assert decide(approvers["hull"], request).state == Request.State.ORDERED

    def test_without_one_above_it_cannot_be_sent(
        self, norrvik: Organization, market: Market, units: dict[str, OrgUnit]
    ) -> None:
        make_member(norrvik, "Bergen", "approver", unit=units["bergen"])
        buyer, cart = self.about_to_ask(norrvik, market, units["hull"])

        with refused(NoApprover):
            send_cart(buyer, cart)

    def test_a_role_of_the_whole_company_decides_from_anywhere(
        self, norrvik: Organization, market: Market, lena: Membership, units: dict[str, OrgUnit]
    ) -> None:
        grants = {"approvals.decide": "organization", "orders.view": "organization"}
        role = save_role(actor=lena, name="Controller", grants=grants, now=NOW)
        kim = make_member(norrvik, "Kim", "viewer", unit=units["bergen"])
        make_member(norrvik, "Yard", "approver", unit=units["yard"])
        give_role(actor=lena, uid=kim.uid, role=role, unit=units["bergen"], now=NOW)
        policy = PolicyTerms("amount", D(100), [{"kind": "member", "member": kim.pk}])
        save_policy(actor=SYSTEM, organization=norrvik, terms=policy, now=NOW)
        buyer = make_member(norrvik, "Ines", "buyer", unit=units["hull"])

        request = send_cart(buyer, fill_cart(buyer, screw=(market.screw, 100))).request

        assert request
        assert decide(kim, request).state == Request.State.ORDERED


@pytest.mark.django_db(transaction=True)
class TestChangedMeanwhile:
    """What is known of the company when a request begins is kept for its version; sending goes by the one of now."""

    @pytest.fixture
    def long_ago(self, market: Market, mira: Membership, dana: Membership) -> Membership:
        """Mira as her request began, with all that pages need of her company remembered."""
        member = Membership.objects.select_related("organization", "user", "unit").get(pk=mira.pk)
        assert not preview(member, member.unit_id, D(150), NOW.date()).route.steps
        assert member.may("cart.submit")
        return member

    def test_a_new_rule_counts(
        self, market: Market, norrvik: Organization, dana: Membership, long_ago: Membership
    ) -> None:
        cart = fill_cart(long_ago, screw=(market.screw, 100))
        rule(norrvik, "100", {"kind": "member", "member": dana.pk})

        outcome = send_cart(long_ago, cart)

        assert outcome.order is None
        assert outcome.request
        assert inbox(dana) == [outcome.request]

    def test_a_lower_limit_counts(
        self, market: Market, norrvik: Organization, lena: Membership, long_ago: Membership
    ) -> None:
        cart = fill_cart(long_ago, screw=(market.screw, 100))
        terms = Terms(frozenset(long_ago.roles()), None, D(100), None)
        change_member(actor=lena, uid=long_ago.uid, terms=terms, now=NOW)

        assert send_cart(long_ago, cart).request

    @pytest.mark.parametrize("state", ["suspended", "active"])
    def test_a_right_that_was_taken_is_gone(
        self, state: str, market: Market, lena: Membership, long_ago: Membership
    ) -> None:
        cart = fill_cart(long_ago, screw=(market.screw, 100))
        if state == "suspended":
            suspend_member(actor=lena, uid=long_ago.uid, now=NOW)
        else:
            change_member(actor=lena, uid=long_ago.uid, terms=Terms(frozenset(), None, None, None), now=NOW)

        with refused(NotAllowed):
            send_cart(long_ago, cart)


class TestHandingOver:
    def test_the_other_decides_instead(
        self, request_of_omar: Request, lena: Membership, mira: Membership, dana: Membership
    ) -> None:
        hand_over_step(actor=lena, request_uid=request_of_omar.uid, to=dana, now=LATER)

        assert (inbox(mira), inbox(dana)) == ([], [request_of_omar])
        with refused((NotAllowed, AlreadyDecided)):
            decide(mira, request_of_omar)
        assert decide(dana, request_of_omar).state == Request.State.ORDERED

    def test_not_to_the_requester_nor_to_somebody_who_may_not(
        self, request_of_omar: Request, lena: Membership, omar: Membership, norrvik: Organization
    ) -> None:
        for other in (omar, make_member(norrvik, "Vera", "viewer")):
            with refused(CannotDecide):
                hand_over_step(actor=lena, request_uid=request_of_omar.uid, to=other, now=LATER)

    def test_only_by_those_who_make_the_rules(
        self, request_of_omar: Request, mira: Membership, dana: Membership
    ) -> None:
        with refused(NotAllowed):
            hand_over_step(actor=mira, request_uid=request_of_omar.uid, to=dana, now=LATER)


class TestTalking:
    def test_a_question_and_its_answer(self, request_of_omar: Request, mira: Membership, omar: Membership) -> None:
        post_message(actor=mira, request_uid=request_of_omar.uid, text="All of them now?", now=LATER)
        post_message(actor=omar, request_uid=request_of_omar.uid, text="Yes, Thursday.", now=LATER)

        page = request_page(omar, request_of_omar.uid)
        assert page
        assert [row.text for row in page.messages] == ["For the new crew", "All of them now?", "Yes, Thursday."]

    def test_nothing_is_not_a_message(self, request_of_omar: Request, mira: Membership) -> None:
        with refused(NothingSaid):
            post_message(actor=mira, request_uid=request_of_omar.uid, text="  ", now=LATER)

    def test_nothing_is_said_of_what_is_over(self, request_of_omar: Request, mira: Membership) -> None:
        decide(mira, request_of_omar)

        with refused(IllegalTransition):
            post_message(actor=mira, request_uid=request_of_omar.uid, text="Thanks", now=LATER)


class TestPolicies:
    def test_requests_keep_the_rule_under_which_they_began(
        self, market: Market, norrvik: Organization, lena: Membership, dana: Membership, mira: Membership
    ) -> None:
        policy = rule(norrvik, "100", {"kind": "member", "member": dana.pk})
        request = send_cart(mira, fill_cart(mira, screw=(market.screw, 100))).request
        assert request

        terms = PolicyTerms("amount", D(5000), [{"kind": "member", "member": dana.pk}])
        save_policy(actor=lena, uid=policy.uid, terms=terms, now=LATER)

        assert RequestStep.objects.get(request=request).state == RequestStep.State.ACTIVE
        assert PolicyVersion.objects.filter(policy=policy).count() == 2
        assert send_cart(lena, fill_cart(lena, screw=(market.screw, 100))).order

    def test_an_ended_rule_asks_nobody(
        self, market: Market, norrvik: Organization, lena: Membership, dana: Membership
    ) -> None:
        policy = rule(norrvik, "0", {"kind": "member", "member": dana.pk})
        end_policy(actor=lena, uid=policy.uid, now=NOW)

        assert send_cart(lena, fill_cart(lena, screw=(market.screw, 100))).order

    def test_a_rule_that_names_nobody_who_may_is_refused(self, norrvik: Organization, omar: Membership) -> None:
        with refused(DeadEnd):
            rule(norrvik, "0", {"kind": "member", "member": omar.pk})

    def test_only_by_those_who_may(self, norrvik: Organization, mira: Membership) -> None:
        with refused(NotAllowed):
            save_policy(actor=mira, terms=PolicyTerms("own_limit", None, [{"kind": "approver"}]), now=NOW)
