"""Bearings and drives, seals, hydraulics, pneumatics, pipes."""

from collections.abc import Iterator
from math import pi

from apps.portal.management.demo.catalog.builder import Block, Item, Shelf, say, table

# Bore code -> bore, outside diameter, width in mm, dynamic load rating in kN (ISO 15, medium of makers' catalogs).
BEARINGS = {
    "60": """
        00 10 26 8 4.6
        01 12 28 8 5.1
        02 15 32 9 5.6
        03 17 35 10 6.0
        04 20 42 12 9.4
        05 25 47 12 10.1
        06 30 55 13 13.2
        07 35 62 14 15.9
        08 40 68 15 16.8
        09 45 75 16 20.8
        10 50 80 16 21.6
    """,
    "62": """
        00 10 30 9 5.1
        01 12 32 10 6.9
        02 15 35 11 7.8
        03 17 40 12 9.6
        04 20 47 14 12.8
        05 25 52 15 14.0
        06 30 62 16 19.5
        07 35 72 17 25.5
        08 40 80 18 30.7
        09 45 85 19 33.2
        10 50 90 20 35.1
        12 60 110 22 47.5
    """,
    "63": """
        00 10 35 11 8.1
        01 12 37 12 9.8
        02 15 42 13 11.4
        03 17 47 14 13.5
        04 20 52 15 15.9
        05 25 62 17 22.5
        06 30 72 19 27.0
        07 35 80 21 33.4
        08 40 90 23 41.0
        09 45 100 25 52.7
        10 50 110 27 61.8
    """,
}
BEARING_SEALS = {"2RS": "o.2rs", "2Z": "o.2z", "": "o.open"}
BEARING_BOUGHT = {"BR-6205-2RS": 9000, "BR-6305-2RS": 7200, "BR-6205-2Z": 6100}


def bearings() -> Iterator[Item]:
    shelf = Shelf(("c.bearings", "c.ballbearings"), "bearing", popularity=300)
    for order, (series, sizes) in enumerate(BEARINGS.items(), start=1):
        block = Block(f"br-{series}", say("f.series", s=f"{series}xx"), order)
        for bore_code, bore, outside, width, load in table(sizes):
            for place, (mark, sealing) in enumerate(BEARING_SEALS.items()):
                if not mark and series != "62":
                    continue
                name = f"{series}{bore_code}{'-' if mark else ''}{mark}"
                yield Item(
                    shelf,
                    f"BR-{name}",
                    say("n.bearing", s=name),
                    "Rullvik",
                    {
                        "series": series,
                        "bore": bore,
                        "outside": outside,
                        "width": width,
                        "sealing": sealing,
                        "load": load,
                    },
                    (int(outside) ** 2 - int(bore) ** 2) * pi / 4 * int(width) * 0.0051,
                    block,
                    int(bore) * 10 + place,
                    say("t.bearing", d=bore, o=outside, w=width, k=sealing),
                    packs={"carton": 10},
                    mpn=f"RV {name}",
                    bought=BEARING_BOUGHT.get(f"BR-{name}"),
                )


def drives() -> Iterator[Item]:
    units = Shelf(("c.bearings", "c.units"), "bearing")
    for code, bore, weight in table(
        """
            204 20 660
            205 25 800
            206 30 1300
            207 35 1600
            208 40 2000
            209 45 2200
            210 50 2700
            212 60 4800
        """
    ):
        yield Item(
            units,
            f"BR-UCP{code}",
            say("n.ucp", s=code, d=bore),
            "Rullvik",
            {"bore": bore},
            int(weight),
            mpn=f"RV UCP{code}",
        )
    belts = Shelf(("c.bearings", "c.belts"), "belt")
    for order, (profile, grams, lengths) in enumerate(
        table(
            """
                SPZ 0.072 630,710,800,900,1000,1120,1250,1400,1600
                SPA 0.12 800,900,1000,1120,1250,1400,1600,1800,2000
                SPB 0.19 1250,1400,1600,1800,2000,2240,2500
            """
        ),
        start=1,
    ):
        block = Block(f"vb-{profile}".lower(), say("f.series", s=profile), order)
        for length in lengths.split(","):
            yield Item(
                belts,
                f"VB-{profile}{length}",
                say("n.belt", s=f"{profile} {length}"),
                "Remdal",
                {"series": profile, "length": length},
                float(grams) * int(length),
                block,
                int(length),
            )
    chains = Shelf(("c.bearings", "c.chains"), "chain")
    for size, weight in table(
        """
            06B-1 2050
            08B-1 3500
            10B-1 4750
            12B-1 6250
            16B-1 13500
            08B-2 6800
            10B-2 9250
            12B-2 12500
        """
    ):
        yield Item(chains, f"RC-{size}", say("n.chain", s=size), "Remdal", {"size": size, "length": 5000}, int(weight))


