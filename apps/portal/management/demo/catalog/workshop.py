"""Tools, abrasives and welding."""

from collections.abc import Iterator

from apps.portal.management.demo.catalog.builder import Block, Item, Shelf, say, table

GRIP = "Grepnor"
EDGE = "Skarpnor"


def hand_tools() -> Iterator[Item]:
    wrenches = Shelf(("c.tools", "c.wrenches"), "spanner", popularity=150)
    for size in (6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 30, 32):
        yield Item(
            wrenches,
            f"TL-CW-{size:02}",
            say("n.combi", s=size),
            GRIP,
            {"wrench": size, "standard": "DIN 3113"},
            size**2 * 0.62,
            bought=5600 if size == 13 else None,
        )
    for length in (150, 200, 250, 300):
        yield Item(wrenches, f"TL-AW-{length}", say("n.adjustable", s=length), GRIP, {"length": length}, length * 1.9)
    sockets = Shelf(("c.tools", "c.sockets"), "spanner")
    for size in (8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 30, 32):
        yield Item(
            sockets,
            f"TL-SK12-{size:02}",
            say("n.socket", s=size),
            GRIP,
            {"wrench": size, "standard": "DIN 3124"},
            size * 5.5,
        )
    for code, least, most, grams, bought in table(
        """
            025 5 25 700 -
            100 20 100 1200 4100
            200 40 200 1500 -
            340 60 340 2100 -
        """
    ):
        yield Item(
            sockets,
            f"TL-TW-{code}",
            say("n.torque", s=f"{least}–{most}"),
            GRIP,
            {"torque_from": least, "torque_to": most, "standard": "ISO 6789"},
            int(grams),
            bought=None if bought == "-" else int(bought),
        )
    drivers = Shelf(("c.tools", "c.drivers"), "driver")
    for mark, tip, sizes in table(
        """
            SL o.slotted 3.5×75,4×100,5.5×125,6.5×150,8×175
            PH PH PH0,PH1,PH2,PH3
            TX TX TX10,TX15,TX20,TX25,TX27,TX30,TX40
        """
    ):
        for blade in sizes.split(","):
            sku = f"TL-SD-{blade if blade[0] in 'PT' else mark + blade.split('×')[0].replace('.', '')}"
            yield Item(drivers, sku, say("n.driver", s=blade), GRIP, {"tip": tip, "size": blade}, 90)
    for key in ("1.5", "2", "2.5", "3", "4", "5", "6", "8", "10", "12", "14"):
        yield Item(
            drivers,
            f"TL-HK-{key.replace('.', '')}L",
            say("n.hexkey", s=key),
            GRIP,
            {"wrench": key, "standard": "ISO 2936"},
            float(key) ** 2 * 1.7 + 2,
        )
    measuring = Shelf(("c.tools", "c.measuring"), "caliper")
    for name, mark, sizes, grams in table(
        """
            n.caliper DC 150,200,300 1.4
            n.tape TM 3,5,8,10 60
            n.level SL 40,60,100,120,200 9
        """
    ):
        for reach in sizes.split(","):
            yield Item(measuring, f"TL-{mark}-{reach}", say(name, s=reach), GRIP, {}, float(grams) * int(reach))


def cutting_tools() -> Iterator[Item]:
    drills = Shelf(("c.tools", "c.drills"), "drill", popularity=200)
    sizes = [
        f"{tenth / 10:.1f}"
        for tenth in (*range(10, 60, 5), 42, 51, *range(60, 105, 5), 68, 85, 102, *range(110, 135, 5))
    ]
    for order, (mark, name, material) in enumerate(
        table("""
            C n.drillco HSS-Co
            G n.drillg HSS-G
        """),
        start=1,
    ):
        block = Block(f"tl-d338-{mark}".lower(), say("f.material", m=material), order)
        for size in sorted(set(sizes), key=float):
            sku = f"TL-D338-{round(float(size) * 10):03}{mark}"
            length = round(34 + float(size) * 9)
            yield Item(
                drills,
                sku,
                say(name, d=size),
                EDGE,
                {"diameter": size, "length": length, "drill_material": material, "standard": "DIN 338"},
                float(size) ** 2 * length * 0.0045,
                block,
                round(float(size) * 10),
                packs={"box": 10 if float(size) <= 10 else 5},
                bought=7800 if sku == "TL-D338-068C" else None,
            )
    taps = Shelf(("c.tools", "c.taps"), "drill")
    for order, (mark, shape) in enumerate(
        table("""
            T k.through
            B k.blind
        """),
        start=1,
    ):
        block = Block(f"tl-tp-{mark}".lower(), say("f.material", m=shape), order)
        for thread in (3, 4, 5, 6, 8, 10, 12, 16, 20):
            yield Item(
                taps,
                f"TL-TP{thread:02}{mark}",
                say("n.tap", s=f"M{thread}", k=shape),
                EDGE,
                {
                    "size": f"M{thread}",
                    "drill_material": "HSS-Co",
                    "standard": "DIN 371" if thread <= 10 else "DIN 376",
                },
                thread**2 * 0.9 + 8,
                block,
                thread,
            )


