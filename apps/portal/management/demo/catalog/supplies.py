"""Electrical goods, chemicals, storage and cleaning."""

from collections.abc import Iterator

from apps.portal.management.demo.catalog.builder import Item, Shelf, say, table


def electrical() -> Iterator[Item]:
    cables = Shelf(("c.electrical", "c.cables"), "cable", popularity=200)
    for mark, kind, made in table(
        """
            H07 H07RN-F 3G1.5,3G2.5,3G4,5G1.5,5G2.5,5G4,5G6
            H05 H05VV-F 3G0.75,3G1,3G1.5,5G1.5,5G2.5
            LIY LIYCY 4G0.75,4G1.5,7G0.75,7G1.5,12G1
        """
    ):
        for size in made.split(","):
            cores, area = size.split("G")
            sku = f"EL-{mark}-{cores}G{area.replace('.', '')}"
            yield Item(
                cables,
                sku,
                say("n.cable", k=kind, s=size),
                "Ledvik",
                {"cable_type": kind, "cores": cores, "cross_section": area},
                int(cores) * float(area) * 22 + 60,
                unit="MTR",
                packs={"carton": 100},
                bought={"EL-H07-3G15": 6600, "EL-H07-3G25": 5100}.get(sku),
            )
    tapes = Shelf(("c.electrical", "c.tapes"), "tape", popularity=200)
    for width, length in table("""
            15 10
            19 25
            50 25
        """):
        for mark, color in table(
            """
                BK o.black
                WH o.white
                BU o.blue
                RD o.red
                BN o.brown
                GY o.gray
                GNYE o.greenyellow
            """
        ):
            sku = f"EL-TP{width}-{mark}"
            yield Item(
                tapes,
                sku,
                say("n.pvctape", w=width, l=length, c=color),
                "Ledvik",
                {"width": width, "length": int(length) * 1000, "color": color},
                int(width) * int(length) * 0.2,
                packs={"box": 10},
                bought=7400 if sku == "EL-TP19-BK" else None,
            )
    for width, length in table("""
            2.5 100
            3.6 140
            3.6 200
            4.8 200
            4.8 300
            7.6 370
        """):
        for mark, color in table("""
                BK o.black
                NT o.natural
            """):
            yield Item(
                tapes,
                f"EL-CT{width.replace('.', '')}-{length}{mark}",
                say("n.tie", s=f"{width} × {length}", c=color),
                "Ledvik",
                {"width": width, "length": length, "color": color},
                float(width) * int(length) * 0.11,
                packs={"carton": 10},
            )
    terminals = Shelf(("c.electrical", "c.terminals"), "terminal")
    for area, bolts in table("""
            6 M5,M6
            10 M6,M8
            16 M6,M8
            25 M8,M10
            35 M8,M10
            50 M8,M10,M12
        """):
        for bolt in bolts.split(","):
            yield Item(
                terminals,
                f"EL-LG{area}-{bolt[1:]}",
                say("n.lug", q=area, s=bolt),
                "Ledvik",
                {"cross_section": area, "size": bolt, "material": "o.copper"},
                float(area) * 0.5,
                packs={"bag": 25},
                step=5,
            )
    for area in ("0.5", "0.75", "1", "1.5", "2.5", "4", "6", "10"):
        yield Item(
            terminals,
            f"EL-FE{area.replace('.', '')}",
            say("n.ferrule", q=area),
            "Ledvik",
            {"cross_section": area},
            float(area) * 12,
        )


def fluids() -> Iterator[Item]:
    greases = Shelf(("c.fluids", "c.greases"), "can", popularity=220)
    for grade, nlgi, is_food in table("""
            EP00 00 no
            EP1 1 no
            EP2 2 no
            EP3 3 no
            LX2 2 no
            FG2 2 yes
        """):
        values = {"nlgi": nlgi, "food_grade": is_food}
        yield Item(
            greases,
            f"FL-GR-{grade}",
            say("n.grease", k=grade),
            "Smurna",
            values | {"weight": "0.4"},
            440,
            packs={"box": 48 if grade == "EP2" else 24},
            bought=6300 if grade == "EP2" else None,
        )
        yield Item(
            greases, f"FL-GR-{grade}-5", say("n.greasepail", k=grade, w=5), "Smurna", values | {"weight": 5}, 5400
        )
    for mark, base, bought in table("""
            NI500 k.nickel 4300
            CU500 k.copper -
        """):
        yield Item(
            greases,
            f"FL-AS-{mark}",
            say("n.antiseize", k=base),
            "Smurna",
            {"weight": "0.5", "food_grade": "no"},
            590,
            packs={"box": 12},
            bought=None if bought == "-" else int(bought),
        )
    oils = Shelf(("c.fluids", "c.oils"), "can", popularity=160)
    for name, mark, grades in table("""
            n.hydoil HLP 32,46,68
            n.gearoil CLP 100,220,460
        """):
        for viscosity in grades.split(","):
            for volume in (5, 20, 208):
                yield Item(
                    oils,
                    f"FL-{mark}{viscosity}-{volume}",
                    say(name, k=f"{mark} {viscosity}", l=volume),
                    "Smurna",
                    {"viscosity": f"ISO VG {viscosity}", "volume": volume * 1000, "food_grade": "no"},
                    volume * 880 + 200,
                )
    for mark, name in table(
        """
            PO k.penetrating
            SI k.siliconespray
            CH k.chainspray
            CO k.cutting
            ZN k.zincspray
            EC k.contact
        """
    ):
        yield Item(
            oils,
            f"FL-{mark}-400",
            say("n.spray", k=name),
            "Smurna",
            {"volume": 400, "food_grade": "no"},
            390,
            packs={"box": 12},
        )
    cleaners = Shelf(("c.fluids", "c.cleaners"), "can", popularity=220)
    for volume in (500, 5000):
        sku = f"FL-BC-{volume}"
        yield Item(
            cleaners,
            sku,
            say("n.brakeclean", l=volume),
            "Smurna",
            {"volume": volume},
            volume * 0.75 + 110,
            packs={"box": 12 if volume == 500 else 4},
            bought=8300 if volume == 500 else None,
        )
    for volume in (1, 5, 25):
        yield Item(
            cleaners,
            f"FL-CD-{volume}L",
            say("n.degreaser", l=volume),
            "Smurna",
            {"volume": volume * 1000},
            volume * 820 + 120,
        )
    for volume in (250, 500, 3000):
        yield Item(cleaners, f"FL-HC-{volume}", say("n.handclean", l=volume), "Smurna", {"volume": volume}, volume + 60)


