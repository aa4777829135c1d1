from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.approvals.models import Policy, PolicyVersion
from apps.approvals.queries import people_of
from apps.approvals.rules import MEMBER, ROLE
from apps.core.errors import DomainError, NotAllowed
from apps.core.permissions import SystemActor
from apps.orgs.models import Membership, Organization


class DeadEnd(DomainError):
    message = _("Nobody in this rule may approve orders. Give somebody the role first.")


@dataclass(frozen=True)
class PolicyTerms:
    """What a rule says: when it holds (`over` in the company's currency, net goods), and who decides in which order."""

    condition: str
    over: Decimal | None
    steps: Sequence[Mapping[str, Any]]


@transaction.atomic
def save_policy(
    *,
    actor: Membership | SystemActor,
    terms: PolicyTerms,
    now: datetime,
    uid: UUID | None = None,
    organization: Organization | None = None,
) -> Policy:
    """Add a rule of approval behind the others, or let one say something else from now on.

    Requests under way keep the steps that they began with.

    :raises NotAllowed: the actor may not change rules.
    :raises DeadEnd: a step names nobody who may approve.
    """
    if isinstance(actor, Membership):
        if not actor.may("approvals.policies"):
            raise NotAllowed
        organization = Organization.objects.visible_to(actor).locked().get()
    else:
        assert organization is not None, "The system says for which company."
        organization = Organization.objects.locked().get(pk=organization.pk)
    people = people_of(organization)
    for step in terms.steps:
        named = [
            person
            for person in people.values()
            if (step["kind"] == MEMBER and person.id == step["member"])
            or (step["kind"] == ROLE and step["role"] in person.role_codes)
        ]
        if step["kind"] in {MEMBER, ROLE} and not any(person.may_decide for person in named):
            raise DeadEnd
    own = Policy.objects.filter(organization=organization)
    if uid:
        policy = own.locked().get(uid=uid)
    else:
        last = own.aggregate(last=Max("position"))["last"] or 0
        policy = Policy.objects.create(organization=organization, position=last + 1)
    PolicyVersion.objects.create(
        organization=organization,
        policy=policy,
        number=PolicyVersion.objects.filter(policy=policy).count() + 1,
        condition=terms.condition,
        over=terms.over,
        steps=list(terms.steps),
        created_at=now,
    )
    organization.bump()
    record_event(
        "approvals.policy_saved",
        actor=actor,
        subject=policy,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return policy
