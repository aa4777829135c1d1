"""Judging rows that people typed, pasted or uploaded: what each one means, and what it still needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from apps.catalog.models import Product
from apps.catalog.queries.pages import Pack, labels, packs_of
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.search import Numbered, find_numbers, meant_numbers
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import visible
from apps.catalog.rules import (
    QuantityTerms,
    UnreadableQuantity,
    judge_quantity,
    normalize_number,
    parse_quantity,
)
from apps.core.money import line_net
from apps.orders.models import QuickRow
from apps.orders.queries.quick import quick_rows
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership
from apps.pricing.queries import Quote, price_chain, quote_prices
from apps.shop.rules import (
    CHOOSE_ONE,
    GONE,
    MERGED,
    NUMBER_MISSING,
    QUANTITY_MISSING,
    RENUMBERED,
    REPLACED,
    UNKNOWN,
    misread_hint,
)

# Unknown numbers for which near ones are looked up.
HELPED = 20
PICKS = 3


class State(StrEnum):
    READY = "ready"
    ADJUSTED = "adjusted"
    OPEN = "open"


@dataclass(frozen=True)
class Note:
    """What was done to a row, or what it needs: English with placeholders for `words`; the page translates it."""

    message: str
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pick:
    """A product that the row could mean."""

    product: Product
    name: str = ""


@dataclass(frozen=True)
class JudgedRow:
    """One row with what it means. `quantity` is in base units; `folded` are later rows of the same part, counted here.

    `lower` is the quantity below the one that was rounded up to. `net` is what it comes to, unless the price is on
    request or not looked up.
    """

    row: QuickRow
    state: State = State.READY
    notes: tuple[Note, ...] = ()
    picks: tuple[Pick, ...] = ()
    product: Product | None = None
    name: str = ""
    quantity: Decimal | None = None
    lower: Decimal | None = None
    terms: QuantityTerms | None = None
    folded: tuple[QuickRow, ...] = ()
    quote: Quote | None = None
    net: Decimal | None = None

    @property
    def uid(self) -> UUID:
        return self.row.uid

    @property
    def key(self) -> str:
        return str(self.uid)

    @property
    def is_ready(self) -> bool:
        return self.state != State.OPEN

    @property
    def folded_uids(self) -> list[UUID]:
        return [other.uid for other in self.folded]


def judge_rows(context: BuyingContext, tree: Tree, rows: Sequence[QuickRow], day: date) -> list[JudgedRow]:
    """What each row means for this buyer, in the order of the rows. At most 10 statements, for one row or 2,000."""
    found = find_numbers(context, tree, {row.number for row in rows if row.chosen_id is None}, day)
    wanted = {row.chosen_id for row in rows} | {
        match.product.successor_id for matches in found.values() for match in matches
    }
    offered = visible(context, tree, day).select_related("brand").in_bulk([pk for pk in wanted if pk])
    judged = [_identified(row, found.get(row.number, []), offered) for row in rows]
    judged = _with_near_ones(context, tree, judged, day)
    known = {pick.product.pk: pick.product for row in judged for pick in row.picks}
    known |= {row.product.pk: row.product for row in judged if row.product}
    products = list(known.values())
    named = labels(products, organization_id=context.organization_id, language=context.language)
    terms, packs = quantity_terms(context, tree, products), packs_of(products)
    judged = [
        replace(
            row,
            name=named[row.product.pk].name if row.product else "",
            terms=terms[row.product.pk] if row.product else None,
            picks=tuple(replace(pick, name=named[pick.product.pk].name) for pick in row.picks),
        )
        for row in judged
    ]
    return _fold([_counted(row, packs, context.language) for row in judged])


def _identified(row: QuickRow, matches: Sequence[Numbered], offered: Mapping[int, Product]) -> JudgedRow:
    """The product that the row names, or why there is none."""
    if chosen := offered.get(row.chosen_id or 0):
        return JudgedRow(row, product=chosen)
    if not row.number:
        return JudgedRow(row, State.OPEN, (Note(NUMBER_MISSING),))
    sold = [match for match in matches if match.is_sold]
    if len(sold) > 1:
        words = {"count": len(sold), "number": row.number}
        return JudgedRow(row, State.OPEN, (Note(CHOOSE_ONE, words),), tuple(Pick(match.product) for match in sold))
    if sold:
        notes = (Note(RENUMBERED, {"sku": sold[0].product.sku}),) if sold[0].by_old else ()
        return JudgedRow(row, State.ADJUSTED if notes else State.READY, notes, product=sold[0].product)
    if successors := [other for match in matches if (other := offered.get(match.product.successor_id or 0))]:
        note = Note(REPLACED, {"sku": successors[0].sku})
        return JudgedRow(row, State.ADJUSTED, (note,), product=successors[0])
    return JudgedRow(row, State.OPEN, (Note(GONE if matches else UNKNOWN),))


def _with_near_ones(context: BuyingContext, tree: Tree, judged: Sequence[JudgedRow], day: date) -> list[JudgedRow]:
    """The same rows; the first unknown ones with parts that may have been meant. 2 statements, none without any."""
    unknown = [row for row in judged if row.notes and row.notes[0].message == UNKNOWN][:HELPED]
    if not unknown:
        return list(judged)
    meant = meant_numbers(context, tree, {row.row.number for row in unknown}, day, limit=PICKS)
    helped = {id(row) for row in unknown}

    def help_out(row: JudgedRow) -> JudgedRow:
        number = row.row.number
        if id(row) not in helped or number not in meant:
            return row
        hint = misread_hint(normalize_number(number), meant[number].reading)
        notes = (*row.notes, Note(hint)) if hint else row.notes
        return replace(row, notes=notes, picks=tuple(Pick(product) for product in meant[number].products))

    return [help_out(row) for row in judged]


def _counted(row: JudgedRow, packs: Mapping[int, Sequence[Pack]], language: str) -> JudgedRow:
    """The row with its quantity in base units, not judged yet."""
    if row.product is None:
        return row
    if not row.row.quantity:
        return replace(row, state=State.OPEN, notes=(Note(QUANTITY_MISSING),))
    try:
        levels = {pack.unit: pack.factor for pack in packs.get(row.product.pk, ())}
        quantity = parse_quantity(row.row.quantity, language, levels)
    except UnreadableQuantity as refused:
        return replace(row, state=State.OPEN, notes=(Note(refused.message, refused.words),))
    return replace(row, quantity=quantity)


def _fold(judged: Iterable[JudgedRow]) -> list[JudgedRow]:
    """Rows of the same part as one, in the place of the first; then the judgment of their sum."""
    standing: dict[object, JudgedRow] = {}
    for row in judged:
        key = row.product.pk if row.product and row.quantity else row.row.uid
        first = standing.get(key)
        if first and first.quantity and row.quantity:
            folded = (*first.folded, row.row)
            standing[key] = replace(first, quantity=first.quantity + row.quantity, folded=folded)
        else:
            standing[key] = row
    return [_judged(row) for row in standing.values()]


def _judged(row: JudgedRow) -> JudgedRow:
    if row.quantity is None or row.terms is None:
        return row
    notes, state = row.notes, row.state
    if row.folded:
        rows = ", ".join(str(other.position) for other in row.folded)
        notes, state = (*notes, Note(MERGED, {"rows": rows, "quantity": row.quantity})), State.ADJUSTED
    result = judge_quantity(row.quantity, row.terms)
    if result.message:
        notes, state = (*notes, Note(result.message, result.words)), State.ADJUSTED
    if result.quantity is None:
        return replace(row, state=State.OPEN, notes=notes)
    return replace(row, state=state, notes=notes, quantity=result.quantity, lower=result.lower)


@dataclass(frozen=True)
class Pad:
    """The quick order of one person."""

    rows: Sequence[JudgedRow]

    def row(self, uid: UUID) -> JudgedRow | None:
        return next((row for row in self.rows if row.uid == uid), None)

    def of_state(self, state: State) -> Sequence[JudgedRow]:
        return [row for row in self.rows if row.state == state]

    @cached_property
    def ready_count(self) -> int:
        return len(self.of_state(State.READY))

    @cached_property
    def adjusted_count(self) -> int:
        return len(self.of_state(State.ADJUSTED))

    @cached_property
    def open_count(self) -> int:
        return len(self.of_state(State.OPEN))

    @cached_property
    def buyable(self) -> Sequence[JudgedRow]:
        return [row for row in self.rows if row.is_ready]

    @cached_property
    def total(self) -> Decimal:
        """What the ready rows come to, net, without those whose price is on request."""
        return sum((row.net for row in self.buyable if row.net is not None), Decimal(0))

    @cached_property
    def on_request(self) -> int:
        return sum(row.net is None for row in self.buyable)


def judged_pad(membership: Membership, context: BuyingContext, tree: Tree, day: date) -> Pad:
    """The rows of this person's quick order, judged and without prices. At most 11 statements for 2,000 rows."""
    return Pad(judge_rows(context, tree, quick_rows(membership), day))


def priced_pad(membership: Membership, context: BuyingContext, tree: Tree, day: date) -> Pad:
    """Those with what they cost at their quantities, net, for somebody who sees prices. 2 statements more."""
    pad = judged_pad(membership, context, tree, day)
    if not membership.may("prices.view"):
        return pad
    quantities = {row.product: row.quantity for row in pad.buyable if row.product and row.quantity is not None}
    quotes = quote_prices(price_chain(context, day), tree, quantities, day)

    def priced(row: JudgedRow) -> JudgedRow:
        quote = quotes.get(row.product.pk) if row.product and row.is_ready else None
        if quote is None or row.quantity is None:
            return row
        return replace(row, quote=quote, net=line_net(row.quantity, quote.amount, quote.price_per, quote.currency))

    return Pad([priced(row) for row in pad.rows])
