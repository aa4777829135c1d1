from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db import connection

from apps.catalog.models import Product
from apps.catalog.queries.tree import Tree
from apps.core.memo import VersionedMemo
from apps.core.models import Stamp
from apps.orgs.context import BuyingContext
from apps.orgs.models import Organization
from apps.pricing import rules
from apps.pricing.models import Agreement, DiscountRule, PriceList, PriceListAssignment, TaxRate, valid_on
from apps.pricing.rules import Discount, Slot

STAMP = "prices"
# A contract is nearer than any list that is assigned to the company as such.
CONTRACT = 17


@dataclass(frozen=True)
class PriceChain:
    """The lists of one buyer, the nearest first, the base list last; and the percentages off the base list."""

    currency: str
    lists: tuple[tuple[int, str], ...]
    base_id: int | None
    discounts: tuple[Discount, ...]
    contract: str = ""

    @cached_property
    def order(self) -> list[int]:
        return [list_id for list_id, _name in self.lists]

    @cached_property
    def names(self) -> dict[int, str]:
        return dict(self.lists)


@dataclass(frozen=True)
class Step:
    """One step of the way to a price: what decided, and the unit price after it."""

    kind: str
    name: str
    amount: Decimal
    rate: Decimal | None = None


@dataclass(frozen=True)
class Quote:
    """What a product costs this buyer: the unit price for the asked quantity, the quantities from which it falls, and
    why. The amounts are net, in `currency`, for `price_per` base units. `list_price` is what everybody pays for the
    least quantity; None where the base list has none."""

    amount: Decimal
    price_per: int
    currency: str
    breaks: Sequence[tuple[Decimal, Decimal]]
    steps: Sequence[Step]
    list_price: Decimal | None = None


_CHAINS = VersionedMemo[PriceChain](most=10_000)
_RATES = VersionedMemo[Mapping[str, Decimal]](most=200)


def price_chain(context: BuyingContext, day: date) -> PriceChain:
    """The lists and discounts of this buyer on this day. 1 statement for the version, 4 more when it is new."""
    version = Stamp.value_of(STAMP)
    buyer = (context.organization_id, context.customer_type_id, context.unit_ids, context.membership_id)
    return _CHAINS.get((version, day, buyer, context.currency), lambda: _read_chain(context, day))


def _read_chain(context: BuyingContext, day: date) -> PriceChain:
    base = PriceList.objects.filter(kind=PriceList.Kind.BASE, currency=context.currency).filter(valid_on(day)).first()
    contracts = list(
        Agreement.objects.filter(organization=context.organization_id, price_list__currency=context.currency)
        .valid_on(day)
        .select_related("price_list")
        .order_by("pk")
    )
    assigned = (
        PriceListAssignment.objects.matching(context)
        .filter(price_list__currency=context.currency, price_list__kind=PriceList.Kind.LIST)
        .select_related("price_list")
    )
    near: dict[PriceList, tuple[int, int, int]] = {}
    for row in assigned:
        price_list = row.price_list
        if _is_valid(price_list, day):
            place = (row.specificity, price_list.priority, -price_list.pk)
            near[price_list] = max(place, near.get(price_list, place))
    for contract in contracts:
        near[contract.price_list] = (CONTRACT, contract.price_list.priority, -contract.price_list.pk)
    ordered = sorted(near, key=lambda price_list: near[price_list], reverse=True)
    names = {contract.price_list_id: contract.number for contract in contracts}
    discounts = DiscountRule.objects.matching(context).filter(valid_on(day))
    return PriceChain(
        currency=context.currency,
        lists=(
            *((row.pk, names.get(row.pk, row.name)) for row in ordered),
            *([(base.pk, base.name)] if base else []),
        ),
        base_id=base.pk if base else None,
        discounts=tuple(Discount(row.pk, row.rate, row.category_id, row.brand_id) for row in discounts),
        contract=contracts[0].number if contracts else "",
    )


def _is_valid(price_list: PriceList, day: date) -> bool:
    begins = price_list.valid_from is None or price_list.valid_from <= day
    return begins and (price_list.valid_until is None or day <= price_list.valid_until)


# Of every page with prices: written out, because building it costs more than running it. The days are `valid_on`.
PRICES = """
    SELECT product_id, price_list_id, min_quantity, amount, valid_from IS NOT NULL OR valid_until IS NOT NULL
    FROM pricing_price
    WHERE product_id = ANY(%(products)s::bigint[]) AND price_list_id = ANY(%(lists)s::bigint[])
        AND (valid_from IS NULL OR valid_from <= %(day)s::date)
        AND (valid_until IS NULL OR valid_until >= %(day)s::date)
"""


