from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.activity.models import Delivery, Event
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.models import Request
from apps.notifications.tasks import notify
from apps.orders.models import Order
from apps.orgs.models import Membership
from tests.factories import NOW, SYSTEM, Market, fill_cart, send_cart

NOTIFY = "apps.notifications.tasks.notify"
Tell = Callable[[str], Event]


@pytest.fixture
def tell() -> Tell:
    """Let the worker hear the newest event of a name; as often as the test calls it."""

    def run(name: str) -> Event:
        delivery = Delivery.objects.filter(event__name=name, subscriber=NOTIFY).latest("event")
        task: Any = notify
        task(event_id=delivery.event_id, delivery_id=delivery.pk)
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


@dataclass
class Shipment:
    uid: UUID

    def __str__(self) -> str:
        return "SH-10001"


@pytest.fixture
def tell_of_shipment(order_of_mira: Order) -> Callable[[str], None]:
    """Let the worker hear that goods of Mira's order left or arrived."""

    def run(name: str) -> None:
        with transaction.atomic():
            event = record_event(
                name,
                actor=SYSTEM,
                subject=Shipment(uuid4()),
                now=NOW,
                audience=Audience(
                    order_of_mira.organization_id, "orders.view", order_of_mira.unit_id, order_of_mira.owner_id
                ),
                payload={"order": order_of_mira.number, "carrier": "Bring", "tracking": "TRACK-1"},
            )
        task: Any = notify
        task(event_id=event.pk, delivery_id=0)

    return run
