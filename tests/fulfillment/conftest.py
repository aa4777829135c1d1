from collections.abc import Iterator
from decimal import Decimal

import pytest

from apps.core.permissions import StaffActor
from apps.ledger.actions.save_limit import save_limit
from apps.orders.actions.confirm_order import confirm_order
from apps.orders.models import Order
from apps.orgs.models import Membership, Organization
from apps.portal.queries import broken_invariants
from tests.factories import NOW, SYSTEM, Market, fill_cart, send_cart

SAM = StaffActor(user_id=1, label="Sam")


@pytest.fixture(autouse=True)
def balanced(db: None) -> Iterator[None]:
    """Whatever a test did, the books agree afterwards."""
    yield
    assert broken_invariants() == []


@pytest.fixture
def placed(market: Market, mira: Membership, norrvik: Organization) -> Order:
    """400 screws and 4 gloves: €640 goods, €38 freight, €169.50 VAT, on credit."""
    save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=Decimal(50_000), now=NOW)
    order = send_cart(mira, fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4))).order
    assert order
    return order


@pytest.fixture
def order(placed: Order) -> Order:
    """The same, confirmed as promised."""
    return confirm_order(actor=SAM, order_uid=placed.uid, answers={}, now=NOW)
