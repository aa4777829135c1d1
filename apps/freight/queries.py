from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.timezone import localdate

from apps.catalog.models import Product
from apps.core.memo import VersionedMemo
from apps.core.models import Stamp
from apps.core.money import round_half_up
from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.freight import rules
from apps.freight.models import DeliveryMethod, FreightRate, FreightRule, FreightZone, Route
from apps.inventory.models import Warehouse
from apps.inventory.queries import STAMP as WAREHOUSES
from apps.inventory.queries import Availability, availability, working_calendars
from apps.inventory.rules import Calendar, Supply, cover, earliest_ship, first_day, in_order
from apps.orgs.context import BuyingContext
from apps.orgs.models import Address

STAMP = "freight"

# The key of a supply that is bought when it is ordered.
BOUGHT = -1
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Reason = Literal["stock", "receipt", "lead_time", "unavailable"]


@dataclass(frozen=True)
class Destination:
    """A place that goods go to, on which weekdays it takes them (a bit mask of core.weekdays), and whether only
    parcels."""

    country: str
    postal_code: str
    receiving_weekdays: int = MONDAY_TO_FRIDAY
    parcels_only: bool = False

    @classmethod
    def of(cls, address: Address) -> "Destination":
        return cls(address.country, address.postal_code, address.receiving_weekdays, address.parcels_only)


@dataclass(frozen=True)
class PromiseLine:
    """So much of a product, in base units; without a date it is wanted as soon as it can be there."""

    product: Product
    quantity: Decimal
    requested_date: date | None = None


@dataclass(frozen=True)
class Promise:
    """When all of a line has left and is there, and what decides it.

    `arrives_on` is None where no route is known. `parts` are (quantity, day) where not all comes on one day; of an
    unavailable line, what of it can come. `cut_off_at` is until when to order for this day; None when goods have yet to
    come in.
    """

    ships_on: date | None
    arrives_on: date | None
    reason: Reason
    parts: tuple[tuple[Decimal, date], ...] = ()
    cut_off_at: datetime | None = None


@dataclass(frozen=True)
class DeliveryOption:
    """A way in which a cart can travel: net price in the buyer's currency, until when to order, and when goods that are
    in stock arrive. `missing_for_free` is the net amount still needed for free freight; None where no rule gives it."""

    method: DeliveryMethod
    freight_net: Decimal
    missing_for_free: Decimal | None
    cut_off_at: datetime
    arrives_on: date


@dataclass(frozen=True)
class Trip:
    """One piece on its way."""

    ships_on: date
    arrives_on: date | None
    cut_off_at: datetime | None = None


@dataclass(frozen=True)
class Leg:
    """A route to one destination, as rules take it."""

    method: DeliveryMethod
    timetable: rules.Timetable
    transit_days: int
    carriers: tuple[Calendar, ...]
    receiving: Calendar

    def trip(self, due_on: date | None, requested_date: date | None, now: datetime) -> Trip | None:
        """How goods travel that are there (`due_on` None) or come on a day; None when this route never leaves."""
        ships_on = rules.ship_day(due_on, now, self.timetable)
        arrives_on = rules.arrival(ships_on, self.transit_days, self.carriers, self.receiving) if ships_on else None
        if ships_on is None or arrives_on is None:
            return None
        if requested_date and arrives_on < requested_date:
            later = first_day(requested_date, self.receiving.is_open)
            return Trip(ships_on, later) if later else None
        return Trip(ships_on, arrives_on, None if due_on else rules.next_cut_off(now, self.timetable))


_LEGS = VersionedMemo[dict[int, list[Leg]]](most=10_000)
_TARIFFS = VersionedMemo[tuple[list[FreightRate], list[FreightRule]]](most=10_000)
Trips = Callable[[int, date | None, date | None], Trip | None]


def promise_lines(
    lines: Sequence[PromiseLine],
    destination: Destination | None,
    now: datetime,
    method: DeliveryMethod | None = None,
    found: Mapping[int, Availability] | None = None,
) -> list[Promise]:
    """When these lines can be there, in their order. 1 statement for any number of lines, and 2 when routes are new.

    Lines of one product share what there is: the first takes first. Without a method the fastest counts that brings the
    goods. Stock is taken where it arrives first, then what is on its way, then what is bought again. `found` is what
    there is of all products, for who has looked already.
    """
    found = found or availability({line.product for line in lines})
    trip, sites = _trips(destination, now, method.pk if method else None), _calendars(now)
    left = {pk: _supplies(row) for pk, row in found.items()}
    promises = []
    for line in lines:
        bought = _bought(line, sites, now)
        promise, left[line.product.pk] = _promise(line, left[line.product.pk], bought, trip)
        promises.append(promise)
    return promises


