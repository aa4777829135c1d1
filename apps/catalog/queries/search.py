"""Finding products: by any number however it is typed, by words, and by words with a slip in them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from apps.catalog.models import CustomerItemCode, ItemNumber, Product, SearchWord
from apps.catalog.models.search import DICTIONARIES
from apps.catalog.queries.pages import Number
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import SOLD, ever_visible, visible
from apps.catalog.rules import latin_look, misread_keys, normalize_number
from apps.orgs.context import BuyingContext

# Only the most bought of all hits are ranked: a common word has a hundred thousand.
RANKED = 500
SHORTEST_KEY = 3
SHORTEST_PART = 4
# A typed number as far as it can be meant for another one, and how many readings of it are looked up.
LONGEST_KEY = 40
READINGS = 60
NEAREST = 0.3
MOST_WORDS = 12
PAIR = 2
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[^\W_]+", re.UNICODE)


def find_number(context: BuyingContext, tree: Tree, text: str, day: date) -> list[Product]:
    """The products that this very number names: ours, the maker's, a bar code's, the company's own. 1 statement."""
    key = normalize_number(text)
    if not key:
        return []
    return list(visible(context, tree, day).filter(_named(context, [key]))[:10])


@dataclass(frozen=True)
class Numbered:
    """A product that a typed number names, perhaps by a number that it has no more."""

    product: Product
    by_old: bool = False

    @property
    def is_sold(self) -> bool:
        return self.product.lifecycle in SOLD


def find_numbers(context: BuyingContext, tree: Tree, codes: Iterable[str], day: date) -> dict[str, list[Numbered]]:
    """The products that each of up to thousands of typed numbers names, by the number as it was typed.

    Of what the buyer may see, with what is not sold any more; a number that names nothing has an empty list. 1
    statement.
    """
    keys = {code: normalize_number(code) for code in codes}
    asked = set(keys.values()) - {""}
    own = CustomerItemCode.objects.filter(organization=context.organization_id, product=OuterRef("pk"))
    rows: Any = (
        ever_visible(context, tree, day)
        .filter(_named(context, asked))
        .select_related("brand")
        .annotate(
            known_as=ArraySubquery(
                ItemNumber.objects.filter(product=OuterRef("pk")).values(row=JSONObject(kind="kind", key="code_key"))
            ),
            own_keys=ArraySubquery(own.values("code_key")),
        )
        .order_by("sku_key")
    )
    found: dict[str, list[Numbered]] = {key: [] for key in asked}
    for product in rows if asked else []:
        kinds = {product.sku_key: "sku"} | dict.fromkeys(product.own_keys, "own")
        for number in product.known_as:
            kinds.setdefault(number["key"], number["kind"])
        for key in kinds.keys() & asked:
            found[key].append(Numbered(product, kinds[key] == ItemNumber.Kind.OLD))
    return {code: found.get(key, []) for code, key in keys.items()}


def _named(context: BuyingContext, keys: Iterable[str]) -> Q:
    # Each kind of number has its own index; one OR over joins would use none.
    keys = sorted(keys)
    return Q(
        pk__in=Product.objects.filter(sku_key__in=keys)
        .values("pk")
        .union(
            ItemNumber.objects.filter(code_key__in=keys).values("product"),
            CustomerItemCode.objects.filter(organization=context.organization_id, code_key__in=keys).values("product"),
        )
    )


def nearest_numbers(
    context: BuyingContext, tree: Tree, codes: Sequence[str], day: date, *, limit: int
) -> dict[str, list[Product]]:
    """The products whose part numbers look most like each of a few unknown ones, by the number typed. 1 statement."""
    keys = {code: key for code in codes if len(key := normalize_number(code)) >= SHORTEST_KEY}
    seen: Any = visible(context, tree, day)
    parts = [
        seen.filter(sku_key__trigram_similar=key)
        .select_related("brand")
        .annotate(asked=Value(code), nearness=TrigramSimilarity("sku_key", key))
        .order_by("-nearness", "-popularity", "pk")[:limit]
        for code, key in keys.items()
    ]
    if not parts:
        return {}
    found: dict[str, list[Any]] = {}
    for product in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
        found.setdefault(product.asked, []).append(product)
    return {code: sorted(rows, key=attrgetter("nearness"), reverse=True) for code, rows in found.items()}


@dataclass(frozen=True)
class Meant:
    """Products that a typed number may have been meant for; `reading` is the key of the first one of them when signs
    were misread, and empty when the number only looks like theirs."""

    products: Sequence[Product]
    reading: str = ""


def meant_numbers(
    context: BuyingContext, tree: Tree, codes: Iterable[str], day: date, *, limit: int
) -> dict[str, Meant]:
    """What a few unknown numbers may have been meant for, by the number as it was typed: what they are when signs were
    taken for others that look like them (O and 0, S and 5), else the nearest ones.

    Of what is still sold; a text without a digit is no number. 2 statements, none when nothing is a number.
    """
    keys = {code: normalize_number(code) for code in codes}
    keys = {
        code: key
        for code, key in keys.items()
        if SHORTEST_KEY <= len(key) <= LONGEST_KEY and any(sign.isdigit() for sign in key)
    }
    if not keys:
        return {}
    readings = {code: misread_keys(key)[:READINGS] for code, key in keys.items()}
    named = find_numbers(context, tree, {key for found in readings.values() for key in found}, day)
    meant = {}
    for code, found in readings.items():
        read = [(match.product, key) for key in found for match in named[key] if match.is_sold]
        if read:
            meant[code] = Meant(list(dict.fromkeys(product for product, _key in read))[:limit], read[0][1])
    nearest = nearest_numbers(context, tree, [code for code in keys if code not in meant], day, limit=limit)
    return meant | {code: Meant(products) for code, products in nearest.items()}


