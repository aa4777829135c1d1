"""Data sheets of some products: plain text, made of what the catalog says of them."""

from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile

from apps.catalog.actions.save_product_file import save_product_file
from apps.catalog.models import Product, ProductFile
from apps.catalog.queries.pages import facts
from apps.core.permissions import SystemActor

SKUS = ("HX-933-0840A2", "HX-933-0840ZN", "NT-934-08A2", "BR-6205-2RS")
LANGUAGES = ("en", "ru")


def load(*, now: datetime) -> None:
    """Give each of these products its sheets, as staff would have, a year ago."""
    for product in Product.objects.filter(sku__in=SKUS).select_related("brand").order_by("sku"):
        for position, language in enumerate(LANGUAGES):
            save_product_file(
                actor=SystemActor(label="Demo"),
                product=product,
                kind=ProductFile.Kind.DATA_SHEET,
                language=language,
                position=position,
                upload=ContentFile(sheet(product, language).encode()),
                now=now,
            )


def sheet(product: Product, language: str) -> str:
    """The text of one sheet."""
    told = facts(product, organization_id=0, language=language)
    lines = [f"{fact.name}: {fact.text} {fact.unit}".rstrip() for fact in told.values]
    return "\n".join((settings.SUPPLIER_NAME, f"{product.sku}  {told.name}", product.brand.name, "", *lines, ""))
