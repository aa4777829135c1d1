"""Tables that people send: CSV and XLSX, read row by row as text. What the columns mean is the caller's business.

Nothing here trusts the file: its name, its declared sizes and its own idea of how large a sheet is are all checked
before a parser sees it. Macros are never run; formulas are read as the values that the workbook keeps for them.
"""

import codecs
import csv
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from io import StringIO, TextIOWrapper
from itertools import islice
from typing import BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from apps.core.errors import DomainError

MOST_ROWS = 1_000_000
# A workbook is held in memory, each cell of the rectangle around its cells, whether filled or not.
MOST_CELLS = 10_000_000
MOST_UNPACKED = 100 * 2**20
MOST_MEMBERS = 200
MOST_RATIO = 100
# Below this size, being packed tightly does no harm.
SMALL_MEMBER = 2**20
SAMPLE = 64 * 2**10
SAMPLE_ROWS = 50
CHUNK = 2**20
SEPARATORS = (",", ";", "\t")


class SheetRefused(DomainError):
    """A file cannot be read as a table."""

    message = _("This file cannot be read. Save it as CSV (UTF-8) or XLSX and try again.")


class EncodingUnreadable(SheetRefused):
    message = _("The letters of this file cannot be read. Save it as CSV in UTF-8, or as XLSX.")


class SeparatorUnknown(SheetRefused):
    message = _("The columns of this file are not told apart by comma, semicolon or tab.")


class SheetEmpty(SheetRefused):
    message = _("This file has no rows. Its first row must name the columns.")


class HeaderMissing(SheetRefused):
    message = _("A column has no name in the first row.")


class HeaderRepeated(SheetRefused):
    message = _("Two columns have the same name in the first row.")


class QuotesBroken(SheetRefused):
    message = _("A quotation mark is opened and not closed, or stands inside a quoted cell without being doubled.")


class CellTooLong(SheetRefused):
    message = _("A cell is too long.")


class TooManyRows(SheetRefused):
    message = _("This file has too many rows. Split it.")


class WorkbookTooLarge(SheetRefused):
    message = _("This workbook unpacks to more than can be read safely. Save the sheet alone, or as CSV.")


class SheetTooWide(WorkbookTooLarge):
    message = _("The cells of this sheet reach too far. Copy the rows and columns that matter into a new sheet.")


class WorkbookUnreadable(SheetRefused):
    message = _("This workbook cannot be read. It may be damaged, locked by a password, or of an old kind (XLS).")


