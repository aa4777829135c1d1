"""Companies and people for tests, set up through the real actions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.db import connection
from django.utils.text import slugify

from apps.accounts.models import User
from apps.activity.models import Delivery
from apps.approvals.actions.submit_cart import Outcome, submit_cart
from apps.catalog.actions.save_product_file import save_product_file
from apps.catalog.models import Brand, Category, CategoryText, Product, ProductFile, ProductText
from apps.catalog.queries.tree import STAMP
from apps.catalog.rules import normalize_number
from apps.core.models import Stamp
from apps.core.permissions import StaffRole, SystemActor
from apps.freight.actions.save_delivery_method import save_delivery_method
from apps.freight.actions.save_freight_rate import save_freight_rate
from apps.freight.actions.save_route import save_route
from apps.freight.actions.save_zone import save_zone
from apps.inventory.actions.adjust_stock import adjust_stock
from apps.inventory.actions.save_receipt import save_receipt
from apps.inventory.actions.save_warehouse import save_warehouse
from apps.inventory.models import Receipt, Stock, Warehouse
from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.models import Cart
from apps.orders.queries.carts import priced_cart
from apps.orgs.actions.add_member import add_member, create_person
from apps.orgs.actions.create_organization import create_organization
from apps.orgs.actions.save_address import AddressFacts, save_address
from apps.orgs.models import Address, CustomerType, Membership, Organization, PaymentTerms, Role
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.actions.save_tax_rate import save_tax_rate
from apps.pricing.models import PriceList

SYSTEM = SystemActor(label="Test")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "correct-horse"


class CustomerTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerType
        django_get_or_create = ("code",)

    code = "shipyard"
    name = "Shipyard"


class PaymentTermsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PaymentTerms
        django_get_or_create = ("code",)

    code = "net-30"
    net_days = 30


class OrganizationFactory(factory.Factory):
    """A company, opened by the action that staff use."""

    class Meta:
        model = Organization

    number = factory.Sequence(lambda n: f"C-{10000 + n}")
    legal_name = factory.Sequence(lambda n: f"Company {n}")
    customer_type = factory.LazyFunction(CustomerTypeFactory)
    country = "NO"
    currency = "EUR"
    payment_terms = factory.LazyFunction(PaymentTermsFactory)

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Organization:
        return create_organization(actor=SYSTEM, now=NOW, **kwargs)


def make_member(organization: Organization, name: str, *roles: str, **options: Any) -> Membership:
    """A person of the company who signs in with PASSWORD; the e-mail is made of both names."""
    domain = organization.legal_name.split()[0].lower()
    limit = options.pop("order_limit", None)
    return add_member(
        actor=SYSTEM,
        organization=organization,
        email=options.pop("email", f"{name.lower()}@{domain}.example"),
        name=name,
        password=PASSWORD,
        roles=list(Role.objects.filter(organization=None, code__in=roles)),
        order_limit=None if limit is None else Decimal(limit),
        now=NOW,
        **options,
    )


def make_staff(name: str = "Sam", role: str = StaffRole.ADMINISTRATOR) -> User:
    user = create_person(email=f"{name.lower()}@halden.example", name=name, password=PASSWORD)
    user.is_staff, user.staff_role = True, role
    user.save(update_fields=["is_staff", "staff_role"])
    return user


def tell_of_catalog() -> None:
    """What the actions do in the end, where it matters: in a test's own transaction nothing is remembered."""
    if not connection.in_atomic_block:
        Stamp.bump(STAMP)


def make_category(name: str, parent: Category | None = None) -> Category:
    slug = slugify(name)
    facts = {"slug": slug}
    category = Category.objects.add_child(parent, facts) if parent else Category.objects.add_root(facts)
    CategoryText.objects.create(category=category, language="en", name=name)
    tell_of_catalog()
    return category


def make_product(category: Category, sku: str, *, brand: str = "Halden", name: str = "", **fields: Any) -> Product:
    product = Product.objects.create(
        sku=sku,
        sku_key=normalize_number(sku),
        category=category,
        brand=Brand.objects.get_or_create(name=brand)[0],
        **fields,
    )
    ProductText.objects.create(product=product, language="en", name=name or f"Product {sku}")
    tell_of_catalog()
    return product


def make_file(product: Product, content: bytes = b"Data sheet", **facts: Any) -> ProductFile:
    facts = {"kind": "data_sheet", **facts}
    return save_product_file(actor=SYSTEM, product=product, upload=ContentFile(content), now=NOW, **facts)


