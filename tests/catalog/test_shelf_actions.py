"""What products stand on and belong to: categories, brands, families."""

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import transaction

from apps.activity.models import Delivery, Event
from apps.catalog.actions import index_hanging
from apps.catalog.actions.index_products import index_products
from apps.catalog.actions.replace_texts import NameMissing, TextFacts
from apps.catalog.actions.save_brand import BrandExists, save_brand
from apps.catalog.actions.save_category import AttributeUse, HasProducts, SlugTaken, save_category
from apps.catalog.actions.save_family import FamilyExists, FamilyInUse, save_family
from apps.catalog.models import (
    Attribute,
    Category,
    Product,
    SearchEntry,
)
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.tasks import index_renamed
from tests.factories import NOW, SYSTEM, hear, make_category, make_product
from tests.refusals import refused

pytestmark = pytest.mark.django_db
NAME = {"en": TextFacts("Something")}


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

        with refused(SlugTaken):
            save_category(actor=SYSTEM, slug="nuts", category=screws, texts=NAME, now=NOW)
        with refused(HasProducts):
            save_category(actor=SYSTEM, slug="long", parent=nuts, texts=NAME, now=NOW)


def test_a_category_without_an_english_name_is_not_kept(transactional_db: None) -> None:
    with refused(NameMissing):
        save_category(actor=SYSTEM, slug="nuts", texts={"ru": TextFacts("Гайки")}, now=NOW)


def test_two_brands_have_two_names() -> None:
    save_brand(actor=SYSTEM, name="Halden", now=NOW)
    other = save_brand(actor=SYSTEM, name="Muttik", now=NOW)

    with refused(BrandExists):
        save_brand(actor=SYSTEM, name="Halden", brand=other, now=NOW)


def test_a_family_has_one_code_and_one_category() -> None:
    screws, nuts = make_category("Screws"), make_category("Nuts")
    save_family(actor=SYSTEM, code="m8", category=screws, texts=NAME, now=NOW)
    other = save_family(actor=SYSTEM, code="m10", category=screws, texts=NAME, position=2, now=NOW)
    make_product(screws, "HX-1", family=other)

    with refused(FamilyExists):
        save_family(actor=SYSTEM, code="m8", category=screws, family=other, texts=NAME, now=NOW)
    with refused(FamilyInUse):
        save_family(actor=SYSTEM, code="m10", category=nuts, family=other, texts=NAME, now=NOW)


class TestIndex:
    """Products are found by the new name of what they belong to: later, in batches, as often as it takes."""

    @pytest.fixture
    def products(self, monkeypatch: pytest.MonkeyPatch) -> list[Product]:
        monkeypatch.setattr(index_hanging, "BATCH", 2)
        shelf = make_category("Screws")
        found = [make_product(shelf, f"HX-{number}") for number in range(5)]
        with transaction.atomic():
            index_products([product.pk for product in found])
        return found

    def found_by(self, word: str) -> int:
        return SearchEntry.objects.filter(language="en", vector=SearchQuery(word)).count()

    def hear(self, name: str) -> Event:
        delivery = Delivery.objects.filter(event__name=name).latest("pk")
        hear(index_renamed, delivery)
        return delivery.event

    def test_a_new_name_is_told_to_all_products_after_the_save(self, products: list[Product]) -> None:
        shelf = products[0].category
        save_category(actor=SYSTEM, slug="screws", category=shelf, texts={"en": TextFacts("Fasteners")}, now=NOW)
        assert self.found_by("fasteners") == 0

        for _time in range(2):
            event = self.hear("catalog.category_saved")

        assert event.payload == {"renamed": [shelf.pk]}
        assert self.found_by("fasteners") == 5

    def test_the_same_name_is_no_work(self, products: list[Product]) -> None:
        brand = products[0].brand
        save_brand(actor=SYSTEM, name=brand.name, brand=brand, now=NOW)

        assert self.hear("catalog.brand_saved").payload == {"renamed": []}
