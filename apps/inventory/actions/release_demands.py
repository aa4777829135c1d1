from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.inventory.actions.lock_supply import LockedSupply, lock_supply
from apps.inventory.models import Demand


class MoreThanOpen(DomainError):
    """More than is still open of a demand was to be taken off it."""

    message = _("This was changed in the meantime: less of it is open.")


def release_demands(*, quantities: Mapping[int, Decimal], now: datetime) -> None:
    """Take so much off demands, by their ids: first what waits, then what comes last, and what lies in stock last.

    An inner step: it runs in the transaction of the action that calls it, and the demands are its record.

    :raises MoreThanOpen: less is open of a demand; nothing was written.
    """
    supply = lock_demands(quantities)
    for demand in supply.demands:
        demand.cancelled += quantities[demand.pk]
        supply.give_back_excess(demand)
    supply.save()


def lock_demands(quantities: Mapping[int, Decimal]) -> LockedSupply:
    """These demands and the supply of their products, locked, when so much of each is open."""
    assert all(quantity > 0 for quantity in quantities.values())
    demands = Demand.objects.filter(pk__in=quantities)
    supply = lock_supply(products=set(demands.values_list("product_id", flat=True)), demands=demands)
    if any(quantities[demand.pk] > demand.open for demand in supply.demands):
        raise MoreThanOpen
    return supply
