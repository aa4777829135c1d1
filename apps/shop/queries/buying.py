"""What it takes to buy from a page: quantities judged, prices at a quantity, packs, what the cart has already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import UUIDField

from apps.catalog.models import Product
from apps.catalog.queries.pages import Pack, packs_of
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import shown
from apps.catalog.rules import Judged, QuantityTerms, UnreadableQuantity, judge_quantity, parse_quantity
from apps.core.money import line_net
from apps.core.prepared import GivenIds, PreparedQuery
from apps.orgs.context import BuyingContext
from apps.pricing.queries import Quote, price_chain, quote_prices

# The name of a quantity field before the id of its product.
FIELD = "q-"
PERCENT = Decimal("0.01")


@dataclass(frozen=True)
class Wish:
    """What somebody typed for one product: judged, or why it is no quantity (`message` with its words)."""

    product: Product
    terms: QuantityTerms
    packs: Sequence[Pack]
    typed: str
    judged: Judged | None
    message: str = ""
    words: Mapping[str, object] | None = None

    @property
    def quantity(self) -> Decimal | None:
        """What would go into the cart, in base units."""
        return self.judged.quantity if self.judged else None

    @property
    def in_packs(self) -> tuple[Decimal, Pack] | None:
        """The quantity as so many of the largest pack that it fills exactly."""
        whole = [pack for pack in self.packs if self.quantity and not self.quantity % pack.factor]
        return (self.quantity / whole[-1].factor, whole[-1]) if whole and self.quantity else None


@cache
def _asked() -> PreparedQuery[Product]:
    rows = Product.objects.filter(uid__in=GivenIds("uids", UUIDField()))
    return PreparedQuery(rows.select_related("brand").order_by("pk"))


def wishes(context: BuyingContext, tree: Tree, typed: Mapping[UUID, str], day: date) -> list[Wish]:
    """The typed quantities of those products that this buyer sees; an empty one means the least. 4 statements at most,
    none for nothing."""
    if not typed:
        return []
    products = shown(context, tree, day, _asked().ask(uids=list(typed)))
    terms, packs = quantity_terms(context, tree, products), packs_of(products)
    return [
        wish_for(product, terms[product.pk], packs.get(product.pk, []), typed[product.uid], context.language)
        for product in products
    ]


def wish_for(product: Product, terms: QuantityTerms, packs: Sequence[Pack], typed: str, language: str) -> Wish:
    """What was typed for a product that this buyer sees; nothing means the least."""
    try:
        levels = {pack.unit: pack.factor for pack in packs}
        quantity = parse_quantity(typed, language, levels) if typed else terms.least
    except UnreadableQuantity as refused:
        return Wish(product, terms, packs, typed, None, refused.message, refused.words)
    judged = judge_quantity(quantity, terms)
    return Wish(product, terms, packs, typed, judged, judged.message, judged.words)


@dataclass(frozen=True)
class Control:
    """The field and the button by which a row is bought; `there` is what the cart has of it already."""

    key: str
    sku: str
    terms: QuantityTerms
    there: Decimal | None = None
    typed: str = ""
    fault: str = ""

    @property
    def field(self) -> str:
        return f"{FIELD}{self.key}"

    @property
    def fault_id(self) -> str:
        return f"fault-{self.key}" if self.fault else ""


def controls(
    context: BuyingContext, tree: Tree, products: Sequence[Product], there: Mapping[int, Decimal]
) -> dict[int, Control]:
    """The controls of the rows of a page, by product id. 1 statement."""
    terms = quantity_terms(context, tree, products)
    return {
        product.pk: Control(str(product.uid), product.sku, terms[product.pk], there.get(product.pk))
        for product in products
    }


@dataclass(frozen=True)
class Break:
    """One row of the price breaks beside a quantity; `more` is what is missing to the next one."""

    start: Decimal
    amount: Decimal
    is_on: bool
    saving: Decimal
    more: Decimal | None = None


@dataclass(frozen=True)
class Priced:
    """One product at a quantity: its price, its breaks, and what it comes to, net."""

    quantity: Decimal
    quote: Quote
    net: Decimal
    breaks: Sequence[Break]


def priced(context: BuyingContext, tree: Tree, quantities: Mapping[Product, Decimal], day: date) -> dict[int, Priced]:
    """What these quantities cost, by product id, without those whose price is on request. 2 statements."""
    quotes = quote_prices(price_chain(context, day), tree, quantities, day)
    return {
        product.pk: Priced(
            quantity,
            quote,
            line_net(quantity, quote.amount, quote.price_per, quote.currency),
            breaks_at(quote, quantity),
        )
        for product, quantity in quantities.items()
        if (quote := quotes[product.pk])
    }


def breaks_at(quote: Quote, quantity: Decimal) -> list[Break]:
    """The breaks with the one that holds at this quantity, and how much more the next one takes."""
    reached = [start for start, _amount in quote.breaks if start <= quantity] or [quote.breaks[0][0]]
    following = next((start for start, _amount in quote.breaks if start > max(quantity, reached[-1])), None)
    dearest = quote.breaks[0][1]
    return [
        Break(
            start,
            amount,
            is_on=start == reached[-1],
            saving=(1 - amount / dearest).quantize(PERCENT) if dearest else Decimal(0),
            more=start - quantity if start == following else None,
        )
        for start, amount in quote.breaks
    ]
