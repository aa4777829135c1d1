"""Carts, and what they come to: prices, VAT, freight and days are worked out when a cart is looked at, never stored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.utils.functional import Promise as Lazy
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.catalog.queries.pages import Label, labels
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import sold_to
from apps.catalog.rules import Outcome, judge_line
from apps.core.memo import RequestMemo
from apps.core.money import line_net
from apps.core.prepared import Given, GivenIds, PreparedQuery
from apps.freight.queries import DeliveryOption, Destination, Promise, PromiseLine, delivery_options, promise_lines
from apps.orders import rules
from apps.orders.models import Cart, CartLine, CurrentCart
from apps.orgs.context import BuyingContext
from apps.orgs.models import Address, CostCenter, Membership
from apps.orgs.queries import ship_to_addresses, units_above
from apps.pricing.queries import Quote, Taxation, price_chain, quote_prices, taxation
from apps.pricing.rules import Taxable, TaxGroup, tax_basket

GONE, ON_REQUEST, NOT_SOLD, UNAVAILABLE = "gone", "on_request", "not_sold", "unavailable"
UNTAXED, CLOSED = "untaxed", "closed"
# What keeps a whole cart from being ordered once it was sent.
ON_HOLD, NOT_DELIVERED = "on_hold", "not_delivered"
FAULTS: Mapping[str, Lazy | str] = {
    GONE: _("Not in your catalog any more. Remove the line to go on."),
    ON_REQUEST: _("The price is on request. Ask us, or remove the line to go on."),
    NOT_SOLD: _("Not sold in this quantity."),
    UNAVAILABLE: _("Not available in this quantity. Order less, or remove the line."),
    UNTAXED: _("We cannot tell the VAT of this there yet. Call us, or remove the line."),
    CLOSED: _("This cost center takes no more orders. Choose another one."),
    ON_HOLD: _("Your company’s account is on hold. Call us to open it again; your cart stays as it is."),
    NOT_DELIVERED: _("Nothing is delivered to this address any more. Choose another one."),
}


# The header, the promises and the marks of a table need it; take_cart, make_cart and choose_ship_to forget it.
CURRENT = RequestMemo[CurrentCart | None]()


@cache
def _choices() -> PreparedQuery[CurrentCart]:
    return PreparedQuery(CurrentCart.objects.filter(membership=Given("membership")).select_related("cart__ship_to"))


def _current(membership: Membership) -> CurrentCart | None:
    return CURRENT.get(membership.pk, lambda: _choices().first(membership=membership.pk))


def current_cart(membership: Membership) -> Cart | None:
    """The open cart into which this person puts things at the moment, with its address.

    1 statement, and only 1 in a request that changes nothing.
    """
    choice = _current(membership)
    cart = choice.cart if choice else None
    return cart if cart and cart.is_open and cart.may(membership, "cart.view") else None


def usual_ship_to(membership: Membership) -> Address | None:
    """Where a new cart of this person is delivered: as they chose last, or the company's first choice.

    2 statements at most, none beside `current_cart` while the company is unchanged.
    """
    rows, choice = ship_to_addresses(membership), _current(membership)
    usual = next((row for row in rows if row.is_default), None)
    return next((row for row in rows if choice and row.pk == choice.ship_to_id), usual)


def ship_to_of(membership: Membership) -> Address | None:
    """Where goods would go now, which dates, freight and VAT on every page are for: the address of the current cart, or
    the usual one. 2 statements at most, none beside `current_cart` while the company is unchanged."""
    cart = current_cart(membership)
    return cart.ship_to if cart and cart.ship_to else usual_ship_to(membership)


def open_carts(membership: Membership, most: int = 50) -> list[Cart]:
    """The open carts of the company that this person sees, the one changed last on top. 1 statement."""
    rows = Cart.objects.visible_to(membership).open().select_related("owner__user")
    return list(rows.order_by("-updated_at", "pk")[:most])


def cart_of(membership: Membership, uid: UUID) -> Cart | None:
    """One cart that this person sees, in any state. 1 statement."""
    rows = Cart.objects.visible_to(membership).select_related(
        "organization__payment_terms", "owner__user", "ship_to", "method", "cost_center", "last_change"
    )
    return rows.filter(uid=uid).defer("last_change__before", "last_change__added").first()


def cart_version(membership: Membership, uid: UUID) -> tuple[int, bool] | None:
    """The version of a cart that this person sees, and whether it is open. 1 statement."""
    found = Cart.objects.visible_to(membership).filter(uid=uid).values_list("version", "state").first()
    return (found[0], found[1] == Cart.State.OPEN) if found else None


def lines_added(membership: Membership, uid: UUID, since: datetime) -> dict[str, int]:
    """How many lines others have put into a cart since then and who, the first first. 1 statement."""
    rows = CartLine.objects.visible_to(membership).filter(cart__uid=uid, created_at__gt=since)
    others = rows.exclude(author=membership).select_related("author__user").order_by("pk")
    return Counter(line.author.label for line in others)


def cart_context(cart: Cart) -> BuyingContext:
    """For whom a cart is priced: its owner's place in the company, whoever looks at it.

    2 statements, none while the company is unchanged.
    """
    return BuyingContext(
        organization_id=cart.organization_id,
        customer_type_id=cart.organization.customer_type_id,
        unit_ids=units_above(cart.organization, cart.unit_id),
        membership_id=cart.owner_id,
        currency=cart.currency,
        language=get_language() or "en",
    )


@cache
def _lines() -> PreparedQuery[CartLine]:
    rows = CartLine.objects.filter(cart=Given("cart")).select_related("product", "author__user", "cost_center")
    return PreparedQuery(rows.order_by("pk"))


def lines_of(cart: Cart) -> list[CartLine]:
    """The lines of a cart in the order in which they came, with all that is told of them. 1 statement."""
    return _lines().ask(cart=cart.pk)


@cache
def _with() -> PreparedQuery[CartLine]:
    return PreparedQuery(CartLine.objects.filter(cart=Given("cart"), product__in=GivenIds("products")))


def lines_with(cart: Cart, products: Sequence[int]) -> list[CartLine]:
    """The lines of a cart that hold these products. 1 statement."""
    return _with().ask(cart=cart.pk, products=products)


@cache
def _goods() -> PreparedQuery[CartLine]:
    # A cart of hundreds of lines is summed up with every change: read is what a price takes.
    facts = [f"product__{name}" for name in ("min_quantity", "price_per", "category", "brand")]
    rows = CartLine.objects.filter(cart=Given("cart")).select_related("product")
    return PreparedQuery(rows.only("quantity", "product", *facts))


def goods_total(cart: Cart, day: date) -> tuple[int, Decimal | None]:
    """How many lines a cart has and what its goods come to, net; None when a price is on request. 2 statements."""
    lines = _goods().ask(cart=cart.pk)
    quotes = _quotes(cart_context(cart), lines, day)
    nets = [_net(line, quotes[line.product_id], cart.currency) for line in lines]
    return len(lines), None if None in nets else sum((net for net in nets if net is not None), Decimal(0))


def _quotes(context: BuyingContext, lines: Sequence[CartLine], day: date) -> Mapping[int, Quote | None]:
    """Prices for the whole quantity of each product, also when it stands on several lines."""
    products = {line.product_id: line.product for line in lines}
    together = {products[pk]: quantity for pk, quantity in quantities_of(lines).items()}
    return quote_prices(price_chain(context, day), catalog_tree(), together, day)


def quantities_of(lines: Iterable[CartLine]) -> dict[int, Decimal]:
    """How much of each product there is, by its id, on however many lines it stands."""
    quantities: dict[int, Decimal] = {}
    for line in lines:
        quantities[line.product_id] = quantities.get(line.product_id, Decimal(0)) + line.quantity
    return quantities


def _net(line: CartLine, quote: Quote | None, currency: str) -> Decimal | None:
    return None if quote is None else line_net(line.quantity, quote.amount, quote.price_per, currency)


def _saved(line: CartLine, quote: Quote | None, currency: str) -> Decimal:
    """By how much a line is cheaper than at the list price of the least quantity; nothing where it is not."""
    if quote is None or quote.list_price is None or quote.list_price <= quote.amount:
        return Decimal(0)
    at_list_price = line_net(line.quantity, quote.list_price, quote.price_per, currency)
    return at_list_price - line_net(line.quantity, quote.amount, quote.price_per, currency)


@dataclass(frozen=True)
class PricedLine:
    """One line at today's price, with its share of the VAT and the day on which it comes."""

    line: CartLine
    label: Label
    quote: Quote | None
    net: Decimal
    tax_category: str
    tax_rate: Decimal
    tax: Decimal
    promise: Promise
    fault: str
    # A reason in words where the fault has one of its own.
    fault_text: str = ""

    @property
    def is_late(self) -> bool:
        """Whether it comes after the day that was asked for."""
        asked, arrives = self.line.requested_date, self.promise.arrives_on
        return bool(asked and arrives and arrives > asked)

    @property
    def fault_words(self) -> str:
        return self.fault_text or str(FAULTS.get(self.fault, ""))


