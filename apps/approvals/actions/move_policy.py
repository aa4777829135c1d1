from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.approvals.models import Policy
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orgs.models import Membership, Organization


@transaction.atomic
def move_policy(*, actor: Membership, uid: UUID, by: int, now: datetime) -> Policy:
    """Put a rule of approval so many places down among those that hold, or up with a negative number.

    Rules add their steps in this order; requests under way keep the steps that they began with.

    :raises NotAllowed: the actor may not change rules.
    :raises IllegalTransition: the rule does not hold any more, or stands at the end already.
    """
    if not actor.may("approvals.policies"):
        raise NotAllowed
    organization = Organization.objects.visible_to(actor).locked().get()
    active = Policy.objects.visible_to(actor).active().locked()
    rows = sorted(active, key=lambda row: (row.position, row.pk))
    before = next((place for place, row in enumerate(rows) if row.uid == uid), None)
    if before is None or not 0 <= before + by < len(rows):
        raise IllegalTransition
    policy = rows.pop(before)
    rows.insert(before + by, policy)
    for position, row in enumerate(rows, start=1):
        row.position = position
    Policy.objects.write(rows, "position")
    organization.bump()
    record_event(
        "approvals.policy_moved",
        actor=actor,
        subject=policy,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"before": before + 1, "after": policy.position},
    )
    return policy
