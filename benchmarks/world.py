"""The supplier and the customers that are measured: generated, the same in every run, and made by the real actions.

Only stock is written in bulk, as a first count would be. The numbers of lists, contracts and rules a company are those
of the measured designs: a base list with breaks, a list for each customer type, a contract with 200 prices.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from apps.catalog.actions.import_catalog import import_catalog
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.models import Brand, Category, Product
from apps.core.permissions import SystemActor
from apps.inventory.actions.save_warehouse import save_warehouse
from apps.inventory.models import Stock, StockMovement
from apps.ledger.actions.save_limit import save_limit
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.open_cart import open_cart
from apps.orders.models import Cart
from apps.orgs.actions.add_member import add_member
from apps.orgs.actions.create_organization import create_organization
from apps.orgs.actions.save_address import AddressFacts, save_address
from apps.orgs.models import CustomerType, Membership, PaymentTerms, Role
from apps.portal.management.demo import delivery
from apps.pricing.actions.assign_price_list import assign_price_list
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.actions.open_agreement import open_agreement
from apps.pricing.actions.save_discount import save_discount
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.actions.save_tax_rate import save_tax_rate

SYSTEM = SystemActor(label="Benchmark")
AREAS, SHELVES, LEAVES = 10, 6, 5
BRANDS, TYPES = 40, 4
FAMILY = 12
CONTRACT_PRICES, LIST_PRICES = 200, 5_000
BATCH = 5_000
COLUMNS = (
    "sku", "name", "category", "brand", "family", "family_name", "family_position", "weight_g", "lead_days",
    "price_per", "order_multiple", "mpn", "pack_box", "popularity", "attr:thread:choice:column:facet",
    "attr:length:number:mm:column:facet", "attr:grade:choice:column:facet",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    products: int
    companies: int


@dataclass(frozen=True)
class Row:
    """One row for import_catalog, as a file would have it."""

    line: int
    cells: dict[str, str]
    width: int = len(COLUMNS)


def build(size: Size) -> None:
    """Fill the empty database."""
    now = timezone.now() - timedelta(days=30)
    call_command("migrate", verbosity=0)
    for name, step in {"products": products, "companies": companies, "prices": prices, "stock": stock}.items():
        began = time.monotonic()
        step(size, now)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def products(size: Size, now: datetime) -> None:
    outcome = import_catalog(actor=SYSTEM, columns=COLUMNS, rows=rows(size.products), now=now)
    if not outcome.was_saved:
        raise ValueError(outcome.faults[:5])


def rows(count: int) -> Iterator[Row]:
    """Products in families of twelve sizes, spread over the leaves of a tree of three levels."""
    leaves = AREAS * SHELVES * LEAVES
    for n in range(count):
        family, place = divmod(n, FAMILY)
        leaf = family % leaves
        shelf, area = leaf // LEAVES, leaf // LEAVES // SHELVES
        thread, length = f"M{4 + 2 * (place % 4)}", 10 + 5 * (place // 4) + family % 40
        cells = (
            f"BM-{family:05}-{place:02}",
            f"Hex screw DIN {900 + family % 90} {thread}×{length} type {family}",
            f"Area {area} > Shelf {shelf} > Group {leaf}",
            f"Brand {family % BRANDS}",
            f"family-{family}",
            f"Family {family}",
            str(place),
            str(5 + n % 400),
            str(3 + n % 20),
            "100" if family % 3 == 0 else "1",
            "10" if family % 5 == 0 else "1",
            f"MK{n * 7919 % 10**7:07}",
            "100",
            str(n * 7919 % 1000),
            thread,
            str(length),
            f"A{family % 4}",
        )
        yield Row(n + 2, dict(zip(COLUMNS, cells, strict=True)))


def companies(size: Size, now: datetime) -> None:
    """Each with a buyer, an address and its credit; customer types see all but two shelves, a tenth of the companies
    all but one brand."""
    kinds = [CustomerType.objects.create(code=f"type-{n}", name=f"Type {n}") for n in range(TYPES)]
    terms = PaymentTerms.objects.create(code="net-30", net_days=30)
    roles = list(Role.objects.filter(organization=None, code__in=("admin", "buyer")))
    shelves = list(Category.objects.filter(depth=2).order_by("path"))
    brands = list(Brand.objects.filter(name__in=[f"Brand {n}" for n in range(BRANDS // 2)]).order_by("pk"))
    for place, kind in enumerate(kinds):
        for shelf in shelves[2 * place : 2 * place + 2]:
            save_assortment_rule(actor=SYSTEM, effect="deny", customer_type=kind, category=shelf, now=now)
            save_discount(actor=SYSTEM, rate=Decimal("0.05"), customer_type=kind, category=shelves[-place], now=now)
    for n in range(size.companies):
        company = create_organization(
            actor=SYSTEM,
            number=f"B-{n:05}",
            legal_name=f"Company {n}",
            customer_type=kinds[n % TYPES],
            country="NO",
            currency="EUR",
            payment_terms=terms,
            now=now,
        )
        add_member(
            actor=SYSTEM, organization=company, email=f"buyer{n}@bench.example", name="Buyer", roles=roles, now=now
        )
        facts = AddressFacts(f"Gate {n}", "Kaiveien 3", "0150", "Oslo", "NO", is_default=True)
        save_address(actor=SYSTEM, organization=company, facts=facts, now=now)
        save_limit(actor=SYSTEM, organization=company, kind="credit", amount=Decimal(100_000_000), now=now)
        if n % 10 == 0:
            brand = brands[n // 10 % len(brands)]
            save_assortment_rule(actor=SYSTEM, effect="deny", organization=company, brand=brand, now=now)


def prices(size: Size, now: datetime) -> None:
    """Every product in the base list, a third with breaks; then the types' lists and the companies' contracts."""
    random, day = Random(size.products), localdate(now)
    everything = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    base = save_price_list(actor=SYSTEM, name="Price book", kind="base", currency="EUR", now=now)
    change_prices(actor=SYSTEM, price_list=base, prices=with_breaks(everything, random), now=now)
    for kind in CustomerType.objects.all():
        price_list = save_price_list(actor=SYSTEM, name=f"For {kind}", kind="list", currency="EUR", now=now)
        assign_price_list(actor=SYSTEM, price_list=price_list, customer_type=kind, now=now)
        some = random.sample(everything, min(LIST_PRICES, len(everything) // 10))
        change_prices(actor=SYSTEM, price_list=price_list, prices=with_breaks(some, random), now=now)
    for buyer in Membership.objects.select_related("organization").order_by("pk"):
        number = f"HC-{buyer.organization.number}"
        contract = open_agreement(
            actor=SYSTEM, organization=buyer.organization, number=number, valid_from=day, now=now
        ).price_list
        some = random.sample(everything, min(CONTRACT_PRICES, len(everything) // 10))
        change_prices(actor=SYSTEM, price_list=contract, prices=with_breaks(some, random), now=now)
    save_tax_rate(
        actor=SYSTEM,
        country="NO",
        tax_class="standard",
        rate=Decimal("0.25"),
        valid_from=date(day.year, 1, 1),
        now=now,
    )


def with_breaks(ids: list[int], random: Random) -> Iterator[NewPrice]:
    for pk in ids:
        cents = random.randint(50, 20_000)
        steps = {1: 100, 100: 90, 1000: 80} if random.random() < 1 / 3 else {1: 100}
        for quantity, percent in steps.items():
            yield NewPrice(pk, Decimal(quantity), Decimal(cents * percent) / 10_000)


def stock(_size: Size, now: datetime) -> None:
    """Plenty of everything in two warehouses, and the ways of the demo to bring it."""
    places = [
        save_warehouse(actor=SYSTEM, code=code, name=name, country=country, time_zone=zone, now=now)
        for code, name, country, zone in (
            ("OSL", "Oslo warehouse", "NO", "Europe/Oslo"),
            ("HAM", "Hamburg warehouse", "DE", "Europe/Berlin"),
        )
    ]
    counted = (
        Stock(product_id=pk, warehouse=place, on_hand=Decimal(1_000_000), updated_at=now)
        for pk in Product.objects.order_by("pk").values_list("pk", flat=True)
        for place in places
    )
    rows = Stock.objects.bulk_create(counted, batch_size=BATCH)
    StockMovement.objects.bulk_create(
        (
            StockMovement(stock=row, delta=row.on_hand, reason=StockMovement.Reason.COUNT, created_at=now)
            for row in rows
        ),
        batch_size=BATCH,
    )
    delivery.load(now=now)


@dataclass(frozen=True)
class Buyer:
    """A person with a session in a browser."""

    membership: Membership
    session: str

    @property
    def seed(self) -> int:
        return self.membership.organization_id

    def fill_cart(self, lines: int) -> Cart:
        """Leave this person with a new current cart of so many lines, each of a product that the company may buy."""
        now = timezone.now()
        open_cart(actor=self.membership, name="Benchmark", now=now)
        wanted = [WantedLine(product, Decimal(10)) for product in orderable(lines, self.seed)]
        return add_lines(actor=self.membership, lines=wanted, now=now)


def buyers(count: int) -> list[Buyer]:
    """The buyers of the first so many companies, signed in."""
    found = Membership.objects.select_related("organization", "user").order_by("pk")[:count]
    people = []
    for membership in found:
        client = Client()
        client.force_login(membership.user)
        people.append(Buyer(membership, client.cookies["sessionid"].value))
    return people


def orderable(count: int, seed: int) -> list[Product]:
    """Products that no rule hides from anybody: of the last area, of brands that no rule names."""
    brands = [f"Brand {n}" for n in range(BRANDS // 2, BRANDS)]
    rows = Product.objects.filter(category__path__startswith=Category.objects.get(slug=f"area-{AREAS - 1}").path)
    return Random(seed).sample(list(rows.filter(brand__name__in=brands).order_by("pk")), count)
