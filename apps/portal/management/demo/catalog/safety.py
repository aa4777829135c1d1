"""What protects people, from glove to shoe."""

from collections.abc import Iterator

from apps.portal.management.demo.catalog.builder import Block, Item, Shelf, say, table

GUARD = "Vernhold"


def gloves() -> Iterator[Item]:
    shelf = Shelf(("c.safety", "c.gloves"), "glove", popularity=400)
    nitrile = Block("gl-n7", say("f.nitrile"), 1)
    for size in (7, 8, 9, 10, 11):
        name = say("n.nitrile", t="0.15", s=size)
        values = {"eusize": size, "material": "NBR", "thickness": "0.15", "color": "o.blue"}
        yield Item(
            shelf,
            f"GL-N7-{size:02}30B",
            name,
            GUARD,
            values,
            720,
            nitrile,
            size,
            packs={"carton": 10},
            bought=9300 if size == 9 else None,
        )
        if size == 9:
            yield Item(
                shelf,
                "GL-N7-0930",
                name,
                GUARD,
                values | {"color": "o.white"},
                720,
                nitrile,
                size,
                lifecycle="discontinued",
                successor="GL-N7-0930B",
                bought=0,
            )
    for order, (mark, title, head, material, level, grams) in enumerate(
        table(
            """
                C3 n.cutglove f.cutglove PU C 60
                C5 n.cutglove f.cutglove NBR F 75
                MP n.assembly f.assembly PU - 38
                LE n.leather f.leather o.leather - 190
            """
        ),
        start=2,
    ):
        block = Block(f"gl-{mark}".lower(), say(head, k=level), order)
        for size in (7, 8, 9, 10, 11):
            yield Item(
                shelf,
                f"GL-{mark}-{size:02}",
                say(title, k=level, s=size),
                GUARD,
                {"eusize": size, "material": material, "protection": None if level == "-" else level},
                int(grams),
                block,
                size,
                unit="PR",
                packs={"bag": 12},
            )


def head() -> Iterator[Item]:
    eyes = Shelf(("c.safety", "c.eyes"), "goggle", popularity=300)
    for mark, color, bought in table("""
            CLR o.clear 8200
            TNT o.tinted 900
        """):
        yield Item(
            eyes,
            f"PP-GG-{mark}",
            say("n.goggles", c=color),
            GUARD,
            {"color": color, "standard": "EN 166"},
            95,
            bought=int(bought),
        )
        for model in ("10", "20", "30"):
            yield Item(
                eyes,
                f"PP-SG{model}-{mark}",
                say("n.glasses", c=color),
                GUARD,
                {"color": color, "standard": "EN 166"},
                28,
            )
    yield Item(eyes, "PP-FS-200", say("n.faceshield"), GUARD, {"color": "o.clear", "standard": "EN 166"}, 260)
    yield Item(
        eyes, "PP-EW-500", say("n.eyewash", l=500), GUARD, {"volume": 500, "standard": "EN 15154-4"}, 560, bought=2100
    )
    yield Item(eyes, "PP-EW-200", say("n.eyewash", l=200), GUARD, {"volume": 200, "standard": "EN 15154-4"}, 240)
    helmets = Shelf(("c.safety", "c.head"), "helmet", popularity=250)
    for mark, color in table("""
            WHT o.white
            YEL o.yellow
            BLU o.blue
            RED o.red
            GRN o.green
            ORG o.orange
        """):
        yield Item(
            helmets,
            f"PP-HM-{mark}",
            say("n.helmet", c=color),
            GUARD,
            {"color": color, "vented": "yes", "standard": "EN 397"},
            360,
            bought=6900 if mark == "WHT" else None,
        )
    for mark, color in table("""
            BLK o.black
            BLU o.blue
            RED o.red
        """):
        yield Item(
            helmets,
            f"PP-BC-{mark}",
            say("n.bumpcap", c=color),
            GUARD,
            {"color": color, "vented": "no", "standard": "EN 812"},
            180,
        )
    yield Item(helmets, "PP-CS-4P", say("n.chinstrap"), GUARD, {"standard": "EN 397"}, 40)
    ears = Shelf(("c.safety", "c.ears"), "ears", popularity=250)
    for level in (27, 30, 33, 36):
        yield Item(
            ears,
            f"PP-EM-{level}",
            say("n.eardef", s=level),
            GUARD,
            {"snr": level, "standard": "EN 352-1"},
            240,
            bought=6400 if level == 33 else None,
        )
    for level in (25, 34, 37):
        yield Item(
            ears, f"PP-EP-{level}", say("n.earplug", s=level), GUARD, {"snr": level, "standard": "EN 352-2"}, 220
        )