def adhesives() -> Iterator[Item]:
    bonding = Shelf(("c.adhesives", "c.lockers"), "can")
    for mark, strength in table("""
            222 o.weak
            243 o.medium
            270 o.strong
        """):
        for volume in (10, 50, 250):
            yield Item(
                bonding,
                f"AD-L{mark}-{volume}",
                say("n.locker", k=mark, l=volume),
                "Limvik",
                {"strength": strength, "volume": volume},
                volume * 1.6 + 12,
            )
    for grams in (5, 20, 50):
        yield Item(
            bonding, f"AD-CA-{grams}", say("n.super", l=grams), "Limvik", {"strength": "o.strong"}, grams * 1.5 + 8
        )
    for volume in (25, 50, 400):
        yield Item(
            bonding,
            f"AD-EP-{volume}",
            say("n.epoxy", l=volume),
            "Limvik",
            {"strength": "o.strong", "volume": volume},
            volume * 1.3 + 20,
        )
    sealants = Shelf(("c.adhesives", "c.sealants"), "can")
    for name, mark, content in table("""
            n.silicone SI 310
            n.ms MS 290
        """):
        for short, color in table("""
                CL o.clear
                WH o.white
                BK o.black
                GY o.gray
            """):
            yield Item(
                sealants,
                f"AD-{mark}{content}-{short}",
                say(name, c=color),
                "Limvik",
                {"color": color, "volume": content},
                380 if mark == "SI" else 460,
                packs={"box": 12},
            )


def storage_and_cleaning() -> Iterator[Item]:
    bins = Shelf(("c.storage", "c.bins"), "box")
    for number, size, grams in table(
        """
            1 85×105×45 35
            2 160×100×75 110
            3 230×140×130 290
            4 290×200×150 560
            5 480×310×190 1500
        """
    ):
        for mark, color in table("""
                BU o.blue
                RD o.red
                GN o.green
            """):
            yield Item(
                bins,
                f"ST-BN{number}-{mark}",
                say("n.bin", s=size, c=color),
                "Lagersund",
                {"size": size, "color": color},
                int(grams),
                packs={"carton": 20},
            )
    shelves = Shelf(("c.storage", "c.shelving"), "box")
    for size, load, grams in table(
        """
            75×30×180 100 14000
            100×40×200 150 24000
            120×50×200 200 33000
            100×60×250 250 41000
        """
    ):
        yield Item(
            shelves,
            f"ST-SU-{size.replace('×', '')}",
            say("n.shelf", s=size),
            "Lagersund",
            {"size": size, "wll": float(load) / 1000},
            int(grams),
        )
    wipes = Shelf(("c.cleaning", "c.wipes"), "tape", popularity=140)
    for layers, length, grams in table("""
            1 400 2600
            2 360 4200
            3 380 5900
        """):
        yield Item(
            wipes,
            f"CL-WR{layers}-{length}",
            say("n.roll", k=layers, l=length),
            "Renvik",
            {"layers": layers, "length": int(length) * 1000},
            int(grams),
            unit="RO",
        )
    for weight in (5, 10):
        yield Item(wipes, f"CL-CC-{weight}", say("n.cloth", w=weight), "Renvik", {"weight": weight}, weight * 1000)
    for count in (50, 100, 200):
        yield Item(wipes, f"CL-OA-{count}", say("n.absorbent", k=count), "Renvik", {}, count * 28)
    brushes = Shelf(("c.cleaning", "c.brushes"), "brush")
    for rows in (3, 4):
        for mark, material in table("""
                ST o.steel
                A2 o.a2w
                MS o.brass
            """):
            yield Item(
                brushes,
                f"CL-WB{rows}{mark}",
                say("n.wirebrush", k=rows),
                "Renvik",
                {"material": material},
                110 + 20 * rows,
            )
    for width in (40, 60, 80):
        yield Item(brushes, f"CL-BR-{width}", say("n.broom", s=width), "Renvik", {"width": width * 10}, width * 14)
    for volume in (70, 120, 240):
        yield Item(
            brushes,
            f"CL-WB-{volume}L",
            say("n.bag", l=volume),
            "Renvik",
            {"volume": volume * 1000},
            volume * 9,
            unit="RO",
        )


def items() -> Iterator[Item]:
    """The shelves of supplies in catalog order."""
    for part in (electrical, fluids, adhesives, storage_and_cleaning):
        yield from part()
