"""How much of a product can be ordered, and what a typed quantity means: the one validator of page, file and cart."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any

from apps.core.cells import gettext_noop

# Base units of which there are parts; all others are counted.
MEASURED = frozenset({"MTR", "KGM", "LTR"})
FINEST = Decimal("0.001")
MOST = Decimal(9_999_999)
LONGEST = 40

UP_TO_MINIMUM = gettext_noop("%(asked)s raised to %(quantity)s, the minimum.")
UP_TO_MULTIPLE = gettext_noop("%(asked)s rounded up to %(quantity)s, in steps of %(multiple)s.")
NOT_POSITIVE = gettext_noop("The quantity must be more than 0.")
NOT_WHOLE = gettext_noop("This is sold in whole units only.")
TOO_FINE = gettext_noop("The quantity has more than three decimals.")
OVER_MAXIMUM = gettext_noop("At most %(maximum)s at once.")
UNREADABLE = gettext_noop("“%(value)s” is not a quantity.")
NO_SUCH_PACK = gettext_noop("This does not come in the pack “%(value)s”.")


@dataclass(frozen=True, slots=True)
class QuantityTerms:
    """In what quantities a product is sold to one buyer, in base units (UN/ECE Recommendation 20)."""

    unit: str
    minimum: Decimal = Decimal(1)
    multiple: Decimal = Decimal(1)
    maximum: Decimal | None = None

    @property
    def least(self) -> Decimal:
        """The smallest quantity that can be ordered: the first multiple that reaches the minimum."""
        return _stepped(self.minimum, self.multiple, ROUND_CEILING)

    @property
    def most(self) -> Decimal:
        return MOST if self.maximum is None else min(self.maximum, MOST)


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    ROUNDED = "rounded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of an asked quantity. The message is English with placeholders for `words`; whoever shows it
    translates it. `quantity` is what can be ordered, None when refused; `lower` is the next smaller one that could be.
    """

    outcome: Outcome
    asked: Decimal
    quantity: Decimal | None
    message: str = ""
    words: Mapping[str, Any] = field(default_factory=dict)
    lower: Decimal | None = None


def judge_quantity(quantity: Decimal, terms: QuantityTerms) -> Judged:
    """Accept a quantity, round it up to the minimum or to the next multiple, or refuse it.

    Refused: zero and less, a part of what is counted, more than three decimals, more than the maximum even if only by
    rounding up.
    """
    if message := _fault(quantity, terms):
        return _refused(quantity, message, maximum=terms.most)
    rounded = max(_stepped(quantity, terms.multiple, ROUND_CEILING), terms.least)
    if rounded > terms.most:
        return _refused(quantity, OVER_MAXIMUM, maximum=_stepped(terms.most, terms.multiple, ROUND_FLOOR))
    if rounded == quantity:
        return Judged(Outcome.ACCEPTED, quantity, quantity)
    lower = _stepped(quantity, terms.multiple, ROUND_FLOOR)
    return Judged(
        Outcome.ROUNDED,
        quantity,
        rounded,
        UP_TO_MINIMUM if quantity < terms.minimum else UP_TO_MULTIPLE,
        {"asked": quantity, "quantity": rounded, "multiple": terms.multiple},
        lower if lower >= terms.least else None,
    )


def judge_line(quantity: Decimal, elsewhere: Decimal, terms: QuantityTerms) -> Judged:
    """The same for one of several lines: the maximum holds for all that there is of the product."""
    judged = judge_quantity(quantity, terms)
    if judged.quantity is None or judged.quantity + elsewhere <= terms.most:
        return judged
    return _refused(quantity, OVER_MAXIMUM, maximum=_stepped(terms.most, terms.multiple, ROUND_FLOOR))


def _fault(quantity: Decimal, terms: QuantityTerms) -> str:
    if not quantity.is_finite() or quantity <= 0:
        return NOT_POSITIVE
    if quantity > terms.most:
        return OVER_MAXIMUM
    if terms.unit not in MEASURED and quantity != quantity.to_integral_value():
        return NOT_WHOLE
    return "" if quantity == quantity.quantize(FINEST, ROUND_FLOOR) else TOO_FINE


def _refused(quantity: Decimal, message: str, **words: Decimal) -> Judged:
    return Judged(Outcome.REFUSED, quantity, None, message, words)


def _stepped(quantity: Decimal, multiple: Decimal, rounding: str) -> Decimal:
    return (quantity / multiple).to_integral_value(rounding) * multiple


# --- Rules of an audience ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuantityFacts:
    """One quantity rule that matches a buyer; None leaves a field to the rule behind it."""

    id: int
    specificity: int
    product_id: int | None = None
    category_id: int | None = None
    minimum: Decimal | None = None
    multiple: Decimal | None = None
    maximum: Decimal | None = None


