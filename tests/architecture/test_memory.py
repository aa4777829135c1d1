"""What a process remembers is of no use once somebody changed it: every memory, and an action that makes it stale.

The control takes the counting up of versions away: then the old answer stays, so that the test does look at the memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.actions.save_staff import save_staff
from apps.accounts.actions.update_profile import update_profile
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.queries import people_of, policies_of
from apps.catalog.actions.replace_texts import TextFacts
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.actions.save_attribute import save_attribute
from apps.catalog.actions.save_category import AttributeUse, save_category
from apps.catalog.actions.save_family import save_family
from apps.catalog.actions.save_product import ProductFacts, ValueFacts, save_product
from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.models import Attribute, Category, Family, Product
from apps.catalog.queries.pages import Filters, category_attributes, facets, family_heads
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import Node, Tree, catalog_tree
from apps.catalog.queries.visibility import visible
from apps.core.models import Stamp
from apps.core.permissions import PersonActor, StaffActor
from apps.freight.actions.save_freight_rate import save_freight_rate
from apps.freight.actions.save_route import save_route
from apps.freight.models import FreightRate, Route
from apps.freight.queries import Destination, delivery_options
from apps.inventory.queries import working_calendars
from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.move_unit import move_unit
from apps.orgs.actions.save_cost_center import save_cost_center
from apps.orgs.actions.save_unit import save_unit
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership, Organization, OrgUnit, Role
from apps.orgs.queries import buying_context, open_cost_centers, ship_to_addresses, units_above
from apps.pricing.actions.open_agreement import open_agreement
from apps.pricing.actions.save_discount import save_discount
from apps.pricing.actions.save_tax_rate import save_tax_rate
from apps.pricing.queries import contract_number, price_chain, taxation
from apps.shop.queries.browsing import listing, relatives, shelf_counts
from tests.conftest import every_memo
from tests.factories import NOW, SYSTEM, Market, make_address, make_warehouse

TODAY = NOW.date()
TAX_BEGINS = date(2026, 11, 1)


@dataclass
class World:
    """A company of three people and two units, and a shelf of which everything can be asked."""

    lena: Membership
    omar: Membership
    dana: Membership
    market: Market
    hull: OrgUnit
    dock: OrgUnit
    thread: Attribute
    family: Family

    @property
    def member(self) -> Membership:
        """Omar as a new request finds him."""
        return Membership.objects.select_related("organization", "user", "unit").get(pk=self.omar.pk)

    @property
    def company(self) -> Organization:
        return self.member.organization

    @property
    def context(self) -> BuyingContext:
        return buying_context(self.member)

    @property
    def shelf(self) -> Category:
        return Category.objects.get()

    def node(self, tree: Tree) -> Node:
        return next(node for node in tree.nodes if node.id == self.shelf.pk)

    def facts(self, product: Product, thread: str) -> ProductFacts:
        return ProductFacts(
            sku=product.sku, category=product.category, brand=product.brand, texts={"en": TextFacts(product.sku)},
            family=self.family, values=[ValueFacts("thread", thread)],
        )  # fmt: skip

    def facets(self) -> list[tuple[str, int]]:
        tree = catalog_tree()
        products = visible(self.context, tree, TODAY)
        attributes = category_attributes(tree, self.node(tree))
        found = facets(lambda: products, self.company.pk, tree, attributes, Filters())
        return [(value.option.names["en"], value.count) for facet in found for value in facet.values]

    def delivery(self) -> list[tuple[Any, Any]]:
        place = Destination("NO", "0150")
        options = delivery_options(self.context, net=Decimal(10), weight_g=100, destination=place, now=NOW)
        return [(option.arrives_on, option.freight_net) for option in options]


@pytest.fixture
def world(transactional_db: None, market: Market, lena: Membership, omar: Membership, dana: Membership) -> World:
    lena = Membership.objects.select_related("organization", "user", "unit").get(pk=lena.pk)
    hull, dock = (save_unit(actor=lena, name=name, parent_uid=lena.unit.uid, now=NOW) for name in ("Hull", "Dock"))
    names = {"m8": {"en": "M8"}, "m10": {"en": "M10"}}
    thread = save_attribute(actor=SYSTEM, code="thread", kind="choice", names={"en": "Thread"}, options=names, now=NOW)
    shelf, texts = market.screw.category, {"en": TextFacts("Screws")}
    uses = [AttributeUse(thread, is_facet=True)]
    save_category(actor=SYSTEM, slug="all", texts=texts, attributes=uses, category=shelf, now=NOW)
    family = save_family(actor=SYSTEM, code="DIN-933", category=shelf, texts=texts, now=NOW)
    world = World(lena, omar, dana, market, hull, dock, thread, family)
    for product, option in ((market.screw, "m8"), (market.gloves, "m10")):
        save_product(actor=SYSTEM, facts=world.facts(product, option), product=product, now=NOW)
    return world


def shelve(world: World) -> None:
    texts = {"en": TextFacts("Other screws")}
    save_category(actor=SYSTEM, slug="all", texts=texts, category=world.shelf, now=NOW)


def rename_value(world: World) -> None:
    options = {"m8": {"en": "M 8"}, "m10": {"en": "M10"}}
    save_attribute(actor=SYSTEM, code="thread", kind="choice", names={"en": "Thread"}, options=options, now=NOW)


def rename_family(world: World) -> None:
    texts = {"en": TextFacts("Hex screws")}
    save_family(actor=SYSTEM, code="DIN-933", category=world.shelf, texts=texts, family=world.family, now=NOW)


def thread_gloves(world: World) -> None:
    gloves = world.market.gloves
    save_product(actor=SYSTEM, facts=world.facts(gloves, "m8"), product=gloves, now=NOW)


def drop_gloves(world: World) -> None:
    gloves = world.market.gloves
    facts = replace(world.facts(gloves, "m8"), lifecycle=Product.Lifecycle.DRAFT)
    save_product(actor=SYSTEM, facts=facts, product=gloves, now=NOW)


def slow_down(world: World) -> None:
    route = Route.objects.get()
    save_route(
        actor=SYSTEM, warehouse=route.warehouse, zone=route.zone, method=route.method, cut_off=time(14),
        transit_days=9, route=route, now=NOW,
    )  # fmt: skip


def charge_more(world: World) -> None:
    rate = FreightRate.objects.get()
    save_freight_rate(
        actor=SYSTEM, method=rate.method, zone=rate.zone, currency="EUR", basis="weight", from_value=Decimal(0),
        price=Decimal(99), rate=rate, now=NOW,
    )  # fmt: skip


def let_approve(world: World) -> None:
    role = Role.objects.get(code="approver")
    give_role(actor=world.lena, uid=world.omar.uid, role=role, unit=world.lena.unit, now=NOW)


def add_policy(world: World) -> None:
    terms = PolicyTerms("amount", Decimal(100), [{"kind": "member", "member": world.dana.pk}])
    save_policy(actor=SYSTEM, organization=world.company, terms=terms, now=NOW)


def columns(world: World) -> list[tuple[str, bool]]:
    tree = catalog_tree()
    return [(row.attribute.code, row.is_facet) for row in category_attributes(tree, world.node(tree))]


def heads(world: World) -> list[str]:
    return [text.name for text in family_heads(catalog_tree(), [world.family.pk], "en").values()]


def products_seen(world: World) -> int:
    return visible(world.context, catalog_tree(), TODAY).count()


def first_page(world: World) -> list[str]:
    tree = catalog_tree()
    node = world.node(tree)
    page = listing(world.context, tree, node, [], filters=Filters(), sort="engineering", page=1, day=TODAY)
    return [card.product.sku for card in page.cards]


def sizes(world: World) -> list[str]:
    screw = Product.objects.get(pk=world.market.screw.pk)
    return [row.sku for row in relatives(world.context, catalog_tree(), screw, TODAY)]


def least_quantity(world: World) -> Decimal:
    screw = world.market.screw
    return quantity_terms(world.context, catalog_tree(), [screw])[screw.pk].minimum


def deny(world: World) -> None:
    save_assortment_rule(actor=SYSTEM, effect="deny", organization=world.company, category=world.shelf, now=NOW)


# What is remembered -> how a request asks for it, and what makes the answer another one.
CASES: dict[str, tuple[Callable[[World], Any], Callable[[World], Any]]] = {
    "apps.orgs.queries._UNITS": (
        lambda world: units_above(world.company, world.dock.pk),
        lambda world: move_unit(actor=world.lena, uid=world.dock.uid, parent_uid=world.hull.uid, now=NOW),
    ),
    "apps.orgs.queries._SHIP_TO": (
        lambda world: [row.name for row in ship_to_addresses(world.member)],
        lambda world: make_address(world.company, "Bergen quay", is_default=False),
    ),
    "apps.orgs.queries._COST_CENTERS": (
        lambda world: [row.code for row in open_cost_centers(world.member)],
        lambda world: save_cost_center(
            actor=SYSTEM, organization=world.company, code="410", name="Hull", manager=None, now=NOW
        ),
    ),
    "apps.orgs.models.people._GRANTS": (lambda world: world.member.may("approvals.decide"), let_approve),
    "apps.approvals.queries._POLICIES": (lambda world: len(policies_of(world.company).rows), add_policy),
    "apps.approvals.queries._HELD": (lambda world: people_of(world.company)[world.omar.pk], let_approve),
    "apps.approvals.queries._HOLDERS": (lambda world: people_of(world.company)[world.omar.pk], let_approve),
    "apps.inventory.queries._CALENDARS": (
        lambda _world: len(working_calendars(TODAY)),
        lambda _world: make_warehouse("BGO"),
    ),
    "apps.freight.queries._LEGS": (World.delivery, slow_down),
    "apps.freight.queries._TARIFFS": (World.delivery, charge_more),
    "apps.catalog.queries.tree._TREES": (
        lambda world: world.node(catalog_tree()).name("en"),
        shelve,
    ),
    "apps.catalog.queries.pages._ATTRIBUTES": (columns, shelve),
    "apps.catalog.queries.pages._OPTIONS": (World.facets, rename_value),
    "apps.catalog.queries.pages._COUNTS": (World.facets, thread_gloves),
    "apps.catalog.queries.pages._HEADS": (heads, rename_family),
    "apps.catalog.queries.visibility._RULES": (products_seen, deny),
    "apps.catalog.queries.visibility._VISIBILITIES": (products_seen, deny),
    "apps.catalog.queries.quantities._RULES": (
        least_quantity,
        lambda world: save_quantity_rule(actor=SYSTEM, product=world.market.screw, min_quantity=Decimal(50), now=NOW),
    ),
    "apps.shop.queries.browsing._PAGES": (first_page, deny),
    "apps.shop.queries.browsing._SIZES": (sizes, deny),
    "apps.shop.queries.browsing._COUNTS": (
        lambda world: dict(shelf_counts(world.context, catalog_tree(), TODAY)),
        drop_gloves,
    ),
    "apps.pricing.queries._CHAINS": (
        lambda world: len(price_chain(world.context, TODAY).discounts),
        lambda world: save_discount(actor=SYSTEM, rate=Decimal("0.1"), organization=world.company, now=NOW),
    ),
    "apps.pricing.queries._RATES": (
        lambda world: dict(taxation(world.company, "NO", TODAY).rates),
        lambda _world: save_tax_rate(
            actor=SYSTEM, country="NO", tax_class="standard", rate=Decimal("0.2"), valid_from=TAX_BEGINS, now=NOW
        ),
    ),
    "apps.pricing.queries._CONTRACTS": (
        lambda world: contract_number(world.company, TODAY),
        lambda world: open_agreement(
            actor=SYSTEM, organization=world.company, number="A-7", valid_from=TODAY - timedelta(days=1), now=NOW
        ),
    ),
}


def test_every_memory_has_a_case() -> None:
    assert set(every_memo()) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_seen_by_the_next_request(name: str, world: World) -> None:
    read, change = CASES[name]
    before = read(world)
    assert every_memo()[name].values

    change(world)

    assert read(world) != before


@pytest.mark.parametrize("name", CASES)
def test_control_without_a_new_version_the_old_answer_stays(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, change = CASES[name]
    before = read(world)
    monkeypatch.setattr(Stamp, "bump", lambda _name: None)
    monkeypatch.setattr(Organization, "bump", lambda _self: None)

    change(world)

    assert read(world) == before


@pytest.mark.django_db(transaction=True)
def test_a_person_has_their_new_name_and_is_gone_at_once(lena: Membership, omar: Membership) -> None:
    """Both belong to no company: no version of one tells of them."""
    company = Organization.objects.get()
    assert people_of(company)[omar.pk].name == "Omar"

    update_profile(actor=PersonActor(user_id=omar.user_id, label="Omar"), name="Omar Haddad", now=NOW)
    assert people_of(company)[omar.pk].name == "Omar Haddad"

    save_staff(
        actor=StaffActor(user_id=0, label="Sam"), user=omar.user, name="Omar", staff_role="", is_active=False, now=NOW
    )
    assert set(people_of(company)) == {lena.pk}
