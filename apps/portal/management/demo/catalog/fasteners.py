"""Screws, nuts, washers, pins and rings in the sizes of their standards."""

from collections.abc import Iterator
from math import pi
from typing import Any, NamedTuple

from apps.portal.management.demo.catalog.builder import Block, Item, Shelf, say, table

STEEL = 7.9e-3
HOUSE, WOOD = "Halden", "Skruvik"


class Metric(NamedTuple):
    """A metric thread with what DIN gives for it, in mm."""

    pitch: str
    wrench: int
    head: float
    socket: float
    nut: float
    washer: tuple[float, float, float]
    wide: tuple[float, float, float] | None
    spring: tuple[float, float, float] | None


METRIC = {
    3: Metric("0.5", 6, 2.0, 2.5, 2.4, (3.2, 7, 0.5), None, None),
    4: Metric("0.7", 7, 2.8, 3, 3.2, (4.3, 9, 0.8), (4.3, 12, 1), (4.1, 7.6, 0.9)),
    5: Metric("0.8", 8, 3.5, 4, 4, (5.3, 10, 1), (5.3, 15, 1.2), (5.1, 9.2, 1.2)),
    6: Metric("1", 10, 4, 5, 5, (6.4, 12, 1.6), (6.4, 18, 1.6), (6.1, 11.8, 1.6)),
    8: Metric("1.25", 13, 5.3, 6, 6.5, (8.4, 16, 1.6), (8.4, 24, 2), (8.1, 14.8, 2)),
    10: Metric("1.5", 17, 6.4, 8, 8, (10.5, 20, 2), (10.5, 30, 2.5), (10.2, 18.1, 2.2)),
    12: Metric("1.75", 19, 7.5, 10, 10, (13, 24, 2.5), (13, 37, 3), (12.2, 21.1, 2.5)),
    14: Metric("2", 22, 8.8, 12, 11, (15, 28, 2.5), None, None),
    16: Metric("2", 24, 10, 14, 13, (17, 30, 3), (17, 50, 3), (16.2, 27.4, 3.5)),
    20: Metric("2.5", 30, 12.5, 17, 16, (21, 37, 3), (22, 60, 4), (20.2, 33.6, 4)),
    24: Metric("3", 36, 15, 19, 19, (25, 44, 4), None, None),
}
# Code in the part number -> (key of the material, key of its short form, maker's series); in engineering order.
GRADES = {
    "A2": ("o.a2", "m.a2", "0096"),
    "A4": ("o.a4", "m.a4", "0098"),
    "ZN": ("o.zn", "m.zn", "0057"),
    "P9": ("o.p9", "m.p9", "0061"),
    "P12": ("o.p12", "m.p12", "0063"),
}
PLAIN_GRADES = {"A2": ("o.a2w", "m.a2w"), "A4": ("o.a4w", "m.a4w"), "ZN": ("o.steelzn", "m.steelzn")}


def boxed(diameter: int) -> int:
    """How many screws or nuts of a thread are in a box."""
    return 200 if diameter < 8 else 100 if diameter == 8 else 50 if diameter <= 12 else 25 if diameter <= 16 else 10


def packs(box: int, weight: float) -> dict[str, int]:
    """A box, a carton of ten boxes, and a pallet of about 900 kg in whole cartons."""
    carton = box * 10
    return {"box": box, "carton": carton, "pallet": max(round(920_000 / weight / carton), 1) * carton}


def screw_weight(diameter: int, length: float, head: float) -> float:
    """Gram: a cylinder of the thread's mean diameter, and the head."""
    return (pi / 4 * (0.905 * diameter) ** 2 * length + head) * STEEL


def fasteners(*parts: str) -> tuple[str, ...]:
    return ("c.fasteners", *parts)


