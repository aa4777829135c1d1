"""Two warehouses, what lies in them, and what is on its way: as drawn where a page draws it, plausible elsewhere."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.db import transaction

from apps.catalog.models import Product
from apps.core.permissions import SystemActor
from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.inventory.actions.save_warehouse import save_warehouse
from apps.inventory.models import Receipt, Stock, StockMovement, Warehouse
from apps.inventory.rules import Calendar
from apps.portal.management.demo.catalog.builder import digest, table

SYSTEM = SystemActor(label="Demo")
BATCH = 2_000

# Part number, what is free in Oslo and in Hamburg.
DRAWN = """
    HX-933-0816A2 9200 0
    HX-933-0820A2 24600 0
    HX-933-0825A2 14100 0
    HX-933-0830A2 31000 0
    HX-933-0835A2 6800 0
    HX-933-0840A2 6400 12000
    HX-933-0850A2 700 0
    HX-933-0860A2 0 0
    HX-933-0820A4 11900 0
    HX-933-0830A4 8300 0
    HX-933-0840A4 5200 0
    HX-933-0850A4 0 3900
    HX-933-1020A2 6150 0
    HX-933-1025A2 12400 0
    HX-933-1030A2 9900 0
    HX-933-1035A2 2300 0
    HX-933-1040A2 7750 0
    HX-933-1050A2 350 0
    HX-933-1060A2 0 4050
    HX-933-1070A2 0 1900
    HX-933-1080A2 0 2600
    NT-934-08A2 66000 0
    NT-934-10A2 22300 0
    WS-125-08A2 120000 0
    BR-6205-2RS 260 0
    BR-6305-2RS 140 0
    GL-N7-0930 0 0
    GL-N7-0930B 640 0
    PP-GG-CLR 310 0
    PP-HM-WHT 85 0
    PP-EM-33 128 0
    PP-FH-2P 14 0
    PP-HV-2L 220 0
    PP-KP-GEL 30 0
    PP-FA-13157 36 0
    PP-EW-500 52 0
    FL-BC-500 96 0
    FL-GR-EP2 1260 0
    TL-D338-068C 31 0
    TL-CW-13 64 0
    TL-TW-100 18 0
    EL-TP19-BK 1120 0
    EL-H07-3G15 2400 0
    AB-FD125-80 0 0
    WL-ER70-12 44 0
    HZ-AIR-1050 25 0
"""
# Part number, how many come to Oslo, in how many days.
COMING = """
    HX-933-0840A2 40000 9
    HX-933-0860A2 3000 3
    TL-D338-068C 200 3
    AB-FD125-80 500 3
"""
# Of 100 products, so many are sold out, so many lie in Hamburg only, and for so many more are on their way.
SOLD_OUT, IN_HAMBURG, ON_THEIR_WAY = 5, 8, 12


@transaction.atomic
def load(*, now: datetime, today: date) -> None:
    """Open the warehouses by the action, and write their stock as a first count would have."""
    new_year = date(today.year, 12, 31)
    oslo = save_warehouse(
        actor=SYSTEM, code="OSL", name="Oslo warehouse", country="NO", time_zone="Europe/Oslo", now=now,
        closures=[new_year - timedelta(days=7), new_year],
    )  # fmt: skip
    hamburg = save_warehouse(
        actor=SYSTEM, code="HAM", name="Hamburg warehouse", country="DE", time_zone="Europe/Berlin", now=now,
        closures=[new_year],
    )  # fmt: skip
    products = list(Product.objects.order_by("pk"))
    counted = [row for product in products for row in stock_of(product, oslo, hamburg, now)]
    stocks = Stock.objects.bulk_create(counted, batch_size=BATCH)
    StockMovement.objects.bulk_create(
        (
            StockMovement(stock=row, delta=row.on_hand, reason=StockMovement.Reason.COUNT, created_at=now)
            for row in stocks
            if row.on_hand
        ),
        batch_size=BATCH,
    )
    coming = [row for product in products for row in receipts_of(product, oslo, today)]
    Receipt.objects.bulk_create(coming, batch_size=BATCH)


def chance(product: Product, what: str) -> int:
    """A fixed number below 100 for each product."""
    return int(digest(f"{what} {product.sku}")[:8], 16) % 100


def stock_of(product: Product, oslo: Warehouse, hamburg: Warehouse, now: datetime) -> Iterator[Stock]:
    """What lies in each warehouse: of small things many packs, of others some; a twentieth of it is never promised."""
    safety = Decimal(0)
    if product.sku in DRAWN_STOCK:
        there = DRAWN_STOCK[product.sku]
    elif product.lead_days is None or chance(product, "stock") < SOLD_OUT:
        there = (0, 0)
    else:
        packs = 6 + chance(product, "packs") ** 2 // (40 if product.order_multiple > 1 else 80)
        far = packs if chance(product, "place") < IN_HAMBURG else packs // 3
        there = (packs - far, far)
        safety = product.order_multiple * (packs // 20)
    for warehouse, quantity in zip((oslo, hamburg), there, strict=True):
        on_hand = Decimal(quantity) * (1 if product.sku in DRAWN_STOCK else product.order_multiple)
        yield Stock(product=product, warehouse=warehouse, on_hand=on_hand, safety=min(safety, on_hand), updated_at=now)


def receipts_of(product: Product, oslo: Warehouse, today: date) -> Iterator[Receipt]:
    """What was bought before it ran out, on a working day of the next three weeks."""
    if product.sku in DRAWN_RECEIPTS:
        quantity, days = DRAWN_RECEIPTS[product.sku]
    elif product.sku in DRAWN_STOCK or product.lead_days is None or chance(product, "stock") >= SOLD_OUT + ON_THEIR_WAY:
        return
    else:
        quantity = product.order_multiple * (10 + chance(product, "coming"))
        days = 3 + chance(product, "days") % 18
    works = Calendar(MONDAY_TO_FRIDAY, oslo.country)
    due_on = next(day for day in (today + timedelta(days=n) for n in count(days)) if works.is_open(day))
    yield Receipt(product=product, warehouse=oslo, due_on=due_on, quantity=quantity)


DRAWN_STOCK = {sku: (int(near), int(far)) for sku, near, far in table(DRAWN)}
DRAWN_RECEIPTS = {sku: (Decimal(quantity), int(days)) for sku, quantity, days in table(COMING)}
