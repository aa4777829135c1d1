"""Companies and people for tests, set up through the real actions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from django.utils.text import slugify

from apps.accounts.models import User
from apps.catalog.models import Brand, Category, CategoryText, Product, ProductText
from apps.catalog.rules import normalize_number
from apps.core.permissions import StaffRole, SystemActor
from apps.inventory.actions.adjust_stock import adjust_stock
from apps.inventory.actions.save_receipt import save_receipt
from apps.inventory.actions.save_warehouse import save_warehouse
from apps.inventory.models import Receipt, Stock, Warehouse
from apps.orgs.actions.add_member import add_member, create_person
from apps.orgs.actions.create_organization import create_organization
from apps.orgs.models import CustomerType, Membership, Organization, PaymentTerms, Role

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


def make_category(name: str, parent: Category | None = None) -> Category:
    slug = slugify(name)
    facts = {"slug": slug}
    category = Category.objects.add_child(parent, facts) if parent else Category.objects.add_root(facts)
    CategoryText.objects.create(category=category, language="en", name=name)
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
    return product


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
