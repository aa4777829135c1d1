"""Numbers of documents that come out the same at every start, although every server scatters them with its secret."""

import random
from functools import cache

from django.db import connection

from apps.approvals.models import Request
from apps.core.ids import COUNT, FIRST, scatter
from apps.fulfillment.models import Shipment
from apps.orders.models import Order

Kind = type[Order] | type[Request] | type[Shipment]
SERIES: dict[Kind, str] = {Order: "SO", Request: "AP", Shipment: "SH"}
# More than the demo has of any.
MOST = 600


def next_is(model: Kind, number: int | None = None) -> None:
    """Let the next document of this kind get this number, or the first that is left of its series."""
    places = _places(SERIES[model])
    if number is not None:
        _continue_at(model, places[number])
        return
    taken = set(model.objects.values_list("pk", flat=True))
    _continue_at(model, next(places[number] for number in _numbers(model) if places[number] not in taken))


def next_are_behind() -> None:
    """Let all that come after the demo stand behind it, so that no number can come twice."""
    for model in SERIES:
        _continue_at(model, max(model.objects.values_list("pk", flat=True)) + 1)


@cache
def _numbers(model: Kind) -> list[int]:
    chance = random.Random(SERIES[model])  # noqa: S311  the same at every start
    return chance.sample(range(FIRST, FIRST + COUNT), MOST)


@cache
def _places(series: str) -> dict[int, int]:
    """Which document of this server's series has each number."""
    return {scatter(series, place): place for place in range(1, COUNT + 1)}


def _continue_at(model: Kind, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s::text, 'id'), %s::bigint, false)", [model._meta.db_table, pk]
        )
