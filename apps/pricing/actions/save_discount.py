from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Brand, Category
from apps.core.errors import DaysInWrongOrder
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs.models import CustomerType, Organization
from apps.pricing.models import DiscountRule
from apps.pricing.queries import STAMP


@transaction.atomic
def save_discount(
    *,
    actor: StaffActor | SystemActor,
    rate: Decimal,
    now: datetime,
    customer_type: CustomerType | None = None,
    organization: Organization | None = None,
    category: Category | None = None,
    brand: Brand | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    rule: DiscountRule | None = None,
) -> DiscountRule:
    """Give an audience a percentage off the base list, or change the discount that is given; `rate` is a share, 0.05
    for 5%. One that is over stays on record: its last day ends it.

    :raises DaysInWrongOrder: it would end before it begins.
    """
    if valid_from and valid_until and valid_until < valid_from:
        raise DaysInWrongOrder
    rule = DiscountRule.objects.locked().get(pk=rule.pk) if rule else DiscountRule()
    rule.rate, rule.customer_type, rule.organization = rate, customer_type, organization
    rule.category, rule.brand = category, brand
    rule.valid_from, rule.valid_until = valid_from, valid_until
    rule.save()
    record_event("pricing.discount_saved", actor=actor, subject=rule, now=now)
    Stamp.bump(STAMP)
    return rule
