"""What things of a kind cost: a base and a price by weight for each shelf, dearer materials, and the drawn prices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from apps.portal.management.demo.catalog.builder import Item, table

# Shelf, euros for one piece however small, euros for each kg; list prices.
RATES = """
    din933 0.0154 - ; din931 0.0164 - ; din912 0.0174 - ; din7991 0.0174 - ; iso7380 0.0184 - ; din913 0.0204 -
    din934 0.015 4.5 ; din985 0.02 5.5 ; din6923 0.02 5 ; din125 0.0026 5.8 ; din127 0.004 7 ; din9021 0.006 6
    din976 0.5 6 ; iso2338 0.04 14 ; din471 0.03 30 ; chipboard 0.012 6 ; anchors 0.25 9
    ballbearings 5.36 22.95 ; units 9 11 ; belts 3.2 22 ; chains 6 9
    orings 0.06 90 ; shaftseals 1.4 260 ; gaskets 0.9 45 ; hydhoses 2 16 ; hydfittings 1.6 22
    airhoses 4 7.3 ; pushin 1.3 110 ; couplings 3.5 60 ; fittings 0.8 14 ; valves 4 22 ; clamps 0.5 28
    shackles 1.2 7.5 ; slings 4 11 ; ropes 0.5 9 ; anodes 2 7.5 ; mooring 0.4 11
    gloves 3 13.3 ; eyes 3 44 ; head 4 39 ; ears 3 48 ; hivis 1.5 29 ; shoes 8 42 ; fall 8 110 ; firstaid 4 21
    wrenches 5 60 ; sockets 4 65 ; drivers 3 38 ; measuring 14 70 ; drills 1.8 220 ; taps 6 190
    flap 1 20 ; cutting 0.7 14 ; sanding 0.5 25 ; wire 2 3 ; electrodes 4 5.5 ; weldgear 6 85
    cables 0.1 10.8 ; tapes 0.3 25 ; terminals 0.25 60 ; greases 1.5 8 ; oils 3 4.2 ; cleaners 1.2 5.8
    lockers 3 330 ; sealants 2.5 14 ; bins 0.8 9 ; shelving 15 6 ; wipes 6 7 ; brushes 2 22
"""
# A screw costs by gram to this power: the longer it is, the more often it is turned.
SCREW, POWER = 0.00397, 1.2
# Shelves, what the part number ends on or has inside, how much dearer than the plain kind.
MATERIALS = """
    din933,din931,din912,din7991,iso7380,din913,din934,din985,din6923,din125,din127,din9021,din976 A4 1.6
    din933,din931,din912,din7991,iso7380,din913,din934,din985,din6923,din125,din127,din9021,din976 ZN 0.45
    din933,din931,din912,din7991,iso7380,din913 P9 0.7
    din933,din931,din912,din7991,iso7380,din913 P12 0.75
    anchors A4 2.8
    ballbearings -2RS 1
    ballbearings -2Z 0.95
    ballbearings BR-62 0.85
    orings F 4
    shaftseals F 3
    fittings,valves,clamps A4 2
    clamps A2 1.6
    shackles,ropes A4 2.6
    drills G 0.45
    electrodes,wire -E3 3
    electrodes,wire -ER3 3
    wire -ER5356 4
    greases AS-NI 5
    greases AS-CU 3
    brushes A2 1.4
    brushes MS 1.3
"""
Family = tuple[str, float]


def list_prices(items: Iterable[Item], drawn: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The list price of every item for one base unit in euros, by part number.

    `drawn` are the list prices that are known. A family goes along with its lightest item among them, and within it
    what weighs more never costs less.
    """
    rates = _rates()
    families: dict[Family, list[Item]] = {}
    for item in items:
        families.setdefault(family_of(item), []).append(item)
    prices: dict[str, Decimal] = {}
    for (_name, factor), members in families.items():
        members.sort(key=lambda item: item.weight or 0)
        model = {item.sku: _plain(item, rates) * factor for item in members}
        known = [item.sku for item in members if item.sku in drawn]
        scale = float(drawn[known[0]]) / model[known[0]] if known else 1.0
        found = {sku: drawn.get(sku) or Decimal(f"{price * scale:.4f}") for sku, price in model.items()}
        prices |= _rising(found, set(known))
    return prices


def family_of(item: Item) -> Family:
    """Items of one kind and material, which differ in size only."""
    return (item.block.code if item.block else item.sku.rpartition("-")[0]), _factor(item)


def _rising(prices: Mapping[str, Decimal], known: set[str]) -> dict[str, Decimal]:
    """The prices from light to heavy, each between the known ones around it."""
    skus = list(prices)
    found = dict(prices)
    highest = Decimal("Infinity")
    for sku in reversed(skus):
        if sku in known:
            highest = min(highest, found[sku])
        found[sku] = found[sku] if sku in known else min(found[sku], highest)
    lowest = Decimal(0)
    for sku in skus:
        found[sku] = lowest = found[sku] if sku in known else max(found[sku], lowest)
    return found


def _plain(item: Item, rates: Mapping[str, tuple[float, float | None]]) -> float:
    base, by_kg = rates[_shelf(item)]
    grams = float(item.weight or 0)
    return base + (SCREW * grams**POWER if by_kg is None else by_kg * grams / 1000)


def _rates() -> dict[str, tuple[float, float | None]]:
    rows = table(RATES.replace(" ; ", "\n"))
    return {shelf: (float(base), None if by_kg == "-" else float(by_kg)) for shelf, base, by_kg in rows}


def _factor(item: Item) -> float:
    for shelf, mark, factor in MARKS:
        if shelf == _shelf(item) and (item.sku.endswith(mark) or (len(mark) > 2 and mark in item.sku)):
            return factor
    return 1.0


def _shelf(item: Item) -> str:
    return item.shelf.path[-1].removeprefix("c.")


MARKS = [(shelf, mark, float(factor)) for shelves, mark, factor in table(MATERIALS) for shelf in shelves.split(",")]
