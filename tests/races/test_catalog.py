"""Two people save one product, or what products stand on, at the same moment."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.db.models import F

from apps.catalog.actions import save_product as saving
from apps.catalog.actions.import_catalog import import_catalog
from apps.catalog.actions.import_catalog.merging import Merge
from apps.catalog.actions.import_catalog.staging import Staging
from apps.catalog.actions.replace_texts import TextFacts
from apps.catalog.actions.save_brand import save_brand
from apps.catalog.actions.save_category import HasProducts, SlugTaken, save_category
from apps.catalog.actions.save_item_codes import CodesTaken, save_item_codes
from apps.catalog.actions.save_product import FamilyElsewhere, NotALeaf, ProductFacts, save_product
from apps.catalog.models import Brand, Category, CustomerItemCode, Family, Product
from apps.core.errors import ChangedMeanwhile
from apps.core.imports import ImportOutcome
from apps.core.querysets import LockingQuerySet, TreeManager
from apps.core.sheets import read_sheet
from tests.factories import NOW, SYSTEM, OrganizationFactory, make_category, make_member, make_product

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def screw(transactional_db: None) -> Product:
    return make_product(make_category("Screws"), "HX-0840")


@pytest.fixture(autouse=True)
def slowly(pause_after: Any) -> None:
    pause_after(saving, "product_record")


def both_save(screw: Product, at_once: AtOnce) -> list[Any]:
    def save(days: int) -> Callable[[], Product]:
        facts = ProductFacts(
            sku=screw.sku, category=screw.category, brand=screw.brand, lead_days=days, texts={"en": TextFacts("Screw")}
        )
        return lambda: save_product(actor=SYSTEM, facts=facts, product=screw, seen_version=1, now=NOW)

    return at_once(save(3), save(5))


def test_the_second_is_told_that_the_first_has_changed_it(screw: Product, at_once: AtOnce) -> None:
    results = both_save(screw, at_once)

    assert {type(result) for result in results} == {Product, ChangedMeanwhile}
    screw.refresh_from_db()
    assert screw.version == 2


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_lock_one_change_is_lost(screw: Product, at_once: AtOnce) -> None:
    results = both_save(screw, at_once)

    assert ChangedMeanwhile not in {type(result) for result in results}


class TestLeaf:
    """A product is placed on a category at the moment in which the first other one is put below it."""

    def both(self, screw: Product, at_once: AtOnce) -> list[Any]:
        leaf = make_category("Bolts")
        facts = ProductFacts(sku="HX-0850", category=leaf, brand=screw.brand, texts={"en": TextFacts("Screw")})
        return at_once(
            lambda: save_product(actor=SYSTEM, facts=facts, now=NOW),
            lambda: save_category(actor=SYSTEM, slug="hex", parent=leaf, texts={"en": TextFacts("Hex bolts")}, now=NOW),
        )

    @pytest.fixture(autouse=True)
    def slowly_too(self, pause_after: Any) -> None:
        pause_after(LockingQuerySet, "exists")
        pause_after(saving, "_check")

    def test_one_of_them_is_refused(self, screw: Product, at_once: AtOnce) -> None:
        product, category = both = self.both(screw, at_once)

        assert isinstance(product, NotALeaf) != isinstance(category, HasProducts), both
        assert not Product.objects.filter(category__numchild__gt=0).exists()

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_locks_the_product_stands_beside_the_category(
        self, screw: Product, at_once: AtOnce
    ) -> None:
        self.both(screw, at_once)

        assert Product.objects.filter(category__numchild__gt=0).exists()


class TestRoots:
    """Two categories are put beside the first ones of the tree at once: both want the same next place."""

    def both(self, at_once: AtOnce) -> list[Any]:
        def save(slug: str) -> Callable[[], Category]:
            return lambda: save_category(actor=SYSTEM, slug=slug, texts={"en": TextFacts(slug)}, now=NOW)

        return at_once(save("screws"), save("nuts"))

    @pytest.fixture(autouse=True)
    def slowly_too(self, pause_after: Any) -> None:
        pause_after(TreeManager, "get_last_root_node", 1.0)

    def test_both_have_their_place(self, at_once: AtOnce) -> None:
        self.both(at_once)

        assert set(Category.objects.values_list("slug", "path")) in (
            {("screws", "0001"), ("nuts", "0002")},
            {("screws", "0002"), ("nuts", "0001")},
        )

    def test_control_without_the_lock_one_is_lost(self, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(TreeManager, "lock_tree", lambda _self: None)

        results = self.both(at_once)

        assert {type(result) for result in results} == {Category, IntegrityError}


class TestSlug:
    """Two categories take one address at once, below different ones."""

    def both(self, at_once: AtOnce) -> list[Any]:
        def save(parent: Category) -> Callable[[], Category]:
            return lambda: save_category(
                actor=SYSTEM, slug="washers", parent=parent, texts={"en": TextFacts("Washers")}, now=NOW
            )

        return at_once(save(make_category("Screws")), save(make_category("Nuts")))

    @pytest.fixture(autouse=True)
    def slowly_too(self, pause_after: Any) -> None:
        pause_after(LockingQuerySet, "exists")

    def test_the_second_is_told(self, at_once: AtOnce) -> None:
        assert {type(result) for result in self.both(at_once)} == {Category, SlugTaken}

    def test_control_without_the_lock_the_database_refuses_it(
        self, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(TreeManager, "lock_tree", lambda _self: None)

        assert {type(result) for result in self.both(at_once)} == {Category, IntegrityError}


class TestBrand:
    def both_rename(self, screw: Product, at_once: AtOnce) -> list[Any]:
        def rename(name: str) -> Callable[[], Brand]:
            return lambda: save_brand(actor=SYSTEM, brand=screw.brand, name=name, seen_version=1, now=NOW)

        return at_once(rename("Nordhammer"), rename("Muttik"))

    @pytest.fixture(autouse=True)
    def slowly_too(self, pause_after: Any) -> None:
        pause_after(LockingQuerySet, "exists")

    def test_the_second_is_told_that_the_first_has_renamed_it(self, screw: Product, at_once: AtOnce) -> None:
        results = self.both_rename(screw, at_once)

        assert {type(result) for result in results} == {Brand, ChangedMeanwhile}

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_lock_one_name_is_lost(self, screw: Product, at_once: AtOnce) -> None:
        results = self.both_rename(screw, at_once)

        assert {type(result) for result in results} == {Brand}


class TestItemCodes:
    """One own number is given to two products at once; nobody takes it from the other without knowing."""

    def both_name(self, screw: Product, at_once: AtOnce) -> tuple[list[Any], set[int]]:
        buyer = make_member(OrganizationFactory(), "Mira", "buyer")
        products = [screw, make_product(screw.category, "HX-0850")]
        results = at_once(
            *(
                lambda product=product: save_item_codes(actor=buyer, codes={"NV 7": product}, now=NOW)
                for product in products
            )
        )
        return results, set(CustomerItemCode.objects.values_list("product", flat=True))

    def test_the_second_is_told(self, screw: Product, at_once: AtOnce) -> None:
        results, _products = self.both_name(screw, at_once)

        assert {type(result) for result in results} == {list, CodesTaken}

    def test_control_without_the_unique_key_it_names_both(
        self, screw: Product, at_once: AtOnce, without_constraint: Any, pause_after: Any
    ) -> None:
        without_constraint(CustomerItemCode, "customeritemcode_names_one_product")
        pause_after(LockingQuerySet, "bulk_create")

        _results, products = self.both_name(screw, at_once)

        assert len(products) == 2


class TestImport:
    """A file and a person change the texts of one product at once."""

    @pytest.fixture
    def file_and_person(self, screw: Product, at_once: AtOnce, pause_after: Any) -> Callable[[], list[Any]]:
        texts = {"en": TextFacts("Screw")}
        facts = ProductFacts(sku=screw.sku, category=screw.category, brand=screw.brand, texts=texts)
        sheet = read_sheet(BytesIO(f"sku,name\n{screw.sku},Bolt\n".encode()))
        pause_after(Merge, "merge_values")
        return lambda: at_once(
            lambda: save_product(actor=SYSTEM, facts=facts, product=screw, now=NOW),
            lambda: import_catalog(actor=SYSTEM, columns=sheet.columns, rows=sheet, now=NOW),
        )

    def test_both_are_done_one_after_the_other(self, file_and_person: Callable[[], list[Any]]) -> None:
        assert not [result for result in file_and_person() if isinstance(result, Exception)]

        assert Product.objects.get().version >= 2

    def test_control_without_the_lock_they_wait_for_each_other(
        self, file_and_person: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Staging, "lock_products", lambda _self: None)

        assert [type(result) for result in file_and_person()].count(OperationalError) == 1


class TestImportBeside:
    """A file puts a category below one that receives its first product at that moment, or moves such a family away."""

    @pytest.fixture(params=["Bolts > Hex bolts,", "Nuts,m8"])
    def both(self, screw: Product, at_once: AtOnce, request: Any) -> Callable[[], tuple[Any, ImportOutcome]]:
        leaf = make_category("Bolts")
        make_category("Nuts")
        family = Family.objects.create(code="m8", category=leaf)
        texts = {"en": TextFacts("Screw")}
        facts = ProductFacts(sku="HX-0850", category=leaf, family=family, brand=screw.brand, texts=texts)
        header, row = "sku,name,brand,category,family", f"HX-0860,Bolt,Halden,{request.param}"
        sheet = read_sheet(BytesIO(f"{header}\n{row}\n".encode()))
        return lambda: tuple(
            at_once(
                lambda: save_product(actor=SYSTEM, facts=facts, now=NOW),
                lambda: import_catalog(actor=SYSTEM, columns=sheet.columns, rows=sheet, now=NOW),
            )
        )

    @pytest.fixture(autouse=True)
    def slowly_too(self, pause_after: Any) -> None:
        pause_after(saving, "_check")
        pause_after(Staging, "check")

    def misplaced(self) -> bool:
        in_family = Product.objects.exclude(family=None)
        return Product.objects.filter(category__numchild__gt=0).exists() or (
            in_family.exclude(category=F("family__category")).exists()
        )

    def test_one_of_them_is_refused(self, both: Callable[[], tuple[Any, ImportOutcome]]) -> None:
        product, outcome = results = both()

        assert isinstance(product, (NotALeaf, FamilyElsewhere)) == outcome.was_saved, results
        assert not self.misplaced()

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_locks_the_product_is_misplaced(
        self, both: Callable[[], tuple[Any, ImportOutcome]]
    ) -> None:
        both()

        assert self.misplaced()
