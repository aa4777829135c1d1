from django.conf import settings
from django.db import connection, transaction

WORDS = """
INSERT INTO catalog_searchword (word, language, products)
SELECT word, %(language)s::text, ndoc
FROM ts_stat(format(
    'SELECT to_tsvector(''simple'', name) FROM catalog_producttext WHERE language = %%L', %(language)s::text))
WHERE length(word) BETWEEN 4 AND 80 AND word !~ '[0-9]'
"""


@transaction.atomic
def index_words() -> None:
    """Make the vocabulary for mistyped words anew, from the names of all products."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_searchword")
        for language, _name in settings.LANGUAGES:
            cursor.execute(WORDS, {"language": language})
