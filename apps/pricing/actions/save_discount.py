from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Brand, Category
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
) -> DiscountRule:
    """Give an audience a percentage off the base list; `rate` is a share, 0.05 for 5%."""
    rule = DiscountRule.objects.create(
        rate=rate, customer_type=customer_type, organization=organization, category=category, brand=brand
    )
    record_event("pricing.discount_saved", actor=actor, subject=rule, now=now)
    Stamp.bump(STAMP)
    return rule