@dataclass(frozen=True)
class PricedCart:
    """A cart with all it comes to. Amounts are in its currency; `day` is the supplier's price day."""

    cart: Cart
    context: BuyingContext
    day: date
    lines: Sequence[PricedLine]
    options: Sequence[DeliveryOption]
    option: DeliveryOption | None
    taxation: Taxation
    tax_groups: Sequence[TaxGroup]
    freight_tax: Decimal
    goods_net: Decimal
    # What contract, discounts and breaks take off the base list.
    saved_net: Decimal
    weight_g: int

    @property
    def freight_net(self) -> Decimal:
        return self.option.freight_net if self.option else Decimal(0)

    @property
    def weight_kg(self) -> Decimal:
        return (Decimal(self.weight_g) / 1000).quantize(Decimal("0.1"))

    @property
    def net(self) -> Decimal:
        return self.goods_net + self.freight_net

    @property
    def tax(self) -> Decimal:
        return sum((group.tax for group in self.tax_groups), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def faulty(self) -> Sequence[PricedLine]:
        """The lines that keep the cart from being ordered."""
        return [line for line in self.lines if line.fault]

    @property
    def late(self) -> Sequence[PricedLine]:
        return [line for line in self.lines if line.is_late]

    @property
    def deliveries(self) -> Sequence[tuple[date | None, Sequence[PricedLine]]]:
        """The lines by the day on which they come, the first day first."""
        groups = rules.groups_by_day([line.promise.arrives_on for line in self.lines])
        return [(day, [self.lines[place] for place in places]) for day, places in groups]


def priced_cart(cart: Cart, now: datetime) -> PricedCart:
    """A cart at today's prices for its own place in the company. The number of statements does not depend on lines."""
    day = localdate(now)
    context, tree, lines = cart_context(cart), catalog_tree(), lines_of(cart)
    products = {line.product_id: line.product for line in lines}
    together = quantities_of(lines)
    quotes = _quotes(context, lines, day)
    seen = sold_to(context, tree, day, products.values())
    terms = quantity_terms(context, tree, list(products.values()))
    named = labels(list(products.values()), organization_id=cart.organization_id, language=context.language)
    destination = Destination.of(cart.ship_to) if cart.ship_to else None
    weight = sum(int(line.quantity * (line.product.net_weight_g or 0)) for line in lines)
    nets = [_net(line, quotes[line.product_id], cart.currency) or Decimal(0) for line in lines]
    goods_net = sum(nets, Decimal(0))
    options = (
        delivery_options(context, net=goods_net, weight_g=weight, destination=destination, now=now)
        if destination and lines
        else []
    )
    option = chosen_option(options, cart.method_id)
    promises = promise_lines(
        [PromiseLine(line.product, line.quantity, line.requested_date or cart.requested_date) for line in lines],
        destination,
        now,
        method=option.method if option else None,
    )
    taxes = taxation(cart.organization, cart.ship_to.country if cart.ship_to else cart.organization.country, day)
    amounts = [Taxable(net, *taxes.of(line.product.tax_class)) for line, net in zip(lines, nets, strict=True)] + [
        Taxable(option.freight_net if option else Decimal(0), *taxes.of("standard"))
    ]
    groups, shares = tax_basket(amounts, cart.currency)
    priced = []
    for line, net, amount, share, promise in zip(lines, nets, amounts[:-1], shares[:-1], promises, strict=True):
        judged = judge_line(line.quantity, together[line.product_id] - line.quantity, terms[line.product_id])
        if line.product_id not in seen:
            fault = GONE
        elif quotes[line.product_id] is None:
            fault = ON_REQUEST
        elif judged.outcome != Outcome.ACCEPTED:
            fault = NOT_SOLD
        elif taxes.is_unknown(line.product.tax_class) or (destination and taxes.is_unknown("standard")):
            fault = UNTAXED
        elif line.cost_center and line.cost_center.state != CostCenter.State.ACTIVE:
            fault = CLOSED
        elif promise.reason == "unavailable":
            fault = UNAVAILABLE
        else:
            fault = ""
        priced.append(
            PricedLine(
                line=line,
                label=named[line.product_id],
                quote=quotes[line.product_id],
                net=net,
                tax_category=amount.category,
                tax_rate=amount.rate,
                tax=share,
                promise=promise,
                fault=fault,
            )
        )
    return PricedCart(
        cart=cart,
        context=context,
        day=day,
        lines=priced,
        options=options,
        option=option,
        taxation=taxes,
        tax_groups=[group for group in groups if group.net],
        freight_tax=shares[-1],
        goods_net=goods_net,
        saved_net=sum((_saved(line, quotes[line.product_id], cart.currency) for line in lines), Decimal(0)),
        weight_g=weight,
    )


def chosen_option(options: Sequence[DeliveryOption], method_id: int | None) -> DeliveryOption | None:
    """How a cart travels: as somebody chose, or as soon as possible, of that the cheapest; collected only if chosen."""
    chosen = next((row for row in options if row.method.pk == method_id), None)
    brought = [row for row in options if not row.method.is_collection] or options
    return chosen or min(brought, key=lambda row: (row.arrives_on, row.freight_net), default=None)


def content_of(priced: PricedCart) -> dict[str, object]:
    """What a submission freezes: plain JSON values, amounts as text with all their digits."""
    cart, option = priced.cart, priced.option
    organization = cart.organization
    return {
        "currency": cart.currency,
        "po_number": cart.po_number,
        "note": cart.note,
        "ship_to": _address(cart.ship_to),
        "bill_to": {
            "name": organization.legal_name,
            "number": organization.number,
            "vat_id": organization.vat_id,
            "country": organization.country,
        },
        "method": option.method.code if option else "",
        "method_id": option.method.pk if option else None,
        "requested_date": _day(cart.requested_date),
        "payment_days": organization.payment_terms.net_days,
        "goods_net": str(priced.goods_net),
        "freight_net": str(priced.freight_net),
        "freight_tax": str(priced.freight_tax),
        "freight_tax_category": priced.taxation.of("standard")[0],
        "freight_tax_rate": str(priced.taxation.of("standard")[1]),
        "net": str(priced.net),
        "tax": str(priced.tax),
        "tax_groups": [
            {"category": group.category, "rate": str(group.rate), "net": str(group.net), "tax": str(group.tax)}
            for group in priced.tax_groups
        ],
        "lines": [_line(line) for line in priced.lines],
    }


def _line(priced: PricedLine) -> dict[str, object]:
    line, quote = priced.line, priced.quote
    return {
        "uid": str(line.uid),
        "product": line.product_id,
        "sku": line.product.sku,
        "name": priced.label.name,
        "own_code": priced.label.own_code,
        "quantity": _number(line.quantity),
        "base_unit": line.product.base_unit,
        "unit_price": str(quote.amount) if quote else "",
        "price_per": quote.price_per if quote else 1,
        "net": str(priced.net),
        "tax_category": priced.tax_category,
        "tax_rate": str(priced.tax_rate),
        "tax": str(priced.tax),
        "steps": [
            {"kind": step.kind, "name": step.name, "amount": str(step.amount), "rate": str(step.rate or "")}
            for step in (quote.steps if quote else [])
        ],
        "cost_center": line.cost_center.code if line.cost_center else "",
        "cost_center_id": line.cost_center_id,
        "requested_date": _day(line.requested_date),
        "promised_date": _day(priced.promise.arrives_on),
        "author": line.author.label,
        "author_id": line.author_id,
    }


def _number(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _address(address: object) -> dict[str, str]:
    fields = ("name", "street", "postal_code", "city", "country")
    return {field: getattr(address, field) for field in fields} if address else {}


@dataclass(frozen=True)
class Badge:
    """The cart button of the header."""

    uid: UUID | None
    line_count: int
    total: Decimal | None
    currency: str


def badge_of(membership: Membership) -> Badge | None:
    """What the header shows of the current cart; None for somebody who may not fill one. 1 statement."""
    if not membership.may("cart.edit"):
        return None
    cart = current_cart(membership)
    sees_prices = membership.may("prices.view")
    return Badge(
        uid=cart.uid if cart else None,
        line_count=cart.line_count if cart else 0,
        total=cart.last_total if cart and sees_prices and cart.line_count else None,
        currency=membership.organization.currency,
    )


@cache
def _quantities() -> PreparedQuery[tuple[int, Decimal]]:
    rows = CartLine.objects.filter(cart=Given("cart"), product__in=GivenIds("products"))
    return PreparedQuery(rows.values_list("product_id", "quantity"))


def in_cart(membership: Membership, products: Sequence[int]) -> dict[int, Decimal]:
    """How much of these products lies in the current cart, by product id. 2 statements at most."""
    cart = current_cart(membership)
    if cart is None or not cart.line_count:
        return {}
    found: dict[int, Decimal] = {}
    for product_id, quantity in _quantities().ask(cart=cart.pk, products=list(products)):
        found[product_id] = found.get(product_id, Decimal(0)) + quantity
    return found
