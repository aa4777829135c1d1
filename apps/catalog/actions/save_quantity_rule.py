from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Category, Product, QuantityRule
from apps.catalog.queries.tree import STAMP
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs.models import CustomerType, Organization


class OneTarget(DomainError):
    message = _("A quantity rule is about one product or one category.")


class NothingSaid(DomainError):
    message = _("State a minimum, a multiple or a maximum.")


class BoundsInWrongOrder(DomainError):
    message = _("The maximum is below the minimum.")


class QuantityRuleExists(DomainError):
    message = _("There is a quantity rule for the same customers and the same products already. Change that one.")


@transaction.atomic
def save_quantity_rule(
    *,
    actor: StaffActor | SystemActor,
    now: datetime,
    product: Product | None = None,
    category: Category | None = None,
    customer_type: CustomerType | None = None,
    organization: Organization | None = None,
    min_quantity: Decimal | None = None,
    order_multiple: Decimal | None = None,
    max_quantity: Decimal | None = None,
    rule: QuantityRule | None = None,
    seen_version: int | None = None,
) -> QuantityRule:
    """Say in what quantities an audience buys a product or a category, or change the rule that is given.

    Quantities are in base units; None leaves a field to the next rule and at last to the product. Without customer
    type and company it is for everybody. `seen_version` is that of the rule as the person saw it.

    :raises ChangedMeanwhile: the rule has another version by now.
    :raises OneTarget: product and category are both given, or neither.
    :raises NothingSaid: all three quantities are None.
    :raises BoundsInWrongOrder: the maximum is below the minimum.
    :raises QuantityRuleExists: another rule is about the same for the same audience.
    """
    rule = QuantityRule.objects.locked_as_seen(rule.pk, seen_version) if rule else QuantityRule(version=0)
    if bool(product) == bool(category):
        raise OneTarget
    if min_quantity is None and order_multiple is None and max_quantity is None:
        raise NothingSaid
    if min_quantity is not None and max_quantity is not None and max_quantity < min_quantity:
        raise BoundsInWrongOrder
    target = {"customer_type": customer_type, "organization": organization, "product": product, "category": category}
    if QuantityRule.objects.exclude(pk=rule.pk).filter(unit=None, membership=None, **target).exists():
        raise QuantityRuleExists
    rule.customer_type, rule.organization = customer_type, organization
    rule.product, rule.category = product, category
    rule.min_quantity, rule.order_multiple, rule.max_quantity = min_quantity, order_multiple, max_quantity
    rule.version += 1
    rule.save()
    record_event("catalog.quantity_rule_saved", actor=actor, subject=rule, now=now)
    Stamp.bump(STAMP)
    return rule
