from functools import cache
from typing import ClassVar

from django.db import connection, models

from apps.core.memo import RequestMemo
from apps.core.prepared import PreparedQuery

# All stamps as the present request has read them: a page needs several.
_READ = RequestMemo[dict[str, int]]()


class Stamp(models.Model):
    """The version of rules that are the same for everybody; what was worked out under an older value is stale.

    Actions of staff raise it last in their transaction, so that nobody keeps a cache of what was rolled back.
    """

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(value__gt=0), name="stamp_positive")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"

    @classmethod
    def bump(cls, name: str) -> None:
        """Raise one stamp, or make it."""
        _READ.forget()
        table = connection.ops.quote_name(cls._meta.db_table)
        statement = (
            f"INSERT INTO {table} AS stamp (name, value) VALUES (%s::text, 1)"  # noqa: S608
            " ON CONFLICT (name) DO UPDATE SET value = stamp.value + 1"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [name])

    @classmethod
    def value_of(cls, name: str) -> int:
        """The stamp as it is now; 0 before its first bump. 1 statement, within a request 1 for all stamps."""
        return cls.read_all().get(name, 0)

    @classmethod
    def read_all(cls) -> dict[str, int]:
        """All stamps. A request that reads them before its transaction begins goes by them in it."""
        return _READ.get("", lambda: dict(_all().ask()))


@cache
def _all() -> PreparedQuery[tuple[str, int]]:
    return PreparedQuery(Stamp.objects.values_list("name", "value"))


class Versioned(models.Model):
    """A row that several people may have open: saved with the version that was seen, see `locked_as_seen`."""

    # Raised with every change, so that nobody saves over what they have not seen. A row in the making has 0.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        abstract = True
