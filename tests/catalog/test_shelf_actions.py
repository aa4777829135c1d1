"""What products stand on and belong to: categories, brands, families."""

from typing import Any

import pytest

from apps.activity.models import Event
from apps.catalog.actions.replace_texts import NameMissing, TextFacts
from apps.catalog.actions.save_brand import BrandExists, save_brand
from apps.catalog.actions.save_category import AttributeUse, HasProducts, SlugTaken, save_category
from apps.catalog.actions.save_family import FamilyExists, FamilyInUse, save_family
from apps.catalog.models import Attribute, Brand, Category, CategoryAttribute, CategoryText, Family, FamilyText, Product
from apps.catalog.queries.tree import catalog_tree
from apps.core.models import Stamp
from tests.factories import NOW, SYSTEM, make_category, make_product

pytestmark = pytest.mark.django_db
NAME = {"en": TextFacts("Something")}


def state() -> list[Any]:
    models = (Brand, Category, CategoryAttribute, CategoryText, Family, FamilyText, Product, Stamp, Event)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


class TestCategory:
    def test_stands_last_below_its_parent_in_the_tree_of_all_pages(self) -> None:
        above = make_category("Fasteners")
        make_category("Screws", above)
        above = Category.objects.get(pk=above.pk)

        save_category(actor=SYSTEM, slug="nuts", parent=above, texts={"en": TextFacts("Nuts", "All of them")}, now=NOW)

        tree = catalog_tree()
        assert [node.slug for node in tree.children(tree.by_slug["fasteners"])] == ["screws", "nuts"]
        assert tree.by_slug["nuts"].description("ru") == "All of them"
        assert Event.objects.get(name="catalog.category_saved").subject_label == "nuts"

    def test_a_change_says_anew_which_attributes_it_uses(self) -> None:
        shelf = make_category("Screws")
        one, two = (Attribute.objects.create(code=code, kind="text", names={"en": code}) for code in ("a", "b"))
        for uses in ([AttributeUse(one, 1), AttributeUse(two, 2)], [AttributeUse(two, 1, is_column=True)]):
            save_category(actor=SYSTEM, category=shelf, slug="s", texts=NAME, attributes=uses, now=NOW)

        assert shelf.attributes.values_list("attribute__code", "position", "is_column").get() == ("b", 1, True)

    def test_what_cannot_be_is_refused(self) -> None:
        screws, nuts = make_category("Screws"), make_category("Nuts")
        make_product(nuts, "NT-08")
        before = state()

        with pytest.raises(SlugTaken):
            save_category(actor=SYSTEM, slug="nuts", category=screws, texts=NAME, now=NOW)
        with pytest.raises(HasProducts):
            save_category(actor=SYSTEM, slug="long", parent=nuts, texts=NAME, now=NOW)

        assert state() == before


def test_a_category_without_an_english_name_is_not_kept(transactional_db: None) -> None:
    with pytest.raises(NameMissing):
        save_category(actor=SYSTEM, slug="nuts", texts={"ru": TextFacts("Гайки")}, now=NOW)

    assert not Category.objects.exists()


def test_two_brands_have_two_names() -> None:
    save_brand(actor=SYSTEM, name="Halden", now=NOW)
    other = save_brand(actor=SYSTEM, name="Muttik", now=NOW)
    before = state()

    with pytest.raises(BrandExists):
        save_brand(actor=SYSTEM, name="Halden", brand=other, now=NOW)

    assert state() == before


def test_a_family_has_one_code_and_one_category() -> None:
    screws, nuts = make_category("Screws"), make_category("Nuts")
    save_family(actor=SYSTEM, code="m8", category=screws, texts=NAME, now=NOW)
    other = save_family(actor=SYSTEM, code="m10", category=screws, texts=NAME, position=2, now=NOW)
    make_product(screws, "HX-1", family=other)
    before = state()

    with pytest.raises(FamilyExists):
        save_family(actor=SYSTEM, code="m8", category=screws, family=other, texts=NAME, now=NOW)
    with pytest.raises(FamilyInUse):
        save_family(actor=SYSTEM, code="m10", category=nuts, family=other, texts=NAME, now=NOW)

    assert state() == before
