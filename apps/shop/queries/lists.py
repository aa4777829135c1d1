"""Purchasing lists at today's prices, stock and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.timezone import localdate

from apps.catalog.queries.pages import Label, labels
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import shown, sold_to
from apps.catalog.rules import QuantityTerms
from apps.core.money import line_net
from apps.inventory.queries import availability
from apps.orders.models import PurchasingList, PurchasingListLine
from apps.orders.queries.lists import last_ordered, lines_of_list, lines_of_lists
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership
from apps.pricing.queries import Quote
from apps.shop.queries.browsing import prices_of
from apps.shop.queries.buying import FIELD, Priced, breaks_at, priced
from apps.shop.queries.supply import Supplied, destination_of, supplied

PAGE = 100


@dataclass(frozen=True)
class ListRow:
    """One line of a list; what is not in the catalog any more has neither terms nor price."""

    line: PurchasingListLine
    label: Label
    terms: QuantityTerms | None
    price: Priced | None
    supply: Supplied | None
    typed: str = ""

    @property
    def field(self) -> str:
        return f"{FIELD}{self.line.product.uid}"


@dataclass(frozen=True)
class ListPage:
    """A part of a list, and what all of it comes to, net."""

    rows: Sequence[ListRow]
    line_count: int
    gone_count: int
    on_request: int
    total: Decimal
    page: int

    @property
    def ready_count(self) -> int:
        return self.line_count - self.gone_count

    @property
    def page_count(self) -> int:
        return max(-(-self.line_count // PAGE), 1)


def list_page(
    membership: Membership,
    context: BuyingContext,
    tree: Tree,
    found: PurchasingList,
    now: datetime,
    *,
    page: int = 1,
    with_prices: bool = True,
    typed: Mapping[UUID, str],
) -> ListPage:
    """A list as it can be bought today; `typed` are quantities by the uid of their product that were refused.

    At most 14 statements for any number of lines.
    """
    lines = lines_of_list(found)
    offered = sold_to(context, tree, localdate(now), [line.product for line in lines])
    there = [line for line in lines if line.product_id in offered]
    prices = (
        priced(context, tree, {line.product: line.quantity for line in there}, localdate(now)) if with_prices else {}
    )
    page = min(max(page, 1), max(-(-len(lines) // PAGE), 1))
    in_page = lines[(page - 1) * PAGE : page * PAGE]
    in_sight = [line for line in in_page if line.product_id in offered]
    terms = quantity_terms(context, tree, [line.product for line in in_sight])
    supplies = supplied(destination_of(membership), {line.product: line.quantity for line in in_sight}, now)
    named = labels(
        [line.product for line in in_page], organization_id=context.organization_id, language=context.language
    )
    return ListPage(
        rows=[
            ListRow(
                line,
                named[line.product_id],
                terms.get(line.product_id),
                prices.get(line.product_id),
                supplies.get(line.product_id),
                typed.get(line.product.uid, ""),
            )
            for line in in_page
        ],
        line_count=len(lines),
        gone_count=len(lines) - len(there),
        on_request=len(there) - len(prices) if with_prices else 0,
        total=sum((row.net for row in prices.values()), Decimal(0)),
        page=page,
    )


@dataclass(frozen=True)
class Glance:
    """A list in one row: how many of its lines can leave at once in full, and what it comes to today, net.

    `total` is without what is not in the catalog any more or has its price on request; None for who sees no prices.
    `last_ordered_at` is None for who sees no orders, too.
    """

    found: PurchasingList
    line_count: int
    in_stock: int
    total: Decimal | None
    last_ordered_at: datetime | None


def glances(
    membership: Membership, context: BuyingContext, tree: Tree, lists: Sequence[PurchasingList], day: date
) -> list[Glance]:
    """These lists as they can be bought today. At most 7 statements for any number of lists and lines."""
    lines = lines_of_lists(lists)
    products = {line.product_id: line.product for line in lines}
    offered = {row.pk: row for row in shown(context, tree, day, products.values())}
    free = availability(offered.values())
    ordered = last_ordered(membership, lines) if membership.may("orders.view") else {}
    quotes = prices_of(context, tree, list(offered.values()), day) if membership.may("prices.view") else {}

    def glance(found: PurchasingList) -> Glance:
        own = [line for line in lines if line.purchasing_list_id == found.pk]
        nets = [net_at(quote, line.quantity) for line in own if (quote := quotes.get(line.product_id))]
        return Glance(
            found,
            line_count=len(own),
            in_stock=sum(line.product_id in free and line.quantity <= free[line.product_id].in_stock for line in own),
            total=sum(nets, Decimal(0)) if membership.may("prices.view") else None,
            last_ordered_at=ordered.get(found.pk),
        )

    return [glance(found) for found in lists]


def net_at(quote: Quote, quantity: Decimal) -> Decimal:
    """What so many base units cost at a quote that may be for another quantity."""
    amount = next(row.amount for row in breaks_at(quote, quantity) if row.is_on)
    return line_net(quantity, amount, quote.price_per, quote.currency)