def seals() -> Iterator[Item]:
    orings = Shelf(("c.seals", "c.orings"), "washer", popularity=60)
    for order, (section, rubber, hardness, heat, inner) in enumerate(
        table(
            """
                1.5 NBR 70 100 3,4,5,6,8,10,12,14,16,18,20,25
                2 NBR 70 100 4,5,6,8,10,12,14,16,18,20,22,25,28,30,35,40
                2.5 NBR 70 100 8,10,12,15,18,20,22,25,30,35,40,45,50
                3 NBR 70 100 10,12,15,18,20,25,30,35,40,45,50,60,70,80
                4 NBR 70 100 20,25,30,40,50,60,80,100
                5 NBR 70 100 30,40,50,60,80,100,120
                2 FKM 75 200 6,8,10,12,16,20,25,30,40
                3 FKM 75 200 12,16,20,25,30,40,50,60
            """
        ),
        start=1,
    ):
        block = Block(
            f"or-{section.replace('.', '')}-{rubber}".lower(),
            say("f.section", s=section, m=f"{rubber} {hardness}"),
            order,
        )
        for bore in inner.split(","):
            yield Item(
                orings,
                f"OR-{bore}x{section.replace('.', '')}{rubber[0]}",
                say("n.oring", s=f"{bore} × {section}", m=rubber, h=hardness),
                "Tettvik",
                {"section": section, "bore": bore, "material": rubber, "hardness": hardness, "temperature": heat},
                pi**2 / 4 * float(section) ** 2 * (float(bore) + float(section)) * 0.0014,
                block,
                int(bore),
                per=100,
                packs={"bag": 50},
                step=10,
            )
    shafts = Shelf(("c.seals", "c.shaftseals"), "washer")
    for order, (rubber, sizes) in enumerate(
        table(
            """
                NBR 10×22×7,12×24×7,15×30×7,17×35×7,20×35×7,20×40×7,25×40×7,25×47×7,30×47×7,30×52×7,35×52×7,
                    35×62×7,40×62×7,40×72×10,45×65×8,50×72×8,60×85×8
                FKM 15×30×7,20×35×7,25×40×7,25×47×7,30×52×7,35×52×7,40×62×7,50×72×8
            """
        ),
        start=1,
    ):
        block = Block(f"ss-{rubber}".lower(), say("f.material", m=rubber), order)
        for size in sizes.split(","):
            bore, outside, width = size.split("×")
            yield Item(
                shafts,
                f"SL-{bore}{outside}{width}{rubber[0]}",
                say("n.shaftseal", s=size, m=rubber),
                "Tettvik",
                {"bore": bore, "outside": outside, "width": width, "material": rubber},
                (int(outside) ** 2 - int(bore) ** 2) * int(width) * 0.0012,
                block,
                int(bore) * 100 + int(outside),
            )
    gaskets = Shelf(("c.seals", "c.gaskets"), "washer")
    for nominal in (15, 20, 25, 32, 40, 50, 65, 80, 100, 125, 150, 200):
        yield Item(
            gaskets,
            f"GS-FL-DN{nominal}",
            say("n.gasket", s=nominal),
            "Tettvik",
            {"dn": nominal, "pressure": 16},
            nominal * 0.9,
        )
    for nominal, bought in ((50, None), (80, None), (100, 3200), (150, None)):
        yield Item(
            gaskets,
            f"KT-FL-DN{nominal}",
            say("n.flangeset", s=nominal),
            "Halden",
            {"dn": nominal, "pressure": 16},
            nominal * 22,
            description=say("t.flangeset"),
            unit="SET",
            bought=bought,
        )


