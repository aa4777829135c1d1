from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.approvals.models import Policy
from apps.core.errors import NotAllowed
from apps.orgs.models import Membership, Organization


@transaction.atomic
def end_policy(*, actor: Membership, uid: UUID, now: datetime) -> Policy:
    """Let a rule of approval not hold any more; requests under way keep the steps that they began with.

    :raises NotAllowed: the actor may not change rules.
    """
    if not actor.may("approvals.policies"):
        raise NotAllowed
    organization = Organization.objects.visible_to(actor).locked().get()
    policy = Policy.objects.visible_to(actor).locked().get(uid=uid)
    policy.state = Policy.State.ENDED
    policy.save(update_fields=["state"])
    organization.bump()
    record_event(
        "approvals.policy_ended",
        actor=actor,
        subject=policy,
        now=now,
        audience=Audience(policy.organization_id, "company.log"),
    )
    return policy
