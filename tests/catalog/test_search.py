from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from apps.catalog.actions.index_products import index_products
from apps.catalog.models import AssortmentRule, CustomerItemCode, ItemNumber, Product, ProductText
from apps.catalog.queries.search import (
    find_number,
    find_numbers,
    meant_numbers,
    nearest_numbers,
    numbered,
    terms,
    worded,
)
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import matching_rules
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from tests.factories import make_category, make_product

DAY = date(2026, 11, 23)


@pytest.fixture
def buyer(mira: Membership) -> BuyingContext:
    screws, gloves = make_category("Hex head screws"), make_category("Gloves")
    screw = make_product(screws, "HX-933-0840A2", name="Hex screw DIN 933 M8×40, A2-70", popularity=5)
    make_product(screws, "HX-933-0850A2", name="Hex screw DIN 933 M8×50, A2-70", popularity=9)
    glove = make_product(gloves, "GL-N7-0930B", name="Nitrile gloves 0.15 mm, size 9")
    ProductText.objects.create(product=screw, language="zh-hans", name="六角螺栓 DIN 933 M8×40")
    ProductText.objects.create(product=screw, language="ru", name="Болт шестигранный DIN 933 M8×40")
    ItemNumber.objects.create(product=screw, kind="gtin", code="4006381333931", code_key="4006381333931")
    ItemNumber.objects.create(product=glove, kind="mpn", code="N7/930", code_key="N7930")
    with transaction.atomic():
        index_products()
    return buying_context(mira)


def skus(products: list[Product]) -> list[str]:
    return [product.sku for product in products]


def words(buyer: BuyingContext, text: str) -> list[str]:
    return skus(worded(buyer, catalog_tree(), text, DAY, limit=10)[0])


class TestNumbers:
    @pytest.mark.parametrize(
        "typed", ["HX-933-0840A2", "hx933 0840a2", "НХ-933-0840А2", "4006381333931", " 4006 3813 33931 "]
    )
    def test_any_number_in_any_spelling_names_the_product(self, typed: str, buyer: BuyingContext) -> None:
        assert skus(find_number(buyer, catalog_tree(), typed, DAY)) == ["HX-933-0840A2"]

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("HX-933", ["HX-933-0850A2", "HX-933-0840A2"]),
            ("0840A", ["HX-933-0840A2"]),
            ("n7 9", ["GL-N7-0930B"]),
            ("H", []),
        ],
    )
    def test_the_beginning_or_a_part_is_enough(self, typed: str, found: list[str], buyer: BuyingContext) -> None:
        assert skus(numbered(buyer, catalog_tree(), typed, DAY, 10)) == found

    def test_a_company_s_own_number_is_nobody_else_s(
        self, buyer: BuyingContext, mira: Membership, gus: Membership
    ) -> None:
        product = Product.objects.get(sku="HX-933-0840A2")
        CustomerItemCode.objects.create(
            organization=mira.organization, product=product, code="SHIP 0815", code_key="SHIP0815"
        )

        assert skus(find_number(buyer, catalog_tree(), "ship-0815", DAY)) == ["HX-933-0840A2"]
        assert find_number(buying_context(gus), catalog_tree(), "ship-0815", DAY) == []
        assert numbered(buying_context(gus), catalog_tree(), "ship-08", DAY, 10) == []


