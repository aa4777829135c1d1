"""The lines of a cart as its page prints them: plain values, so that a line is rendered once for what it says and not
again with every change to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalog.queries.tree import catalog_tree
from apps.core.templatetags.portico import day, link, money, qty, unit_price
from apps.freight.queries import Promise
from apps.orders.queries.carts import PricedCart, PricedLine
from apps.orders.rules import next_break


@dataclass(frozen=True, slots=True)
class Clash:
    """Two versions of one line: what somebody else saved in the meantime, and what was typed over it."""

    version: str
    # As long as nobody has chosen, what the row saves by itself is refused again.
    seen: str
    # Name of the field, theirs, mine.
    differences: tuple[tuple[str, str, str], ...]
    cart_url: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not taken of a line, why, and what somebody typed there."""

    line: str
    reason: str
    typed: str
    clash: Clash | None = None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line. Prices are texts in the cart's currency."""

    uid: str
    # Under which head it stands, as far as a change of the line can move it.
    place: str
    url: str
    product_url: str
    drawing: str
    name: str
    sku: str
    own_code: str
    fault: str
    author: str
    cost_center: str
    cost_center_uid: str
    requested_date: str
    requested_day: str
    promise: Promise
    is_late: bool
    version: str
    quantity: Decimal
    step: Decimal
    least: Decimal
    price: str
    price_per: str
    net: str
    # How much more makes it cheaper, and what one costs then.
    more: Decimal | None
    price_then: str
    refusal: Refusal | None


def place(row: PricedLine, by: str) -> str:
    """The head under which a line stands. Who added it never changes."""
    if by == "delivery":
        return str(row.promise.arrives_on)
    return row.line.cost_center.code if by == "cost_center" and row.line.cost_center else ""


class CartTable:
    """The lines of one cart, grouped by "delivery" (the day they come), "person" (who added them) or "cost_center". A
    refused line keeps what was typed there. No statement beside those of the catalog's tree."""

    def __init__(self, priced: PricedCart, by: str, refusal: Refusal | None) -> None:
        self.priced, self.by, self.refusal = priced, by, refusal
        self.lines_url = reverse("orders:cart_lines", args=[priced.cart.uid])
        self.tree = catalog_tree()

    def groups(self) -> Sequence[dict[str, Any]]:
        """The rows under heads."""
        if self.by == "delivery":
            deliveries = enumerate(self.priced.deliveries, 1)
            return [{"day": comes, "number": n, "lines": self.rows(lines)} for n, (comes, lines) in deliveries]
        found: dict[str, list[PricedLine]] = {}
        for row in self.priced.lines:
            center = row.line.cost_center
            head = row.line.author.label if self.by == "person" else str(center) if center else _("No cost center")
            found.setdefault(head, []).append(row)
        return [{"head": head, "lines": self.rows(found[head])} for head in sorted(found)]

    def rows(self, lines: Sequence[PricedLine]) -> Sequence[LineRow]:
        return [self.row(line) for line in lines]

    def row(self, row: PricedLine) -> LineRow:
        line, product, quote, uid = row.line, row.line.product, row.quote, str(row.line.uid)
        currency = self.priced.cart.currency
        cheaper = next_break(line.quantity, quote.amount, quote.breaks) if quote else None
        return LineRow(
            uid=uid,
            place=place(row, self.by),
            url=f"{self.lines_url}{uid}/",
            product_url=link("shop:product", product.sku),
            drawing=self.tree.drawing(self.tree.by_id[product.category_id]),
            name=row.label.name,
            sku=product.sku,
            own_code=row.label.own_code,
            fault=row.fault_words if row.fault else "",
            author=line.author.label,
            cost_center=line.cost_center.code if line.cost_center else "–",
            cost_center_uid=str(line.cost_center.uid) if line.cost_center else "",
            requested_date=line.requested_date.isoformat() if line.requested_date else "",
            requested_day=day(line.requested_date, "brief") or _("any day"),
            promise=row.promise,
            is_late=row.is_late,
            version=str(line.version),
            quantity=line.quantity,
            step=product.order_multiple,
            least=product.min_quantity,
            price=unit_price(quote.amount, currency) if quote else "–",
            price_per=qty(quote.price_per) if quote and quote.price_per != 1 else "",
            net=money(row.net, currency) if quote else _("On request"),
            more=cheaper[0] - line.quantity if cheaper else None,
            price_then=unit_price(cheaper[1], currency) if cheaper else "",
            refusal=self.refusal if self.refusal and self.refusal.line == uid else None,
        )
