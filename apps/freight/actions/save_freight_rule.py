from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.freight.models import DeliveryMethod, FreightRule
from apps.freight.queries import STAMP
from apps.orgs.models import CustomerType, Organization


class RuleExists(DomainError):
    message = _("There is a rule for the same customers, delivery method and currency already.")


@transaction.atomic
def save_freight_rule(
    *,
    actor: StaffActor | SystemActor,
    currency: str,
    free_from: Decimal,
    now: datetime,
    method: DeliveryMethod | None = None,
    customer_type: CustomerType | None = None,
    organization: Organization | None = None,
    rule: FreightRule | None = None,
    seen_version: int | None = None,
) -> FreightRule:
    """Make deliveries free from a net amount on, for an audience or everybody, or change the rule that is given.

    `seen_version` is that of the rule as the person saw it.

    :raises ChangedMeanwhile: the rule has another version by now.
    :raises RuleExists: another rule is for the same audience, method and currency.
    """
    rule = FreightRule.objects.locked_as_seen(rule.pk, seen_version) if rule else FreightRule(version=0)
    twins = FreightRule.objects.exclude(pk=rule.pk).filter(
        customer_type=customer_type, organization=organization, unit=None, membership=None, method=method,
        currency=currency,
    )  # fmt: skip
    if twins.exists():
        raise RuleExists
    rule.customer_type, rule.organization = customer_type, organization
    rule.method, rule.currency, rule.free_from = method, currency, free_from
    rule.version += 1
    rule.save()
    record_event("freight.freight_changed", actor=actor, subject=rule, now=now)
    Stamp.bump(STAMP)
    return rule
