"""Steps that every order of the demo takes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from apps.approvals.actions.decide_step import decide_step
from apps.approvals.actions.submit_cart import Outcome, submit_cart
from apps.approvals.models import Request, RequestStep
from apps.inventory.models import Reservation, Stock, Warehouse
from apps.orders.actions.add_lines import WantedLine
from apps.orders.models import Cart, Order, OrderLine
from apps.orders.queries.carts import priced_cart
from apps.orgs.models import Membership
from apps.orgs.models.people import MembershipQuerySet
from apps.portal.management.demo.numbers import next_is


def stock_up(lines: Iterable[WantedLine]) -> None:
    """Goods came in for it at the time; today's stock stays as it was counted."""
    for line in lines:
        stock = Stock.objects.filter(product=line.product).order_by("warehouse").first()
        if stock:
            Stock.objects.filter(pk=stock.pk).update(on_hand=F("on_hand") + line.quantity)


def submit(buyer: Membership, cart: Cart, now: datetime, message: str = "", number: int | None = None) -> Outcome:
    """Send a cart at the total that it has now; a drawn order with its number."""
    next_is(Request)
    next_is(Order, number)
    seen = priced_cart(Cart.objects.get(pk=cart.pk), now)
    return submit_cart(
        actor=buyer, cart_uid=cart.uid, expected_version=seen.cart.version, expected_total=seen.gross, now=now,
        message=message,
    )  # fmt: skip


def send(buyer: Membership, cart: Cart, then: datetime, number: int | None = None) -> Order | None:
    """Send a cart, and let everybody who is asked approve it within some hours."""
    outcome = submit(buyer, cart, then, number=number)
    request, hour = outcome.request, then
    while request and request.state == Request.State.PENDING:
        hour += timedelta(minutes=70)
        request = decide(request, "approve", hour)
    return outcome.order or Order.objects.filter(cart=cart).first()


def decide(request: Request, outcome: str, now: datetime, reason: str = "") -> Request:
    """Let the first person who is asked decide about the present step."""
    step = RequestStep.objects.get(request=request, state=RequestStep.State.ACTIVE)
    decider = _members().get(pk=step.approvers.order_by("pk").values_list("membership", flat=True)[0])
    return decide_step(
        actor=decider, request_uid=request.uid, outcome=outcome, expected_hash=request.submission.content_hash,
        now=now, reason=reason,
    )  # fmt: skip


def by_warehouse(placed: Order) -> dict[Warehouse, dict[UUID, Decimal]]:
    """What is reserved for the lines of an order, by the warehouse where it lies."""
    found: dict[Warehouse, dict[UUID, Decimal]] = {}
    lines = {line.schedule.get().demand_id: line for line in OrderLine.objects.filter(order=placed)}
    rows = Reservation.objects.filter(demand__in=list(lines), stock__isnull=False).select_related("stock__warehouse")
    for row in rows.order_by("pk"):
        if row.stock:
            found.setdefault(row.stock.warehouse, {})[lines[row.demand_id].uid] = row.quantity
    return found


def member(email: str) -> Membership:
    """The person in the first company that they joined."""
    return _members().filter(user__email=email).order_by("pk")[0]


def _members() -> MembershipQuerySet:
    return Membership.objects.select_related("organization__payment_terms", "user", "unit")
