"""The orders, lists, requests and numbers of Norrvik that the screens show: amounts as drawn, days by whole weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate, localtime

from apps.accounts.models import User
from apps.catalog.actions.save_item_codes import save_item_codes
from apps.catalog.models import Product
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import visible
from apps.core.permissions import StaffActor
from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.actions.ship_order import ship_order
from apps.fulfillment.models import Shipment
from apps.inventory.models import Warehouse
from apps.inventory.rules import Calendar
from apps.ledger.models import Limit
from apps.ledger.queries import spendable
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.cancel_order import cancel_order
from apps.orders.actions.change_cart import change_cart
from apps.orders.actions.change_list import change_list
from apps.orders.actions.change_list_lines import change_list_lines
from apps.orders.actions.confirm_order import Answer, confirm_order
from apps.orders.actions.open_cart import open_cart
from apps.orders.actions.save_list import save_list
from apps.orders.models import Cart, Order, OrderLine
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.models import Address, CostCenter, Membership, Role
from apps.orgs.queries import buying_context
from apps.portal.management.demo.catalog.builder import table
from apps.portal.management.demo.numbers import next_is
from apps.portal.management.demo.steps import by_warehouse, decide, member, send, stock_up, submit
from apps.portal.management.demo.stock import DRAWN_STOCK
from apps.portal.management.demo.sums import amounting_to

COMPANY = "@norrvik.example"
OSLO = ZoneInfo("Europe/Oslo")
# Of Norrvik's last weeks the screens show every order.
WEEKS = 5
# What Norrvik owes for goods on their way, with VAT, as drawn; and the rate of what it buys.
CREDIT_USED, VAT = Decimal(18_550), Decimal("0.25")
SATURDAY = 5
# Number, days from this week's Monday, who, PO number, address, lines, net goods, what became of it.
ORDERS = """
    48377 -28 mira PO-76894 gate 51 2719.00 delivered
    48402 -26 omar PO-76911 dock 1 86.00 canceled
    48430 -24 lena PO-76930 gate 14 612.00 delivered
    48455 -21 mira PO-76951 gate 60 3420.20 delivered
    48498 -19 omar PO-76974 Bergen 6 2310.00 delivered
    48540 -14 mira PO-77002 gate 60 3398.75 delivered
    48577 -13 omar PO-77019 dock 11 733.90 delivered
    48601 -11 lena PO-77031 Bergen 2 8940.00 delivered
    48655 -7 mira PO-77068 gate 60 3455.10 delivered
    48790 -4 omar PO-77112 dock 4 412.90 confirmed
    48812 -3 mira PO-77120 gate 9 1118.80 shipped
"""
CARTS = {
    "48498": "Compressor spares", "48577": "Welding consumables", "48430": "Hatch cover kit", "48790": "Dock 2",
    "48402": "Dock 2, extra", "48601": "Bergen crane", "48812": "Hull, week 47",
}  # fmt: skip
RESTOCK = "Weekly yard restock"
# Whose list, lines, what it comes to today; the rest is its name.
LISTS = """
    mira 60 3412.80 Weekly_yard_restock
    lena 14 612.00 Hatch_cover_kit
    omar 9 148.35 PPE,_new_starter
    mira 22 1004.10 Generator_500_h_service
    omar 17 733.90 Welding_consumables
    lena 8 418.20 Office_and_first_aid
    omar 6 860.00 Welding_gas_regulators
