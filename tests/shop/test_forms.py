"""What a category is asked in its address, by whoever writes addresses by hand."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from apps.catalog.models import Attribute, CategoryAttribute
from apps.catalog.queries.pages import Range
from apps.shop.forms import Ask, read_ask

LENGTH = Attribute(pk=1, code="length", kind=Attribute.Kind.NUMBER)
THREAD = Attribute(pk=2, code="thread", kind=Attribute.Kind.CHOICE)
ATTRIBUTES = [CategoryAttribute(attribute=attribute, is_facet=True) for attribute in (LENGTH, THREAD)]


def ask(query: str) -> Ask:
    return read_ask(QueryDict(query), ATTRIBUTES)


@pytest.mark.parametrize("text", ["1e140000", "1e-140000", "9" * 5_000, "0." + "1" * 5_000, "NaN", "Infinity", "½", ""])
def test_a_bound_that_fits_into_no_column_is_none(text: str) -> None:
    assert ask(f"length_min={text}").filters.ranges == {}


@pytest.mark.parametrize(("text", "number"), [("20", "20"), ("2,5", "2.5"), ("-40", "-40"), ("1,500", "1.5")])
def test_a_bound_is_a_number(text: str, number: str) -> None:
    assert ask(f"length_min={text}").filters.ranges == {1: Range(Decimal(number), None)}


@pytest.mark.parametrize("text", ["9" * 5_000, "9" * 20, "x", "-1", "²"])
def test_an_option_or_page_that_there_cannot_be_is_none(text: str) -> None:
    found = ask(f"thread={text}&thread=12&page={text}")

    assert (found.filters.options, found.page) == ({2: {12}}, 1)