def numbered(context: BuyingContext, tree: Tree, text: str, day: date, limit: int) -> list[Product]:
    """Products whose number begins with what was typed, then those whose part number has it inside. 1 statement."""
    key = normalize_number(text)
    if len(key) < SHORTEST_KEY or not any(sign.isdigit() for sign in key):
        return []
    begins: Any = Product.objects.filter(sku_key__startswith=key).values("pk")
    others: list[Any] = [
        ItemNumber.objects.filter(code_key__startswith=key).values("product"),
        CustomerItemCode.objects.filter(organization=context.organization_id, code_key__startswith=key).values(
            "product"
        ),
    ]
    if len(key) >= SHORTEST_PART:
        others.append(Product.objects.filter(sku_key__contains=key).values("pk"))
    nearness = Case(
        When(sku_key=key, then=Value(0)),
        When(sku_key__startswith=key, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = visible(context, tree, day).filter(pk__in=begins.union(*others))
    return list(rows.select_related("brand").order_by(nearness, "-popularity", "pk")[:limit])


def numbers_like(products: Sequence[Product], text: str) -> dict[int, Number]:
    """The number of each of these products that begins with what was typed: the maker's, a bar code's or an old one, by
    product id. 1 statement, none for a text that is no number."""
    key = normalize_number(text)
    if len(key) < SHORTEST_KEY or not products:
        return {}
    rows = ItemNumber.objects.filter(product__in=products, code_key__startswith=key).order_by("kind", "code_key", "pk")
    found: dict[int, Number] = {}
    for product, kind, code in rows.values_list("product", "kind", "code"):
        found.setdefault(product, Number(kind, code))
    return found


def worded(
    context: BuyingContext, tree: Tree, text: str, day: date, *, limit: int, offset: int = 0
) -> tuple[list[Product], str]:
    """Products that have all these words, the last one perhaps unfinished, best first; and the words looked for.

    When nothing has them, each unknown word gives way to the nearest of the catalog. At most 3 statements.
    """
    words = terms(text)
    if not words:
        return [], ""
    found = list(_matching(context, tree, words, day)[offset : offset + limit])
    if found or offset:
        return found, " ".join(words)
    nearest = _nearest(words, context.language)
    if nearest == words:
        return [], " ".join(words)
    return list(_matching(context, tree, nearest, day)[:limit]), " ".join(nearest)


def terms(text: str) -> list[str]:
    """The words of a question; a run of Chinese as its pairs of neighboring characters, as the index has them."""
    found: list[str] = []
    for word in WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if CHINESE.search(word) and len(word) > PAIR:
            found += [word[place : place + PAIR] for place in range(len(word) - 1)]
        else:
            found.append(word)
    return found[:MOST_WORDS]


def _query(words: Sequence[str], language: str) -> Any:
    ends = [""] * (len(words) - 1) + [":*"]
    raw = " & ".join(_spellings(word, end) for word, end in zip(words, ends, strict=True))
    # English is what parts are called in drawings and standards, whatever the reader's language.
    query: Any = SearchQuery(raw, config="simple", search_type="raw")
    for config in sorted({"english", DICTIONARIES.get(language, "simple")} - {"simple"}):
        query |= SearchQuery(raw, config=config, search_type="raw")
    return query


def _spellings(word: str, end: str) -> str:
    """A word of a raw query; a size as well in the Latin letters that its Cyrillic ones look like."""
    latin = latin_look(word).lower() if any(sign.isdigit() for sign in word) else word
    return f"{word}{end}" if latin == word else f"({word}{end} | {latin}{end})"


def _hits(context: BuyingContext, tree: Tree, words: Sequence[str], day: date) -> QuerySet[Product]:
    return (
        visible(context, tree, day)
        .filter(search_entries__language=context.language, search_entries__vector=_query(words, context.language))
        .order_by("-search_entries__popularity", "pk")[:RANKED]
    )


def _matching(context: BuyingContext, tree: Tree, words: Sequence[str], day: date) -> QuerySet[Product]:
    rank = SearchRank(F("search_entries__vector"), _query(words, context.language), normalization=Value(1))
    return (
        Product.objects.filter(
            pk__in=_hits(context, tree, words, day).values("pk"), search_entries__language=context.language
        )
        .select_related("brand")
        .annotate(rank=rank)
        .order_by("-rank", "-popularity", "pk")
    )


def _nearest(words: Sequence[str], language: str) -> list[str]:
    """Each word, or the nearest one of the catalog when the catalog has not got it."""
    parts = [
        SearchWord.objects.filter(language=language, word__trigram_similar=word)
        .annotate(asked=Value(word), nearness=TrigramSimilarity("word", word))
        .filter(nearness__gte=NEAREST)
        .order_by("-nearness", "-products", "word")
        .values_list("asked", "word")[:1]
        for word in words
        if not any(sign.isdigit() for sign in word)
    ]
    if not parts:
        return list(words)
    nearest = dict(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    return [nearest.get(word, word) for word in words]
