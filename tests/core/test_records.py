"""What records of the admin keep reads as it does in the portal."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from apps.core.staff import facts_text, number_text
from apps.pricing.models import Price, TaxRate


@pytest.mark.parametrize(
    ("places", "digits", "number", "currency", "text"),
    [
        (3, 12, "4.000", "", "4"),
        (3, 12, "1200.500", "", "1,200.5"),
        (2, 14, "28000.00", "", "28,000.00"),
        (2, 14, "28000.00", "EUR", "€28,000.00"),
        (4, 14, "0.9850", "EUR", "€0.985"),
        (4, 5, "0.0500", "", "5%"),
    ],
)
def test_a_number_reads_as_what_it_is(places: int, digits: int, number: str, currency: str, text: str) -> None:
    field = SimpleNamespace(decimal_places=places, max_digits=digits)

    assert number_text(field, Decimal(number), currency) == text


def test_a_number_of_another_language() -> None:
    with translation.override("ru"):
        assert number_text(TaxRate._meta.get_field("rate"), Decimal("0.0550"), "") == "5,5%"
        assert number_text(Price._meta.get_field("min_quantity"), Decimal("0.500"), "") == "0,5"


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ({"name": "Gate 3", "street": "Kaiveien 3", "postal_code": "0150", "city": "Oslo", "country": "NO"},
         "Gate 3<br>Kaiveien 3<br>0150 Oslo, NO"),
        ([], "-"),
        ("", "-"),
        (None, "-"),
        (True, "Yes"),
        (["language", "<b>"], "<div>language</div><div>&lt;b&gt;</div>"),
    ],
    ids=["an address", "an empty list", "an empty text", "nothing", "a truth", "a list"],
)  # fmt: skip
def test_what_is_kept_as_json_reads_as_text(kept: Any, text: str) -> None:
    assert facts_text(kept) == text


def test_names_stand_before_their_values() -> None:
    assert ">Tax rate</b><div>0.25</div>" in facts_text({"tax_rate": "0.25"})