class CellInError(SheetRefused):
    message = _("A formula in this sheet ends in an error, such as #N/A. Mend it, or the value would be lost.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header: the line on which it begins, its cells by column, and how many cells it has."""

    line: int
    cells: dict[str, str]
    width: int


@dataclass(frozen=True)
class Sheet:
    """A table whose header has been read. Every iteration reads the rows anew, blank ones left out."""

    columns: tuple[str, ...]
    _source: "_CSV | _XLSX"

    def __iter__(self) -> Iterator[Row]:
        """Read on below the header.

        :raises SheetRefused: the file turned out to be broken further down, or has more than MOST_ROWS rows.
        """
        names = self.columns
        for count, (line, cells) in enumerate(_filled(self._source.rows())):
            if count == 0:
                continue
            if count > MOST_ROWS:
                raise TooManyRows
            while len(cells) > len(names) and not cells[-1].strip():
                cells.pop()
            yield Row(line, dict(zip(names, cells, strict=False)), len(cells))

    def count(self) -> int:
        """How many lines the file has, about: to show progress against."""
        return self._source.count()


def read_sheet(file: BinaryIO) -> Sheet:
    """Look at an open file and read the names of its columns; the rows come when the sheet is iterated.

    CSV: UTF-8 with or without a byte order mark, UTF-16, Windows-1252; comma, semicolon or tab. XLSX: the first sheet
    that is not hidden. The file must stay open, and stays the caller's.

    :raises SheetRefused: one of its kinds says why the file cannot be read.
    """
    found = _open(file)
    for _line, cells in _filled(found.rows()):
        return Sheet(_header(cells), found)
    raise SheetEmpty


def read_cells(file: BinaryIO, *, most_cells: int) -> Iterator[list[str]]:
    """The cells of a file like that, row by row from the first one on: for tables that perhaps have no header.

    `most_cells` is how many the rectangle around the cells of a workbook may have, which is held in memory; a CSV is
    read as it comes.

    :raises SheetRefused: likewise, here or further down.
    """
    found = _open(file, most_cells)
    return (cells for _line, cells in _filled(found.rows()))


def _open(file: BinaryIO, most_cells: int = MOST_CELLS) -> "_CSV | _XLSX":
    file.seek(0)
    start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        return _XLSX(file, most_cells)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise WorkbookUnreadable
    return _CSV(file)


def _filled(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for line, cells in rows:
        if any(cell and not cell.isspace() for cell in cells):
            yield line, cells


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while not names[-1]:
        names.pop()
    if len(names) == 1 and "|" in names[0]:
        raise SeparatorUnknown
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name:
            raise HeaderMissing(_("Column %(place)s has no name in the first row.") % {"place": place})
        if name.casefold() in seen:
            raise HeaderRepeated(_("Two columns are named “%(name)s”.") % {"name": name})
        seen.add(name.casefold())
    return tuple(names)


# --- CSV --------------------------------------------------------------------------------------------------------------


class _CSV:
    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.encoding = _encoding(file)
        with_text = self._text()
        sample = with_text.read(SAMPLE)
        with_text.detach()
        self.skipped = 0
        self.separator = _separator(sample)
        # Excel's own way to say it; the line belongs to no row.
        if stated := re.match(r"sep=(.)\r?\n", sample):
            self.separator, self.skipped = stated[1], 1

    def _text(self) -> TextIOWrapper:
        self.file.seek(0)
        return TextIOWrapper(self.file, encoding=self.encoding, newline="")

    def count(self) -> int:
        self.file.seek(0)
        return sum(chunk.count(b"\n") for chunk in iter(partial(self.file.read, CHUNK), b""))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        text = self._text()
        try:
            for _number in range(self.skipped):
                text.readline()
            reader = csv.reader(text, delimiter=self.separator, strict=True)
            line = self.skipped + 1
            for cells in reader:
                yield line, cells
                line = self.skipped + reader.line_num + 1
        except csv.Error as error:
            words = {"line": line}
            if "field larger" in str(error):
                raise CellTooLong(
                    _("A cell on line %(line)s is too long, or a quotation mark is missing.") % words
                ) from error
            raise QuotesBroken(
                _("From line %(line)s on, a quotation mark is not closed or not doubled.") % words
            ) from error
        finally:
            # The file itself belongs to the caller.
            text.detach()


def _encoding(file: BinaryIO) -> str:
    """How the bytes become letters: told by a byte order mark, else by what they can be read as."""
    file.seek(0)
    start = file.read(SAMPLE)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif start.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif b"\0" in start:
        # Latin letters in UTF-16 have a zero before or behind each of them.
        candidates = ["utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"]
    else:
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        if _reads_as(file, encoding):
            return encoding
    raise EncodingUnreadable


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        for chunk in iter(partial(file.read, CHUNK), b""):
            if "\0" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(sample: str) -> str:
    """The separator that gives the header most columns, of those by which the rows below have as many."""
    best, most = SEPARATORS[0], (0, 1)
    for separator in SEPARATORS:
        widths = []
        try:
            for cells in islice(csv.reader(StringIO(sample, newline=""), delimiter=separator), SAMPLE_ROWS):
                widths.append(len(cells))  # noqa: PERF401  what was read before an error counts
        except csv.Error:
            pass
        widths = [width for width in widths if width] or [0]
        # The last row of the sample may be cut.
        agreeing = sum(width == widths[0] for width in widths[:-1] or widths)
        if widths[0] > 1 and (agreeing, widths[0]) > most:
            best, most = separator, (agreeing, widths[0])
    return best


# --- XLSX -------------------------------------------------------------------------------------------------------------

PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
SHEET_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What a part that is no XML must not look like: calamine's parser forgives what expat refuses.
LIKE_A_SHEET = re.compile(rb"<(?:\w+:)?row[\s/>]")


class _XLSX:
    def __init__(self, file: BinaryIO, most_cells: int) -> None:
        self.sheet = _open_workbook(file, most_cells)

    def count(self) -> int:
        return self.sheet.total_height

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        for line, cells in enumerate(self.sheet.iter_rows(), start=1):
            yield line, [_text_of(cell) for cell in cells]


def _open_workbook(file: BinaryIO, most_cells: int) -> CalamineSheet:
    """Check a workbook before it is parsed, then parse its first visible sheet.

    calamine makes room for the whole rectangle around the cells of a sheet: a file of one kilobyte with two cells far
    apart would take all memory, so the rectangle is measured first.
    """
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
            _check_sizes(members)
            visible = _first_sheet(archive)
            for member in members:
                is_read = member.filename == visible
                _check_content(file, member, most_cells if is_read else MOST_CELLS, is_read=is_read)
        file.seek(0)
        workbook = CalamineWorkbook.from_filelike(file)
        for place, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                found = workbook.get_sheet_by_index(place)
                if found.total_height > MOST_ROWS + 1:
                    raise TooManyRows
                return found
    except (BadZipFile, CalamineError, ElementTree.ParseError, KeyError, ValueError, zlib.error, OSError) as error:
        raise WorkbookUnreadable from error
    raise SheetEmpty


def _check_sizes(members: Sequence[ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > SMALL_MEMBER + MOST_RATIO * packed:
        raise WorkbookTooLarge
    for member in members:
        if member.file_size > SMALL_MEMBER and member.file_size > MOST_RATIO * member.compress_size:
            raise WorkbookTooLarge


def _first_sheet(archive: ZipFile) -> str:
    """The member that holds the first visible sheet."""
    names = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    if any(archive.getinfo(name).file_size > SMALL_MEMBER for name in names):
        raise WorkbookTooLarge
    # expat itself refuses entities that grow.
    book = ElementTree.fromstring(archive.read(names[0]))  # noqa: S314
    links = ElementTree.fromstring(archive.read(names[1]))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter(SHEETS):
        if sheet.get("state", "visible") == "visible":
            target = targets.get(sheet.get(SHEET_ID), "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _check_content(file: BinaryIO, member: ZipInfo, most_cells: int, *, is_read: bool) -> None:
    """Unpack one member piece by piece: it must not be longer than it says, nor reach over too large a rectangle."""
    extent = _Extent(most_cells, refuses_errors=is_read)
    parser, is_xml = expat.ParserCreate(), True
    parser.StartElementHandler = extent.start
    parser.EntityDeclHandler = extent.refuse
    for piece in _unpacked(file, member):
        if is_xml:
            try:
                parser.Parse(piece)
            except expat.ExpatError:
                # A picture, most likely.
                is_xml = False
        if not is_xml and (is_read or LIKE_A_SHEET.search(piece)):
            raise WorkbookUnreadable


class _Extent:
    """The rectangle around the cells of a sheet, as far as it has been read."""

    def __init__(self, most_cells: int, *, refuses_errors: bool) -> None:
        self.most_cells = most_cells
        self.refuses_errors = refuses_errors
        self.cells = 0
        self.row = self.column = self.last_row = self.last_column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; a row or cell that does not say its place stands behind the one before."""
        kind = name.rpartition(":")[2]
        if kind == "row":
            said = attributes.get("r", str(self.row + 1)).strip()
            if not said.isdecimal() or len(said) > 7:  # noqa: PLR2004
                raise TooManyRows
            self.row, self.column = int(said), 0
        elif kind == "c":
            self.cells += 1
            self.column += 1
            if place := attributes.get("r"):
                self.column, self.row = self.place(place)
            if self.refuses_errors and attributes.get("t") == "e":
                raise CellInError
            self.last_row, self.last_column = max(self.row, self.last_row), max(self.column, self.last_column)
            if self.last_row > MOST_ROWS + 1:
                raise TooManyRows
            if max(self.cells, self.last_row * self.last_column) > self.most_cells:
                raise SheetTooWide

    def place(self, text: str) -> tuple[int, int]:
        """A1 is (1, 1), Z3 is (26, 3), AA3 is (27, 3)."""
        parts = PLACE.fullmatch(text.strip())
        if parts is None:
            raise WorkbookUnreadable
        column = 0
        for letter in parts[1].upper():
            column = column * 26 + ord(letter) - 64
        return column, int(parts[2])

    def refuse(self, *_declaration: object) -> None:
        raise WorkbookUnreadable


def _unpacked(file: BinaryIO, member: ZipInfo) -> Iterator[bytes]:
    """The bytes of a member as they are: zipfile would stop where its entry says that it ends, calamine does not."""
    file.seek(member.header_offset + 26)
    name, extra = (int.from_bytes(file.read(2), "little") for _number in range(2))
    file.seek(member.header_offset + 30 + name + extra)
    if member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise WorkbookUnreadable
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == ZIP_DEFLATED else None
    left, total = member.compress_size, 0
    while left > 0 and (data := file.read(min(CHUNK, left))):
        left -= len(data)
        while data:
            piece = unpacker.decompress(data, CHUNK) if unpacker else data
            data = unpacker.unconsumed_tail if unpacker else b""
            total += len(piece)
            if total > member.file_size:
                raise WorkbookTooLarge
            yield piece


def _text_of(cell: object) -> str:
    """A cell as a person sees it, as far as that does not depend on its format."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        # Excel counts with 15 digits and shows no more.
        return format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    return str(cell)