def hydraulics() -> Iterator[Item]:
    hoses = Shelf(("c.hydraulics", "c.hydhoses"), "hose")
    for bore, outside, pressure, grams in table(
        """
            6 15 400 360
            8 17 350 440
            10 19 330 530
            12 22 275 640
            16 26 250 800
            20 30 215 950
            25 38 165 1350
            32 48 125 2050
        """
    ):
        yield Item(
            hoses,
            f"HY-2SN-{int(bore):02}",
            say("n.hydhose", s=bore),
            "Trykksund",
            {"dn": bore, "outside": outside, "pressure": pressure},
            int(grams),
            unit="MTR",
            packs={"box": 50},
        )
    fittings = Shelf(("c.hydraulics", "c.hydfittings"), "fitting")
    for order, (mark, shape, sizes) in enumerate(
        table("""
                S o.straight 6,8,10,12,15,18,22,28
                E o.elbow 6,8,10,12,15,18,22,28
                T o.tee 6,8,10,12,15,18,22
            """),
        start=1,
    ):
        block = Block(f"hf-{mark}".lower(), say("f.material", m=shape), order)
        for tube in sizes.split(","):
            yield Item(
                fittings,
                f"HF-{mark}-{int(tube):02}L",
                say("n.hydfit", k=shape, s=tube),
                "Trykksund",
                {"shape": shape, "tube": tube, "material": "o.steelzn", "pressure": 315 if int(tube) < 18 else 160},
                int(tube) ** 2 * (0.5 + order * 0.2),
                block,
                int(tube),
            )


def pneumatics() -> Iterator[Item]:
    hoses = Shelf(("c.pneumatics", "c.airhoses"), "hose", popularity=200)
    for bore, length in table("""
            6 20
            6 50
            8 20
            8 50
            10 20
            10 50
            13 20
            13 50
        """):
        yield Item(
            hoses,
            f"HZ-AIR-{int(bore):02}{length}",
            say("n.airhose", d=bore, l=length),
            "Trykksund",
            {"bore": bore, "length": int(length) * 1000, "pressure": 20},
            int(bore) * int(length) * 17,
            bought=5200 if (bore, length) == ("10", "50") else None,
        )
    for bore, length in table("""
            5 4
            6 6
            8 6
            8 8
        """):
        yield Item(
            hoses,
            f"HZ-SPI-{int(bore):02}{int(length):02}",
            say("n.spiral", d=bore, l=length),
            "Trykksund",
            {"bore": bore, "length": int(length) * 1000, "pressure": 10},
            int(bore) * int(length) * 14,
        )
    pushin = Shelf(("c.pneumatics", "c.pushin"), "fitting")
    for order, (mark, shape, name) in enumerate(
        table("""
            S o.straight n.pushstraight
            E o.elbow n.pushelbow
        """),
        start=1,
    ):
        block = Block(f"pf-{mark}".lower(), say("f.material", m=shape), order)
        for tube, threads in table(
            """
                4 M5,G1/8
                6 M5,G1/8,G1/4
                8 G1/8,G1/4,G3/8
                10 G1/4,G3/8,G1/2
                12 G3/8,G1/2
                16 G1/2
            """
        ):
            for place, thread in enumerate(threads.split(",")):
                yield Item(
                    pushin,
                    f"PF-{mark}{int(tube):02}-{thread.replace('/', '')}",
                    say(name, s=f"{tube} – {thread}"),
                    "Trykksund",
                    {"shape": shape, "tube": tube, "pipe_thread": thread, "pressure": 10},
                    int(tube) * (2 + order),
                    block,
                    int(tube) * 10 + place,
                    packs={"bag": 10},
                )
    couplings = Shelf(("c.pneumatics", "c.couplings"), "fitting")
    for order, (mark, shape, name) in enumerate(
        table("""
            QC o.coupling n.coupling
            QN o.plug n.nipple
        """),
        start=1,
    ):
        block = Block(f"{mark}-72".lower(), say("f.material", m=shape), order)
        for place, thread in enumerate(("G1/4", "G3/8", "G1/2", "6 mm", "8 mm", "10 mm", "13 mm")):
            yield Item(
                couplings,
                f"{mark}-72-{thread.replace('/', '').replace(' mm', '')}",
                say(name, s=thread),
                "Trykksund",
                {"shape": shape, "pipe_thread": thread, "material": "o.brass", "pressure": 35},
                120 if mark == "QC" else 35,
                block,
                place,
            )


