"""Constraints that Django does not have."""

from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint


class DeferredConstraint(BaseConstraint, ABC):
    """A constraint of its own SQL, run at the end of the migration: what it needs may come later in the same one."""

    @abstractmethod
    def statements(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        """The statements that make the constraint."""

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        schema_editor.deferred_sql.extend(self.statements(model, schema_editor))
        return ""

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return self.constraint_sql(model, schema_editor)

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: set[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Leave the check to the database: actions refuse first, in words."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class TenantForeignKey(DeferredConstraint):
    """A foreign key over (organization, field): a row cannot point into another company.

    It stands beside a `ForeignKey(db_constraint=False)`, so that each row is checked once; a null is not checked. The
    target table needs a UNIQUE over (organization, id).

    Checked at once and not at the end: what a row points at is held from then on, so that whoever takes it away at the
    same moment waits and is told.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def statements(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        quote = schema_editor.quote_name
        field: Any = model._meta.get_field(self.field)
        there: Any = field.remote_field.model._meta
        here: Any = model._meta
        return [
            f"ALTER TABLE {quote(here.db_table)} ADD CONSTRAINT {quote(self.name)} FOREIGN KEY"
            f" ({quote(here.get_field('organization').column)}, {quote(field.column)}) REFERENCES"
            f" {quote(there.db_table)} ({quote(there.get_field('organization').column)}, {quote(there.pk.column)})"
            " DEFERRABLE INITIALLY IMMEDIATE"
        ]

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), {**kwargs, "field": self.field}


REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION portico_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


class AppendOnly(DeferredConstraint):
    """Rows are written once: triggers refuse UPDATE, DELETE and TRUNCATE, whoever asks."""

    def statements(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        quote = schema_editor.quote_name
        create = (
            f"CREATE TRIGGER {quote(self.name)} BEFORE UPDATE OR DELETE ON {quote(model._meta.db_table)}"
            " FOR EACH ROW EXECUTE FUNCTION portico_refuse_change()"
        )
        statements = [REFUSE_CHANGE, create]
        # Tests over several connections are cleaned up by TRUNCATE.
        if settings.ENVIRONMENT != "test":
            statements.append(
                f"CREATE TRIGGER {quote(f'{self.name}_truncate')} BEFORE TRUNCATE ON {quote(model._meta.db_table)}"
                " FOR EACH STATEMENT EXECUTE FUNCTION portico_refuse_change()"
            )
        return statements

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        quote = schema_editor.quote_name
        table = quote(model._meta.db_table)
        return (
            f"DROP TRIGGER {quote(self.name)} ON {table};"
            f" DROP TRIGGER IF EXISTS {quote(f'{self.name}_truncate')} ON {table}"
        )
