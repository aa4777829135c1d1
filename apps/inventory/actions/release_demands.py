from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.inventory.actions.lock_supply import LockedSupply, lock_supply
from apps.inventory.models import Demand


class MoreThanOpen(DomainError):
    """More than is still open of a demand was to be taken off it."""

    message = _("This was changed in the meantime: less of it is open.")


def release_demands(*, quantities: Mapping[int, Decimal], now: datetime) -> None:
    """Take so much off demands, by their ids: first what waits, then what comes last, and what lies in stock last.

    What is given back goes to whoever waits for the same products.

    An inner step: it runs in the transaction of the action that calls it, and the demands are its record.

    :raises MoreThanOpen: less is open of a demand; nothing was written.
    """
    supply, demands = lock_demands(quantities)
    for demand in demands:
        demand.cancelled += quantities[demand.pk]
        supply.give_back_excess(demand)
    supply.cover_waiting()
    supply.save()


def lock_demands(quantities: Mapping[int, Decimal]) -> tuple[LockedSupply, list[Demand]]:
    """These demands when so much of each is open, with the supply of their products and who waits for it, locked."""
    assert all(quantity > 0 for quantity in quantities.values())
    products = set(Demand.objects.filter(pk__in=quantities).values_list("product_id", flat=True))
    waiting = Demand.objects.filter(product__in=products).waiting()
    concerned = Demand.objects.filter(Q(pk__in=quantities) | Q(pk__in=waiting.values("pk")))
    supply = lock_supply(products=products, demands=concerned)
    demands = [demand for demand in supply.demands if demand.pk in quantities]
    if any(quantities[demand.pk] > demand.open for demand in demands):
        raise MoreThanOpen
    return supply, demands
