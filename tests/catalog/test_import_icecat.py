"""A real catalog through the command: 19,406 products, every one of them counted against the source."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.catalog.models import Attribute, AttributeValue, Brand, ItemNumber, Product, ProductText
from apps.core.models import Stamp
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.models import Price
from benchmarks.icecat import SOURCE, Converter, attributes_of, products, write
from tests.factories import NOW, SYSTEM

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SOURCE.exists(), reason=f"the Icecat catalog is not here: {SOURCE}"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "icecat.csv"
    write(SOURCE, path, path.with_name("prices.csv"))
    return path


def is_same(kind: str, value: Any, source: Any) -> bool:
    if kind == "yes_no":
        return value.option.code == ("yes" if source else "no")
    if kind == "number":
        return value.number == source
    return (value.option.code if kind == "choice" else value.text) == (
        f"{source:f}" if isinstance(source, Decimal) else source.strip()
    )


def test_nothing_of_the_icecat_catalog_is_lost(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = {f"IC-{product['id']}": product for product in products(SOURCE)}
    converter = Converter(SOURCE)

    call_command("import_catalog", str(file))

    printed = capsys.readouterr().out
    assert "19406 new, 0 changed, 0 unchanged, 0 refused" in printed

    # Products, with their makers and words.
    assert set(Product.objects.values_list("sku", flat=True)) == set(source)
    assert Brand.objects.count() == len({product["supplier"] for product in source.values()})
    texts = {text.product.sku: text for text in ProductText.objects.select_related("product", "product__brand")}
    for sku, product in source.items():
        text = texts[sku]
        assert text.product.brand.name == product["supplier"]
        assert text.name == product["title"].strip() or product["title"] in text.description
        assert (product.get("short_description") or "").strip() in text.description

    # Every number: 51,458 GTINs, the one that is none, and the makers' own.
    numbers = Counter(ItemNumber.objects.values_list("kind", flat=True))
    eans = {(sku, ean) for sku, product in source.items() for ean in product["ean"]}
    assert numbers["gtin"] == len(eans) - 1
    assert numbers["old"] == 1
    stored = set(ItemNumber.objects.exclude(kind="mpn").values_list("product__sku", "code"))
    assert stored == eans
    assert ItemNumber.objects.get(kind="old").code == "85896333746"
    makers = dict(ItemNumber.objects.filter(kind="mpn").values_list("product__sku", "code"))
    for sku, product in source.items():
        assert makers.get(sku) == product["name"].strip() or f"Model: {product['name']}" in texts[sku].description

    # Every attribute: a value of its own, or, where it is longer than a value may be, a paragraph.
    values = {
        (value.product.sku, value.attribute.code): value
        for value in AttributeValue.objects.select_related("product", "attribute", "option").iterator(chunk_size=5000)
    }
    kinds = dict(Attribute.objects.values_list("code", "kind"))
    as_value = as_paragraph = 0
    for sku, product in source.items():
        for key, wanted in attributes_of(product).items():
            entry = converter.entry(key, wanted)
            if entry is None:
                assert wanted in texts[sku].description
                as_paragraph += 1
            else:
                assert is_same(kinds[entry[0]], values.pop((sku, entry[0])), wanted), (sku, key)
                as_value += 1
    assert values == {}
    assert (as_value, as_paragraph) == (370_858, 547)

    # Once more: nothing is new, nothing is written.
    version = Stamp.value_of("catalog")
    call_command("import_catalog", str(file))
    assert "0 new, 0 changed, 19406 unchanged, 0 refused" in capsys.readouterr().out
    assert Stamp.value_of("catalog") == version

    # Every price, to the cent; once more, none is new.
    save_price_list(actor=SYSTEM, name="Icecat", kind="base", currency="USD", now=NOW)
    for expected in ("19406 new, 0 changed, 0 unchanged", "0 new, 0 changed, 19406 unchanged"):
        call_command("import_prices", str(file.with_name("prices.csv")), list="Icecat")
        assert f"{expected}, 0 refused" in capsys.readouterr().out
    stored_prices = Price.objects.filter(price_list__name="Icecat", min_quantity=1, valid_from=None, valid_until=None)
    assert stored_prices.count() == len(source)
    assert dict(stored_prices.values_list("product__sku", "amount")) == {
        sku: Decimal(product["price"]) / 100 for sku, product in source.items()
    }
