"""Base prices in three currencies, discounts of customer types, and the contracts of all companies."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from apps.catalog.models import Product
from apps.core.permissions import SystemActor
from apps.orgs.models import CustomerType, Organization
from apps.portal.management.demo.catalog import items
from apps.portal.management.demo.catalog.builder import table
from apps.portal.management.demo.tariff import list_prices
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.actions.open_agreement import open_agreement
from apps.pricing.actions.save_discount import save_discount
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.actions.save_tax_rate import save_tax_rate

SYSTEM = SystemActor(label="Demo")

# Prices of one euro in the currency, as the supplier's price book has them.
CURRENCIES = {"EUR": Decimal(1), "NOK": Decimal("11.6"), "SEK": Decimal("11.3")}
# What a quantity that is so many times the minimum costs, against the single price.
BREAKS = ((1, Decimal(1)), (5, Decimal("0.91")), (20, Decimal("0.78")))
# Norrvik's contract: unit prices in euros by quantity, as its buyers know them.
HC_2041: dict[str, tuple[Any, ...]] = {
    "HX-933-0816A2": (100, "0.064", 500, "0.058", 2000, "0.049"),
    "HX-933-0820A2": (100, "0.071", 500, "0.064", 2000, "0.055"),
    "HX-933-0825A2": (100, "0.083", 500, "0.075", 2000, "0.064"),
    "HX-933-0830A2": (100, "0.097", 500, "0.088", 2000, "0.075"),
    "HX-933-0835A2": (100, "0.109", 500, "0.099", 2000, "0.085"),
    "HX-933-0840A2": (100, "0.123", 500, "0.112", 2000, "0.096"),
    "HX-933-0850A2": (100, "0.148", 500, "0.135", 2000, "0.116"),
    "HX-933-0860A2": (100, "0.181", 500, "0.165", 2000, "0.141"),
    "HX-933-0820A4": (100, "0.118", 500, "0.107", 2000, "0.092"),
    "HX-933-0830A4": (100, "0.156", 500, "0.142", 2000, "0.122"),
    "HX-933-0840A4": (100, "0.197", 500, "0.179", 2000, "0.154"),
    "HX-933-0850A4": (100, "0.238", 500, "0.216", 2000, "0.186"),
    "HX-933-1020A2": (50, "0.136", 250, "0.124", 1000, "0.106"),
    "HX-933-1025A2": (50, "0.148", 250, "0.135", 1000, "0.115"),
    "HX-933-1030A2": (50, "0.164", 250, "0.149", 1000, "0.128"),
    "HX-933-1035A2": (50, "0.183", 250, "0.166", 1000, "0.142"),
    "HX-933-1040A2": (50, "0.198", 250, "0.180", 1000, "0.154"),
    "HX-933-1050A2": (50, "0.236", 250, "0.215", 1000, "0.184"),
    "HX-933-1060A2": (50, "0.282", 250, "0.256", 1000, "0.220"),
    "HX-933-1070A2": (50, "0.331", 250, "0.301", 1000, "0.258"),
    "HX-933-1080A2": (50, "0.378", 250, "0.344", 1000, "0.295"),
    "GL-N7-0930B": (1, "9.80"),
    "BR-6205-2RS": (1, "6.42"),
    "FL-BC-500": (1, "3.15"),
    "TL-D338-068C": (1, "4.90"),
    "EL-TP19-BK": (1, "0.98"),
    "PP-GG-CLR": (1, "5.60", 40, "5.20"),
    "PP-HM-WHT": (1, "14.20", 20, "13.60"),
    "PP-EM-33": (1, "11.30", 20, "10.90"),
    "PP-FH-2P": (1, "118.00"),
    "PP-KP-GEL": (1, "12.50"),
    "PP-HV-2L": (1, "4.60"),
    "PP-FA-13157": (1, "18.00"),
    "PP-EW-500": (1, "14.00"),
    "FL-GR-EP2": (1, "3.90"),
    "EL-H07-3G15": (1, "1.42"),
    "TL-TW-100": (1, "148.00"),
    "TL-CW-13": (1, "8.40"),
    "AB-FD125-80": (1, "2.35"),
    "HZ-AIR-1050": (1, "51.79"),
    "BR-6305-2RS": (1, "8.10"),
    "WL-ER70-12": (1, "38.50"),
    "NT-934-08A2": (1, "0.031"),
    "NT-934-10A2": (1, "0.048"),
    "WS-125-08A2": (1, "0.010"),
}
# Company, contract, share of the list price, and the parts of the catalog where it holds, whatever the screens show.
CONTRACTS = """
    C-20417 HC-2041 0.78 -
    C-31058 HC-2077 0.88 c.fasteners,c.safety,c.tools
    C-11263 HC-2058 0.82 c.fasteners,c.marine,c.bearings
    C-27790 HC-2063 0.86 c.safety,c.pneumatics
    C-40122 HC-2090 0.90 c.bearings,c.tools
    C-45518 HC-2094 0.91 c.fasteners,c.abrasives
    C-52309 HC-2049 0.84 c.marine,c.hydraulics
    C-58846 HC-2085 0.87 c.safety,c.abrasives
