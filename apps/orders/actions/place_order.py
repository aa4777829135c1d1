from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.core.ids import next_id, scatter
from apps.core.permissions import Actor
from apps.freight.queries import Destination, warehouses_by_arrival
from apps.inventory.actions.reserve_demands import Wanted, reserve_demands
from apps.ledger.actions.hold_amounts import Part, Source, hold_amounts
from apps.ledger.actions.set_limit import set_limit
from apps.ledger.models import Limit
from apps.ledger.queries import limits_of
from apps.orders import rules
from apps.orders.models import (
    Cart,
    Clearance,
    Order,
    OrderDelivery,
    OrderLine,
    ScheduleLine,
    Submission,
)
from apps.orders.queries.carts import NOT_DELIVERED, ON_HOLD, UNAVAILABLE, PricedCart, content_of, priced_cart
from apps.orgs.models import Address, Membership, Organization


class NotCleared(DomainError):
    message = _("This was not approved as it stands now.")


class OfferMoved(DomainError):
    """What was approved cannot be had any more as it was; `changes` says what is different."""

    message = _("Prices or goods changed since this was sent.")

    def __init__(self, changes: list[rules.Change]) -> None:
        super().__init__()
        self.changes = changes


def place_order(*, actor: Actor, cart: Cart, submission: Submission, clearance: Clearance, now: datetime) -> Order:
    """Make the order of a cleared submission: reserve stock, hold credit and the buyer's month, or refuse it all.

    An inner step of approvals, under the lock of the cart. A submission of an earlier moment is priced once more: the
    order is made exactly of what was approved, or not at all. Credit is held gross, the personal month net of VAT and
    freight; an approved order may go over the month, never over the credit.

    :raises NotCleared: the clearance is not for exactly this submission.
    :raises OfferMoved: prices, goods, freight or VAT are not those of the submission any more, or what would keep the
        cart from being sent has come since.
    :raises OutOfStock: something cannot be had in this quantity any more.
    :raises LimitExceeded: the company's credit or, without an approval, the person's month does not suffice.
    """
    assert connection.in_atomic_block
    assert cart.state == Cart.State.SUBMITTED
    if clearance.submission_id != submission.pk or clearance.content_hash != submission.content_hash:
        raise NotCleared
    content = submission.content
    if rules.content_hash(content) != submission.content_hash:
        raise NotCleared
    if submission.created_at != now:
        priced = priced_cart(cart, now)
        changes = [*rules.material_diff(content, content_of(priced)), *_obstacles(priced)]
        if changes:
            raise OfferMoved(changes)
    order = _write_order(cart, submission, clearance, now)
    delivery = _write_delivery(order, content)
    lines = OrderLine.objects.bulk_create(_line(order, row, place) for place, row in enumerate(content["lines"], 1))
    _reserve(order, delivery, lines, content, now)
    _hold(order, submission.submitted_by, clearance, now)
    cart.state = Cart.State.ORDERED
    cart.updated_at = now
    cart.save(update_fields=["state", "updated_at"])
    record_event(
        "orders.order_placed",
        actor=actor,
        subject=order,
        now=now,
        audience=Audience(order.organization_id, "orders.view", order.unit_id, order.owner_id),
        payload={"gross": str(submission.net + submission.tax), "currency": order.currency, "lines": len(lines)},
    )
    return order


def _obstacles(priced: PricedCart) -> list[rules.Change]:
    """What has come since the cart was sent that would keep it from being sent now."""
    cart = priced.cart
    # What is out of stock is told by the reservation, with how much there is.
    faulty = [row for row in priced.faulty if row.fault != UNAVAILABLE]
    found = [rules.Change(row.fault, "", "", row.line.product.sku, row.label.name) for row in faulty]
    if cart.organization.state != Organization.State.ACTIVE:
        found.append(rules.Change(ON_HOLD, "", ""))
    if cart.ship_to is None or cart.ship_to.state != Address.State.ACTIVE or priced.option is None:
        found.append(rules.Change(NOT_DELIVERED, "", ""))
    return found


