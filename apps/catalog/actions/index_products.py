from django.db import connection

from apps.catalog.actions.index_words import index_words
from apps.catalog.models.search import DICTIONARIES

TABLES = (
    "catalog_product, catalog_producttext, catalog_brand, catalog_itemnumber, catalog_categorytext, catalog_familytext,"
    " catalog_attributevalue, catalog_attributeoption, catalog_searchentry"
)

# Every weight has its reason: what a product is called ranks over where it stands, that over its English name for
# readers of other languages, and that over what it has.
ENTRIES = """
INSERT INTO catalog_searchentry (product_id, language, category_id, popularity, vector)
SELECT p.id, %(language)s::text, p.category_id, p.popularity,
       setweight(to_tsvector('simple', concat_ws(' ', p.sku, numbers.codes)), 'A')
    || setweight(to_tsvector(%(dictionary)s::regconfig, {name}), 'A')
    || setweight(to_tsvector('simple', brand.name), 'A')
    || setweight(to_tsvector(%(dictionary)s::regconfig, {place}), 'B')
    || setweight(to_tsvector('english', {english}), 'C')
    || setweight(to_tsvector(%(dictionary)s::regconfig, {facts}), 'D')
FROM catalog_product p
JOIN catalog_brand brand ON brand.id = p.brand_id
LEFT JOIN LATERAL (
    SELECT name, description FROM catalog_producttext t
    WHERE t.product_id = p.id AND t.language IN (%(language)s::text, 'en')
    ORDER BY t.language = %(language)s::text DESC LIMIT 1) text ON true
LEFT JOIN catalog_producttext english ON english.product_id = p.id AND english.language = 'en'
LEFT JOIN LATERAL (
    SELECT name FROM catalog_categorytext t
    WHERE t.category_id = p.category_id AND t.language IN (%(language)s::text, 'en')
    ORDER BY t.language = %(language)s::text DESC LIMIT 1) category ON true
LEFT JOIN LATERAL (
    SELECT name FROM catalog_familytext t WHERE t.family_id = p.family_id AND t.language IN (%(language)s::text, 'en')
    ORDER BY t.language = %(language)s::text DESC LIMIT 1) family ON true
LEFT JOIN LATERAL (
    SELECT string_agg(n.code, ' ') AS codes FROM catalog_itemnumber n WHERE n.product_id = p.id) numbers ON true
LEFT JOIN LATERAL (
    SELECT string_agg(coalesce(o.names ->> %(language)s::text, o.names ->> 'en', o.code), ' ') AS words
    FROM catalog_attributevalue v JOIN catalog_attributeoption o ON o.id = v.option_id
    WHERE v.product_id = p.id) options ON true
WHERE %(products)s::bigint[] IS NULL OR p.id = ANY (%(products)s)
ON CONFLICT (product_id, language) DO UPDATE
SET category_id = excluded.category_id, popularity = excluded.popularity, vector = excluded.vector
"""


def _words(column: str, language: str) -> str:
    """SQL for a text as the dictionary of the language takes it.

    A size is there as it stands and as it is typed, M8×40 and M8x40; Chinese as every pair of neighboring characters.
    """
    as_typed = f"replace({column}, '×', 'x')"
    if not language.startswith("zh"):
        return f"concat_ws(' ', {column}, {as_typed})"
    pairs = f"SELECT string_agg(substr({column}, i, 2), ' ') FROM generate_series(1, length({column}) - 1) AS i"  # noqa: S608  column names of this module
    return f"concat_ws(' ', {column}, {as_typed}, ({pairs}))"


def index_products(product_ids: list[int] | None = None) -> None:
    """Write what search knows of these products, or of all; inside the transaction of the action that changed them.

    The vocabulary for mistyped words is made anew only with all of them: it is of the whole catalog.
    """
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        if product_ids is None:
            # The planner knows nothing yet of rows that this very transaction wrote, and would join them one by one.
            cursor.execute(f"ANALYZE {TABLES}")
        for language, dictionary in DICTIONARIES.items():
            sql = ENTRIES.format(
                name=_words("text.name", language),
                english="''" if language == "en" else _words("english.name", "en"),
                place=_words("concat_ws(' ', category.name, family.name)", language),
                facts=_words("concat_ws(' ', options.words, text.description)", language),
            )
            cursor.execute(sql, {"language": language, "dictionary": dictionary, "products": product_ids})
    if product_ids is None:
        index_words()