def body() -> Iterator[Item]:
    clothes = Shelf(("c.safety", "c.hivis"), "vest", popularity=200)
    for order, (mark, name, head, sizes, protection, grams) in enumerate(
        table(
            """
                HV-2 n.vest f.vest S,M,L,XL,XXL 2 150
                HJ-3 n.hvjacket f.hvjacket S,M,L,XL,XXL,3XL 3 1400
                HT-2 n.hvtrousers f.hvtrousers 46,48,50,52,54,56,58 2 620
            """
        ),
        start=1,
    ):
        block = Block(f"pp-{mark}".lower(), say(head), order)
        for place, size in enumerate(sizes.split(",")):
            yield Item(
                clothes,
                f"PP-{mark}{size}",
                say(name, s=size),
                GUARD,
                {"clothing": size, "protection": protection, "color": "o.yellow", "standard": "EN ISO 20471"},
                int(grams),
                block,
                place,
                bought=4800 if (mark, size) == ("HV-2", "L") else None,
            )
    shoes = Shelf(("c.safety", "c.shoes"), "shoe", popularity=120)
    for order, (mark, name, head, protection, grams) in enumerate(
        table("""
                S1 n.shoe f.shoe S1P 1050
                S3 n.boot f.boot S3 1350
            """),
        start=1,
    ):
        block = Block(f"sf-{mark}".lower(), say(head, k=protection), order)
        for number in range(37, 48):
            yield Item(
                shoes,
                f"SF-{mark}-{number}",
                say(name, k=protection, s=number),
                "Stigvern",
                {"eusize": number, "protection": protection, "standard": "EN ISO 20345"},
                int(grams),
                block,
                number,
                unit="PR",
            )
    falls = Shelf(("c.safety", "c.fall"), "harness", popularity=80)
    for points in (1, 2, 4):
        yield Item(
            falls,
            f"PP-FH-{points}P",
            say("n.harness", k=points),
            GUARD,
            {"standard": "EN 361"},
            900 + 200 * points,
            bought=1900 if points == 2 else None,
        )
    for length in ("1.5", "2"):
        yield Item(
            falls,
            f"PP-LY-{length.replace('.', '')}",
            say("n.lanyard", l=length),
            GUARD,
            {"length": int(float(length) * 1000), "standard": "EN 355"},
            750,
        )
    for reach in (6, 10, 15):
        yield Item(
            falls,
            f"PP-RL-{reach:02}",
            say("n.retractor", l=reach),
            GUARD,
            {"length": reach * 1000, "standard": "EN 360"},
            1200 + 350 * reach,
        )
    yield Item(falls, "PP-KP-GEL", say("n.kneepads"), GUARD, {"standard": "EN 14404"}, 420, unit="PR", bought=1500)
    aid = Shelf(("c.safety", "c.firstaid"), "box", popularity=100)
    for standard, grams in table("""
            13157 900
            13169 2400
        """):
        yield Item(
            aid,
            f"PP-FA-{standard}",
            say("n.faidrefill", k=f"DIN {standard}"),
            "Heldal",
            {"standard": f"DIN {standard}"},
            int(grams),
            bought=1700,
        )
        yield Item(
            aid,
            f"PP-FK-{standard}",
            say("n.faidkit", k=f"DIN {standard}"),
            "Heldal",
            {"standard": f"DIN {standard}"},
            int(grams) + 1100,
        )
    yield Item(aid, "PP-PL-120", say("n.plaster"), "Heldal", {"color": "o.blue"}, 160)


def items() -> Iterator[Item]:
    """The shelves of protective gear in catalog order."""
    for part in (gloves, head, body):
        yield from part()
