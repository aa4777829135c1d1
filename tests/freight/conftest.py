from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.catalog.models import Product
from apps.freight.actions.save_delivery_method import save_delivery_method
from apps.freight.actions.save_freight_rate import save_freight_rate
from apps.freight.actions.save_route import save_route
from apps.freight.actions.save_zone import save_zone
from apps.freight.models import DeliveryMethod, FreightZone
from apps.inventory.models import Warehouse
from tests.factories import NOW, SYSTEM, make_category, make_product, make_warehouse

MONDAY_10 = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Oslo"))
WED, THU, FRI = (date(2026, 11, day) for day in (25, 26, 27))


@dataclass
class Network:
    """Two warehouses and who drives from them; each method is made when it is first named."""

    oslo: Warehouse
    hamburg: Warehouse
    norway: FreightZone
    germany: FreightZone
    methods: dict[str, DeliveryMethod] = field(default_factory=dict)

    def method(self, kind: str) -> DeliveryMethod:
        if kind not in self.methods:
            self.methods[kind] = save_delivery_method(
                actor=SYSTEM, code=kind, kind=kind, position=len(self.methods), now=NOW
            )
        return self.methods[kind]

    def drives(self, kind: str, warehouse: Warehouse, zone: FreightZone, days: int, **facts: Any) -> DeliveryMethod:
        facts = {"cut_off": time(14), **facts}
        save_route(
            actor=SYSTEM, warehouse=warehouse, zone=zone, method=self.method(kind), transit_days=days, now=NOW, **facts
        )
        return self.method(kind)

    def costs(self, kind: str, zone: FreightZone, price: str, currency: str = "EUR", **facts: Any) -> None:
        facts = {"basis": "weight", "from_value": Decimal(0), **facts}
        save_freight_rate(
            actor=SYSTEM, method=self.method(kind), zone=zone, currency=currency, price=Decimal(price), now=NOW, **facts
        )


@pytest.fixture
def network(db: None) -> Network:
    return Network(
        make_warehouse("OSL"),
        make_warehouse("HAM", country="DE", time_zone="Europe/Berlin"),
        save_zone(actor=SYSTEM, code="no", country="NO", now=NOW),
        save_zone(actor=SYSTEM, code="de", country="DE", now=NOW),
    )


@pytest.fixture
def drill(db: None) -> Product:
    return make_product(make_category("Drills"), "TL-D338-068C", lead_days=12)


@pytest.fixture
def gloves(db: None) -> Product:
    """Not bought again."""
    return make_product(make_category("Gloves"), "GL-N7-0930")
