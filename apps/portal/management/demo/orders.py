"""A year of orders, each through the real actions at its own time, and what lies open today."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localdate

from apps.approvals.actions.withdraw_request import withdraw_request
from apps.catalog.models import Product
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import visible
from apps.core.permissions import StaffActor
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.actions.ship_order import ship_order
from apps.fulfillment.models import Shipment
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.actions.change_cart import change_cart
from apps.orders.actions.confirm_order import confirm_order
from apps.orders.actions.open_cart import open_cart
from apps.orders.actions.remove_lines import remove_lines
from apps.orders.models import CartLine, Order
from apps.orgs.models import CostCenter, Membership
from apps.orgs.queries import buying_context
from apps.portal.management.demo import drawn
from apps.portal.management.demo.numbers import next_are_behind, next_is
from apps.portal.management.demo.steps import by_warehouse, member, send, stock_up, submit
from apps.portal.management.demo.stock import DRAWN_STOCK

OSLO = ZoneInfo("Europe/Oslo")
IN_WORK = timedelta(days=12)
CARRIERS = ("Bring", "DSV Road", "PostNord")


@dataclass(frozen=True)
class Habit:
    """Who orders every so many weeks, on which weekday, how many lines, and how much of each: a rhythm."""

    email: str
    weeks: int
    weekday: int
    lines: int
    size: int
    cart: str


HABITS = (
    Habit("mira@norrvik.example", 2, 0, 40, 30, "Weekly yard restock"),
    Habit("omar@norrvik.example", 3, 3, 6, 4, "Dock 2"),
    Habit("lena@norrvik.example", 5, 1, 8, 6, "Welding consumables"),
    Habit("gus@fjellbygg.example", 3, 1, 10, 10, "Tunnel site"),
    Habit("jonas@hansewerft.example", 4, 2, 9, 8, "Werftbedarf"),
    Habit("katrin@nordseekost.example", 4, 0, 6, 4, "Hygiene und Schutz"),
    Habit("pjotr@nordseekost.example", 8, 4, 3, 2, "Werkstatt"),
    Habit("astrid@malarverkstad.example", 3, 3, 7, 3, "Verkstaden"),
    Habit("nils@vastmek.example", 6, 2, 8, 4, "Lager"),
    Habit("noor@scheldtmarine.example", 4, 1, 10, 6, "Kaai 114"),
    Habit("wei@brabantbouw.example", 5, 3, 6, 5, "Magazijn"),
)
# What lies in the shared cart today: who added it, how much of what, for which cost center, and when it is wanted.
YARD_WEEK = """
    Mira HX-933-0840A2 400 410 soon
    Mira HX-933-0830A2 600 410 soon
    Omar GL-N7-0930B 12 415 soon
    Omar PP-GG-CLR 20 415 soon
    Omar PP-HM-WHT 6 415 soon
    Mira FL-BC-500 24 410 soon
    Lena FL-GR-EP2 48 410 soon
    Mira BR-6205-2RS 10 410 soon
    Lena EL-H07-3G15 200 410 soon
    Mira EL-TP19-BK 30 410 soon
    Lena TL-TW-100 2 410 soon
    Mira TL-D338-068C 40 410 soon
    Omar AB-FD125-80 50 410 any
    Lena HZ-AIR-1050 10 410 late
