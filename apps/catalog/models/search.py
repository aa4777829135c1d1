from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from apps.catalog.models.categories import LANGUAGE_FIELD, Category
from apps.catalog.models.products import Product

# PostgreSQL's own dictionaries; Chinese has none, and is cut into pairs of characters.
DICTIONARIES = {"en": "english", "ru": "russian", "ar": "arabic", "zh-hans": "simple", "zh-hant": "simple"}


class SearchEntry(models.Model):
    """The words of one product in one language, weighted: what it is called first, where it stands, what it has.

    Narrow, and with copies of what a page filters and sorts by: a common word is met a hundred thousand times.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="search_entries")
    language = models.CharField(**LANGUAGE_FIELD)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    popularity = models.PositiveIntegerField(default=0)
    vector = SearchVectorField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "language"], name="searchentry_one_per_language")
        ]
        indexes: ClassVar = [
            GinIndex(fields=["vector"], name="searchentry_words"),
            models.Index(fields=["language", "-popularity", "product"], name="searchentry_by_popularity"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.language}"


class SearchWord(models.Model):
    """One word of the catalog, so that a mistyped one finds its nearest."""

    word = models.CharField(max_length=80)
    language = models.CharField(**LANGUAGE_FIELD)
    products = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["language", "word"], name="searchword_once")]
        indexes: ClassVar = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="searchword_nearest")]

    def __str__(self) -> str:
        return self.word