class TestManyNumbers:
    def test_every_kind_of_number_in_one_statement(
        self, buyer: BuyingContext, mira: Membership, django_assert_num_queries: Any
    ) -> None:
        glove = Product.objects.get(sku="GL-N7-0930B")
        ItemNumber.objects.create(product=glove, kind="old", code="GL-N7-0930", code_key="GLN70930")
        CustomerItemCode.objects.create(organization=mira.organization, product=glove, code="NV 7", code_key="NV7")
        tree = catalog_tree()
        matching_rules(buyer, tree, DAY)
        typed = ["hx-933-0840a2", "4006381333931", "n7/930", "GL-N7-0930", "nv-7", "nothing", "", "--"]

        with django_assert_num_queries(2):
            found = find_numbers(buyer, tree, [*typed, *(f"X-{number}" for number in range(2000))], DAY)

        named = {code: [(row.product.sku, row.by_old) for row in found[code]] for code in typed}
        screw, glove_row = [("HX-933-0840A2", False)], [("GL-N7-0930B", False)]
        assert named == {
            "hx-933-0840a2": screw, "4006381333931": screw, "n7/930": glove_row, "nv-7": glove_row,
            "GL-N7-0930": [("GL-N7-0930B", True)], "nothing": [], "": [], "--": [],
        }  # fmt: skip

    def test_makers_may_have_the_same_number(self, buyer: BuyingContext) -> None:
        for sku in ("HX-933-0850A2", "HX-933-0840A2"):
            ItemNumber.objects.create(product=Product.objects.get(sku=sku), kind="mpn", code="933", code_key="933")

        found = find_numbers(buyer, catalog_tree(), ["933"], DAY)["933"]

        assert [row.product.sku for row in found] == ["HX-933-0840A2", "HX-933-0850A2"]

    def test_what_is_hidden_is_not_found_and_what_is_discontinued_is(self, buyer: BuyingContext) -> None:
        glove = Product.objects.get(sku="GL-N7-0930B")
        Product.objects.filter(pk=glove.pk).update(lifecycle="discontinued")
        AssortmentRule.objects.create(effect="deny", category=Product.objects.get(sku="HX-933-0840A2").category)

        found = find_numbers(buyer, catalog_tree(), ["HX-933-0840A2", "GL-N7-0930B"], DAY)

        assert found["HX-933-0840A2"] == []
        assert found["GL-N7-0930B"][0].product == glove

    def test_the_nearest_numbers_in_one_statement(self, buyer: BuyingContext, django_assert_num_queries: Any) -> None:
        tree = catalog_tree()
        with django_assert_num_queries(2):
            found = nearest_numbers(buyer, tree, ["HX-933-084A2", "GL-N7-093B", "zz"], DAY, limit=1)

        assert {code: skus(rows) for code, rows in found.items()} == {
            "HX-933-084A2": ["HX-933-0840A2"],
            "GL-N7-093B": ["GL-N7-0930B"],
        }

    @pytest.mark.parametrize(
        ("typed", "meant", "reading"),
        [
            ("HX-933-084OA2", "HX-933-0840A2", "HX9330840A2"),
            ("hx-933-O84OA2", "HX-933-0840A2", "HX9330840A2"),
            ("НХ-933-084ОА2", "HX-933-0840A2", "HX9330840A2"),
            ("GL-N7-O930B", "GL-N7-0930B", "GLN70930B"),
            ("GL-N7-09308", "GL-N7-0930B", "GLN70930B"),
            ("4OO6381333931", "HX-933-0840A2", "4006381333931"),
            ("HX-933-0840B2", "HX-933-0840A2", ""),
            ("HX-933-0804A2", "HX-933-0840A2", "HX9330840A2"),
        ],
    )
    def test_a_mistyped_number_means_the_one_it_looks_like(
        self, typed: str, meant: str, reading: str, buyer: BuyingContext
    ) -> None:
        found = meant_numbers(buyer, catalog_tree(), [typed], DAY, limit=3)[typed]

        assert (found.products[0].sku, found.reading) == (meant, reading)

    @pytest.mark.parametrize("typed", ["", "zz", "gloves", "ZZ-77-QQ", "HX-" * 20 + "1"])
    def test_what_is_no_number_or_far_from_any_means_nothing(self, typed: str, buyer: BuyingContext) -> None:
        assert meant_numbers(buyer, catalog_tree(), [typed], DAY, limit=3) == {}

    def test_many_mistyped_numbers_in_two_statements(
        self, buyer: BuyingContext, django_assert_num_queries: Any
    ) -> None:
        tree = catalog_tree()
        matching_rules(buyer, tree, DAY)
        # And for each of them one for the version of the rules.
        with django_assert_num_queries(4):
            found = meant_numbers(buyer, tree, ["HX-933-084OA2", "HX-933-0840B2", "GL-N7-093", "gloves"], DAY, limit=3)

        assert set(found) == {"HX-933-084OA2", "HX-933-0840B2", "GL-N7-093"}

    def test_nobody_is_led_to_what_is_hidden_or_not_sold(self, buyer: BuyingContext) -> None:
        Product.objects.filter(sku="GL-N7-0930B").update(lifecycle="discontinued")
        AssortmentRule.objects.create(effect="deny", category=Product.objects.get(sku="HX-933-0840A2").category)

        assert meant_numbers(buyer, catalog_tree(), ["GL-N7-O930B", "HX-933-084OA2"], DAY, limit=3) == {}


class TestWords:
    def test_all_words_are_needed_and_the_last_may_be_unfinished(self, buyer: BuyingContext) -> None:
        assert set(words(buyer, "hex screws")) == {"HX-933-0840A2", "HX-933-0850A2"}
        assert words(buyer, "screw m8x40") == ["HX-933-0840A2"]
        assert words(buyer, "screw M8×40") == ["HX-933-0840A2"]
        assert words(buyer, "screw М8х40") == ["HX-933-0840A2"]
        assert words(buyer, "М8 ×４０") == ["HX-933-0840A2"]
        assert words(buyer, "nitri") == ["GL-N7-0930B"]
        assert words(buyer, "screw nitrile") == []

    def test_a_slip_finds_the_nearest_word(self, buyer: BuyingContext) -> None:
        products, looked_for = worded(buyer, catalog_tree(), "nitrle gloves", DAY, limit=10)

        assert skus(products) == ["GL-N7-0930B"]
        assert looked_for == "nitrile gloves"

    @pytest.mark.parametrize("typed", ["", "   ", "&|!():*'", "\\", "a" * 500, "<zzzz>", "%", "' OR 1=1 --"])
    def test_no_question_breaks_it(self, typed: str, buyer: BuyingContext) -> None:
        assert words(buyer, typed) == []

    def test_the_reader_s_language_is_searched(self, buyer: BuyingContext) -> None:
        russian, chinese = replace(buyer, language="ru"), replace(buyer, language="zh-hans")

        assert words(russian, "шестигранные болты") == ["HX-933-0840A2"]
        assert words(chinese, "角螺栓") == ["HX-933-0840A2"]
        assert terms("六角螺栓 M8") == ["六角", "角螺", "螺栓", "m8"]

    @pytest.mark.parametrize("language", ["ar", "ru", "zh-hans", "zh-hant"])
    def test_english_names_are_found_in_every_language(self, language: str, buyer: BuyingContext) -> None:
        reader = replace(buyer, language=language)

        assert words(reader, "hex screw m8x40") == ["HX-933-0840A2"]
        assert words(reader, "glove") == ["GL-N7-0930B"]

    def test_hidden_products_are_found_by_nobody(self, buyer: BuyingContext, mira: Membership) -> None:
        AssortmentRule.objects.create(effect="deny", organization=mira.organization)

        assert words(buyer, "screw") == []
        assert numbered(buyer, catalog_tree(), "HX-933", DAY, 10) == []
        assert find_number(buyer, catalog_tree(), "HX-933-0840A2", DAY) == []
