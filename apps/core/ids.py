"""Ids that stand in URLs, and numbers that stand on documents."""

import hmac
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, models

FIRST, COUNT = 10_000, 90_000
ROUNDS = 4


class PublicIdModel(models.Model):
    """A row that is named in URLs by a random id; the id finds it, it never gives a right to it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Named:
    """A row that has no public id, as the subject of an event: its kind and its name are its identity."""

    kind: str
    name: str

    @property
    def uid(self) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"portico:{self.kind}:{self.name}")

    def __str__(self) -> str:
        return self.name


def next_id(model: type[models.Model]) -> int:
    """The primary key that the next row of this table will have, for documents whose number is made from it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s::text, 'id'))", [model._meta.db_table])
        (value,) = cursor.fetchone()
    return int(value)


def scatter(series: str, count: int) -> int:
    """The number of the `count`-th document of a series (from 1): all of five digits in a secret order, then of six.

    Each number comes once and needs no lock, and nobody reads from it how many there are. A Feistel network over the
    range, keyed with the server's secret; values that fall outside are sent through again (cycle walking).
    """
    first, size, place = FIRST, COUNT, count - 1
    while place >= size:
        place -= size
        first, size = first * 10, size * 10
    side = int(size**0.5) + 1
    while True:
        left, right = divmod(place, side)
        for turn in range(ROUNDS):
            left, right = right, (left + _mix(f"{series}:{size}:{turn}:{right}")) % side
        place = left * side + right
        if place < size:
            return first + place


def _mix(text: str) -> int:
    digest = hmac.digest(settings.SECRET_KEY.encode(), text.encode(), "sha256")
    return int.from_bytes(digest[:8])