"""
# What Omar sent this morning, and what he changed since; Mira has to decide.
SAFETY_STOCK = (
    "GL-N7-0930B 20, PP-KP-GEL 5, PP-FH-2P 6, PP-HM-WHT 20, PP-EM-33 20, PP-GG-CLR 40, PP-HV-2L 20, PP-FA-13157 4,"
    " PP-EW-500 4"
)


def load(*, now: datetime, sam: StaffActor) -> None:
    """Play the year up to today. Nobody is written to about what is over."""
    with nobody_listening():
        drawn.load(now=now, sam=sam)
        for then, habit, turn in sorted(calendar(now), key=lambda row: (row[0], row[1].email)):
            order(habit, turn, then, now, sam)
    today(now)
    with nobody_listening():
        drawn.use_credit(now=now, sam=sam)
    next_are_behind()


@contextmanager
def nobody_listening() -> Iterator[None]:
    """Record events without owing anybody work for them."""
    heard = settings.SUBSCRIPTIONS
    settings.SUBSCRIPTIONS = {}
    try:
        yield
    finally:
        settings.SUBSCRIPTIONS = heard


def calendar(now: datetime) -> Iterator[tuple[datetime, Habit, int]]:
    """When somebody orders: at their weekday and time, every so many weeks, back to a year ago."""
    monday = now.astimezone(OSLO).date() - timedelta(days=now.astimezone(OSLO).weekday())
    for number, habit in enumerate(HABITS):
        first = drawn.WEEKS if habit.email.endswith(drawn.COMPANY) else 0
        for turn, weeks in enumerate(range(first + number % habit.weeks, 52, habit.weeks)):
            day = monday - timedelta(weeks=weeks) + timedelta(days=habit.weekday)
            then = datetime.combine(day, time(8 + number % 6, 5 * number), OSLO)
            if then < now - timedelta(hours=4):
                yield then, habit, turn


def order(habit: Habit, turn: int, then: datetime, now: datetime, sam: StaffActor) -> None:
    """One order with all that followed, as far as it would have come by now."""
    chance = random.Random(f"{habit.email} {turn}")  # noqa: S311  the same story at every start
    buyer = member(habit.email)
    lines = basket(buyer, habit, chance, then)
    cart = open_cart(actor=buyer, name=habit.cart, now=then)
    add_lines(actor=buyer, cart_uid=cart.uid, lines=lines, now=then)
    change_cart(
        actor=buyer, cart_uid=cart.uid, facts={"po_number": f"PO-{76_000 + then.timetuple().tm_yday * 5}"}, now=then
    )
    placed = send(buyer, cart, then)
    if placed is None:
        return
    if chance.random() < 0.04:
        cancel_order(actor=buyer, order_uid=placed.uid, reason="Ordered twice", now=then + timedelta(hours=2))
        return
    follow(placed, then, now, chance, sam)


def basket(buyer: Membership, habit: Habit, chance: random.Random, then: datetime) -> list[WantedLine]:
    """What the person buys: mostly the same products again, more or less of each; and enough of it is there."""
    usual = random.Random(habit.email)  # noqa: S311
    rows = visible(buying_context(buyer), catalog_tree(), localdate(then)).filter(lead_days__isnull=False)
    known = list(rows.exclude(sku__in=DRAWN_STOCK).order_by("pk")[:: max(rows.count() // 90, 1)])
    favorites = usual.sample(known, min(habit.lines + 4, len(known)))
    center = CostCenter.objects.visible_to(buyer).order_by("code").first()
    lines = [
        WantedLine(product, max(product.min_quantity, product.order_multiple * chance.randint(1, habit.size)), center)
        for product in chance.sample(favorites, min(habit.lines, len(favorites)))
    ]
    stock_up(lines)
    return lines


def follow(placed: Order, then: datetime, now: datetime, chance: random.Random, sam: StaffActor) -> None:
    """Confirm, ship and deliver an order; those of the last days are still somewhere on their way."""
    steps = 4 if now - then > IN_WORK else chance.randint(0, 3)
    if steps == 0:
        return
    confirm_order(actor=sam, order_uid=placed.uid, answers={}, now=then + timedelta(hours=chance.randint(2, 3)))
    shipped = min(then + timedelta(days=1 + chance.randint(0, 2)), now)
    for warehouse, quantities in by_warehouse(placed).items() if steps > 1 else ():
        # The rest of it is still being packed.
        sent = dict(list(quantities.items())[::2]) if steps == 2 else quantities
        next_is(Shipment)
        shipment = ship_order(
            actor=sam,
            order_uid=placed.uid,
            quantities=sent,
            warehouse=warehouse,
            carrier=chance.choice(CARRIERS),
            tracking_number=f"{chance.randint(10**11, 10**12 - 1)}",
            now=shipped,
        )
        if steps == 4:
            record_delivery(actor=sam, shipment_uid=shipment.uid, now=drawn.arrival(shipped))


def today(now: datetime) -> None:
    """A shared cart that three people fill, and a request that was changed since it was sent."""
    mira, omar = member("mira@norrvik.example"), member("omar@norrvik.example")
    people = {"Mira": mira, "Omar": omar, "Lena": member("lena@norrvik.example")}
    centers = {row.code: row for row in CostCenter.objects.visible_to(mira)}
    products = Product.objects.in_bulk(field_name="sku")
    yard = open_cart(actor=mira, name="Yard week 48", now=now)
    days = drawn.wanted(localdate(now))
    for row in YARD_WEEK.strip().splitlines():
        name, sku, quantity, code, day = row.split()
        line = WantedLine(products[sku], Decimal(quantity), centers[code], days.get(day))
        add_lines(actor=people[name], cart_uid=yard.uid, lines=[line], now=now)
    change_cart(actor=mira, cart_uid=yard.uid, facts={"po_number": "PO-77134"}, now=now)
    sent, changed = now - timedelta(hours=3), now - timedelta(hours=1, minutes=25)
    safety = open_cart(actor=omar, name="Safety stock, dock 2", now=sent)
    wanted = [row.split() for row in SAFETY_STOCK.split(", ")]
    lines = [WantedLine(products[sku], Decimal(quantity), centers["415"]) for sku, quantity in wanted]
    add_lines(actor=omar, cart_uid=safety.uid, lines=lines, now=sent)
    change_cart(actor=omar, cart_uid=safety.uid, facts={"po_number": "PO-77131"}, now=sent)
    request = submit(omar, safety, sent).request
    if request:
        withdraw_request(actor=omar, request_uid=request.uid, now=changed, for_changes=True)
        gloves = WantedLine(products["GL-N7-0930B"], Decimal(10), centers["415"])
        add_lines(actor=omar, cart_uid=safety.uid, lines=[gloves], now=changed)
        pads = CartLine.objects.filter(cart=safety, product__sku="PP-KP-GEL").values_list("uid", flat=True)
        remove_lines(actor=omar, cart_uid=safety.uid, line_uids=list(pads), now=changed)
        words = "Dock 2 gets the new crew on Thursday, so I raised the gloves and dropped the knee pads."
        submit(omar, safety, changed, words)