def resolve_quantity(
    own: QuantityTerms, product_id: int, categories: Sequence[int], rules: Iterable[QuantityFacts]
) -> QuantityTerms:
    """What holds for one product: each field from the nearest rule that has it, at last from the product itself.

    `categories` are its own and all above it, the root first. Nearest: the nearest audience, then the product itself,
    then the deepest category.
    """
    place = {category: depth for depth, category in enumerate(categories)}
    matching = [rule for rule in rules if rule.product_id == product_id or rule.category_id in place]
    matching.sort(
        key=lambda rule: (rule.specificity, len(place) if rule.product_id else place[rule.category_id or 0], rule.id),
        reverse=True,
    )

    def nearest(name: str) -> Decimal | None:
        return next((value for rule in matching if (value := getattr(rule, name)) is not None), None)

    return QuantityTerms(
        own.unit,
        nearest("minimum") or own.minimum,
        nearest("multiple") or own.multiple,
        nearest("maximum") or own.maximum,
    )


# --- What people type -------------------------------------------------------------------------------------------------


class UnreadableQuantity(ValueError):
    """A text is no quantity; message and words as those of `Judged`."""

    def __init__(self, message: str, value: str) -> None:
        super().__init__(value)
        self.message, self.words = message, {"value": value}


# How the five languages name the packs, beside the code of UN/ECE Recommendation 21 itself.
PACK_WORDS = {
    "BX": "box boxes bxs коробка коробки коробок коробку кор علبة علب صندوق صناديق 盒",
    "BG": "bag bags пакет пакета пакетов пак كيس أكياس 袋",
    "CT": "carton cartons ctn картон ящик ящика ящиков كرتون كرتونة كراتين 箱",
    "LY": "layer layers слой слоя слоёв слоев طبقة طبقات 层 層",
    "PX": "pallet pallets plt поддон поддона поддонов паллета паллеты паллет منصة منصات 托盘 棧板 栈板 托盤",
}
ONE_WORDS = (
    "c62 pc pcs piece pieces each ea pr pair pairs mtr m meter meters kgm kg ltr l liter liters ro roll rolls set sets"
    " шт штука штуки штук пара пары пар м метр метра метров кг л литр литра литров рулон рулона рулонов комплект"
    " комплекта комплектов قطعة قطع زوج متر كغ لتر لفة طقم 件 个 個 只 支 双 雙 米 公斤 升 卷 套"
)
PACKS_BY_WORD = {word: code for code, words in PACK_WORDS.items() for word in (code.lower(), *words.split())}
ONES = frozenset(ONE_WORDS.split())
TYPED = re.compile(r"(?P<number>[\d.,'’\s٫٬]*\d)\s*[x×*]?\s*(?P<word>[^\W\d_]*(?:62)?)\.?")
# Where a comma before three digits sets thousands apart; elsewhere it begins the decimals.
COMMA_GROUPS = frozenset({"en", "ar", "zh-hans", "zh-hant"})
GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+")


def parse_quantity(text: str, language: str, packs: Mapping[str, Decimal] | None = None) -> Decimal:
    """The quantity in base units that a text means: `1,000`, `1 000`, `1.000,5`, `٢٥٠`, `２０`, `2 box`.

    `packs` says how many base units each pack of the product holds, by its code.

    :raises UnreadableQuantity: no number, or a pack that the product does not come in.
    """
    clean = unicodedata.normalize("NFKC", text).strip()
    parts = TYPED.fullmatch(clean)
    if parts is None or len(clean) > LONGEST:
        raise UnreadableQuantity(UNREADABLE, text.strip()[:LONGEST])
    number = _number(parts["number"], language)
    word = parts["word"].casefold()
    if number is None:
        raise UnreadableQuantity(UNREADABLE, text.strip()[:LONGEST])
    if not word or word in ONES:
        return number
    factor = (packs or {}).get(PACKS_BY_WORD.get(word, ""))
    if factor is None:
        raise UnreadableQuantity(NO_SUCH_PACK if word in PACKS_BY_WORD else UNREADABLE, parts["word"])
    return number * factor


def _number(text: str, language: str) -> Decimal | None:
    """A number as people write it; the last of two kinds of separators begins the decimals."""
    text = re.sub(r"[\s'’٬]+", " ", text).strip()
    text = text.replace("٫", ".")
    last = max(text.rfind("."), text.rfind(","))
    mark = text[last] if last >= 0 else ""
    if not mark or text.count(mark) > 1 or (mark == "," and language in COMMA_GROUPS and GROUPED.fullmatch(text)):
        whole, decimals = text, ""
    else:
        whole, decimals = text[:last], text[last + 1 :]
    separators = {sign for sign in whole if not sign.isdecimal()}
    if len(separators) > 1 or (separators and not GROUPED.fullmatch(whole)) or " " in decimals:
        return None
    digits = "".join(sign for sign in whole if sign.isdecimal())
    return Decimal(f"{digits or 0}.{decimals}" if decimals else digits)
