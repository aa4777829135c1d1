from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import AssortmentItem, AssortmentRule, Brand, Category, Product
from apps.catalog.queries.tree import STAMP
from apps.core.errors import DaysInWrongOrder, DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.orgs.models import CustomerType, Organization


class TwoTargets(DomainError):
    message = _("A rule names single products, or a category and a brand, but not both.")


class RuleExists(DomainError):
    message = _("There is a rule for the same customers and the same products already.")


@transaction.atomic
def save_assortment_rule(
    *,
    actor: StaffActor | SystemActor,
    effect: str,
    now: datetime,
    customer_type: CustomerType | None = None,
    organization: Organization | None = None,
    category: Category | None = None,
    brand: Brand | None = None,
    products: Collection[Product] = (),
    valid_from: date | None = None,
    valid_until: date | None = None,
    reason: str = "",
    rule: AssortmentRule | None = None,
    seen_version: int | None = None,
) -> AssortmentRule:
    """Show or hide a part of the catalog for an audience, or change the rule that is given.

    Without customer type and company it is for everybody; without category, brand and products it is about all goods.
    `seen_version` is that of the rule as the person saw it.

    :raises ChangedMeanwhile: the rule has another version by now.
    :raises TwoTargets: single products and a category or brand are named.
    :raises DaysInWrongOrder: `valid_until` is before `valid_from`.
    :raises RuleExists: another rule says the same of the same goods for the same audience.
    """
    rule = AssortmentRule.objects.locked_as_seen(rule.pk, seen_version) if rule else AssortmentRule(version=0)
    # Whoever moves one of them to another category, of which the items keep a copy, comes before or after.
    named = list(Product.objects.filter(pk__in=[product.pk for product in products]).locked())
    if products and (category or brand):
        raise TwoTargets
    if valid_from and valid_until and valid_until < valid_from:
        raise DaysInWrongOrder
    twins = AssortmentRule.objects.exclude(pk=rule.pk).filter(
        customer_type=customer_type, organization=organization, unit=None, membership=None,
        category=category, brand=brand, effect=effect, valid_from=valid_from, names_products=False,
    )  # fmt: skip
    if not products and twins.exists():
        raise RuleExists
    rule.customer_type, rule.organization = customer_type, organization
    rule.category, rule.brand, rule.names_products = category, brand, bool(products)
    rule.effect, rule.reason = effect, reason
    rule.valid_from, rule.valid_until = valid_from, valid_until
    rule.version += 1
    rule.save()
    rule.items.exclude(product__in=named).delete()
    AssortmentItem.objects.bulk_create(
        (AssortmentItem(rule=rule, product=product, category_id=product.category_id) for product in named),
        ignore_conflicts=True,
    )
    record_event("catalog.assortment_rule_saved", actor=actor, subject=rule, now=now)
    Stamp.bump(STAMP)
    return rule
