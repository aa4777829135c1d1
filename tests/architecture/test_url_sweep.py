"""Every route, for everybody who might try it. A new route without an entry here fails."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from apps.activity.models import Event
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.catalog.actions.save_item_codes import save_item_codes
from apps.catalog.models import AssortmentRule
from apps.core.permissions import StaffActor
from apps.fulfillment.actions.ship_order import ship_order
from apps.inventory.models import Warehouse
from apps.notifications.actions.post_notices import post_notices
from apps.notifications.models import Notice
from apps.orders.actions.change_list import change_list
from apps.orders.actions.confirm_order import confirm_order
from apps.orders.actions.save_list import save_list
from apps.orders.actions.save_quick_rows import save_quick_rows
from apps.orgs.actions.give_role import give_role
from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.actions.save_address import AddressFacts, save_address
from apps.orgs.actions.save_cost_center import save_cost_center
from apps.orgs.actions.save_role import save_role
from apps.orgs.actions.save_unit import save_unit
from apps.orgs.builtin import GRANTS
from apps.orgs.models import Membership, Organization, Role
from tests.factories import (
    NOW,
    SYSTEM,
    OrganizationFactory,
    fill_cart,
    make_category,
    make_file,
    make_member,
    make_product,
    make_staff,
    open_market,
    put_in_stock,
    send_cart,
)

CANARY = "Kanarienvogel"
STAFF = StaffActor(user_id=1, label="Sam")
EVERYBODY = frozenset(GRANTS)
ADMIN = frozenset({"admin"})


def holders(permission: str) -> frozenset[str]:
    return frozenset(role for role, grants in GRANTS.items() if permission in grants)


BUYERS = holders("cart.edit")


@dataclass(frozen=True)
class Route:
    """Which roles may GET and POST; None where the method does not exist."""

    get: frozenset[str] | None
    post: frozenset[str] | None = None
    kwargs: Callable[["World"], dict[str, Any]] | None = None


# Pages of a member: one company's data.
MEMBER_ROUTES = {
    "portal:home": Route(EVERYBODY, EVERYBODY),
    "shop:catalog": Route(EVERYBODY, EVERYBODY),
    "shop:search": Route(EVERYBODY, EVERYBODY),
    "shop:suggestions": Route(EVERYBODY, EVERYBODY),
    "shop:category": Route(EVERYBODY, EVERYBODY, lambda world: {"slug": world.product.category.slug}),
    "shop:product": Route(EVERYBODY, holders("lists.edit") - {"requester"}, lambda world: {"sku": world.product.sku}),
    "shop:product_file": Route(EVERYBODY, None, lambda world: {"uid": world.file.uid}),
    "shop:compare": Route(EVERYBODY, EVERYBODY),
    "shop:compare_removal": Route(None, EVERYBODY),
    "shop:lines": Route(None, BUYERS),
    "shop:price": Route(None, BUYERS),
    "shop:quick_order": Route(BUYERS),
    "shop:quick_lookup": Route(BUYERS),
    "shop:quick_lines": Route(None, BUYERS),
    "shop:quick_rows": Route(None, BUYERS),
    "shop:quick_clearance": Route(None, BUYERS),
    "shop:quick_row": Route(None, BUYERS, lambda world: {"uid": world.quick_row.uid}),
    "shop:quick_row_removal": Route(None, BUYERS, lambda world: {"uid": world.quick_row.uid}),
    "shop:lists": Route(EVERYBODY, holders("lists.edit")),
    # The list of a colleague, who shares it: everybody looks at it, buyers change it.
    "shop:list": Route(EVERYBODY, frozenset({"buyer"}), lambda world: {"uid": world.list.uid}),
    # The buyer comes first; the requester finds nothing any more.
    "shop:list_removal": Route(None, holders("lists.edit"), lambda world: {"uid": world.list.uid}),
    "shop:list_lines": Route(None, frozenset({"buyer"}), lambda world: {"uid": world.list.uid}),
    "shop:list_lines_removal": Route(None, holders("lists.edit"), lambda world: {"uid": world.list.uid}),
    "shop:list_cart_lines": Route(None, BUYERS, lambda world: {"uid": world.list.uid}),
    # Whoever keeps lists comes as far as the action, which asks for the right over those of everybody.
    "catalog:item_codes": Route(EVERYBODY),
    "catalog:item_codes_new": Route(None, holders("lists.edit")),
    "catalog:item_code": Route(None, holders("lists.edit") - {"requester"}, lambda world: {"key": "OWN7"}),
    # The buyer comes first; the requester finds nothing any more.
    "catalog:item_code_removal": Route(None, holders("lists.edit"), lambda world: {"key": "OWN7"}),
    "orgs:people": Route(holders("company.view"), holders("company.view")),
    "orgs:member": Route(ADMIN, ADMIN, lambda world: {"uid": world.colleague.uid}),
    "orgs:member_role": Route(None, ADMIN, lambda world: {"uid": world.colleague.uid}),
    "orgs:suspension": Route(None, ADMIN, lambda world: {"uid": world.colleague.uid}),
    "orgs:invitations": Route(None, ADMIN),
    "orgs:invitation_revocation": Route(None, ADMIN, lambda world: {"uid": world.invitation.uid}),
    "orgs:invitation_renewal": Route(None, ADMIN, lambda world: {"uid": world.invitation.uid}),
    "orgs:role_elsewhere": Route(None, ADMIN, lambda world: {"uid": world.colleague.uid}),
    "orgs:role_elsewhere_removal": Route(
        None, ADMIN, lambda world: {"uid": world.colleague.uid, "pk": world.elsewhere.pk}
    ),
    "orgs:roles": Route(holders("company.view"), holders("company.view")),
    "orgs:role_new": Route(ADMIN, ADMIN),
    "orgs:role": Route(ADMIN, ADMIN, lambda world: {"code": world.role.code}),
    "orgs:role_removal": Route(None, ADMIN, lambda world: {"code": world.role.code}),
    "orgs:units": Route(holders("company.view"), holders("company.view")),
    "orgs:unit_new": Route(ADMIN, ADMIN),
    "orgs:unit": Route(ADMIN, ADMIN, lambda world: {"uid": world.unit.uid}),
    "orgs:unit_place": Route(None, ADMIN, lambda world: {"uid": world.unit.uid}),
    "orgs:unit_removal": Route(None, ADMIN, lambda world: {"uid": world.unit.uid}),
    "orgs:addresses": Route(holders("company.view"), holders("company.view")),
    "orgs:address_new": Route(ADMIN, ADMIN),
    "orgs:address": Route(ADMIN, ADMIN, lambda world: {"uid": world.address.uid}),
    "orgs:address_state": Route(None, ADMIN, lambda world: {"uid": world.address.uid}),
    "orgs:cost_centers": Route(holders("company.view"), holders("company.view")),
    "orgs:cost_center_new": Route(ADMIN, ADMIN),
    "orgs:cost_center": Route(ADMIN, ADMIN, lambda world: {"uid": world.cost_center.uid}),
    "orgs:log": Route(holders("company.log"), holders("company.log")),
    "notifications:index": Route(EVERYBODY),
    "notifications:all_read": Route(None, EVERYBODY),
    "notifications:settings": Route(EVERYBODY, EVERYBODY),
    "notifications:notice": Route(None, EVERYBODY, lambda world: {"uid": world.notice.uid}),
    "portal:help": Route(EVERYBODY, EVERYBODY),
    "portal:terms": Route(EVERYBODY, EVERYBODY),
    "portal:privacy": Route(EVERYBODY, EVERYBODY),
    "orders:current_cart": Route(EVERYBODY, EVERYBODY),
    "orders:ship_to": Route(None, BUYERS),
    "orders:carts": Route(None, BUYERS),
    "orders:cart": Route(EVERYBODY, BUYERS, lambda world: {"uid": world.cart.uid}),
    "orders:cart_choice": Route(None, BUYERS, lambda world: {"uid": world.cart.uid}),
    "orders:cart_removal": Route(None, BUYERS, lambda world: {"uid": world.cart.uid}),
    "orders:cart_changes": Route(EVERYBODY, None, lambda world: {"uid": world.cart.uid}),
    "orders:cart_lines": Route(None, BUYERS, lambda world: {"uid": world.cart.uid}),
    "orders:cart_change_removal": Route(None, BUYERS, lambda world: {"uid": world.cart.uid}),
    "orders:cart_line": Route(None, BUYERS, lambda world: {"uid": world.cart.uid, "line_uid": world.line.uid}),
    "orders:cart_line_removal": Route(None, BUYERS, lambda world: {"uid": world.cart.uid, "line_uid": world.line.uid}),
    "orders:orders": Route(EVERYBODY, EVERYBODY),
    "orders:orders_export": Route(EVERYBODY, EVERYBODY),
    "orders:order": Route(EVERYBODY, EVERYBODY, lambda world: {"number": world.order.number}),
    "orders:order_cancellation": Route(None, holders("orders.cancel"), lambda world: {"number": world.order.number}),
    "orders:order_repetition": Route(None, BUYERS, lambda world: {"number": world.order.number}),
    "approvals:submission": Route(None, BUYERS, lambda world: {"uid": world.cart.uid}),
    "approvals:inbox": Route(EVERYBODY, EVERYBODY),
    "approvals:request": Route(EVERYBODY, EVERYBODY, lambda world: {"uid": world.request.uid}),
    "approvals:decision": Route(None, holders("approvals.decide"), lambda world: {"uid": world.request.uid}),
    "approvals:messages": Route(None, EVERYBODY, lambda world: {"uid": world.request.uid}),
    # Only who sent it may; a requester does not even see the request of somebody else.
    "approvals:withdrawal": Route(None, frozenset({"requester"}), lambda world: {"uid": world.request.uid}),
    "approvals:handover": Route(None, ADMIN, lambda world: {"uid": world.request.uid}),
    "approvals:policies": Route(EVERYBODY, EVERYBODY),
    "approvals:policy_try": Route(EVERYBODY, EVERYBODY),
    "approvals:policy_new": Route(ADMIN, ADMIN),
    "approvals:policy": Route(ADMIN, ADMIN, lambda world: {"uid": world.policy.uid}),
    "approvals:policy_place": Route(None, ADMIN, lambda world: {"uid": world.policy.uid}),
    "approvals:policy_end": Route(None, ADMIN, lambda world: {"uid": world.policy.uid}),
}

MEMBER_CASES = [
    (name, method)
    for name, route in MEMBER_ROUTES.items()
    for method in ("get", "post")
    if getattr(route, method) is not None
]

# Pages of a person, whatever the company: they ask to sign in, and show nothing of any company.
PERSON_ROUTES = {
    "accounts:profile",
    "account_change_password",
    "account_set_password",
    "account_email",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
}

# Open to everybody: signing in, the language, and links that carry their own proof.
PUBLIC_ROUTES = {
    "accounts:language",
    "accounts:theme",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_request_login_code",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_reset_password",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "account_password_reset_completed",
    "mfa_authenticate",
    "orgs:invitation",
    "orgs:membership_switch",
}


@dataclass
class World:
    """Norrvik with somebody in every role, and the admin of another company."""

    company: Organization
    people: dict[str, Membership]
    colleague: Membership
    stranger: Membership
    product: Any = None
    address: Any = None
    cost_center: Any = None
    invitation: Any = None
    unit: Any = None
    role: Any = None
    elsewhere: Any = None
    cart: Any = None
    line: Any = None
    order: Any = None
    request: Any = None
    policy: Any = None
    quick_row: Any = None
    notice: Any = None
    list: Any = None
    file: Any = None
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client


@pytest.fixture
def world(db: None) -> World:
    company = OrganizationFactory(legal_name=f"Norrvik {CANARY}")
    people = {role: make_member(company, role.title(), role, email=f"{role}@norrvik.example") for role in GRANTS}
    colleague = make_member(company, f"Colleague {CANARY}", "buyer", email="colleague@norrvik.example")
    stranger = make_member(OrganizationFactory(legal_name="Fjellbygg"), "Gus", *GRANTS)
    world = World(company, people, colleague, stranger)
    market = open_market()
    world.product = make_product(make_category(f"Screws {CANARY}"), "HX-933", name=f"Hex screw {CANARY}", lead_days=3)
    market.price(world.product, "2")
    world.file = make_file(world.product, f"Data sheet {CANARY}".encode())
    rule = AssortmentRule.objects.create(effect="deny", organization=stranger.organization)
    assert rule.specificity
    facts = AddressFacts(f"Gate {CANARY}", "Kaiveien 3", "0150", "Oslo", "NO", is_default=True)
    world.address = save_address(actor=SYSTEM, organization=company, facts=facts, now=NOW)
    buy(world)
    world.cost_center = save_cost_center(
        actor=SYSTEM, organization=company, code="410", name=f"Hull {CANARY}", manager=None, now=NOW
    )
    admin = Membership.objects.select_related("organization", "user", "unit").get(pk=people["admin"].pk)
    world.unit = save_unit(actor=admin, name=f"Bergen {CANARY}", parent_uid=admin.unit.uid, now=NOW)
    grants = {"company.view": "organization"}
    world.role = save_role(actor=admin, name=f"Reader {CANARY}", grants=grants, now=NOW)
    viewer = Role.objects.get(code="viewer")
    world.elsewhere = give_role(actor=admin, uid=colleague.uid, role=viewer, unit=world.unit, now=NOW)
    offer = Offer(Role.objects.get(code="buyer"), admin.unit, None)
    [world.invitation] = invite_members(
        actor=admin, emails=[f"ines.{CANARY.lower()}@norrvik.example"], offer=offer, now=NOW
    )
    save_item_codes(actor=colleague, codes={"Own 7": world.product}, now=NOW)
    [world.quick_row] = save_quick_rows(actor=colleague, rows=[(CANARY, "1")], now=NOW)
    world.list = save_list(actor=colleague, name=f"Restock {CANARY}", cart_uid=world.cart.uid, now=NOW)
    change_list(actor=colleague, list_uid=world.list.uid, name=world.list.name, is_shared=True, now=NOW)
    event = Event.objects.get(name="orders.order_placed")
    post_notices(event=event, kind="placed", members=[colleague], now=NOW)
    world.notice = Notice.objects.get()
    return world


def buy(world: World) -> None:
    """One order of the colleague, partly shipped, one request of theirs that waits, and one cart that is open."""
    terms = PolicyTerms("amount", Decimal(1000), [{"kind": "role", "role": "approver"}])
    world.policy = save_policy(actor=SYSTEM, organization=world.company, terms=terms, now=NOW)
    world.order = send_cart(world.colleague, fill_cart(world.colleague, screw=(world.product, 10))).order
    warehouse = Warehouse.objects.get()
    put_in_stock(world.product, warehouse, 100)
    confirm_order(actor=STAFF, order_uid=world.order.uid, answers={}, now=NOW)
    ship_order(
        actor=STAFF, order_uid=world.order.uid, quantities={world.order.lines.get().uid: Decimal(1)},
        warehouse=warehouse, carrier="Bring", tracking_number=CANARY, now=NOW,
    )  # fmt: skip
    world.request = send_cart(world.colleague, fill_cart(world.colleague, screw=(world.product, 600))).request
    world.cart = fill_cart(world.colleague, screw=(world.product, 10))
    world.line = world.cart.lines.get()


def routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, pattern.namespace or namespace)
        elif pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


def portal_routes() -> set[str]:
    return {name for name in routes(get_resolver().url_patterns) if not name.startswith("admin:")}


def test_every_route_stands_in_a_table() -> None:
    assert portal_routes() == set(MEMBER_ROUTES) | PERSON_ROUTES | PUBLIC_ROUTES


def url_of(name: str, world: World) -> str:
    route = MEMBER_ROUTES[name]
    return reverse(name, kwargs=route.kwargs(world) if route.kwargs else {})


@pytest.mark.parametrize("name", MEMBER_ROUTES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_gets_what_it_may(name: str, method: str, world: World) -> None:
    allowed = getattr(MEMBER_ROUTES[name], method)
    url = url_of(name, world)
    for role, membership in world.people.items():
        response = getattr(world.client(membership), method)(url)

        if allowed is None:
            assert response.status_code == (405 if method == "post" else 303)
        elif role in allowed:
            assert response.status_code in {200, 302, 303, 404, 409, 422}, role
        else:
            assert response.status_code == 403, role
            # The header names the company and where its goods go; the page below it says nothing.
            assert CANARY not in response.content.decode().rpartition("</header>")[2]


@pytest.mark.parametrize("name", [name for name, route in MEMBER_ROUTES.items() if route.get is None])
def test_what_a_form_answered_can_be_loaded_again(name: str, world: World) -> None:
    """The browser asks for the address of the form, and ends on the page that the form stands on."""
    chief = make_member(world.company, "Chief", "admin", "buyer")
    response = world.client(chief).get(url_of(name, world), follow=True)

    assert response.status_code == 200
    assert url_of(name, world).startswith(response.redirect_chain[-1][0])


@pytest.mark.parametrize(("name", "method"), MEMBER_CASES)
def test_another_company_sees_nothing_and_learns_nothing(name: str, method: str, world: World) -> None:
    response = getattr(world.client(world.stranger), method)(url_of(name, world))

    body = response.getvalue().decode().lower().replace(url_of(name, world).lower(), "")
    assert CANARY.lower() not in body
    if MEMBER_ROUTES[name].kwargs:
        assert response.status_code == 404


@pytest.mark.parametrize(("name", "method"), MEMBER_CASES)
def test_nobody_gets_in_without_signing_in_or_after_being_suspended(name: str, method: str, world: World) -> None:
    url = url_of(name, world)
    suspended = world.people["admin"]
    Membership.objects.filter(pk=suspended.pk).update(state=Membership.State.SUSPENDED)

    anonymous = getattr(Client(), method)(url)
    revoked = getattr(world.client(suspended), method)(url)

    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))
    assert revoked.status_code == 403
    assert CANARY not in revoked.content.decode()


# All that any view reads from what a browser sends.
READ = re.compile(r"""(?:GET|POST|query|post)\.get(?:list)?\(\s*"(\w+)\"""")
FIELDS = sorted({name for path in Path("apps").rglob("*.py") for name in READ.findall(path.read_text())})
# 5,000 digits are a number for nobody: Python itself refuses to read them.
HOSTILE = ["a\0b", "9" * 5_000, "9" * 25]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: f"{value[:8]!r}")
def test_no_page_breaks_on_what_no_person_types(value: str, world: World) -> None:
    """The client raises what a browser would get as a 500."""
    assert {"q", "after", "before", "page", "number", "quantity", "text"} <= set(FIELDS)
    chief = world.client(make_member(world.company, "Chief", "admin", "buyer"))
    urls = {name: url_of(name, world) for name in MEMBER_ROUTES}
    for name, method in sorted(MEMBER_CASES, key=lambda case: case[1]):
        assert getattr(chief, method)(urls[name], dict.fromkeys(FIELDS, value)).status_code < 500, name


