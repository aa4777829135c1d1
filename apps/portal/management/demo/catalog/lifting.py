"""Lifting gear, and what ships need."""

from collections.abc import Iterator

from apps.portal.management.demo.catalog.builder import Block, Item, Shelf, say, table


def lifting() -> Iterator[Item]:
    shackles = Shelf(("c.lifting", "c.shackles"), "shackle")
    bow = Block("sh-bow", say("f.material", m="o.bow"), 1)
    for place, (load, diameter, grams) in enumerate(
        table(
            """
                0.5 6 50
                1 10 140
                2 13 330
                3.25 16 650
                4.75 19 1060
                6.5 22 1600
                8.5 25 2300
                9.5 28 3200
                12 32 4500
                17 38 7600
            """
        )
    ):
        yield Item(
            shackles,
            f"SH-B{load.replace('.', '')}",
            say("n.bowshackle", w=load),
            "Kjettvik",
            {"shape": "o.bow", "wll": load, "diameter": diameter, "material": "o.steelzn"},
            int(grams),
            bow,
            place,
        )
    straight = Block("sh-d", say("f.material", m="o.dshape"), 2)
    for pin in (4, 5, 6, 8, 10, 12, 16, 20):
        yield Item(
            shackles,
            f"SH-D{pin:02}A4",
            say("n.dshackle", d=pin, m="m.a4w"),
            "Kjettvik",
            {"shape": "o.dshape", "diameter": pin, "material": "o.a4w"},
            pin**3 * 0.11,
            straight,
            pin,
        )
    slings = Shelf(("c.lifting", "c.slings"), "rope")
    for load, color, lengths in table("""
            1 o.blue 1,1.5,2,3
            2 o.green 1,2,3,4
            3 o.yellow 2,3,4
            5 o.red 2,3,4,6
        """):
        for length in lengths.split(","):
            yield Item(
                slings,
                f"RS-{load}T-{length.replace('.', '')}",
                say("n.roundsling", w=load, l=length),
                "Kjettvik",
                {"wll": load, "length": int(float(length) * 1000), "material": "o.polyester", "color": color},
                float(load) * float(length) * 320,
            )
    for legs, diameter, length in table("""
            1 8 2
            2 8 2
            2 10 3
            4 8 2
            4 10 3
        """):
        yield Item(
            slings,
            f"CS-{legs}L{int(diameter):02}-{length}",
            say("n.chainsling", k=legs, d=diameter, l=length),
            "Kjettvik",
            {"diameter": diameter, "length": int(length) * 1000, "material": "o.grade80"},
            int(legs) * int(diameter) ** 2 * int(length) * 23,
        )
    ropes = Shelf(("c.lifting", "c.ropes"), "rope")
    for grade, material, short, sizes in table("""
            ZN o.steelzn m.steelzn 2,3,4,5,6,8,10,12
            A4 o.a4w m.a4w 2,3,4,5,6,8
        """):
        for diameter in sizes.split(","):
            yield Item(
                ropes,
                f"WR-{int(diameter):02}{grade}",
                say("n.wirerope", d=diameter, m=short),
                "Kjettvik",
                {"diameter": diameter, "material": material},
                int(diameter) ** 2 * 3.9,
                unit="MTR",
                packs={"carton": 100},
            )
    for rope in (3, 5, 6, 8, 10, 13):
        yield Item(
            ropes,
            f"WC-{rope:02}ZN",
            say("n.ropeclip", d=rope, m="m.steelzn"),
            "Kjettvik",
            {"diameter": rope, "material": "o.steelzn"},
            rope**2 * 1.1,
            packs={"bag": 10},
        )


def marine() -> Iterator[Item]:
    anodes = Shelf(("c.marine", "c.anodes"), "ingot", popularity=150)
    for mark, material, weights in table("""
            ZN o.zinc 0.5,1,2,4,8,15
            AL o.aluminum 0.4,0.8,1.6,3.2,6,12
        """):
        for weight in weights.split(","):
            yield Item(
                anodes,
                f"AD-{mark}-{weight.replace('.', '')}",
                say("n.anode", m=material, w=weight),
                "Sjovern",
                {"material": material, "weight": weight, "marine_grade": "yes"},
                float(weight) * 1000,
            )
    mooring = Shelf(("c.marine", "c.mooring"), "rope", popularity=150)
    for mark, material, grams in table("""
            PA o.polyamide 0.62
            PES o.polyester 0.75
            PP o.polypropylene 0.46
        """):
        for diameter in (12, 16, 20, 24, 32):
            yield Item(
                mooring,
                f"MR-{mark}-{diameter}",
                say("n.mooring", d=diameter, m=material),
                "Sjovern",
                {"diameter": diameter, "material": material, "marine_grade": "yes"},
                diameter**2 * float(grams),
                unit="MTR",
                packs={"carton": 110},
            )


def items() -> Iterator[Item]:
    """The shelves of lifting and marine gear in catalog order."""
    for part in (lifting, marine):
        yield from part()
