from django.db import transaction

from apps.catalog.actions.index_products import index_products
from apps.catalog.models import Product

BATCH = 500
# Event -> how products hang on what it renamed.
HANGING = {
    "catalog.attribute_saved": "values__option__in",
    "catalog.brand_saved": "brand__in",
    "catalog.category_saved": "category__in",
    "catalog.family_saved": "family__in",
}


@transaction.atomic
def index_hanging(*, name: str, renamed: list[int], after: int) -> int | None:
    """Let the next products with a key `after` this one, that hang on what the event `name` renamed, be found anew; the
    last key of the batch, None when there are no more.

    The step of a task: each batch is a transaction of its own, so that nobody waits long for one of its products. Their
    lock keeps this from writing over what somebody saves of them meanwhile.
    """
    rows = Product.objects.filter(**{HANGING[name]: renamed}, pk__gt=after).order_by("pk")
    keys = list(rows.values_list("pk", flat=True).distinct()[:BATCH])
    if not keys:
        return None
    list(Product.objects.filter(pk__in=keys).locked().values_list("pk"))
    index_products(keys)
    return keys[-1]