DIN933 = Shelf(fasteners("c.screws", "c.din933"), "bolt", "d.din933", 900)
# Thread, grade, lengths.
DIN933_SIZES = """
    4 A2 8,10,12,16,20,25,30
    4 A4 10,16,20,25
    4 ZN 8,10,12,16,20,25,30,35,40
    5 A2 10,12,16,20,25,30,40
    5 A4 12,16,20,30
    5 ZN 10,12,16,20,25,30,40
    6 A2 10,12,16,20,25,30,35,40,50,60
    6 A4 12,16,20,25,30,40,50
    6 ZN 10,12,16,20,25,30,35,40,50,60
    6 P9 12,16,20,25,30,35,40,50
    8 A2 16,20,25,30,35,40,50,60
    8 A4 20,30,40,50
    8 ZN 12,16,20,25,30,35,40,45,50,60,70,80,90,100
    8 P9 20,25,30,40,50
    10 A2 20,25,30,35,40,50,60,70,80
    10 A4 20,25,30,40,50,60,80
    10 ZN 16,20,25,30,35,40,45,50,60,70,80,90,100
    10 P9 25,30,40,50,60
    12 A2 20,25,30,35,40,50,60,70,80,100
    12 A4 25,30,40,50,60,80
    12 ZN 20,25,30,35,40,45,50,60,70,80,90,100,120
    12 P9 30,40,50,60,80
    14 A2 30,40,50,60,80
    14 A4 40,50,60
    14 ZN 30,40,50,60,80
    16 A2 30,35,40,50,60,70,80,100
    16 A4 40,50,60,80
    16 ZN 30,35,40,45,50,60,70,80,90,100,120
    16 P9 40,50,60,80
    20 A2 40,50,60,80,100
    20 A4 50,60,80,100
    20 ZN 40,50,60,70,80,90,100,120
    20 P9 50,60,80
    24 A2 60,80,100
    24 A4 60,80,100
    24 ZN 50,60,70,80,90,100,120
    24 P9 60,80,100
"""
DIN931_SIZES = """
    8 A2 50,60,70,80,100
    8 A4 50,60,80
    8 ZN 40,45,50,60,70,80,100
    8 P9 40,50,60,80
    10 A2 50,60,70,80,100,120
    10 A4 60,80,100
    10 ZN 50,60,70,80,90,100,120
    10 P9 50,60,80,100
    12 A2 60,70,80,100,120
    12 A4 60,80,100,120
    12 ZN 60,70,80,90,100,120,140
    12 P9 60,80,100
    16 A2 70,80,100,120
    16 A4 80,100,120
    16 ZN 70,80,90,100,120,140,160
    16 P9 80,100,120
    20 ZN 80,90,100,120,140,160
    20 P9 80,100,120
    24 ZN 100,120,140,160
    14 ZN 60,70,80,100
    20 A2 80,100,120
    20 A4 80,100,120
    24 A4 100,120
"""
DIN912_SIZES = """
    3 A2 6,8,10,12,16,20
    4 A2 8,10,12,16,20,25,30
    4 P12 8,10,12,16,20,25
    5 A2 10,12,16,20,25,30,40
    5 A4 12,16,20,25,30
    5 P12 10,12,16,20,25,30
    6 A2 10,12,16,20,25,30,40,50
    6 A4 12,16,20,25,30,40
    6 P12 12,16,20,25,30,35,40,50
    8 A2 16,20,25,30,35,40,50,60
    8 A4 16,20,25,30,40,50
    8 P12 16,20,25,30,35,40,50,60,70
    10 A2 20,25,30,35,40,50,60
    10 A4 20,25,30,40,50
    10 P12 20,25,30,35,40,50,60,80
    12 A2 25,30,40,50,60
    12 A4 30,40,50
    12 P12 25,30,35,40,50,60,80
    16 A2 40,50,60
    16 P12 30,40,50,60,70,80,100
    20 P12 50,60,80,100
    4 A4 10,12,16,20
    16 A4 40,50,60
    20 A2 50,60,80
"""
DIN7991_SIZES = """
    4 A2 8,10,12,16,20
    5 A2 10,12,16,20,25
    6 A2 12,16,20,25,30,40
    6 A4 16,20,25
    8 A2 16,20,25,30,40
    8 A4 20,25,30
    8 P9 16,20,25,30
    10 A2 20,25,30,40,50
    10 P9 25,30,40
    12 A2 25,30,40,50
    12 P9 30,40
    5 A4 12,16,20
    10 A4 25,30,40
    16 A2 40,50,60
"""
ISO7380_SIZES = """
    4 A2 6,8,10,12,16,20
    5 A2 8,10,12,16,20,25
    6 A2 10,12,16,20,25,30
    6 P9 10,12,16,20
    8 A2 12,16,20,25,30,40
    8 P9 16,20,25,30
    10 A2 20,25,30,40
    5 A4 10,12,16,20
    6 A4 12,16,20,25
    8 A4 16,20,25,30
    12 A2 20,25,30,40
"""
DIN913_SIZES = """
    4 A2 4,6,8,10
    5 A2 5,6,8,10,12
    5 P12 5,8,10
    6 A2 6,8,10,12,16
    6 P12 6,8,10,12
    8 A2 8,10,12,16,20
    8 P12 8,10,12,16
    10 A2 10,12,16,20
    6 A4 8,10,12
    8 A4 10,12,16
    10 P12 12,16,20
    12 A2 16,20,25
"""
# What the pages of the demo speak of.
BOUGHT = {
    "HX-933-0840A2": 9800, "HX-933-0830A2": 9400, "HX-933-0850A2": 8100, "HX-933-0860A2": 7700, "HX-933-0840A4": 7300,
    "HX-933-1025A2": 9100, "HX-933-1040A2": 8600, "NT-934-08A2": 9600, "WS-125-08A2": 9500, "NT-934-10A2": 8900,
}  # fmt: skip
REPLACED = {"HX-931-0840P9": "HX-933-0840P9"}


