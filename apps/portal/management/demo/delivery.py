"""How goods of the demo travel: who drives from where to where, what that costs, and from when on it is free."""

from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from apps.core.permissions import SystemActor
from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.freight.actions.save_delivery_method import save_delivery_method
from apps.freight.actions.save_freight_rate import save_freight_rate
from apps.freight.actions.save_freight_rule import save_freight_rule
from apps.freight.actions.save_route import save_route
from apps.freight.actions.save_zone import save_zone
from apps.freight.models import DeliveryMethod
from apps.inventory.models import Warehouse
from apps.portal.management.demo.catalog.builder import table
from apps.portal.management.demo.prices import CURRENCIES

SYSTEM = SystemActor(label="Demo")
TUESDAY_AND_THURSDAY = 0b0001010

METHODS = {"parcel": "Bring", "pallet": "DSV Road", "truck": "", "collection": ""}
# Zone, country, postal codes, currencies of its rates, and how much dearer than around Oslo.
ZONES = """
    no-oslo NO 0001 1499 EUR,NOK 1
    no      NO -    -    EUR,NOK 1.5
    de      DE -    -    EUR     1.2
    se      SE -    -    SEK,EUR 1.4
    be      BE -    -    EUR     1.6
"""
# Warehouse, zone, method, cut-off, working days on the way.
ROUTES = """
    OSL no-oslo parcel 14:00 1
    OSL no-oslo pallet 14:00 1
    OSL no-oslo truck 16:00 1
    OSL no-oslo collection 15:00 0
    HAM no-oslo parcel 12:00 2
    HAM no-oslo pallet 12:00 2
    OSL no parcel 14:00 2
    OSL no pallet 14:00 3
    OSL no collection 15:00 0
    HAM no parcel 12:00 3
    HAM no pallet 12:00 4
    HAM de parcel 15:00 1
    HAM de pallet 12:00 2
    HAM de collection 16:00 0
    OSL de parcel 12:00 3
    OSL de pallet 12:00 4
    OSL se parcel 14:00 2
    OSL se pallet 12:00 2
    HAM se parcel 12:00 2
    HAM se pallet 12:00 3
    HAM be parcel 15:00 2
    HAM be pallet 12:00 2
    OSL be parcel 12:00 4
    OSL be pallet 12:00 5
"""
# Method -> from so many kg, euros around Oslo.
RATES = {
    "parcel": {0: "9.50", 5: "12.50", 15: "18", 30: "29", 60: "48", 120: "89"},
    "pallet": {0: "28", 100: "38", 300: "56", 600: "84", 1200: "140"},
    "truck": {0: "34", 500: "52", 2000: "95"},
}
FREE_FROM = {"EUR": 2500, "NOK": 29000, "SEK": 28000}


@transaction.atomic
def load(*, now: datetime) -> None:
    """Write methods, zones, routes, rates and free freight as staff would have."""
    methods = {
        code: save_delivery_method(
            actor=SYSTEM, code=code, kind=DeliveryMethod.Kind(code), carrier=carrier, position=position, now=now
        )
        for position, (code, carrier) in enumerate(METHODS.items(), start=1)
    }
    warehouses = {row.code: row for row in Warehouse.objects.all()}
    zones, driven = {}, {(zone, method) for _warehouse, zone, method, *_rest in table(ROUTES)}
    for code, country, first, last, currencies, factor in table(ZONES):
        zones[code] = save_zone(
            actor=SYSTEM, code=code, country=country, postal_from=first.strip("-"), postal_to=last.strip("-"), now=now
        )
        for currency in currencies.split(","):
            for method, steps in RATES.items():
                if (code, method) not in driven:
                    continue
                for weight, euros in steps.items():
                    save_freight_rate(
                        actor=SYSTEM, method=methods[method], zone=zones[code], currency=currency, basis="weight",
                        from_value=Decimal(weight), price=price(Decimal(euros) * Decimal(factor), currency), now=now,
                    )  # fmt: skip
    for warehouse, zone, method, cut_off, days in table(ROUTES):
        save_route(
            actor=SYSTEM,
            warehouse=warehouses[warehouse],
            zone=zones[zone],
            method=methods[method],
            weekdays=TUESDAY_AND_THURSDAY if method == "truck" else MONDAY_TO_FRIDAY,
            cut_off=time.fromisoformat(cut_off),
            transit_days=int(days),
            now=now,
        )
    for currency, amount in FREE_FROM.items():
        save_freight_rule(actor=SYSTEM, currency=currency, free_from=Decimal(amount), now=now)


def price(euros: Decimal, currency: str) -> Decimal:
    """In the currency; others than euros in whole units."""
    if currency == "EUR":
        return euros.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return (euros * CURRENCIES[currency]).quantize(Decimal(1), ROUND_HALF_UP)