def abrasives() -> Iterator[Item]:
    flap = Shelf(("c.abrasives", "c.flap"), "disc", popularity=180)
    cutting = Shelf(("c.abrasives", "c.cutting"), "disc", popularity=180)
    sanding = Shelf(("c.abrasives", "c.sanding"), "disc")
    for diameter in (115, 125, 178):
        for grit in (40, 60, 80, 120):
            sku = f"AB-FD{diameter}-{grit}"
            yield Item(
                flap,
                sku,
                say("n.flap", s=diameter, k=grit),
                EDGE,
                {"diameter": diameter, "grit": grit},
                diameter * 0.75,
                packs={"box": 10},
                bought=5900 if sku == "AB-FD125-80" else None,
            )
    for disc, thickness in table("""
            115 1
            115 1.6
            125 1
            125 1.6
            125 2.5
            178 2.5
            230 1.9
            230 3
        """):
        for mark, use in table("""
                S k.steelcut
                C k.stonecut
            """):
            yield Item(
                cutting,
                f"AB-CD{disc}-{thickness.replace('.', '')}{mark}",
                say("n.cutdisc", s=f"{disc} × {thickness}", m=use),
                EDGE,
                {"diameter": disc, "thickness": thickness},
                int(disc) ** 2 * float(thickness) * 0.0019,
                packs={"box": 25},
            )
    for grit in (24, 36, 60, 80, 120):
        for name, mark, size in table(
            """
                n.fibre FB115 115
                n.fibre FB125 125
                n.sandbelt SB75 75×533
                n.sandbelt SB100 100×915
            """
        ):
            yield Item(
                sanding,
                f"AB-{mark}-{grit}",
                say(name, s=size, k=grit),
                EDGE,
                {"grit": grit, "size": size},
                30,
                packs={"box": 25},
            )


def welding() -> Iterator[Item]:
    wire = Shelf(("c.welding", "c.wire"), "tape", popularity=160)
    for mark, grade, sizes in table(
        """
            ER70 ER70S-6 0.8,1.0,1.2,1.6
            ER308 ER308LSi 0.8,1.0,1.2
            ER316 ER316LSi 0.8,1.0,1.2
            ER5356 ER5356 1.0,1.2
        """
    ):
        for diameter in sizes.split(","):
            weight = 7 if mark == "ER5356" else 15
            sku = f"WL-{mark}-{diameter.replace('.', '')}"
            yield Item(
                wire,
                sku,
                say("n.weldwire", k=grade, d=diameter, w=weight),
                "Sveisar",
                {"wire_class": grade, "diameter": diameter, "weight": weight},
                weight * 1000 + 700,
                bought=4400 if sku == "WL-ER70-12" else None,
            )
    electrodes = Shelf(("c.welding", "c.electrodes"), "rods")
    for mark, grade, sizes in table("""
            E7018 E7018 2.5,3.2,4.0
            E6013 E6013 2.0,2.5,3.2,4.0
            E316 E316L-17 2.0,2.5,3.2
        """):
        for diameter in sizes.split(","):
            yield Item(
                electrodes,
                f"WL-{mark}-{diameter.replace('.', '')}",
                say("n.electrode", k=grade, d=diameter, w="4.5"),
                "Sveisar",
                {"wire_class": grade, "diameter": diameter, "weight": "4.5"},
                4700,
            )
    gear = Shelf(("c.welding", "c.weldgear"), "helmet")
    yield Item(gear, "WL-HM-AD", say("n.weldhelmet", k="k.autodark"), "Sveisar", {"standard": "EN 175"}, 520)
    yield Item(gear, "WL-HM-11", say("n.weldhelmet", k="k.passive"), "Sveisar", {"standard": "EN 175"}, 430)
    for size in (9, 10, 11):
        yield Item(
            gear,
            f"WL-GL-{size:02}",
            say("n.weldglove", s=size),
            "Sveisar",
            {"eusize": size, "standard": "EN 12477"},
            380,
            unit="PR",
        )
    for area in ("1×1", "2×1", "2×2"):
        yield Item(gear, f"WL-BL-{area.replace('×', '')}", say("n.weldblanket", s=area), "Sveisar", {"size": area}, 800)


def items() -> Iterator[Item]:
    """The shelves of a workshop in catalog order."""
    for part in (hand_tools, cutting_tools, abrasives, welding):
        yield from part()
