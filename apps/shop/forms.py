"""What a person asked of a category in the address: chosen values, bounds, order, page. Nonsense is left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from apps.catalog.models import Attribute, CategoryAttribute
from apps.catalog.queries.pages import ENGINEERING, SORTS, Filters, Range

MOST_DIGITS = 6


@dataclass(frozen=True)
class Ask:
    """One view of a category."""

    filters: Filters
    sort: str
    page: int


def read_ask(query: QueryDict, attributes: Sequence[CategoryAttribute]) -> Ask:
    """Read `?thread=12&thread=14&length_min=20&sort=popular&page=2`; options come by their ids."""
    options: dict[int, frozenset[int]] = {}
    ranges: dict[int, Range] = {}
    for row in attributes:
        attribute = row.attribute
        if not row.is_facet:
            continue
        if attribute.kind == Attribute.Kind.NUMBER:
            bounds = Range(_number(query.get(f"{attribute.code}_min")), _number(query.get(f"{attribute.code}_max")))
            if bounds != Range():
                ranges[attribute.pk] = bounds
        elif chosen := frozenset(int(value) for value in query.getlist(attribute.code) if value.isdecimal()):
            options[attribute.pk] = chosen
    sort = query.get("sort", "")
    page = query.get("page", "")
    return Ask(
        Filters(options, ranges),
        sort if sort in SORTS else ENGINEERING,
        int(page) if page.isdecimal() and len(page) < MOST_DIGITS else 1,
    )


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
