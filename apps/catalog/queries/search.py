"""Finding products: by any number however it is typed, by words, and by words with a slip in them."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from apps.catalog.models import CustomerItemCode, ItemNumber, Product, SearchWord
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import visible
from apps.catalog.rules import normalize_number
from apps.orgs.context import BuyingContext

# Only the most bought of all hits are ranked: a common word has a hundred thousand.
RANKED = 500
SHORTEST_KEY = 3
SHORTEST_PART = 4
NEAREST = 0.3
MOST_WORDS = 12
PAIR = 2
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[^\W_]+", re.UNICODE)
DICTIONARIES = {"en": "english", "ru": "russian", "ar": "arabic", "zh-hans": "simple", "zh-hant": "simple"}


def find_number(context: BuyingContext, tree: Tree, text: str, day: date) -> list[Product]:
    """The products that this very number names: ours, the maker's, a bar code's, the company's own. 1 statement."""
    key = normalize_number(text)
    if not key:
        return []
    return list(visible(context, tree, day).filter(_named(context, key))[:10])


def _named(context: BuyingContext, key: str) -> Q:
    # Each kind of number has its own index; one OR over joins would use none.
    return Q(
        pk__in=Product.objects.filter(sku_key=key)
        .values("pk")
        .union(
            ItemNumber.objects.filter(code_key=key).values("product"),
            CustomerItemCode.objects.filter(organization=context.organization_id, code_key=key).values("product"),
        )
    )


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
    for word in WORD.findall(text.lower()):
        if CHINESE.search(word) and len(word) > PAIR:
            found += [word[place : place + PAIR] for place in range(len(word) - 1)]
        else:
            found.append(word)
    return found[:MOST_WORDS]


def count_worded(context: BuyingContext, tree: Tree, text: str, day: date) -> int:
    """How many products have all these words, counted up to the number that is ranked. 1 statement."""
    words = terms(text)
    return _hits(context, tree, words, day).count() if words else 0


def _query(words: Sequence[str], language: str) -> SearchQuery:
    last = f"{words[-1]}:*"
    raw = " & ".join([*words[:-1], last])
    return SearchQuery(raw, config=DICTIONARIES.get(language, "simple"), search_type="raw") | SearchQuery(
        raw, config="simple", search_type="raw"
    )


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