"""
# Norrvik's share, by which the list prices of what its screens show are found.
SHARE = Decimal("0.78")
DISCOUNTS = {"workshop": Decimal("0.03"), "food": Decimal("0.05")}
# Norway's; the supplier is registered nowhere else.
VAT = {"standard": Decimal("0.25"), "reduced": Decimal("0.15"), "zero": Decimal(0)}
CENT, PENNY = Decimal("0.01"), Decimal("0.001")


def load(*, now: datetime, today: date) -> None:
    """Price everything that was loaded, through the actions."""
    products = list(Product.objects.order_by("pk"))
    goods = items()
    prices = list_prices(goods, {sku: Decimal(row[1]) / SHARE for sku, row in HC_2041.items()})
    for currency, rate in CURRENCIES.items():
        base = save_price_list(actor=SYSTEM, name=f"Price book {currency}", kind="base", currency=currency, now=now)
        change_prices(actor=SYSTEM, price_list=base, prices=book(products, prices, rate), now=now)
    for tax_class, rate in VAT.items():
        save_tax_rate(
            actor=SYSTEM, country="NO", tax_class=tax_class, rate=rate, valid_from=date(today.year - 1, 1, 1), now=now
        )
    for code, share in DISCOUNTS.items():
        save_discount(actor=SYSTEM, rate=share, customer_type=CustomerType.objects.get(code=code), now=now)
    first_day = date(today.year - 1, 1, 1)
    for number, contract, part, parts in table(CONTRACTS):
        company = Organization.objects.get(number=number)
        agreement = open_agreement(
            actor=SYSTEM, organization=company, number=contract, valid_from=first_day, now=now,
            valid_until=date(today.year + 1, 12, 31),
        )  # fmt: skip
        covered = {item.sku for item in goods if parts == "-" or item.shelf.path[0] in parts.split(",")}
        rows = contract_rows(
            [product for product in products if product.sku in covered],
            prices,
            CURRENCIES[company.currency] * Decimal(part),
            HC_2041 if contract == "HC-2041" else {},
        )
        change_prices(actor=SYSTEM, price_list=agreement.price_list, prices=rows, now=now)


def book(products: list[Product], prices: Mapping[str, Decimal], rate: Decimal) -> Iterator[NewPrice]:
    for product in products:
        single = prices[product.sku] * product.price_per * rate
        for times, share in BREAKS:
            yield NewPrice(product.pk, product.min_quantity * times, rounded(single * share))


def rounded(amount: Decimal) -> Decimal:
    """Whole cents, but small things finer."""
    return max(amount.quantize(CENT if amount >= 1 else PENNY, ROUND_HALF_UP), PENNY)


def contract_rows(
    products: list[Product], prices: Mapping[str, Decimal], rate: Decimal, drawn: dict[str, tuple[Any, ...]]
) -> Iterator[NewPrice]:
    """The drawn prices, and so much of the list price for all others."""
    for product in products:
        pairs = drawn.get(product.sku, ())
        for quantity, amount in zip(pairs[::2], pairs[1::2], strict=True):
            yield NewPrice(product.pk, Decimal(quantity), Decimal(amount))
    yield from book([product for product in products if product.sku not in drawn], prices, rate)
