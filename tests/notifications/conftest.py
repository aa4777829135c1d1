from collections.abc import Callable
from decimal import Decimal

import pytest

from apps.activity.models import Delivery, Event
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.models import Request
from apps.core.permissions import StaffActor
from apps.fulfillment.actions.ship_order import ship_order
from apps.fulfillment.models import Shipment
from apps.notifications.tasks import notify
from apps.orders.actions.confirm_order import confirm_order
from apps.orders.models import Order
from apps.orgs.models import Membership
from tests.factories import NOW, SYSTEM, Market, fill_cart, hear, send_cart

SAM = StaffActor(user_id=1, label="Sam")
NOTIFY = "apps.notifications.tasks.notify"
Tell = Callable[[str], Event]


@pytest.fixture
def tell() -> Tell:
    """Let the worker hear the newest event of a name; as often as the test calls it."""

    def run(name: str) -> Event:
        delivery = Delivery.objects.filter(event__name=name, subscriber=NOTIFY).latest("event")
        hear(notify, delivery)
        return delivery.event

    return run


@pytest.fixture
def request_of_omar(market: Market, mira: Membership, omar: Membership, dana: Membership) -> Request:
    """1,000 screws for €1,500, above his limit of €1,000: Mira decides, then Dana."""
    Membership.objects.filter(pk=omar.pk).update(approver=mira)
    for terms in (
        PolicyTerms("own_limit", None, [{"kind": "approver"}]),
        PolicyTerms("amount", Decimal(1200), [{"kind": "member", "member": dana.pk}]),
    ):
        save_policy(actor=SYSTEM, organization=omar.organization, terms=terms, now=NOW)
    outcome = send_cart(omar, fill_cart(omar, screw=(market.screw, 1000)), message="For the new crew")
    assert outcome.request
    return outcome.request


@pytest.fixture
def order_of_mira(market: Market, mira: Membership) -> Order:
    """400 screws and 4 gloves for €640, below every limit."""
    outcome = send_cart(mira, fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4)))
    assert outcome.order
    return outcome.order


@pytest.fixture
def shipment(order_of_mira: Order, market: Market) -> Shipment:
    """300 of the 400 screws, sent with Bring."""
    confirm_order(actor=SAM, order_uid=order_of_mira.uid, answers={}, now=NOW)
    screw = order_of_mira.lines.get(product=market.screw)
    return ship_order(
        actor=SAM, order_uid=order_of_mira.uid, quantities={screw.uid: Decimal(300)}, warehouse=market.warehouse,
        carrier="Bring", tracking_number="TRACK-1", now=NOW,
    )  # fmt: skip
