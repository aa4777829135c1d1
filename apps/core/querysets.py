"""Locks. Every `select_for_update` of the project stands here.

Lock order across tables, so that two actions cannot wait for each other: idempotency row, then down the stack like
imports (return > invoice or quote > shipment > approval request > cart > order > agreement > stock > receipt > demand
> ledger account > organization), by primary key within a table, number series last. The organization row is locked by
actions of orgs only.
"""

from collections.abc import Collection
from typing import Any, Self, TypeVar, cast

from django.db import connection, models
from django.db.models.functions import Coalesce
from treebeard.mp_tree import MP_NodeManager

from apps.core.errors import ChangedMeanwhile

Row = TypeVar("Row", bound=models.Model)


# With the table, of one tree.
TREE_LOCK = 7_100_001

# So many rows at once go without being in anybody's way.
BATCH = 5_000


def count_of(rows: models.QuerySet[Any], key: str) -> Coalesce:
    """How many of `rows` belong to the row outside by their foreign key `key`: for the few rows of a page, where a join
    would group all of them first."""
    belonging = rows.filter(**{key: models.OuterRef("pk")}).order_by().values(key)
    return Coalesce(models.Subquery(belonging.annotate(count=models.Count("pk")).values("count")), 0)


def delete_batch(rows: models.QuerySet[Any]) -> bool:
    """Delete the first rows of this queryset; whether there may be more."""
    first = rows.order_by("pk").values("pk")[:BATCH]
    count, _by_model = rows.model._base_manager.filter(pk__in=first).delete()
    return bool(count >= BATCH)


class LockingQuerySet(models.QuerySet[Row]):
    def locked(self) -> Self:
        """This queryset, its rows locked in order of their primary keys until the transaction ends.

        `FOR NO KEY UPDATE` keeps writers away but lets others insert rows that point here.
        """
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def locked_as_seen(self, pk: int, version: int | None) -> Row:
        """One row of a `Versioned` model, locked, if it still has the version that the person saw; None: it need not.

        :raises ChangedMeanwhile: it has another version by now.
        """
        row = self.locked().get(pk=pk)
        if version is not None and version != cast("Any", row).version:
            raise ChangedMeanwhile
        return row

    def write(self, rows: Collection[Row], *fields: str) -> None:
        """Write these fields of locked rows with one statement, none without rows.

        What `bulk_update` does; but that spells a CASE for every row and field, which with a cart of 50 lines costs
        more than all else that placing it takes.
        """
        if not rows:
            return
        meta = self.model._meta
        columns = [cast("models.Field[Any, Any]", meta.get_field(name)) for name in ("id", *fields)]
        quote = connection.ops.quote_name
        names = [quote(column.column or column.name) for column in columns]
        statement = (
            f"UPDATE {quote(meta.db_table)} AS row SET {', '.join(f'{name} = new.{name}' for name in names[1:])} "  # noqa: S608
            f"FROM unnest({', '.join(f'%s::{column.db_type(connection)}[]' for column in columns)}) "
            f"AS new ({', '.join(names)}) WHERE row.id = new.id"
        )
        values = [
            [column.get_db_prep_save(getattr(row, column.attname), connection) for row in rows] for column in columns
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def leased(self) -> Self:
        """This queryset, locked, without the rows that another worker holds."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)


class TreeManager(MP_NodeManager):  # type: ignore[misc]
    """Of a tree whose queryset is our own: treebeard's manager returns its own class, without locks and tenants."""

    def add_root(self, facts: dict[str, Any]) -> Any:
        """A root takes the next free number of the whole table: two at once would take the same."""
        self.lock_tree()
        return super().add_root(facts)

    def lock_tree(self) -> None:
        """Let nobody else who asks for it add to this tree until the transaction ends; taken before any of its rows."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s::int, %s::text::regclass::oid::int)",
                [TREE_LOCK, connection.ops.quote_name(self.model._meta.db_table)],
            )

    def get_queryset(self) -> Any:
        return self._queryset_class(self.model, using=self._db).order_by("path")
