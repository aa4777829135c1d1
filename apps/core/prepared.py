"""Queries of the ORM whose SQL is built once for a process, for what nearly every page asks.

PostgreSQL answers such a query in a tenth of the time in which Django builds it (docs/performance.md). It is still
written with `visible_to` and the fields of the models; only the values come later, in the places of `Given`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from apps.core.permissions import Reach

Row = TypeVar("Row")


class Given(models.Expression):
    """The place of a value that is told with each asking."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field or models.BigIntegerField())
        self.name = name

    def as_sql(self, _compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return f"%s::{self.output_field.cast_db_type(connection)}", [self]


class GivenIds(Given):
    """The place of a list of ids, behind `__in`."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        place, values = super().as_sql(compiler, connection)
        return f"(SELECT unnest({place}[]))", values


class GivenMember:
    """The place of a member with these rights in `visible_to`; told as `organization` and `membership`."""

    organization_id: Any = Given("organization")
    membership_id: Any = Given("membership")
    user_id = None
    label = ""

    def __init__(self, grants: Mapping[str, Reach] = MappingProxyType({})) -> None:
        self.grants = grants


class PreparedQuery(Generic[Row]):
    """A queryset, of objects or of `values_list`, that is asked again and again with other values.

    Made with the first question, by a function under `functools.cache` or in a VersionedMemo.
    """

    def __init__(self, queryset: "models.QuerySet[Any, Row]") -> None:
        asked: Any = queryset
        if asked.query.select_for_update or asked._prefetch_related_lookups:
            raise ValueError("Locks and prefetched rows are left to Django.")
        compiler = asked.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.params = compiler.as_sql()
        except EmptyResultSet:
            # Nothing can fulfill its conditions; Django asks the database nothing then.
            self.sql = ""
            return
        self.converters = compiler.get_converters([column for column, _sql, _alias in compiler.select]).items()
        self.model: Any = asked.model if asked._fields is None else None
        if self.model:
            kind = compiler.klass_info
            places = kind["select_fields"]
            self.own = slice(places[0], places[-1] + 1)
            self.names = [column.target.attname for column, _sql, _alias in compiler.select[self.own]]
            self.related = get_related_populators(kind, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
            self.annotations = compiler.annotation_col_map.items()

    def ask(self, **values: Any) -> list[Row]:
        """The rows for these values, by the names of their `Given`. 1 statement at most."""
        if not self.sql:
            return []
        params = [values[param.name] if isinstance(param, Given) else param for param in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        if self.converters:
            rows = [self._converted(row) for row in rows]
        return [self._object(row) for row in rows] if self.model else rows

    def first(self, **values: Any) -> Row | None:
        """The first of them. 1 statement at most."""
        return next(iter(self.ask(**values)), None)

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        fields = list(row)
        for place, (converters, column) in self.converters:
            for convert in converters:
                fields[place] = convert(fields[place], column, connection)
        return tuple(fields)

    def _object(self, row: tuple[Any, ...]) -> Row:
        # As ModelIterable of Django does it.
        found: Any = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
        for populator in self.related:
            populator.populate(row, found)
        for name, place in self.annotations:
            setattr(found, name, row[place])
        return cast(Row, found)