def screws(
    shelf: Shelf, standard: str, prefix: str, sizes: str, *, name: str, head: str, is_hex: bool, brand: str = HOUSE
) -> Iterator[Item]:
    """All sizes of one standard, a block for each thread and grade."""
    grades = list(GRADES)
    for order, (thread, grade, lengths) in enumerate(
        sorted(table(sizes), key=lambda row: (int(row[0]), grades.index(row[1]))), start=1
    ):
        diameter, metric = int(thread), METRIC[int(thread)]
        material, short, series = GRADES[grade]
        across = metric.wrench if is_hex else metric.socket
        block = Block(
            f"{prefix}-{thread}-{grade}".lower(),
            say("f.screw", s=f"M{thread} × {metric.pitch}", m=material),
            order,
            say(head, w=across),
        )
        for length in lengths.split(","):
            sku = f"{prefix}-{diameter:02}{length:0>2}{grade}"
            volume = (
                0.866 * metric.wrench**2 * metric.head if is_hex else pi / 4 * (1.6 * diameter) ** 2 * diameter * 0.7
            )
            weight = screw_weight(diameter, float(length), 0 if prefix == "SS-913" else volume)
            box = boxed(diameter)
            yield Item(
                shelf,
                sku,
                say(name, s=f"M{thread}×{length}", m=short),
                brand,
                {
                    "standard": standard,
                    "thread": f"M{thread}",
                    "length": length,
                    "material": material,
                    "wrench": across,
                },
                weight,
                block,
                int(length),
                say("t.933", w=across, m=material) if prefix == "HX-933" else {},
                packs=packs(box, weight),
                step=box,
                mpn=f"{series} {thread} {length}" if prefix == "HX-933" else f"{prefix[3:]} {thread}{length} {grade}",
                lifecycle="discontinued" if sku in REPLACED else "active",
                successor=REPLACED.get(sku, ""),
                bought=BOUGHT.get(sku),
            )


