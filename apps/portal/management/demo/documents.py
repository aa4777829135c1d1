"""Data sheets of some products: plain text, made of what the catalog says of them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile

from apps.catalog.actions.save_product_file import save_product_file
from apps.catalog.models import Product, ProductFile
from apps.catalog.queries.pages import with_page_facts
from apps.catalog.queries.staff import plain_value
from apps.core.permissions import SystemActor

SKUS = ("HX-933-0840A2", "HX-933-0840ZN", "NT-934-08A2", "BR-6205-2RS")
LANGUAGES = ("en", "ru")


def load(*, now: datetime) -> None:
    """Give each of these products its sheets, as staff would have, a year ago."""
    for product in with_page_facts(Product.objects.filter(sku__in=SKUS)).order_by("sku"):
        for position, language in enumerate(LANGUAGES):
            save_product_file(
                actor=SystemActor(label="Demo"),
                product=product,
                kind=ProductFile.Kind.DATA_SHEET,
                language=language,
                position=position,
                upload=ContentFile(sheet(product, language).encode()),
                now=now - timedelta(days=365),
            )


def sheet(product: Product, language: str) -> str:
    """The text of one sheet."""
    names = {text.language: text.name for text in product.texts.all()}
    facts = [
        f"{value.attribute.name(language)}: "
        f"{value.option.name(language) if value.option else plain_value(value)} {value.attribute.unit}".rstrip()
        for value in sorted(product.values.all(), key=lambda value: value.attribute.code)
    ]
    head = (settings.SUPPLIER_NAME, f"{product.sku}  {names.get(language, names['en'])}", product.brand.name)
    return "\n".join((*head, "", *facts, ""))
