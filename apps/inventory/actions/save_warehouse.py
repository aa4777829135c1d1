from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.inventory.models import Warehouse, WarehouseClosure
from apps.inventory.queries import STAMP


@transaction.atomic
def save_warehouse(
    *,
    actor: StaffActor | SystemActor,
    code: str,
    name: str,
    country: str,
    time_zone: str,
    now: datetime,
    weekdays: int = MONDAY_TO_FRIDAY,
    closures: Collection[date] = (),
    warehouse: Warehouse | None = None,
) -> Warehouse:
    """Open a warehouse, or change one. `closures` are all days on which it is closed beside weekends and holidays."""
    warehouse = Warehouse.objects.locked().get(pk=warehouse.pk) if warehouse else Warehouse()
    warehouse.code, warehouse.name = code, name
    warehouse.country, warehouse.time_zone = country, time_zone
    warehouse.weekdays = weekdays
    warehouse.save()
    warehouse.closures.exclude(day__in=closures).delete()
    WarehouseClosure.objects.bulk_create(
        (WarehouseClosure(warehouse=warehouse, day=day) for day in closures), ignore_conflicts=True
    )
    record_event("inventory.warehouse_saved", actor=actor, subject=warehouse, now=now)
    Stamp.bump(STAMP)
    return warehouse