"""
# From which categories the goods of a cart or list come; of all others from what sells most.
KINDS = {
    "Bergen crane": {"lifting-lashing", "hydraulics", "tools"},
    "Compressor spares": {"pneumatics", "bearings-drives", "seals"},
    "Crane slings": {"lifting-lashing"},
    "Dock 2": {"safety-workwear", "tools"},
    "Generator 500 h service": {"lubricants-chemicals", "seals", "bearings-drives"},
    "Hatch cover kit": {"seals", "marine", "fasteners"},
    "Heated jackets": {"hi-vis-clothing"},
    "Office and first aid": {"first-aid", "cleaning", "storage"},
    "PPE, new starter": {"safety-workwear"},
    "Slipway winches": {"lifting-lashing"},
    "Welding consumables": {"welding", "abrasives"},
    "Welding gas regulators": {"welding"},
}
# The last one is a maker's number of another screw as well.
OWN_NUMBERS = {
    "NV-10442": "HX-933-0840A2", "NV-10511": "BR-6205-2RS", "NV-20115": "GL-N7-0930B", "NV-30007": "FL-BC-500",
    "0061 8 40": "HX-933-0840ZN",
}  # fmt: skip


@dataclass(frozen=True)
class Sketch:
    """One line of ORDERS."""

    number: str
    then: datetime
    buyer: Membership
    po_number: str
    address: str
    lines: int
    net: str
    end: str


def load(*, now: datetime, sam: StaffActor) -> None:
    """Play what the screens show, each at its own time."""
    lena, omar = (member(name + COMPANY) for name in ("lena", "omar"))
    offer = Offer(Role.objects.get(organization=None, code="requester"), lena.unit, Decimal(300))
    invite_members(actor=lena, emails=["ines" + COMPANY], offer=offer, now=now - timedelta(days=2))
    products = Product.objects.in_bulk(field_name="sku")
    codes = {code: products[sku] for code, sku in OWN_NUMBERS.items()}
    save_item_codes(actor=lena, codes=codes, now=now - timedelta(days=90))
    for sketch in sketches(now):
        follow(sketch, place(sketch), now, sam)
    for name, lines, total, title in table(LISTS):
        owner = member(name + COMPANY)
        keep_list(owner, title.replace("_", " "), int(lines), total, now)
    jackets = fill(omar, "Heated jackets", po_number="PO-77090", lines=3, total="1240.00", now=now)
    then = now - timedelta(days=2)
    if request := submit(omar, jackets, then).request:
        decide(request, "reject", then + timedelta(hours=5), "Wait for the December budget.")
    slings = fill(lena, "Crane slings", po_number="PO-77125", lines=6, total="6120.00", now=now)
    submit(lena, slings, now - timedelta(days=1), "The old ones fail the inspection on the 30th.")
    for name, seen_at in last_seen(now).items():
        User.objects.filter(email=name + COMPANY).update(last_login=seen_at)


def last_seen(now: datetime) -> dict[str, datetime]:
    """When each was here last: two of them today, two at the end of last week."""
    friday = datetime.combine(drawn_monday(now) - timedelta(days=3), time(15, 20), OSLO)
    return {
        "omar": now - timedelta(hours=1, minutes=25),
        "lena": now - timedelta(hours=3),
        "dana": friday,
        "tomas": friday - timedelta(days=1),
    }


def sketches(now: datetime) -> Iterator[Sketch]:
    """The drawn orders at their days."""
    for place, (number, days, name, po_number, address, lines, net, end) in enumerate(table(ORDERS)):
        day = drawn_monday(now) + timedelta(days=int(days))
        then = datetime.combine(day, time(8, 5 * place), OSLO)
        yield Sketch(number, then, member(name + COMPANY), po_number, address, int(lines), net, end)


def drawn_monday(now: datetime) -> date:
    """The Monday of this week; on a weekend the one that comes."""
    today = now.astimezone(OSLO).date()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=today.weekday() >= SATURDAY)


def goods(buyer: Membership, name: str, lines: int, total: str, now: datetime) -> dict[Product, Decimal]:
    """What is in a cart or list of this name: nothing whose stock is drawn, that stays as it is."""
    tree = catalog_tree()
    rows = visible(buying_context(buyer), tree, localdate(now)).filter(lead_days__isnull=False)
    if kinds := KINDS.get(name):
        slugs = {node.id: {above.slug for above in tree.above(node)} for node in tree.by_id.values()}
        rows = rows.filter(category__in=[key for key, found in slugs.items() if found & kinds])
    pool = list(rows.exclude(sku__in=DRAWN_STOCK).order_by("-popularity", "pk")[:400])
    return amounting_to(buyer, pool, lines, total, now)


def place(sketch: Sketch) -> Order:
    """The order as drawn, approved by whom it takes."""
    name = CARTS.get(sketch.number, RESTOCK)
    cart = fill(sketch.buyer, name, po_number=sketch.po_number, lines=sketch.lines, total=sketch.net, now=sketch.then)
    address = Address.objects.visible_to(sketch.buyer).get(name__icontains=sketch.address)
    change_cart(actor=sketch.buyer, cart_uid=cart.uid, facts={"ship_to": address}, now=sketch.then)
    send(sketch.buyer, cart, sketch.then, number=int(sketch.number))
    return Order.objects.get(cart=cart)


def fill(buyer: Membership, name: str, *, po_number: str, lines: int, total: str, now: datetime) -> Cart:
    """A cart of its own that comes to so much, net."""
    center = CostCenter.objects.visible_to(buyer).order_by("code").first()
    bought = goods(buyer, name, lines, total, now)
    wanted_lines = [WantedLine(product, quantity, center) for product, quantity in bought.items()]
    stock_up(wanted_lines)
    cart = open_cart(actor=buyer, name=name, now=now)
    add_lines(actor=buyer, cart_uid=cart.uid, lines=wanted_lines, now=now)
    return change_cart(actor=buyer, cart_uid=cart.uid, facts={"po_number": po_number}, now=now)


def follow(sketch: Sketch, placed: Order, now: datetime, sam: StaffActor) -> None:
    """What became of a drawn order; nothing of it lies behind us that is said to come."""
    then = placed.placed_at
    if sketch.end == "canceled":
        cancel_order(actor=sketch.buyer, order_uid=placed.uid, reason="Ordered twice", now=then + timedelta(hours=1))
        return
    lines = list(OrderLine.objects.filter(order=placed).order_by("position"))
    days = [localdate(then) + timedelta(days=2)] * len(lines)
    if sketch.end != "delivered":
        first, second, third = coming(localdate(now))
        days = [third] * len(lines) if sketch.end == "confirmed" else [*[first] * 4, *[second] * 3, *[third] * 2]
    answers = {line.uid: Answer(line.quantity, day) for line, day in zip(lines, days, strict=True)}
    if sketch.end == "delivered":
        answers = {}
    confirm_order(actor=sam, order_uid=placed.uid, answers=answers, now=then + timedelta(hours=2))
    if sketch.end == "confirmed":
        return
    at = {line.uid: place for place, line in enumerate(lines)}
    batches = [range(4), range(4, 7)] if sketch.end == "shipped" else [range(len(lines))]
    for batch in batches:
        for warehouse, quantities in by_warehouse(placed).items():
            sent = {uid: quantity for uid, quantity in quantities.items() if at[uid] in batch}
            if sent:
                ship(sam, placed, warehouse, sent, then, is_there=sketch.end == "delivered")


def ship(
    sam: StaffActor, placed: Order, warehouse: Warehouse, sent: dict[UUID, Decimal], then: datetime, *, is_there: bool
) -> None:
    next_is(Shipment)
    shipment = ship_order(
        actor=sam, order_uid=placed.uid, quantities=sent, warehouse=warehouse, carrier="Bring",
        tracking_number=f"3707{placed.number.removeprefix('SO-')}{len(sent):03}", now=then + timedelta(hours=6),
    )  # fmt: skip
    if is_there:
        record_delivery(actor=sam, shipment_uid=shipment.uid, now=arrival(then))


def arrival(then: datetime) -> datetime:
    """Two days after, or when work is done again: nobody unloads on a Sunday."""
    return datetime.combine(coming(localdate(then) + timedelta(days=1))[0], localtime(then).time(), OSLO)


def coming(today: date) -> list[date]:
    """The first, the second and the fourth working day from tomorrow on."""
    works = Calendar(MONDAY_TO_FRIDAY, "NO")
    days = [day for day in (today + timedelta(days=n) for n in range(1, 15)) if works.is_open(day)]
    return [days[0], days[1], days[3]]


def wanted(today: date) -> dict[str, date]:
    """The days for which goods in the shared cart are wanted: Wednesday and Tuesday next week on the drawn Monday."""
    soon = coming(today)[1]
    return {"soon": soon, "late": coming(soon + timedelta(days=5))[0]}


def use_credit(*, now: datetime, sam: StaffActor) -> None:
    """An order from before the drawn weeks that is still being made, so that the company's credit is used as drawn.

    It comes to within a cent of it: VAT is rounded.
    """
    lena = member("lena" + COMPANY)
    used = next(row.used for row in spendable(lena, localdate(now)) if row.limit.kind == Limit.Kind.CREDIT)
    net = ((CREDIT_USED - used) / (1 + VAT)).quantize(Decimal("0.01"), ROUND_DOWN)
    then = datetime.combine(drawn_monday(now) - timedelta(weeks=WEEKS + 2), time(10), OSLO)
    cart = fill(lena, "Slipway winches", po_number="PO-76710", lines=5, total=str(net), now=then)
    send(lena, cart, then)
    placed = Order.objects.get(cart=cart)
    ready = coming(localdate(now) + timedelta(weeks=WEEKS))[0]
    answers = {line.uid: Answer(line.quantity, ready) for line in OrderLine.objects.filter(order=placed)}
    confirm_order(actor=sam, order_uid=placed.uid, answers=answers, now=then + timedelta(days=1))


def keep_list(owner: Membership, name: str, lines: int, total: str, now: datetime) -> None:
    """A list that the company shares and that comes to so much today, net."""
    found = save_list(actor=owner, name=name, now=now)
    quantities = {product.pk: quantity for product, quantity in goods(owner, name, lines, total, now).items()}
    change_list_lines(actor=owner, list_uid=found.uid, quantities=quantities, now=now)
    change_list(actor=owner, list_uid=found.uid, name=found.name, is_shared=True, now=now)
