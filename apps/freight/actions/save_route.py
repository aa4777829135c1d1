from datetime import datetime, time

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor
from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.freight.models import DeliveryMethod, FreightZone, Route
from apps.freight.queries import STAMP
from apps.inventory.models import Warehouse


@transaction.atomic
def save_route(
    *,
    actor: StaffActor | SystemActor,
    warehouse: Warehouse,
    zone: FreightZone,
    method: DeliveryMethod,
    cut_off: time,
    transit_days: int,
    now: datetime,
    weekdays: int = MONDAY_TO_FRIDAY,
    route: Route | None = None,
) -> Route:
    """Add a route, or change when it leaves and how many working days it takes.

    `cut_off` is in the warehouse's time zone, `weekdays` is a bit mask of core.weekdays.
    """
    route = Route.objects.locked().get(pk=route.pk) if route else Route()
    route.warehouse, route.zone, route.method = warehouse, zone, method
    route.weekdays, route.cut_off, route.transit_days = weekdays, cut_off, transit_days
    route.save()
    record_event("freight.freight_changed", actor=actor, subject=route, now=now)
    Stamp.bump(STAMP)
    return route