def make_warehouse(code: str = "OSL", **facts: Any) -> Warehouse:
    facts = {"name": f"Warehouse {code}", "country": "NO", "time_zone": "Europe/Oslo", **facts}
    return save_warehouse(actor=SYSTEM, code=code, now=NOW, **facts)


def put_in_stock(product: Product, warehouse: Warehouse, quantity: int | str, *, safety: int | None = None) -> Stock:
    return adjust_stock(
        actor=SYSTEM,
        product=product,
        warehouse=warehouse,
        delta=Decimal(quantity),
        reason="count",
        safety=None if safety is None else Decimal(safety),
        now=NOW,
    )


def expect_goods(product: Product, warehouse: Warehouse, quantity: int | str, due_on: date) -> Receipt:
    return save_receipt(
        actor=SYSTEM, product=product, warehouse=warehouse, due_on=due_on, quantity=Decimal(quantity), now=NOW
    )


@dataclass
class Market:
    """A supplier that can sell: a warehouse, a parcel for €38 to every Norwegian address, 25% VAT, two products."""

    warehouse: Warehouse
    screw: Product
    gloves: Product
    prices: PriceList

    def price(self, product: Product, amount: str) -> None:
        """Let a product cost this much for one unit."""
        row = NewPrice(product.pk, Decimal(1), Decimal(amount))
        change_prices(actor=SYSTEM, price_list=self.prices, prices=[row], now=NOW)


def open_market(currency: str = "EUR") -> Market:
    """Screws at €1.50, bought again within 10 days; gloves at €10, of which 10 are left for good."""
    warehouse = make_warehouse()
    zone = save_zone(actor=SYSTEM, code="no", country="NO", now=NOW)
    parcel = save_delivery_method(actor=SYSTEM, code="parcel", kind="parcel", carrier="Bring", now=NOW)
    save_route(actor=SYSTEM, warehouse=warehouse, zone=zone, method=parcel, transit_days=1, cut_off=time(14), now=NOW)
    save_freight_rate(
        actor=SYSTEM, method=parcel, zone=zone, currency=currency, basis="weight", from_value=Decimal(0),
        price=Decimal(38), now=NOW,
    )  # fmt: skip
    save_tax_rate(
        actor=SYSTEM, country="NO", tax_class="standard", rate=Decimal("0.25"), valid_from=date(2026, 1, 1), now=NOW
    )
    category = make_category("Everything")
    screw = make_product(category, "HX-933-0840A2", name="Hex screw M8×40", lead_days=10, net_weight_g=20)
    gloves = make_product(category, "GL-N7-0930B", name="Nitrile gloves", brand="Ansell")
    put_in_stock(screw, warehouse, 1000)
    put_in_stock(gloves, warehouse, 10)
    prices = save_price_list(actor=SYSTEM, name=f"Price book {currency}", kind="base", currency=currency, now=NOW)
    market = Market(warehouse, screw, gloves, prices)
    market.price(screw, "1.50")
    market.price(gloves, "10")
    return market


def make_address(organization: Organization, name: str = "Oslo yard, gate 3", **facts: Any) -> Address:
    """The place that the company's orders go to, if nothing else is said."""
    facts = {
        "street": "Verftsgata 1",
        "postal_code": "0150",
        "city": "Oslo",
        "country": "NO",
        "is_default": True,
    } | facts
    return save_address(actor=SYSTEM, organization=organization, facts=AddressFacts(name=name, **facts), now=NOW)


def fill_cart(member: Membership, **quantities: Any) -> Cart:
    """Put so much of each product into the member's current cart: fill_cart(mira, screw=(market.screw, 400))."""
    lines = [WantedLine(product, Decimal(quantity)) for product, quantity in quantities.values()]
    return add_lines(actor=member, lines=lines, now=NOW)


def hear(subscriber: Any, delivery: Delivery) -> None:
    """Let a worker take a delivery that was sent to it, whatever became of it before."""
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.LEASED)
    subscriber(event_id=delivery.event_id, delivery_id=delivery.pk)


def send_cart(member: Membership, cart: Cart, now: datetime = NOW, **options: Any) -> Outcome:
    """Send a cart at the total that it has now."""
    seen = priced_cart(Cart.objects.get(pk=cart.pk), now)
    return submit_cart(
        actor=member,
        cart_uid=cart.uid,
        expected_version=seen.cart.version,
        expected_total=seen.gross,
        now=now,
        **options,
    )
