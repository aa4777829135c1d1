from typing import ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.constraints import AppendOnly, TenantForeignKey
from apps.core.errors import IllegalTransition
from apps.core.ids import PublicIdModel
from apps.core.permissions import Member, Reach
from apps.orders.models import Cart, Submission
from apps.orgs.models import Membership, OrgOwned, OrgOwnedQuerySet, OrgUnit


class PolicyQuerySet(OrgOwnedQuerySet["Policy"]):
    def active(self) -> Self:
        return self.filter(state=Policy.State.ACTIVE)


class Policy(PublicIdModel, OrgOwned):
    """A rule of a company: when an order meets the condition, these people decide one after the other.

    What it says stands in its versions; a request keeps the one under which it began.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("rule", "Active")
        ENDED = "ended", pgettext_lazy("rule", "Ended")

    position = models.PositiveIntegerField(_("position"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.ACTIVE)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(condition=Q(state__in=["active", "ended"]), name="policy_state_known"),
        ]

    def __str__(self) -> str:
        return str(_("rule %(position)s") % {"position": self.position})


class PolicyVersion(OrgOwned):
    """What a rule says from a moment on. `steps` is a list of {"kind": "approver" | "member" | "role", ...}."""

    class Condition(models.TextChoices):
        OWN_LIMIT = "own_limit", _("Order is above the person’s own limit")
        AMOUNT = "amount", _("Order is above an amount")

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, db_constraint=False, related_name="versions")
    number = models.PositiveIntegerField()
    condition = models.CharField(max_length=9, choices=Condition)
    # Net goods in the company's currency, for the condition on an amount.
    over = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    steps = models.JSONField()
    created_at = models.DateTimeField()

    objects = OrgOwnedQuerySet["PolicyVersion"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["policy", "number"], name="policyversion_once"),
            models.CheckConstraint(
                condition=Q(condition="own_limit", over=None) | Q(condition="amount", over__gte=0),
                name="policyversion_condition_complete",
            ),
            TenantForeignKey(field="policy", name="policyversion_policy_tenant"),
            AppendOnly(name="policyversion_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"


class RequestQuerySet(OrgOwnedQuerySet["Request"]):
    def visible_to(self, membership: Member) -> Self:
        """Requests within the reach of the member's right to see orders, and those that they decide or have decided."""
        reach = membership.grants.get("orders.view", Reach())
        if reach.everywhere:
            return super().visible_to(membership)
        asked = StepApprover.objects.filter(step__request=OuterRef("pk"), membership=membership.membership_id)
        seen = reach.condition(membership.membership_id or 0, owner="requester_id")
        return super().visible_to(membership).filter(seen | Exists(asked))

    def waiting_for(self, membership: Member) -> Self:
        """Requests whose present step this member may decide."""
        steps = RequestStep.objects.filter(
            request=OuterRef("pk"), state=RequestStep.State.ACTIVE, approvers__membership=membership.membership_id
        )
        return self.filter(Exists(steps), state=Request.State.PENDING).exclude(requester=membership.membership_id)


