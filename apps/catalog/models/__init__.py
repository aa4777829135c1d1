"""What exists, who may see it, in what quantities."""

from apps.catalog.models.assortment import AssortmentItem, AssortmentRule
from apps.catalog.models.attributes import Attribute, AttributeOption, AttributeValue, CategoryAttribute
from apps.catalog.models.categories import Category, CategoryText
from apps.catalog.models.files import ProductFile
from apps.catalog.models.products import (
    Brand,
    CustomerItemCode,
    Family,
    FamilyText,
    ItemNumber,
    PackLevel,
    Product,
    ProductText,
)
from apps.catalog.models.quantities import QuantityRule
from apps.catalog.models.search import SearchEntry, SearchWord

__all__ = [
    "AssortmentItem",
    "AssortmentRule",
    "Attribute",
    "AttributeOption",
    "AttributeValue",
    "Brand",
    "Category",
    "CategoryAttribute",
    "CategoryText",
    "CustomerItemCode",
    "Family",
    "FamilyText",
    "ItemNumber",
    "PackLevel",
    "Product",
    "ProductFile",
    "ProductText",
    "QuantityRule",
    "SearchEntry",
    "SearchWord",
]