def pipes() -> Iterator[Item]:
    sizes = {"14": "1/4", "38": "3/8", "12": "1/2", "34": "3/4", "1": "1", "114": "1 1/4", "112": "1 1/2", "2": "2"}
    fittings = Shelf(("c.pipes", "c.fittings"), "fitting")
    grades = {"A4": ("o.a4w", "m.a4w"), "ZN": ("o.malleable", "m.steelzn")}
    order = 0
    for mark, name, shape in table(
        """
            EL n.elbow90 o.elbow
            TE n.tee o.tee
            HN n.hexnipple o.nipple
            SO n.pipesocket o.socket
        """
    ):
        for grade, (material, short) in grades.items():
            order += 1
            block = Block(f"tf-{mark}-{grade}".lower(), say("f.screw", s=shape, m=material), order)
            for place, (code, inch) in enumerate(sizes.items()):
                yield Item(
                    fittings,
                    f"TF-{mark}-{code}{grade}",
                    say(name, s=f'{inch}"', m=short),
                    "Rorvarde",
                    {"shape": shape, "pipe_thread": f"R {inch}", "material": material},
                    40 * (place + 1) ** 1.6,
                    block,
                    place,
                )
    valves = Shelf(("c.pipes", "c.valves"), "valve")
    for order, (mark, material, pressure) in enumerate(
        table("""
            MS o.brass 40
            A4 o.a4w 63
        """),
        start=1,
    ):
        block = Block(f"bv-{mark}".lower(), say("f.material", m=material), order)
        for place, (code, inch) in enumerate(sizes.items()):
            yield Item(
                valves,
                f"BV-{code}{mark}",
                say("n.ballvalve", s=f'{inch}"', m=material, p=pressure),
                "Rorvarde",
                {"pipe_thread": f"R {inch}", "material": material, "pressure": pressure},
                110 * (place + 1) ** 1.5,
                block,
                place,
            )
    clamps = Shelf(("c.pipes", "c.clamps"), "clamp")
    for order, (grade, material, short) in enumerate(
        table("""
                ZN o.steelzn m.steelzn
                A2 o.a2w m.a2w
                A4 o.a4w m.a4w
            """),
        start=1,
    ):
        block = Block(f"hc-{grade}".lower(), say("f.material", m=material), order)
        for least, most in table("""
                8 12
                12 20
                16 27
                20 32
                25 40
                32 50
                40 60
                50 70
                60 80
            """):
            yield Item(
                clamps,
                f"HC-{int(least):02}{most}{grade}",
                say("n.clamp", s=f"{least}–{most}", m=short),
                "Rorvarde",
                {"clamp_from": least, "clamp_to": most, "width": 9, "material": material},
                int(most) * 0.55,
                block,
                int(least),
                packs={"box": 50},
                step=10,
            )


def items() -> Iterator[Item]:
    """The shelves of machine parts in catalog order."""
    for part in (bearings, drives, seals, hydraulics, pneumatics, pipes):
        yield from part()
