"""Staff decide who sees what, and what attributes are called."""

from datetime import date

import pytest

from apps.activity.models import Event
from apps.catalog.actions.remove_assortment_rule import remove_assortment_rule
from apps.catalog.actions.save_assortment_rule import RuleExists, TwoTargets, save_assortment_rule
from apps.catalog.actions.save_attribute import KindInUse, save_attribute
from apps.catalog.models import AssortmentItem, AssortmentRule, Attribute, AttributeOption, AttributeValue
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import visible
from apps.core.errors import DaysInWrongOrder
from apps.core.models import Stamp
from apps.core.permissions import StaffActor
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from tests.factories import NOW, SYSTEM, make_category, make_product
from tests.refusals import nothing_written, refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


class TestSaveAssortmentRule:
    def test_hides_a_shelf_and_opens_a_list_of_it_again(self, mira: Membership, gus: Membership) -> None:
        shelf = make_category("Welding")
        wire, rod = make_product(shelf, "WL-1"), make_product(shelf, "WL-2")
        save_assortment_rule(
            actor=SYSTEM, effect="deny", customer_type=mira.organization.customer_type, category=shelf, now=NOW
        )
        save_assortment_rule(actor=SYSTEM, effect="allow", organization=mira.organization, products=[wire], now=NOW)

        assert list(visible(buying_context(mira), catalog_tree(), DAY)) == [wire]
        assert not visible(buying_context(gus), catalog_tree(), DAY).exists()
        assert Stamp.value_of("catalog") == 2
        assert Event.objects.filter(name="catalog.assortment_rule_saved").count() == 2
        assert AssortmentItem.objects.get().category == rod.category

    def test_a_list_can_be_changed(self, mira: Membership) -> None:
        shelf = make_category("Welding")
        wire, rod = make_product(shelf, "WL-1"), make_product(shelf, "WL-2")
        rule = save_assortment_rule(actor=SYSTEM, effect="deny", products=[wire], now=NOW)

        save_assortment_rule(actor=SYSTEM, effect="deny", products=[rod], rule=rule, now=NOW)

        assert list(AssortmentItem.objects.values_list("product__sku", flat=True)) == ["WL-2"]
        assert AssortmentRule.objects.count() == 1

    def test_what_makes_no_sense_is_refused(self, mira: Membership) -> None:
        shelf = make_category("Welding")
        product = make_product(shelf, "WL-1")
        save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, now=NOW)

        with refused(TwoTargets):
            save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, products=[product], now=NOW)
        with refused(RuleExists):
            save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, now=NOW)
        with refused(DaysInWrongOrder):
            save_assortment_rule(
                actor=SYSTEM, effect="deny", valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1), now=NOW
            )


def test_a_rule_that_is_gone_is_not_removed_again() -> None:
    rule = save_assortment_rule(actor=SYSTEM, effect="deny", now=NOW)
    staff = StaffActor(user_id=1, label="Cat")
    remove_assortment_rule(actor=staff, rule=AssortmentRule.objects.get(), now=NOW)

    with nothing_written():
        remove_assortment_rule(actor=staff, rule=rule, now=NOW)


class TestSaveAttribute:
    def test_names_values_and_puts_them_in_order(self) -> None:
        names = {"en": "Material", "ru": "Материал"}
        options = {"A4": {"en": "Stainless A4"}, "A2": {}}
        save_attribute(actor=SYSTEM, code="material", kind="choice", names=names, options=options, now=NOW)
        save_attribute(actor=SYSTEM, code="material", kind="choice", names=names, options={"A2": {"en": "x"}}, now=NOW)

        attribute = Attribute.objects.get()
        assert (attribute.name("ru"), attribute.name("ar")) == ("Материал", "Material")
        found = AttributeOption.objects.order_by("position").values_list("code", "names")
        assert list(found) == [("A2", {"en": "x"}), ("A4", {"en": "Stainless A4"})]
        assert Stamp.value_of("catalog") == 2
        assert Event.objects.filter(name="catalog.attribute_saved", subject_label="material").count() == 2

    def test_a_kind_with_values_stays(self) -> None:
        attribute = save_attribute(actor=SYSTEM, code="n", kind="number", unit="mm", names={"en": "N"}, now=NOW)
        product = make_product(make_category("Screws"), "A")
        AttributeValue.objects.create(product=product, attribute=attribute, category=product.category, number=1)

        with refused(KindInUse):
            save_attribute(actor=SYSTEM, code="n", kind="number", unit="cm", names={"en": "Other"}, now=NOW)
