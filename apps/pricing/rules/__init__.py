"""Rules of prices. Values in, values out."""

from apps.pricing.rules.files import PriceReader, PriceRow, read_price_columns
from apps.pricing.rules.prices import (
    EXPORT,
    INTRA_COMMUNITY,
    STANDARD,
    ZERO,
    Discount,
    Resolved,
    Slot,
    Taxable,
    TaxGroup,
    best_discount,
    discounted,
    resolve_price,
    reverse_charge,
    steps_of,
    tax_basket,
)

__all__ = [
    "EXPORT",
    "INTRA_COMMUNITY",
    "STANDARD",
    "ZERO",
    "Discount",
    "PriceReader",
    "PriceRow",
    "Resolved",
    "Slot",
    "TaxGroup",
    "Taxable",
    "best_discount",
    "discounted",
    "read_price_columns",
    "resolve_price",
    "reverse_charge",
    "steps_of",
    "tax_basket",
]