def test_no_address_with_a_nul_leads_anywhere(world: World) -> None:
    admin = world.client(world.people["admin"])
    for name, route in MEMBER_ROUTES.items():
        kwargs = route.kwargs(world) if route.kwargs else {}
        texts = {key: f"{value}\0" for key, value in kwargs.items() if isinstance(value, str)}
        with suppress(NoReverseMatch):
            url = reverse(name, kwargs=kwargs | texts)
            assert not texts or admin.get(url).status_code in {303, 404}, name


def test_a_nul_in_a_cookie_signs_nobody_in() -> None:
    client = Client()
    client.cookies["sessionid"] = "a\0b"

    assert client.get(reverse("orgs:people")).status_code == 302


@pytest.mark.parametrize("name", sorted(PERSON_ROUTES))
def test_pages_of_a_person_ask_to_sign_in(name: str, world: World) -> None:
    response = Client().get(reverse(name))

    assert response.status_code in {302, 404}


@pytest.mark.parametrize("name", sorted((PERSON_ROUTES | PUBLIC_ROUTES) - {"orgs:invitation"}))
def test_pages_without_a_company_open_for_a_member(name: str, world: World) -> None:
    response = world.client(world.stranger).get(reverse(name))

    assert response.status_code in {200, 302, 303, 404, 405}
    assert CANARY not in response.content.decode()


def test_every_page_of_the_admin_is_closed_to_buyers_and_open_to_staff(world: World, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    names = [
        name
        for name in routes(get_resolver().url_patterns)
        if name.startswith("admin:") and name.endswith("_changelist")
    ]
    administrator = Client()
    administrator.force_login(make_staff())
    assert names

    for name in names:
        assert Client().get(reverse(name)).status_code == 302
        assert world.client(world.people["admin"]).get(reverse(name)).status_code == 302
        assert administrator.get(reverse(name)).status_code == 200
