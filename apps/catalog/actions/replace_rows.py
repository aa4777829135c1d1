from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection


def replace_rows(rows: Any, *, key: Sequence[str], wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Make the rows below a parent be these, told apart by their `key`, and say whether anything was another.

    `rows` is the manager that the parent has them under. Inside the transaction of the action that changes the parent.
    """
    assert connection.in_atomic_block
    left = {tuple(getattr(row, name) for name in key): row for row in rows.all()}
    changed, new = [], []
    for values in wanted:
        row = left.pop(tuple(values[name] for name in key), None)
        if row is None:
            new.append(rows.model(**{rows.field.name: rows.instance}, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    rows.filter(pk__in=[row.pk for row in left.values()]).delete()
    for row in changed:
        row.save()
    rows.model.objects.bulk_create(new)
    return bool(left or changed or new)