def _write_order(cart: Cart, submission: Submission, clearance: Clearance, now: datetime) -> Order:
    content = submission.content
    pk = next_id(Order)
    return Order.objects.create(
        pk=pk,
        organization=cart.organization,
        unit_id=cart.unit_id,
        owner=submission.submitted_by,
        number=rules.order_number(scatter("SO", pk)),
        cart=cart,
        submission=submission,
        clearance=clearance,
        po_number=content["po_number"],
        currency=content["currency"],
        goods_net=Decimal(content["goods_net"]),
        freight_net=Decimal(content["freight_net"]),
        net=Decimal(content["net"]),
        tax=Decimal(content["tax"]),
        tax_groups=content["tax_groups"],
        payment_days=content["payment_days"],
        bill_to=content["bill_to"],
        note=content["note"],
        terms_version=settings.TERMS_VERSION,
        price_day=submission.price_day,
        placed_at=now,
    )


def _write_delivery(order: Order, content: dict[str, Any]) -> OrderDelivery:
    return OrderDelivery.objects.create(
        organization_id=order.organization_id,
        order=order,
        ship_to=content["ship_to"],
        method_id=content["method_id"],
        requested_date=_day(content["requested_date"]),
        freight_net=Decimal(content["freight_net"]),
        tax_category=content["freight_tax_category"],
        tax_rate=Decimal(content["freight_tax_rate"]),
        tax=Decimal(content["freight_tax"]),
    )


def _line(order: Order, row: dict[str, Any], position: int) -> OrderLine:
    return OrderLine(
        organization_id=order.organization_id,
        order=order,
        position=position,
        product_id=row["product"],
        sku=row["sku"],
        name=row["name"],
        own_code=row["own_code"],
        quantity=Decimal(row["quantity"]),
        base_unit=row["base_unit"],
        unit_price=Decimal(row["unit_price"]),
        price_per=row["price_per"],
        net=Decimal(row["net"]),
        tax_category=row["tax_category"],
        tax_rate=Decimal(row["tax_rate"]),
        tax=Decimal(row["tax"]),
        explanation=row["steps"],
        cost_center_id=row["cost_center_id"],
        cost_center_code=row["cost_center"],
        author_id=row["author_id"],
    )


def _reserve(
    order: Order, delivery: OrderDelivery, lines: list[OrderLine], content: dict[str, Any], now: datetime
) -> None:
    products = Product.objects.in_bulk([line.product_id for line in lines])
    days = [_day(row["requested_date"] or content["requested_date"]) for row in content["lines"]]
    assert order.cart.ship_to
    # Taken from where it was promised.
    destination = Destination.of(order.cart.ship_to)
    warehouses = warehouses_by_arrival(destination, now, content["method_id"], days)
    wanted = [
        Wanted(line.uid, products[line.product_id], line.quantity, day, warehouses[day])
        for line, day in zip(lines, days, strict=True)
    ]
    demands = reserve_demands(organization=order.organization, wanted=wanted, now=now)
    ScheduleLine.objects.bulk_create(
        ScheduleLine(
            organization_id=order.organization_id,
            line=line,
            delivery=delivery,
            quantity=line.quantity,
            requested_date=want.requested_date,
            promised_date=_day(row["promised_date"]),
            demand=demands[line.uid],
        )
        for line, want, row in zip(lines, wanted, content["lines"], strict=True)
    )


def _hold(order: Order, buyer: Membership, clearance: Clearance, now: datetime) -> None:
    limits = limits_of(buyer)
    month, credit = limits.get(Limit.Kind.PERSONAL), limits.get(Limit.Kind.CREDIT)
    if month is None or month.amount != buyer.month_limit:
        month = set_limit(
            organization=order.organization,
            kind=Limit.Kind.PERSONAL,
            amount=buyer.month_limit,
            day=localdate(now),
            membership=buyer,
            period=Limit.Period.MONTH,
        )
    is_approved = clearance.basis == Clearance.Basis.REQUEST
    parts = [Part(credit, order.net + order.tax)] if credit else []
    parts.append(Part(month, order.goods_net, is_approved=is_approved))
    hold_amounts(
        organization=order.organization,
        key=f"order:{order.uid}:place",
        source=source_of(order.uid),
        parts=parts,
        day=localdate(now),
        now=now,
    )


def source_of(uid: UUID) -> Source:
    """An order as the source of what the ledger holds."""
    return Source("order", uid)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
