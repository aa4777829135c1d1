"""The catalog as staff edit it: the role of the catalog and administrators, through actions, others only look."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.activity.models import Delivery, Event
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.actions.save_attribute import save_attribute
from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.models import (
    Attribute,
    AttributeOption,
    AttributeValue,
    Brand,
    Category,
    CategoryText,
    Family,
    ItemNumber,
    Product,
    SearchEntry,
)
from apps.catalog.tasks import index_renamed
from apps.core.permissions import StaffRole
from config.subscriptions import INDEX
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, hear, make_category, make_product, make_staff
from tests.forms import more_rows, said, typed
from tests.refusals import nothing_written

SignIn = Callable[[Any], Client]
ROLES = [StaffRole.SALES, StaffRole.WAREHOUSE, StaffRole.CATALOG, StaffRole.ADMINISTRATOR]
EDITORS = {StaffRole.CATALOG, StaffRole.ADMINISTRATOR}


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def cat(db: None, sign_in: SignIn) -> Client:
    return sign_in(make_staff("Cat", StaffRole.CATALOG))


@pytest.fixture
def shelf(db: None) -> Category:
    options: dict[str, dict[str, str]] = {"M8": {}, "M10": {}}
    save_attribute(actor=SYSTEM, code="thread", kind="choice", names={"en": "Thread"}, options=options, now=NOW)
    save_attribute(actor=SYSTEM, code="length", kind="number", unit="mm", names={"en": "Length"}, now=NOW)
    return make_category("Screws", make_category("Fasteners"))


@pytest.fixture
def screw(shelf: Category) -> Product:
    screw = make_product(shelf, "HX-0840", name="Hex screw M8×40")
    ItemNumber.objects.create(product=screw, kind="gtin", code="4006381333931", code_key="4006381333931")
    AttributeValue.objects.create(
        product=screw, attribute=Attribute.objects.get(code="length"), category=shelf, number=Decimal(40)
    )
    return screw


def index_what_waits() -> None:
    """What the worker does after a save."""
    for delivery in Delivery.objects.filter(subscriber=INDEX):
        hear(index_renamed, delivery)


def page(kind: str, row: Any = None) -> str:
    return reverse(f"admin:catalog_{kind}_{'change' if row else 'add'}", args=[row.pk] if row else [])


class TestProduct:
    def test_is_added_with_all_its_rows(self, cat: Client, shelf: Category) -> None:
        brand = Brand.objects.create(name="Halden")
        length = Attribute.objects.get(code="length")
        data = typed(
            cat, page("product"), sku="HX-0850", category=shelf.pk, brand=brand.pk,
            **{"texts-0-language": "en", "texts-0-name": "Hex screw M8×50"},
        )  # fmt: skip
        data = more_rows(data, "numbers", {"kind": "mpn", "code": "96-2"})
        data = more_rows(data, "packs", {"unit": "BX", "factor": "100"})
        data = more_rows(data, "values", {"attribute": length.pk, "value": "50,5"})

        response = cat.post(page("product"), data)

        assert response.status_code == 302, said(response)
        product = Product.objects.get()
        assert product.texts.get().name == "Hex screw M8×50"
        assert product.numbers.get().code_key == "962"
        assert product.packs.get().factor == 100
        assert product.values.get().number == Decimal("50.5")
        assert SearchEntry.objects.filter(product=product).count() == 5

    def test_is_changed_row_by_row(self, cat: Client, screw: Product) -> None:
        thread = Attribute.objects.get(code="thread")
        data = typed(cat, page("product", screw), lead_days="10", **{"numbers-0-DELETE": "on", "values-0-value": "41"})
        data = more_rows(data, "texts", {"language": "ru", "name": "Болт"})
        data = more_rows(data, "values", {"attribute": thread.pk, "value": "M10"})

        response = cat.post(page("product", screw), data)

        assert response.status_code == 302, said(response)
        screw.refresh_from_db()
        assert (screw.lead_days, screw.version) == (10, 2)
        assert not screw.numbers.exists()
        assert set(screw.texts.values_list("language", flat=True)) == {"en", "ru"}
        assert set(screw.values.values_list("number", "option__code")) == {(Decimal(41), None), (None, "M10")}
        assert set(Event.objects.get(name="catalog.product_saved").payload["changed"]) == {
            "lead_days", "gtin", "name_ru", "attr:length", "attr:thread"
        }  # fmt: skip

    def test_choices_read_as_names_in_the_readers_language(self, cat: Client, screw: Product) -> None:
        CategoryText.objects.create(category=screw.category, language="ru", name="Винты")
        url = reverse("admin:autocomplete")
        asked = {"app_label": "catalog", "model_name": "product", "field_name": "category", "term": "screws"}

        (row,) = cat.get(url, asked, headers={"accept-language": "ru"}).json()["results"]
        shown = cat.get(page("product", screw), headers={"accept-language": "ru"}).content.decode()

        assert row == {"id": str(screw.category.pk), "text": "Fasteners › Винты"}
        assert ">Fasteners › Винты</option>" in shown
        assert ">Length (length)</option>" in shown

    def test_many_suggestions_cost_no_more_than_one(self, cat: Client, screw: Product, statements: Statements) -> None:
        asked = {"app_label": "catalog", "model_name": "product", "field_name": "successor", "term": "HX"}

        def suggest() -> list[str]:
            found = cat.get(reverse("admin:autocomplete"), asked).json()["results"]
            return [row["text"] for row in found]

        assert suggest() == ["HX-0840 Hex screw M8×40"]
        one = statements(suggest)
        for number in range(4):
            make_product(screw.category, f"HX-100{number}")

        assert statements(suggest) == one
        assert len(suggest()) == 5

    def test_those_who_may_only_look_see_the_same_names(self, sign_in: SignIn, screw: Product) -> None:
        shown = sign_in(make_staff("Sal", StaffRole.SALES)).get(page("product", screw)).content.decode()

        assert ">Fasteners › Screws</a>" in shown

    def test_what_is_wrong_is_said_at_its_row_and_all_that_was_typed_stays(self, cat: Client, screw: Product) -> None:
        thread = Attribute.objects.get(code="thread")
        other = make_product(screw.category, "HX-0850")
        ItemNumber.objects.create(product=other, kind="gtin", code="12345670", code_key="12345670")
        data = typed(cat, page("product", screw), lead_days="10")
        data = more_rows(data, "numbers", {"kind": "gtin", "code": "12345678"}, {"kind": "gtin", "code": "12345670"})
        data = more_rows(data, "values", {"attribute": thread.pk, "value": "M9"})

        response = cat.post(page("product", screw), data)

        numbers, values = (
            next(
                inline.formset for inline in response.context["inline_admin_formsets"] if inline.formset.prefix == name
            )
            for name in ("numbers", "values")
        )
        assert [row.get("code") for row in numbers.errors] == [
            None,
            ["“12345678” is not a GTIN: its length or its check digit is wrong."],
            ["The GTIN 12345670 belongs to HX-0850."],
        ]
        assert values.errors[1]["value"] == ["“M9” is not one of: M8, M10."]
        shown = response.content.decode()
        assert all(f'value="{text}"' in shown for text in ("10", "12345678", "M9"))
        screw.refresh_from_db()
        assert (screw.lead_days, screw.version) == (None, 1)
        assert not Event.objects.filter(name="catalog.product_saved").exists()

    def test_a_refusal_of_the_action_stands_at_its_field(self, cat: Client, screw: Product) -> None:
        above = Category.objects.get(slug="fasteners")

        response = cat.post(page("product", screw), typed(cat, page("product", screw), category=above.pk))

        assert "others below it" in response.context["adminform"].form.errors["category"][0]

    def test_two_people_do_not_lose_each_other_s_change(
        self, cat: Client, screw: Product, sam: Any, sign_in: SignIn
    ) -> None:
        assert 'name="seen_version" value="1"' in cat.get(page("product", screw)).content.decode()
        mine, theirs = typed(cat, page("product", screw)), typed(cat, page("product", screw))
        sign_in(sam).post(page("product", screw), {**theirs, "lead_days": "3", "numbers-0-DELETE": "on"})

        response = cat.post(page("product", screw), {**mine, "lead_days": "9", "net_weight_g": "77"})

        assert "Somebody else has changed this since" in response.context["adminform"].form.errors["__all__"][0]
        assert 'value="77"' in response.content.decode()
        screw.refresh_from_db()
        assert (screw.lead_days, screw.net_weight_g) == (3, None)

    def test_the_page_asks_no_more_for_more_rows(self, cat: Client, screw: Product, statements: Statements) -> None:
        few = statements(lambda: cat.get(page("product", screw)))
        for code in ("a", "b", "c"):
            ItemNumber.objects.create(product=screw, kind="mpn", code=code, code_key=code)

        assert statements(lambda: cat.get(page("product", screw))) == few


class TestCategory:
    def test_a_shelf_is_added_below_another_and_changed(self, cat: Client, shelf: Category) -> None:
        above, thread = Category.objects.get(slug="fasteners"), Attribute.objects.get(code="thread")
        texts = {"texts-0-language": "en", "texts-0-name": "Nuts"}
        data = typed(cat, page("category"), parent=above.pk, slug="nuts", **texts)
        data = more_rows(data, "attributes", {"attribute": thread.pk, "position": "1", "is_facet": "on"})
        response = cat.post(page("category"), data)
        assert response.status_code == 302, said(response)

        nuts = Category.objects.get(slug="nuts")
        product = make_product(nuts, "NT-08")
        assert nuts.path.startswith(above.path)
        assert nuts.attributes.values_list("attribute__code", "is_facet", "is_column").get() == ("thread", True, False)
        cat.post(
            page("category", nuts), typed(cat, page("category", nuts), drawing="nut", **{"texts-0-name": "Hexnuts"})
        )
        nuts.refresh_from_db()
        assert (nuts.drawing, nuts.texts.get().name) == ("nut", "Hexnuts")
        index_what_waits()
        assert "hexnut" in SearchEntry.objects.get(product=product, language="en").vector

    def test_none_stands_below_products(self, cat: Client, screw: Product) -> None:
        texts = {"texts-0-language": "en", "texts-0-name": "Long"}
        data = typed(cat, page("category"), parent=screw.category.pk, slug="long", **texts)

        response = cat.post(page("category"), data)

        assert "has products" in response.context["adminform"].form.errors["parent"][0]
        assert Category.objects.count() == 2

    def test_a_name_is_needed(self, cat: Client, db: None) -> None:
        data = typed(cat, page("category"), slug="x", **{"texts-0-language": "ru", "texts-0-name": "Болты"})

        assert "English name" in said(cat.post(page("category"), data))
        assert not Category.objects.exists()


class TestBrandAndFamily:
    def test_products_are_found_by_a_new_name_of_their_brand(self, cat: Client, screw: Product) -> None:
        cat.post(page("brand", screw.brand), typed(cat, page("brand", screw.brand), name="Nordhammer"))

        index_what_waits()
        assert "nordhammer" in SearchEntry.objects.get(product=screw, language="en").vector

    def test_a_family_is_added_renamed_and_stays_where_its_products_are(self, cat: Client, screw: Product) -> None:
        texts = {"texts-0-language": "en", "texts-0-name": "M8, zinc"}
        cat.post(page("family"), typed(cat, page("family"), code="m8-zn", category=screw.category.pk, **texts))
        family = Family.objects.get()
        Product.objects.update(family=family)
        elsewhere = make_category("Nuts")

        cat.post(page("family", family), typed(cat, page("family", family), **{"texts-0-name": "M8, galvanized"}))
        response = cat.post(page("family", family), typed(cat, page("family", family), category=elsewhere.pk))

        index_what_waits()
        assert "galvan" in SearchEntry.objects.get(product=screw, language="en").vector
        assert "Move them first" in response.context["adminform"].form.errors["category"][0]
        family.refresh_from_db()
        assert family.category == screw.category


class TestAttribute:
    def test_is_added_with_its_values_and_named_in_all_languages(self, cat: Client, db: None) -> None:
        names = {"names_en": "Material", "names_ru": "Материал"}
        data = typed(cat, page("attribute"), code="material", kind="choice", **names)
        data = more_rows(data, "options", {"code": "A4", "position": "2"}, {"code": "A2", "position": "1"})
        response = cat.post(page("attribute"), data)
        assert response.status_code == 302, said(response)

        attribute = Attribute.objects.get()
        found = list(AttributeOption.objects.order_by("position").values_list("code", flat=True))
        assert (attribute.names, found) == ({"en": "Material", "ru": "Материал"}, ["A2", "A4"])

    def test_products_are_found_by_a_new_name_of_their_value(self, cat: Client, screw: Product) -> None:
        thread = Attribute.objects.get(code="thread")
        option = AttributeOption.objects.get(code="M8")
        AttributeValue.objects.create(product=screw, attribute=thread, category=screw.category, option=option)

        cat.post(
            page("attribute", thread), typed(cat, page("attribute", thread), **{"options-0-names_en": "Metric eight"})
        )

        index_what_waits()
        assert "eight" in SearchEntry.objects.get(product=screw, language="en").vector

    def test_a_kind_with_values_stays(self, cat: Client, screw: Product) -> None:
        length = Attribute.objects.get(code="length")

        response = cat.post(page("attribute", length), typed(cat, page("attribute", length), kind="text"))

        assert "its kind and unit stay" in said(response)

    def test_an_english_name_is_needed(self, cat: Client, db: None) -> None:
        data = typed(cat, page("attribute"), code="material", kind="choice", names_ru="Материал")

        assert "names" in cat.post(page("attribute"), data).context["adminform"].form.errors
        assert not Attribute.objects.exists()


@pytest.mark.parametrize("kind", ["category", "brand", "family", "attribute"])
def test_nobody_saves_over_what_they_have_not_seen(kind: str, cat: Client, screw: Product) -> None:
    family = Family.objects.create(code="m8", category=screw.category)
    family.texts.create(language="en", name="M8")
    row: Any = {
        "category": screw.category, "brand": screw.brand, "family": family,
        "attribute": Attribute.objects.get(code="thread"),
    }[kind]  # fmt: skip
    field = {"category": "drawing", "brand": "name", "family": "position", "attribute": "unit"}[kind]
    opened = typed(cat, page(kind, row))
    assert cat.post(page(kind, row), {**opened, field: "1"}).status_code == 302

    response = cat.post(page(kind, row), {**opened, field: "2"})

    assert "Somebody else has changed this since" in said(response)
    row.refresh_from_db()
    assert (str(getattr(row, field)), row.version) == ("1", 2)


# Nothing that is read within a transaction is kept for the rest of the page.
@pytest.mark.django_db(transaction=True)
def test_lists_of_rules_name_their_categories_at_no_cost(
    shelf: Category, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in(make_staff("Ada", StaffRole.ADMINISTRATOR))
    url = reverse("admin:catalog_assortmentrule_changelist")
    save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, now=NOW)

    assert ">Fasteners › Screws</td>" in client.get(url).content.decode()
    one = statements(lambda: client.get(url))
    for name in ("Nuts", "Washers"):
        save_assortment_rule(actor=SYSTEM, effect="deny", category=make_category(name), now=NOW)
    client.get(url)

    assert statements(lambda: client.get(url)) == one


@pytest.mark.parametrize("kind", ["assortmentrule", "quantityrule"])
def test_nor_over_a_rule_and_what_they_typed_stays(kind: str, shelf: Category, sign_in: SignIn) -> None:
    client = sign_in(make_staff("Ada", StaffRole.ADMINISTRATOR))
    row: Any = {
        "assortmentrule": save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, now=NOW),
        "quantityrule": save_quantity_rule(actor=SYSTEM, category=shelf, min_quantity=Decimal(5), now=NOW),
    }[kind]
    field = {"assortmentrule": "reason", "quantityrule": "min_quantity"}[kind]
    opened = typed(client, page(kind, row))
    assert client.post(page(kind, row), {**opened, field: "77"}).status_code == 302

    with nothing_written():
        response = client.post(page(kind, row), {**opened, field: "88"})

    assert "Somebody else has changed this since" in said(response)
    assert 'value="88"' in response.content.decode()
    row.refresh_from_db()
    assert (str(getattr(row, field)).removesuffix(".000"), row.version) == ("77", 2)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["product", "category", "brand", "family", "attribute"])
def test_each_role_sees_all_and_only_the_catalog_s_writes(
    kind: str, role: str, screw: Product, sign_in: SignIn
) -> None:
    client = sign_in(make_staff("Kim", role))
    family = Family.objects.create(code="m8", category=screw.category)
    row = {
        "product": screw, "category": screw.category, "brand": screw.brand, "family": family,
        "attribute": Attribute.objects.get(code="thread"),
    }[kind]  # fmt: skip
    may = role in EDITORS

    assert client.get(reverse(f"admin:catalog_{kind}_changelist") + "?q=x").status_code == 200
    assert client.get(page(kind, row)).status_code == 200
    assert client.get(page(kind)).status_code == (200 if may else 403)
    if not may:
        before = list(type(row).objects.values())
        assert client.post(page(kind, row), {"name": "x", "sku": "x"}).status_code == 403
        assert list(type(row).objects.values()) == before