class Request(PublicIdModel, OrgOwned):
    """A cart that waits for people to sign it off. Sent again after changes, it goes on with a new round."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("request", "Waiting for approval")
        RETURNED = "returned", pgettext_lazy("request", "Being changed")
        RECHECK = "recheck", pgettext_lazy("request", "Approved, but something changed")
        ORDERED = "ordered", pgettext_lazy("request", "Approved and ordered")
        REJECTED = "rejected", pgettext_lazy("request", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")

    OPEN: ClassVar = (State.PENDING, State.RETURNED, State.RECHECK)
    MAY_BECOME: ClassVar = {
        State.PENDING: {State.RETURNED, State.RECHECK, State.ORDERED, State.REJECTED, State.WITHDRAWN},
        State.RETURNED: {State.PENDING, State.ORDERED, State.WITHDRAWN},
        State.RECHECK: {State.PENDING, State.ORDERED, State.WITHDRAWN},
        State.ORDERED: set(),
        State.REJECTED: set(),
        State.WITHDRAWN: set(),
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    unit = models.ForeignKey(
        OrgUnit,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=pgettext_lazy("company", "unit"),
    )
    requester = models.ForeignKey(
        Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("sent by")
    )
    cart = models.ForeignKey(
        Cart, on_delete=models.PROTECT, db_constraint=False, related_name="requests", verbose_name=_("cart")
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("submission")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PENDING)
    round = models.PositiveIntegerField(pgettext_lazy("submission", "round"), default=1)
    # What kept an approved cart from being ordered.
    differences = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(pgettext_lazy("approval request", "sent"))
    closed_at = models.DateTimeField(pgettext_lazy("approval request", "closed"), null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["cart"], condition=Q(state__in=["pending", "returned", "recheck"]), name="request_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "returned", "recheck", "ordered", "rejected", "withdrawn"]),
                name="request_state_known",
            ),
            TenantForeignKey(field="unit", name="request_unit_tenant"),
            TenantForeignKey(field="requester", name="request_requester_tenant"),
            TenantForeignKey(field="cart", name="request_cart_tenant"),
            TenantForeignKey(field="submission", name="request_submission_tenant"),
        ]

    def __str__(self) -> str:
        return self.number

    def become(self, state: str) -> None:
        """Change the state in memory.

        :raises IllegalTransition: the request is in a state from which it may not become this.
        """
        if state not in self.MAY_BECOME[self.State(self.state)]:
            raise IllegalTransition
        self.state = state


class RequestStep(PublicIdModel, OrgOwned):
    """One decision that a request needs, by one of several people, and why."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("step", "Waits for the step before")
        ACTIVE = "active", pgettext_lazy("step", "To be decided")
        APPROVED = "approved", pgettext_lazy("step", "Approved")
        REJECTED = "rejected", pgettext_lazy("step", "Rejected")
        ENDED = "ended", pgettext_lazy("step", "Not needed any more")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, db_constraint=False, related_name="steps")
    round = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    # The facts that called for it, as apps.approvals.rules.Reason.
    reasons = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    activated_at = models.DateTimeField(null=True)

    objects = OrgOwnedQuerySet["RequestStep"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["request", "round", "position"], name="requeststep_once"),
            models.UniqueConstraint(fields=["request"], condition=Q(state="active"), name="requeststep_one_active"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "active", "approved", "rejected", "ended"]),
                name="requeststep_state_known",
            ),
            TenantForeignKey(field="request", name="requeststep_request_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.round}.{self.position}"


class StepApprover(OrgOwned):
    """One of those who may decide a step."""

    step = models.ForeignKey(RequestStep, on_delete=models.PROTECT, db_constraint=False, related_name="approvers")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")

    objects = OrgOwnedQuerySet["StepApprover"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["step", "membership"], name="stepapprover_once"),
            TenantForeignKey(field="step", name="stepapprover_step_tenant"),
            TenantForeignKey(field="membership", name="stepapprover_membership_tenant"),
        ]
        indexes: ClassVar = [models.Index(fields=["membership", "step"], name="stepapprover_inbox")]

    def __str__(self) -> str:
        return f"{self.step}: {self.membership}"


class Decision(OrgOwned):
    """Who decided a step, about exactly which submission. One for each step, never by the requester, never changed."""

    class Outcome(models.TextChoices):
        APPROVE = "approve", pgettext_lazy("decision", "Approved")
        REJECT = "reject", pgettext_lazy("decision", "Rejected")

    step = models.OneToOneField(RequestStep, on_delete=models.PROTECT, db_constraint=False, related_name="decision")
    requester = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    objects = OrgOwnedQuerySet["Decision"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(condition=~Q(decided_by=F("requester")), name="decision_never_on_own_request"),
            models.CheckConstraint(condition=Q(outcome__in=["approve", "reject"]), name="decision_outcome_known"),
            models.CheckConstraint(condition=Q(outcome="approve") | ~Q(reason=""), name="decision_rejects_with_reason"),
            TenantForeignKey(field="step", name="decision_step_tenant"),
            TenantForeignKey(field="requester", name="decision_requester_tenant"),
            TenantForeignKey(field="decided_by", name="decision_decider_tenant"),
            TenantForeignKey(field="submission", name="decision_submission_tenant"),
            AppendOnly(name="decision_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.outcome}"


class Message(PublicIdModel, OrgOwned):
    """What people of a request say to each other: questions, answers, a note that was sent along."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, db_constraint=False, related_name="messages")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    objects = OrgOwnedQuerySet["Message"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
            TenantForeignKey(field="request", name="message_request_tenant"),
            TenantForeignKey(field="author", name="message_author_tenant"),
        ]

    def __str__(self) -> str:
        return self.text[:40]
