"""XLSX files made by hand, whole and broken."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = f"""<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""
TOP = f"""<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""


def cell(place: str, value: object) -> str:
    """One cell: text, number, yes or no; text that begins with = is a formula with its value behind ⇒."""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    text = str(value)
    if text.startswith("="):
        formula, _, found = text[1:].partition("⇒")
        kind = ' t="e"' if found.startswith("#") else ""
        return f'<c r="{place}"{kind}><f>{escape(formula)}</f><v>{escape(found)}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' if text else ""


def rows_xml(rows: Iterable[Iterable[object]]) -> str:
    found = []
    for line, row in enumerate(rows, start=1):
        cells = "".join(cell(f"{chr(65 + place)}{line}", value) for place, value in enumerate(row))
        found.append(f'<row r="{line}">{cells}</row>')
    return "".join(found)


def pack(sheets: Mapping[str, str], *, hidden: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook of these sheets: name -> XML of its rows."""
    book, links, parts = "", "", {}
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        state = ' state="hidden"' if name == hidden else ""
        book += f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>'
        links += f'<Relationship Id="rId{number}" Type="{LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        )
    parts |= {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": TOP.encode(),
        "xl/workbook.xml": (
            f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{book}</sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
        ).encode(),
        **(more or {}),
    }
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook(rows: Iterable[Iterable[object]]) -> bytes:
    return pack({"Sheet1": rows_xml(rows)})


def bomb(count: int = 1_000_000) -> bytes:
    """A million equal rows: a file of some hundred kilobytes that unpacks to some hundred megabytes."""
    return pack(
        {"Sheet1": '<row><c t="inlineStr"><is><t>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</t></is></c></row>' * count}
    )
