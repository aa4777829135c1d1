"""One product, said anew by staff: what is written, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from apps.activity.models import Event
from apps.catalog.actions.replace_texts import NameMissing, TextFacts
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.actions.save_attribute import save_attribute
from apps.catalog.actions.save_product import (
    BadNumber,
    FamilyElsewhere,
    GtinTaken,
    NotALeaf,
    OwnSuccessor,
    PackFacts,
    ProductFacts,
    SaidTwice,
    SkuTaken,
    UnknownValue,
    save_product,
)
from apps.catalog.models import (
    AssortmentItem,
    AttributeValue,
    Brand,
    Category,
    Family,
    ItemNumber,
    Product,
    SearchEntry,
)
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.rules import ValueFacts
from apps.core.errors import ChangedMeanwhile
from apps.core.models import Stamp
from apps.core.permissions import StaffActor
from tests.factories import NOW, SYSTEM, make_category, make_product
from tests.refusals import nothing_written, refused

pytestmark = pytest.mark.django_db
STAFF = StaffActor(user_id=1, label="Cat")
D = Decimal


@pytest.fixture
def shelf() -> Category:
    save_attribute(
        actor=SYSTEM, code="thread", kind="choice", names={"en": "Thread"}, options={"M8": {}, "M10": {}}, now=NOW
    )
    save_attribute(actor=SYSTEM, code="length", kind="number", unit="mm", names={"en": "Length"}, now=NOW)
    save_attribute(actor=SYSTEM, code="coated", kind="yes_no", names={"en": "Coated"}, now=NOW)
    return make_category("Screws")


@pytest.fixture
def facts(shelf: Category) -> dict[str, Any]:
    return {
        "sku": "HX-0840",
        "category": shelf,
        "brand": Brand.objects.create(name="Halden"),
        "texts": {"en": TextFacts("Hex screw M8×40", "Zinc"), "ru": TextFacts("Болт М8×40")},
        "numbers": [("gtin", "4006381333931"), ("mpn", "96-1"), ("old", "HX840")],
        "packs": [PackFacts("BX", D(100), "4006381333948", 2000)],
        "values": [
            ValueFacts("thread", option="M8"),
            ValueFacts("length", number=D("40.5")),
            ValueFacts("coated", option="yes"),
        ],
        "net_weight_g": 20,
        "lead_days": 10,
    }  # fmt: skip


def save(facts: dict[str, Any], product: Product | None = None, version: int | None = None, **other: Any) -> Product:
    said = ProductFacts(**{**facts, **other})
    return save_product(actor=STAFF, facts=said, product=product, seen_version=version, now=NOW)


def test_a_new_product_is_what_was_said_and_is_found(facts: dict[str, Any]) -> None:
    product = save(facts)

    product.refresh_from_db()
    assert (product.sku_key, product.net_weight_g, product.lead_days, product.version) == ("HX0840", 20, 10, 1)
    assert dict(product.texts.values_list("language", "name")) == {"en": "Hex screw M8×40", "ru": "Болт М8×40"}
    assert set(product.numbers.values_list("kind", "code_key")) == {
        ("gtin", "4006381333931"), ("mpn", "961"), ("old", "HX840")
    }  # fmt: skip
    assert product.packs.values_list("unit", "factor", "gtin", "weight_g").get() == ("BX", 100, "4006381333948", 2000)
    values = AttributeValue.objects.filter(product=product, category=product.category)
    assert set(values.values_list("attribute__code", "option__code", "number")) == {
        ("thread", "M8", None), ("length", None, D("40.5")), ("coated", "yes", None)
    }  # fmt: skip
    assert "'болт'" in SearchEntry.objects.get(product=product, language="ru").vector
    assert Event.objects.get(name="catalog.product_saved").payload["changed"]["pack_BX"] == [
        "", "100 4006381333948 2000 g"
    ]  # fmt: skip


def test_a_change_takes_away_what_is_not_said_any_more(facts: dict[str, Any]) -> None:
    product = save(facts)
    stamp, other = Stamp.value_of("catalog"), make_category("Bolts")
    save_assortment_rule(actor=SYSTEM, effect="allow", products=[product], now=NOW)

    save(
        facts, product, version=1, sku="HX-0841", category=other, texts={"en": TextFacts("Bolt")},
        numbers=[("mpn", "96.1")], packs=[], values=[ValueFacts("thread", option="M10")], lead_days=None,
    )  # fmt: skip

    product.refresh_from_db()
    assert (product.sku, product.sku_key, product.lead_days, product.version) == ("HX-0841", "HX0841", None, 2)
    assert product.texts.get().name == "Bolt"
    assert product.numbers.values_list("code", "code_key").get() == ("96.1", "961")
    assert not product.packs.exists()
    assert product.values.values_list("option__code", "category").get() == ("M10", other.pk)
    assert AssortmentItem.objects.get().category == other
    assert Stamp.value_of("catalog") == stamp + 2
    changed = Event.objects.order_by("-pk")[0].payload["changed"]
    assert changed["lead_days"] == ["10", ""]
    assert changed["attr:thread"] == ["M8", "M10"]
    assert "brand" not in changed


def test_what_is_so_already_is_left_alone(facts: dict[str, Any]) -> None:
    product = save(facts)

    with nothing_written():
        save(facts, product, version=1)


def test_a_change_on_top_of_another_one_is_refused(facts: dict[str, Any]) -> None:
    product = save(facts)
    save(facts, product, version=1, lead_days=5)

    with refused(ChangedMeanwhile):
        save(facts, product, version=1, lead_days=7)


REFUSED: list[tuple[type[Exception], dict[str, Any]]] = [
    (SkuTaken, {"sku": "nt 08"}),
    (BadNumber, {"sku": "—"}),
    (BadNumber, {"numbers": [("gtin", "4006381333932")]}),
    (BadNumber, {"numbers": [("mpn", "–")]}),
    (GtinTaken, {"numbers": [("gtin", "12345670")]}),
    (GtinTaken, {"numbers": [("gtin", "0000012345670")]}),
    (SaidTwice, {"numbers": [("mpn", "a-1"), ("mpn", "A1")]}),
    (SaidTwice, {"packs": [PackFacts("BX", D(1)), PackFacts("BX", D(2))]}),
    (SaidTwice, {"values": [ValueFacts("length", number=D(1)), ValueFacts("length", number=D(2))]}),
    (UnknownValue, {"values": [ValueFacts("thread", option="M9")]}),
    (UnknownValue, {"values": [ValueFacts("color", option="red")]}),
    (NameMissing, {"texts": {"ru": TextFacts("Болт")}}),
]


@pytest.mark.parametrize(("refusal", "other"), REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    refusal: type[Exception], other: dict[str, Any], facts: dict[str, Any]
) -> None:
    nut = make_product(make_category("Nuts"), "NT-08", brand="Muttik")
    ItemNumber.objects.create(product=nut, kind="gtin", code="12345670", code_key="12345670")
    product = save(facts)

    with refused(refusal):
        save(facts, product, version=1, **other)


def test_a_product_stands_on_a_leaf_with_a_family_of_that_leaf(facts: dict[str, Any]) -> None:
    product = save(facts)
    above = make_category("Fasteners")
    elsewhere = Family.objects.create(code="nuts", category=make_category("Nuts", above))

    with refused(NotALeaf):
        save(facts, product, category=Category.objects.get(pk=above.pk))
    with refused(FamilyElsewhere):
        save(facts, product, family=elsewhere)
    with refused(OwnSuccessor):
        save(facts, product, successor=product)


def test_the_tree_is_read_anew(facts: dict[str, Any]) -> None:
    version = catalog_tree().version

    save(facts)

    assert catalog_tree().version == version + 1