def warehouses_by_arrival(
    destination: Destination, now: datetime, method_id: int | None, days: Iterable[date | None]
) -> dict[date | None, list[int]]:
    """By the day on which goods are wanted: the ids of the warehouses whose stock can come, in the order of a promise.

    No statement, 1 when routes are new.
    """
    trip, sites = _trips(destination, now, method_id), _calendars(now)

    def soonest_first(day: date | None) -> list[int]:
        found = {site.pk: there for site in sites if (there := trip(site.pk, None, day))}
        return sorted(found, key=lambda pk: _soonest(found[pk]))

    return {day: soonest_first(day) for day in set(days)}


def delivery_options(
    context: BuyingContext, *, net: Decimal, weight_g: int, destination: Destination, now: datetime
) -> list[DeliveryOption]:
    """How a cart of this net value and weight can travel, in the supplier's order. 4 statements at most.

    What has no route to the destination, or no rate for it in the buyer's currency, is not offered.
    """
    legs = [leg for rows in _legs(destination, now).values() for leg in rows]
    rates, free = _tariff(context, destination)
    options = []
    for method in sorted({leg.method for leg in legs}, key=lambda row: (row.position, row.pk)):
        trips = [trip for leg in legs if leg.method == method and (trip := leg.trip(None, None, now))]
        best = min(trips, key=_soonest, default=None)
        free_from = None if method.is_collection else _free_from(method, free)
        cost = Decimal(0) if method.is_collection else _cost(method, rates, net, weight_g, free_from)
        if cost is None or best is None or best.arrives_on is None or best.cut_off_at is None:
            continue
        options.append(
            DeliveryOption(
                method=method,
                freight_net=round_half_up(cost, context.currency),
                missing_for_free=None if free_from is None else free_from - net if cost else Decimal(0),
                cut_off_at=best.cut_off_at,
                arrives_on=best.arrives_on,
            )
        )
    return options


def _tariff(context: BuyingContext, destination: Destination) -> tuple[list[FreightRate], list[FreightRule]]:
    """The rates for a place, and the rules of free freight for a buyer. 2 statements, none while they are unchanged."""
    buyer = (context.organization_id, context.customer_type_id, context.unit_ids, context.membership_id)
    key = (Stamp.value_of(STAMP), destination.country, destination.postal_code, buyer, context.currency)

    def read() -> tuple[list[FreightRate], list[FreightRule]]:
        rates = FreightRate.objects.filter(zone__in=_zone(destination), currency=context.currency)
        return list(rates), list(FreightRule.objects.matching(context).in_currency(context.currency))

    return _TARIFFS.get(key, read)


def _calendars(now: datetime) -> dict[Warehouse, Calendar]:
    # Where the day is not over yet, it may still be yesterday.
    return working_calendars(localdate(now) - timedelta(days=1))


def _today(warehouse: Warehouse, now: datetime) -> date:
    return now.astimezone(ZoneInfo(warehouse.time_zone)).date()


def _zone(destination: Destination) -> QuerySet[FreightZone, Any]:
    return FreightZone.objects.covering(destination.country, destination.postal_code).values("pk")[:1]


def _legs(destination: Destination, now: datetime) -> dict[int, list[Leg]]:
    """All routes by which a place can take goods in, by warehouse.

    1 statement, none while routes and warehouses are unchanged.
    """
    calendars = _calendars(now)
    key = (Stamp.value_of(STAMP), Stamp.value_of(WAREHOUSES), destination, localdate(now))
    return _LEGS.get(key, lambda: _read_legs(destination, calendars))


def _read_legs(destination: Destination, calendars: Mapping[Warehouse, Calendar]) -> dict[int, list[Leg]]:
    works = {warehouse.pk: (warehouse, calendar) for warehouse, calendar in calendars.items()}
    receiving = Calendar(destination.receiving_weekdays, destination.country)
    legs: dict[int, list[Leg]] = {}
    rows = Route.objects.filter(zone__in=_zone(destination), method__is_active=True).select_related("method")
    for row in rows.order_by("pk"):
        if not rules.may_unload(row.method.kind, parcels_only=destination.parcels_only):
            continue
        warehouse, calendar = works[row.warehouse_id]
        legs.setdefault(row.warehouse_id, []).append(
            Leg(
                method=row.method,
                timetable=rules.Timetable(calendar, warehouse.time_zone, row.weekdays, row.cut_off),
                transit_days=row.transit_days,
                carriers=tuple(Calendar(MONDAY_TO_FRIDAY, c) for c in (warehouse.country, destination.country)),
                # Who collects comes when the warehouse works.
                receiving=calendar if row.method.is_collection else receiving,
            )
        )
    return legs