def rings(
    shelf: Shelf, standard: str, prefix: str, threads: str, *, name: str, part: str, brand: str = HOUSE
) -> Iterator[Item]:
    """Nuts and washers: a block for each grade, a product for each thread."""
    is_washer = part in {"washer", "wide", "spring"}
    grades = PLAIN_GRADES if is_washer else GRADES
    for order, (grade, sizes) in enumerate(table(threads), start=1):
        material, short = grades[grade][:2]
        block = Block(f"{prefix}-{grade}".lower(), say("f.material", m=material), order)
        for thread in sizes.split(","):
            diameter, metric = int(thread), METRIC[int(thread)]
            sku = f"{prefix}-{diameter:02}{grade}"
            values: dict[str, Any] = {"standard": standard, "size": f"M{thread}", "material": material}
            if is_washer:
                inner, outer, thickness = getattr(metric, part)
                values |= {"bore": inner, "outside": outer, "thickness": thickness}
                weight = pi / 4 * (outer**2 - inner**2) * thickness * STEEL
                description = say("t.washer", d=inner, o=outer, t=thickness, m=material)
                box = boxed(diameter) * 2
            else:
                height = metric.nut * (1.25 if part == "lock" else 1)
                values |= {"wrench": metric.wrench, "height": round(height, 1)}
                weight = (0.866 * metric.wrench**2 - pi / 4 * diameter**2) * height * STEEL
                description = say("t.nut", w=metric.wrench, m=material)
                box = boxed(diameter)
            yield Item(
                shelf,
                sku,
                say(name, s=f"M{thread}", m=short),
                brand,
                values,
                weight,
                block,
                diameter,
                description,
                packs={"box": box, "carton": box * 10},
                step=box,
                mpn=f"{prefix[3:]} {thread} {grade}",
                bought=BOUGHT.get(sku),
            )


def rods_and_pins() -> Iterator[Item]:
    rods = Shelf(fasteners("c.rods", "c.din976"), "bolt")
    for order, (grade, sizes) in enumerate(
        table("""
                A2 4,5,6,8,10,12,16,20
                A4 6,8,10,12,16
                ZN 5,6,8,10,12,16,20,24
            """),
        start=1,
    ):
        material, short, _series = GRADES[grade]
        block = Block(f"tr-976-{grade}".lower(), say("f.material", m=material), order)
        for thread in sizes.split(","):
            yield Item(
                rods,
                f"TR-976-{int(thread):02}{grade}",
                say("n.din976", s=f"M{thread}", m=short),
                HOUSE,
                {"standard": "DIN 976", "size": f"M{thread}", "length": 1000, "material": material},
                screw_weight(int(thread), 1000, 0),
                block,
                int(thread),
                packs={"box": 10},
            )
    pins = Shelf(fasteners("c.rods", "c.iso2338"), "pin")
    for order, (diameter, lengths) in enumerate(
        table("""
                3 10,16,20,24
                4 10,16,20,24,30
                5 16,20,24,30,40
                6 16,20,30,40,50
                8 20,30,40,50,60
                10 30,40,50,60
            """),
        start=1,
    ):
        block = Block(f"pn-2338-{diameter}", say("f.material", m=f"Ø {diameter} h8"), order)
        for length in lengths.split(","):
            weight = pi / 4 * int(diameter) ** 2 * int(length) * STEEL
            yield Item(
                pins,
                f"PN-2338-{int(diameter):02}{length}",
                say("n.iso2338", s=f"{diameter} h8 × {length}", m="o.hardened"),
                HOUSE,
                {"standard": "ISO 2338", "diameter": diameter, "length": length, "material": "o.hardened"},
                weight,
                block,
                int(length),
                per=100,
                packs={"box": 100},
                step=100,
            )
    clips = Shelf(fasteners("c.rods", "c.din471"), "washer")
    for order, (standard, key, sizes) in enumerate(
        table(
            """
                471 o.shaft 8,10,12,15,17,20,25,30,35,40,45,50,60
                472 o.boreuse 16,20,22,25,26,28,32,35,40,42,47,52,62,72
            """
        ),
        start=1,
    ):
        block = Block(f"rr-{standard}", say("f.material", m=key), order)
        for diameter in sizes.split(","):
            thickness = 1 if int(diameter) < 20 else 1.5 if int(diameter) < 35 else 1.75 if int(diameter) < 50 else 2
            yield Item(
                clips,
                f"RR-{standard}-{int(diameter):03}",
                say(f"n.din{standard}", d=diameter),
                HOUSE,
                {"standard": f"DIN {standard}", "shape": key, "diameter": diameter, "thickness": thickness},
                int(diameter) * thickness * 0.09,
                block,
                int(diameter),
                packs={"bag": 50},
                step=10,
            )