def quote_prices(
    chain: PriceChain, tree: Tree, quantities: Mapping[Product, Decimal], day: date
) -> dict[int, Quote | None]:
    """What these products cost at these quantities (in base units), by product id; None: the price is on request.

    1 statement for any number of products: a page, a pasted list or a cart.
    """
    slots: dict[int, list[Slot]] = {product.pk: [] for product in quantities}
    if slots and chain.lists:
        with connection.cursor() as cursor:
            cursor.execute(PRICES, {"products": list(slots), "lists": chain.order, "day": day})
            for product_id, *slot in cursor.fetchall():
                slots[product_id].append(Slot(*slot))
    return {
        product.pk: _quote(chain, tree, product, slots[product.pk], quantity)
        for product, quantity in quantities.items()
    }


def _quote(chain: PriceChain, tree: Tree, product: Product, slots: list[Slot], quantity: Decimal) -> Quote | None:
    discount = rules.best_discount(
        chain.discounts, tree.leaves.get(product.category_id, (product.category_id,)), product.brand_id
    )

    def price(of: Decimal) -> tuple[Decimal, list[Step]] | None:
        found = rules.resolve_price(slots, chain.order, of)
        if found is None:
            return None
        is_base = found.list_id == chain.base_id
        kind = "base" if is_base else "contract" if chain.names[found.list_id] == chain.contract else "list"
        steps = [Step(kind, chain.names[found.list_id], found.amount)]
        amount = found.amount
        if is_base and discount:
            amount = rules.discounted(amount, discount.rate)
            steps.append(Step("discount", "", amount, discount.rate))
        return amount, steps

    asked = price(quantity)
    if asked is None:
        return None
    starts = {max(slot.min_quantity, product.min_quantity) for slot in slots} | {product.min_quantity}
    by_start = {start: found[0] for start in starts if (found := price(start))}
    listed = rules.resolve_price(slots, [chain.base_id], product.min_quantity) if chain.base_id else None
    return Quote(
        asked[0],
        product.price_per,
        chain.currency,
        rules.steps_of(by_start),
        asked[1],
        listed.amount if listed else None,
    )


_CONTRACTS = VersionedMemo[str](most=10_000)


def contract_number(organization: Organization, day: date) -> str:
    """The number of the company's contract in its currency on this day; nothing without one.

    1 statement for the version, 1 more when that is new.
    """

    def read() -> str:
        rows = Agreement.objects.filter(organization=organization, price_list__currency=organization.currency)
        return rows.valid_on(day).values_list("number", flat=True).order_by("pk").first() or ""

    key = (Stamp.value_of(STAMP), day, organization.pk, organization.currency)
    return _CONTRACTS.get(key, read)


@dataclass(frozen=True)
class Taxation:
    """The VAT of one document: a category and rate for each class of products, and who accounts for it."""

    category: str | None
    rates: Mapping[str, Decimal]

    def of(self, tax_class: str) -> tuple[str, Decimal]:
        """Category (EN 16931) and rate of a class of products."""
        if self.category:
            return self.category, Decimal(0)
        rate = self.rates.get(tax_class, Decimal(0))
        return (rules.STANDARD if rate else rules.ZERO), rate

    def is_unknown(self, tax_class: str) -> bool:
        """Whether nobody has said how this class is taxed there: that is not a rate of zero."""
        return self.category is None and tax_class not in {*self.rates, Product.TaxClass.ZERO}

    @property
    def is_reverse_charge(self) -> bool:
        """Whether the buyer accounts for the VAT; papers must say so."""
        return self.category is not None


def taxation(organization: Organization, ship_to_country: str, day: date) -> Taxation:
    """How deliveries of this company to this country are taxed on this day. 1 statement, none while rates stay.

    Where the supplier has no rates of a foreign country, it is not registered there, and the sale is an export.
    """
    vat_country = organization.country if organization.vat_id else ""
    category = rules.reverse_charge(settings.SUPPLIER_COUNTRY, ship_to_country, vat_country)
    rows = TaxRate.objects.filter(valid_on(day), country=ship_to_country).values_list("tax_class", "rate")
    rates = _RATES.get((Stamp.value_of(STAMP), ship_to_country, day), lambda: dict(rows))
    if not rates and ship_to_country != settings.SUPPLIER_COUNTRY:
        category = category or rules.EXPORT
    return Taxation(category, rates)