def _trips(destination: Destination | None, now: datetime, method_id: int | None) -> Trips:
    """How goods travel from a warehouse: by the method, or by the fastest that brings them; without a route, when they
    leave."""
    calendars = _calendars(now)
    routes = _legs(destination, now) if destination else {}

    def fits(leg: Leg) -> bool:
        return leg.method.pk == method_id if method_id else not leg.method.is_collection

    legs = {pk: chosen for pk, rows in routes.items() if (chosen := [leg for leg in rows if fits(leg)])}
    sites = {warehouse.pk: warehouse for warehouse in calendars}

    @cache
    def trip(warehouse_id: int, due_on: date | None, requested_date: date | None) -> Trip | None:
        if legs:
            trips = (leg.trip(due_on, requested_date, now) for leg in legs.get(warehouse_id, ()))
            return min(filter(None, trips), key=_soonest, default=None)
        site = sites[warehouse_id]
        ships_on = earliest_ship(due_on, _today(site, now), calendars[site])
        return Trip(ships_on, None) if ships_on else None

    return trip


def _soonest(trip: Trip) -> tuple[date, timedelta, date]:
    """The sooner it is there the better; then, the longer there is time to order."""
    time_to_order = trip.cut_off_at - LONG_AGO if trip.cut_off_at else timedelta()
    return trip.arrives_on or date.max, -time_to_order, trip.ships_on


def _supplies(row: Availability) -> list[Supply]:
    stock = [(quantity, None, warehouse_id) for warehouse_id, quantity in row.stock.items()]
    coming = [(receipt.quantity, receipt.due_on, receipt.warehouse_id) for receipt in row.receipts]
    return [Supply(key, *facts) for key, facts in enumerate([*stock, *coming])]


def _bought(line: PromiseLine, warehouses: Iterable[Warehouse], now: datetime) -> list[Supply]:
    """The whole line, as if it was bought today for one warehouse or another."""
    days = line.product.lead_days
    if days is None:
        return []
    return [Supply(BOUGHT, line.quantity, _today(row, now) + timedelta(days=days), row.pk) for row in warehouses]


def _promise(
    line: PromiseLine, supplies: list[Supply], bought: list[Supply], trip: Trips
) -> tuple[Promise, list[Supply]]:
    """The promise for a line, and what it leaves to others of its product."""

    def soonest_first(rows: list[Supply]) -> list[tuple[Supply, Trip]]:
        trips = [(row, found) for row in rows if (found := trip(row.warehouse_id, row.due_on, line.requested_date))]
        return sorted(trips, key=lambda pair: _soonest(pair[1]))

    reached = dict(soonest_first(supplies))
    pieces = cover(line.quantity, in_order(reached, line.requested_date))
    taken = {piece.supply: piece.quantity for piece in pieces}
    rest = [replace(row, quantity=row.quantity - taken.get(row, 0)) for row in supplies]
    missing = line.quantity - sum(taken.values())
    if missing:
        for supply, found in soonest_first(bought)[:1]:
            reached[supply] = found
            taken[supply] = missing
            missing = Decimal(0)
    by_day: dict[date, Decimal] = {}
    for supply, quantity in taken.items():
        if day := reached[supply].arrives_on:
            by_day[day] = by_day.get(day, Decimal(0)) + quantity
    parts = tuple((by_day[day], day) for day in sorted(by_day))
    if missing or not taken:
        return Promise(None, None, "unavailable", parts), rest
    last = max(taken, key=lambda supply: _soonest(reached[supply]))
    reason: Reason = "stock" if last.due_on is None else "lead_time" if last.key == BOUGHT else "receipt"
    return (
        Promise(
            ships_on=max(reached[supply].ships_on for supply in taken),
            arrives_on=reached[last].arrives_on,
            reason=reason,
            parts=parts if len(parts) > 1 else (),
            cut_off_at=min((at for supply in taken if (at := reached[supply].cut_off_at)), default=None)
            if reason == "stock"
            else None,
        ),
        rest,
    )


def _free_from(method: DeliveryMethod, free: list[FreightRule]) -> Decimal | None:
    """The nearest audience decides, then a rule that names the method, then the lowest amount."""
    fitting = [rule for rule in free if rule.method_id in {None, method.pk}]
    best = min(fitting, key=lambda rule: (-rule.specificity, rule.method_id is None, rule.free_from), default=None)
    return best.free_from if best else None


def _cost(
    method: DeliveryMethod, rates: list[FreightRate], net: Decimal, weight_g: int, free_from: Decimal | None
) -> Decimal | None:
    own = [rules.Rate(rate.basis, rate.from_value, rate.price) for rate in rates if rate.method_id == method.pk]
    return rules.freight_cost(own, weight_g=weight_g, net=net, free_from=free_from)
