"""Locks. Every `select_for_update` of the project stands here.

Lock order across tables, so that two actions cannot wait for each other: idempotency row, then down the stack like
imports (return > invoice or quote > shipment > approval request > cart > order > agreement > stock > receipt > demand
> ledger account > organization), by primary key within a table, number series last. The organization row is locked by
actions of orgs only.
"""

from typing import Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class LockingQuerySet(models.QuerySet[Row]):
    def locked(self) -> Self:
        """This queryset, its rows locked in order of their primary keys until the transaction ends.

        `FOR NO KEY UPDATE` keeps writers away but lets others insert rows that point here.
        """
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def leased(self) -> Self:
        """This queryset, locked, without the rows that another worker holds."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)