def wood_and_anchors() -> Iterator[Item]:
    wood = Shelf(fasteners("c.wood", "c.chipboard"), "bolt")
    for order, (thread, lengths) in enumerate(
        table("""
                3.5 16,20,25,30,35,40
                4 20,25,30,35,40,50
                4.5 30,40,50,60
                5 40,50,60,70,80,100
                6 60,80,100,120,160
            """),
        start=1,
    ):
        block = Block(f"cs-{thread.replace('.', '')}", say("f.material", m=f"Ø {thread} mm"), order)
        for length in lengths.split(","):
            yield Item(
                wood,
                f"CS-{thread.replace('.', '')}-{length}",
                say("n.chipboard", s=f"{thread}×{length}"),
                WOOD,
                {"diameter": thread, "length": length, "material": "o.steelzn"},
                float(thread) ** 2 * float(length) * 0.0042,
                block,
                int(length),
                per=100,
                packs={"box": 200 if int(length) < 80 else 100},
                step=100,
            )
    anchors = Shelf(fasteners("c.wood", "c.anchors"), "bolt")
    for order, (grade, sizes) in enumerate(
        table("""
                ZN 8×75,8×95,10×90,10×120,12×100,12×120,16×140
                A4 8×75,10×90,10×120,12×100,12×120,16×140
            """),
        start=1,
    ):
        material, short = PLAIN_GRADES[grade]
        block = Block(f"an-{grade}".lower(), say("f.material", m=material), order)
        for size in sizes.split(","):
            thread, length = size.split("×")
            yield Item(
                anchors,
                f"AN-{int(thread):02}{length}{grade}",
                say("n.wedge", s=f"M{size}", m=short),
                WOOD,
                {"size": f"M{thread}", "length": length, "material": material},
                screw_weight(int(thread), float(length), 400),
                block,
                int(thread) * 1000 + int(length),
                packs={"box": 25},
                step=25,
            )


def items() -> Iterator[Item]:
    """The shelves of fasteners in catalog order."""
    yield from screws(DIN933, "DIN 933", "HX-933", DIN933_SIZES, name="n.din933", head="f.hex", is_hex=True)
    shelf = Shelf(fasteners("c.screws", "c.din931"), "bolt", "d.din931", 300)
    yield from screws(shelf, "DIN 931", "HX-931", DIN931_SIZES, name="n.din931", head="f.hexshank", is_hex=True)
    for standard, prefix, sizes in (
        ("DIN 912", "SC-912", DIN912_SIZES),
        ("DIN 7991", "CK-7991", DIN7991_SIZES),
        ("ISO 7380", "BH-7380", ISO7380_SIZES),
        ("DIN 913", "SS-913", DIN913_SIZES),
    ):
        key = standard.replace(" ", "").lower()
        shelf = Shelf(fasteners("c.screws", f"c.{key}"), "bolt", popularity=250)
        yield from screws(shelf, standard, prefix, sizes, name=f"n.{key}", head="f.socket", is_hex=False)
    every = "4,5,6,8,10,12,16,20"
    for shelf_key, standard, prefix, sizes, part in (
        ("c.din934", "DIN 934", "NT-934", f"A2 3,{every},24\nA4 {every},24\nZN {every},24", "nut"),
        ("c.din985", "DIN 985", "LN-985", f"A2 {every}\nA4 {every}\nZN {every}", "lock"),
        ("c.din6923", "DIN 6923", "FN-6923", "A2 5,6,8,10,12\nZN 5,6,8,10,12,16", "nut"),
    ):
        shelf = Shelf(fasteners("c.nuts", shelf_key), "nut", popularity=400)
        yield from rings(shelf, standard, prefix, sizes, name=f"n.{shelf_key[2:]}", part=part)
    for shelf_key, standard, prefix, sizes, part in (
        ("c.din125", "DIN 125-A", "WS-125", f"A2 3,{every},24\nA4 {every},24\nZN {every},24", "washer"),
        ("c.din127", "DIN 127-B", "SW-127", f"A2 {every}\nZN {every}", "spring"),
        ("c.din9021", "DIN 9021", "WW-9021", f"A2 {every}\nZN {every}", "wide"),
    ):
        shelf = Shelf(fasteners("c.washers", shelf_key), "washer", popularity=350)
        yield from rings(shelf, standard, prefix, sizes, name=f"n.{shelf_key[2:]}", part=part)
    yield from rods_and_pins()
    yield from wood_and_anchors()
