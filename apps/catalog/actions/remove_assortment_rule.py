from datetime import datetime

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.catalog.models import AssortmentRule
from apps.catalog.queries.tree import STAMP
from apps.core.models import Stamp
from apps.core.permissions import StaffActor


@transaction.atomic
def remove_assortment_rule(*, actor: StaffActor, rule: AssortmentRule, now: datetime) -> None:
    """Take a rule away as if it had never been; one that held until a day is ended by that day instead.

    One that is gone already is no reason to complain.
    """
    found = AssortmentRule.objects.filter(pk=rule.pk).locked().first()
    if found is None:
        return
    record_event(
        "catalog.assortment_rule_removed", actor=actor, subject=found, now=now, payload={"reason": found.reason}
    )
    found.delete()
    Stamp.bump(STAMP)
