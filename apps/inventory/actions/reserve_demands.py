from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.inventory.actions.lock_supply import lock_supply
from apps.inventory.models import Demand
from apps.orgs.models import Organization


@dataclass(frozen=True)
class Wanted:
    """A quantity in base units that the source with this uid wants; without a date it is wanted at once.

    `warehouses` are those that it is best taken from, by their ids, the best first.
    """

    source_uid: UUID
    product: Product
    quantity: Decimal
    requested_date: date | None = None
    warehouses: Sequence[int] = ()


@dataclass(frozen=True)
class Short:
    """What was wanted, and what of it there is."""

    source_uid: UUID
    product: Product
    wanted: Decimal
    available: Decimal


class OutOfStock(DomainError):
    """Not all of it is there or on its way, and it is not bought again; `lines` are those that are short."""

    message = _("There is not enough left.")

    def __init__(self, lines: list[Short]) -> None:
        super().__init__()
        self.lines = lines


def reserve_demands(*, organization: Organization, wanted: Sequence[Wanted], now: datetime) -> dict[UUID, Demand]:
    """Reserve stock, then what is on its way, for all lines of a document or for none; the demands by source uid.

    One product on two lines is counted together. A line that is wanted later than goods come takes these first. What
    nothing covers waits, if the product is bought again.

    An inner step: it runs in the transaction of the action that calls it, and its reservations are its record.

    :raises OutOfStock: a product is not bought again and there is too little of it; nothing was written.
    """
    supply = lock_supply(products={line.product.pk for line in wanted})
    short = []
    for line in wanted:
        demand = Demand(
            organization=organization,
            source_uid=line.source_uid,
            product=line.product,
            quantity=line.quantity,
            requested_date=line.requested_date,
            rank=organization.priority_rank,
            created_at=now,
        )
        supply.demands.append(demand)
        supply.cover(demand, line.warehouses)
        missing = supply.uncovered(demand)
        if missing and line.product.lead_days is None:
            short.append(Short(line.source_uid, line.product, line.quantity, line.quantity - missing))
    if short:
        raise OutOfStock(short)
    supply.save()
    return {demand.source_uid: demand for demand in supply.demands}
