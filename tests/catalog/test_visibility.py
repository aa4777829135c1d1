"""Assortments in the database: the SQL condition against the rule, on many random catalogs."""

import random
from datetime import date, timedelta

import pytest

from apps.catalog.models import AssortmentItem, AssortmentRule, Brand, Category, Product
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import matching_rules, sold_to, visible
from apps.catalog.rules import resolve_assortment
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from tests.factories import make_category, make_product

DAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def skus(context: BuyingContext, day: date = DAY) -> set[str]:
    """What the SQL finds; the same question about products at hand has the same answer."""
    tree, products = catalog_tree(), list(Product.objects.all())
    found = set(visible(context, tree, day).values_list("sku", flat=True))
    sold = sold_to(context, tree, day, products)
    assert {product.sku for product in products if product.pk in sold} == found
    return found


@pytest.fixture
def shelves() -> list[Category]:
    fasteners = make_category("Fasteners")
    safety = make_category("Safety")
    leaves = [make_category("Screws", fasteners), make_category("Nuts", fasteners), make_category("Gloves", safety)]
    for number, leaf in enumerate(leaves):
        for brand in ("Halden", "Bossard"):
            make_product(leaf, f"P-{number}-{brand}", brand=brand)
    return [fasteners, safety, *leaves]


class TestVisible:
    def test_everything_without_rules(self, mira: Membership, shelves: list[Category]) -> None:
        assert len(skus(buying_context(mira))) == 6

    def test_drafts_and_discontinued_products_are_not_for_sale(self, mira: Membership, shelves: list[Category]) -> None:
        Product.objects.filter(sku="P-0-Halden").update(lifecycle=Product.Lifecycle.DRAFT)
        Product.objects.filter(sku="P-1-Halden").update(lifecycle=Product.Lifecycle.DISCONTINUED)

        assert len(skus(buying_context(mira))) == 4

    def test_a_rule_of_one_company_does_not_touch_another(
        self, mira: Membership, gus: Membership, shelves: list[Category]
    ) -> None:
        AssortmentRule.objects.create(effect="deny", organization=mira.organization, category=shelves[0])

        assert skus(buying_context(mira)) == {"P-2-Halden", "P-2-Bossard"}
        assert len(skus(buying_context(gus))) == 6

    def test_a_rule_holds_on_its_days_only(self, mira: Membership, shelves: list[Category]) -> None:
        AssortmentRule.objects.create(effect="deny", valid_from=DAY, valid_until=DAY)

        assert skus(buying_context(mira)) == set()
        assert len(skus(buying_context(mira), DAY - timedelta(days=1))) == 6
        assert len(skus(buying_context(mira), DAY + timedelta(days=1))) == 6

    def test_takes_one_statement_for_rules_and_one_for_products(
        self, mira: Membership, shelves: list[Category], django_assert_num_queries: object
    ) -> None:
        for brand in Brand.objects.all():
            AssortmentRule.objects.create(effect="deny", brand=brand, category=shelves[2])
        tree, context = catalog_tree(), buying_context(mira)

        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(visible(context, tree, DAY)) == 4


def test_the_condition_equals_the_rule_on_random_catalogs(mira: Membership, gus: Membership) -> None:
    dice = random.Random(20417)
    roots = [make_category(f"Root {number}") for number in range(2)]
    leaves = [make_category(f"Leaf {number}", dice.choice(roots)) for number in range(5)]
    for number in range(60):
        make_product(dice.choice(leaves), f"P-{number}", brand=f"Brand {number % 4}")
    products, brands = list(Product.objects.all()), list(Brand.objects.all())
    audiences = [
        {},
        {"customer_type": mira.organization.customer_type},
        {"organization": mira.organization},
        {"organization": mira.organization, "membership": mira},
        {"organization": gus.organization},
    ]
    context, tree = buying_context(mira), catalog_tree()
    for _round in range(40):
        AssortmentRule.objects.all().delete()
        for _rule in range(dice.randint(0, 10)):
            rule = AssortmentRule(effect=dice.choice(["allow", "deny"]), **dice.choice(audiences))
            if dice.random() < 0.3:
                rule.names_products = True
            else:
                rule.category = dice.choice([None, *roots, *leaves])
                rule.brand = dice.choice([None, *brands])
            if AssortmentRule.objects.filter(
                **{
                    name: getattr(rule, name)
                    for name in ("customer_type", "organization", "membership", "category", "brand", "effect")
                },
                names_products=False,
            ).exists():
                continue
            rule.save()
            if rule.names_products:
                AssortmentItem.objects.bulk_create(
                    AssortmentItem(rule=rule, product=product, category_id=product.category_id)
                    for product in dice.sample(products, 15)
                )
        rules = resolve_assortment(matching_rules(context, tree, DAY), tree.leaves)
        named: dict[int, set[int]] = {}
        for rule_id, product_id in AssortmentItem.objects.values_list("rule", "product"):
            named.setdefault(product_id, set()).add(rule_id)

        expected = {
            product.sku
            for product in products
            if rules.shows(product.category_id, product.brand_id, named.get(product.pk, ()))
        }

        assert skus(context) == expected
