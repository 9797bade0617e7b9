"""Workbooks: XLSX, XLSM, XLSB and XLS through python-calamine where a sheet is dense, ODS and the rest cell by cell."""

from __future__ import annotations

import io
import re
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from itertools import islice

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError

from workers.imports.model import BomFileError, LineWarning
from workers.imports.reading.archives import Archive
from workers.imports.reading.compound_file import dense_xls, open_compound_file
from workers.imports.reading.extents import extent_of_binary, extent_of_xml, shared_chars, slices_of_xml, text_lengths
from workers.imports.reading.grid import Gatherer, too_large
from workers.imports.reading.ooxml import Part, Workbook, open_workbook
from workers.imports.reading.opendocument import OpenDocument
from workers.imports.reading.sheets import Sheets, cell_text
from workers.imports.reading.sparse_xlsx import SparseReader, Styles
from workers.imports.reading.xml_reading import damaged

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
_MAX_STRINGS = 64 * 1024 * 1024  # what a reader of dense sheets may be given, whose strings are all in memory
_MAX_STRING_COUNT = 2_000_000
_MAX_SHARED_TEXT = 96 * 1024 * 1024  # the reader gives each cell a copy of its text
_MAX_STYLES = 32 * 1024 * 1024
_MAX_STYLED_CELLS, _MAX_STYLED = 200_000, 4 * 1024 * 1024  # so much is looked at for the sake of how cells are shown
_MAY_SHOW_OTHERWISE = re.compile(rb'\sindent="[1-9]|formatCode="00+"')
_STYLE_OF_CELL = re.compile(rb'<c [^<>]*\bs="([0-9]{1,6})"')
_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"

__all__ = ["OLE_MAGIC", "ZIP_MAGIC", "cell_text", "read_xls", "read_zip"]


def read_zip(data: bytes, sheets: Sheets) -> str | None:
    """Reads a zipped workbook into the sheets: its format, or None for any other archive. Errors: BomFileError."""
    archive = Archive(data)
    if _CONTENT in archive:
        return _read_open_document(archive, sheets)
    workbook = open_workbook(archive)
    if workbook is None:
        return None
    _Book(workbook, sheets).read()
    return "xlsb" if workbook.is_binary else "xlsx"


def read_xls(data: bytes, sheets: Sheets) -> str | None:
    """Reads an XLS workbook into the sheets: its format, or None for any other document. Errors: BomFileError."""
    found = open_compound_file(data)
    if found.has_password:
        raise _has_password("encrypted")
    if found.workbook is None:
        return None
    data, strays = dense_xls(data, found.workbook)
    del found  # the reader makes its own copy
    if strays:
        text = f"{strays} cells far below or to the right of all others were left out."
        sheets.notes.append(LineWarning("stray_cells_left_out", text))
    _read_all(data, sheets)
    return "xls"


def _read_open_document(archive: Archive, sheets: Sheets) -> str | None:
    if _MANIFEST in archive and b"encryption-data" in archive.read(_MANIFEST, 8 * 1024 * 1024):
        raise _has_password("encrypted")
    mimetype = archive.read("mimetype", 1000) if "mimetype" in archive else b"spreadsheet"
    if b"spreadsheet" not in mimetype:
        return None
    OpenDocument(sheets).read(archive.chunks(_CONTENT))
    return "ods"


class _Book:
    """An XLSX or XLSB workbook, each sheet read in the way that suits it."""

    def __init__(self, workbook: Workbook, sheets: Sheets) -> None:
        self._workbook = workbook
        self._sheets = sheets
        self._sparse: SparseReader | None = None
        self._telling = self._telling_styles()

    def read(self) -> None:
        """Reads all sheets, visible ones first."""
        parts = [p for p in sorted(self._workbook.sheets, key=lambda p: p.is_hidden) if self._sheets.begin()]
        lengths = self._lengths()
        ways = {part.entry: self._way(part, lengths) for part in parts}
        dense = [part for part in parts if ways[part.entry] is _Way.WHOLE]
        book = _opened(self._workbook, [part.entry for part in dense]) if dense else None
        for part in parts:
            if ways[part.entry] is _Way.SLICES and lengths is not None:
                self._read_slices(part, lengths)
            elif part not in dense or book is None or not _read_sheet(book, part.name, self._sheets):
                self._read_cells(part, self._workbook.archive.chunks(part.entry))
            self._sheets.end(part.name, is_hidden=part.is_hidden)

    def _lengths(self) -> array[int] | None:
        """How long the shared texts are; None where they, or the styles, are too much to be loaded whole."""
        archive, workbook = self._workbook.archive, self._workbook
        if workbook.styles and archive.size(workbook.styles) > _MAX_STYLES:
            return None
        lengths = array("I")
        if workbook.strings:
            lengths = text_lengths(archive.chunks(workbook.strings), is_binary=workbook.is_binary)
        limit = self._sheets.gatherer.limits.max_cells
        if len(lengths) > limit:
            raise too_large(f"more than {limit} cells", f"{len(lengths)} texts of cells")
        return lengths if sum(lengths) <= _MAX_STRINGS and len(lengths) <= _MAX_STRING_COUNT else None

    def _way(self, part: Part, lengths: array[int] | None) -> _Way:
        """How a sheet is best read."""
        if lengths is None:
            return _Way.CELLS
        chunks = self._workbook.archive.chunks(part.entry)
        if self._workbook.is_binary:
            extent = extent_of_binary(chunks, lengths)
            return _Way.WHOLE if extent.is_dense and extent.chars <= _MAX_SHARED_TEXT else _Way.CELLS
        extent = extent_of_xml(chunks)
        if not extent.is_plain or (extent.cells <= _MAX_STYLED_CELLS and self._is_shown_otherwise(part)):
            return _Way.CELLS
        is_short = extent.cells * max(lengths, default=0) <= _MAX_SHARED_TEXT
        return _Way.WHOLE if extent.is_dense and is_short else _Way.SLICES

    def _telling_styles(self) -> frozenset[bytes]:
        """The styles of an XLSX workbook that show zeros before a number or move a text in: few have any."""
        archive, entry = self._workbook.archive, self._workbook.styles
        if entry is None or self._workbook.is_binary or archive.size(entry) > _MAX_STYLED:
            return frozenset()
        content = archive.read(entry, _MAX_STYLED)
        if not _MAY_SHOW_OTHERWISE.search(content):
            return frozenset()
        styles = Styles()
        styles.read([content])
        return frozenset(style.encode() for style in (*styles.widths, *styles.indents))

    def _is_shown_otherwise(self, part: Part) -> bool:
        """Whether a cell of the sheet has such a style: a reader of dense sheets knows of none."""
        if not self._telling:
            return False
        rest = b""
        for chunk in self._workbook.archive.chunks(part.entry):
            rest += chunk
            if not self._telling.isdisjoint(_STYLE_OF_CELL.findall(rest)):
                return True
            rest = rest[max(rest.rfind(b"<"), 0) :][-1000:]
        return False

    def _read_slices(self, part: Part, lengths: array[int]) -> None:
        """Reads a sheet some rows at a time, each time in the way that suits them."""
        longest = max(lengths, default=0)
        for xml in slices_of_xml(self._workbook.archive.chunks(part.entry)):
            extent = extent_of_xml([xml])
            is_short = extent.cells * longest <= _MAX_SHARED_TEXT or shared_chars([xml], lengths) <= _MAX_SHARED_TEXT
            book = _opened(self._workbook, [part.entry], {part.entry: xml}) if extent.is_dense and is_short else None
            if book is None or not _read_sheet(book, part.name, self._sheets):
                self._read_cells(part, [xml])
            del book  # before the next one is made

    def _read_cells(self, part: Part, chunks: Iterable[bytes]) -> None:
        if self._workbook.is_binary:
            what = f"cells of sheet {part.name!r} too far from each other, or too long"
            raise too_large(what, "an .xlsb workbook is read only if its sheets are dense")
        self._sparse = self._sparse or SparseReader(self._workbook, self._sheets)
        self._sparse.read(chunks)


class _Way(Enum):
    """A sheet is read whole, in slices of some rows, or cell by cell."""

    WHOLE = auto()
    SLICES = auto()
    CELLS = auto()


def _opened(workbook: Workbook, sheets: list[str], instead: dict[str, bytes] | None = None) -> CalamineWorkbook | None:
    """The workbook with these sheets only, in an archive of nothing else; None where it does not open."""
    try:
        with _calamine_errors():
            archive = workbook.archive.repacked([*workbook.beside, *sheets], instead)
            return CalamineWorkbook.from_filelike(io.BytesIO(archive))
    except BomFileError as error:
        if error.slug != "bom_damaged" or workbook.is_binary:
            raise
        return None


def _read_sheet(book: CalamineWorkbook, name: str, sheets: Sheets) -> bool:
    """Reads a dense sheet; False where it is damaged for this reader, before anything of it was added."""
    try:
        with _calamine_errors():
            sheet = book.get_sheet_by_name(name)
    except BomFileError:
        return False
    _add(sheet, sheets.gatherer)
    return True


def _read_all(data: bytes, sheets: Sheets) -> None:
    with _calamine_errors():
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        hidden = {m.name for m in book.sheets_metadata if "Hidden" in str(m.visible)}
    for name in sorted(book.sheet_names, key=lambda name: name in hidden):
        if sheets.begin():
            with _calamine_errors():
                sheet = book.get_sheet_by_name(name)
            _add(sheet, sheets.gatherer)
            sheets.end(name, is_hidden=name in hidden)


def _add(sheet: CalamineSheet, gatherer: Gatherer) -> None:
    start = sheet.start
    if start is None:
        return
    left = [""] * start[1]  # so that letters of columns are those a person sees
    gatherer.skip_to(start[0])
    add = gatherer.add
    for row in islice(sheet.iter_rows(), start[0], None):
        add(left + [cell if cell.__class__ is str else cell_text(cell) for cell in row])


@contextmanager
def _calamine_errors() -> Iterator[None]:
    """What the reader raises as a BomFileError: its own errors, OSError, ValueError and others, and panics."""
    try:
        yield
    except PasswordError as error:
        raise _has_password(str(error)) from error
    except (BomFileError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        raise damaged(f"{type(error).__name__}: {error}") from error
    except BaseException as error:  # a panic is not an Exception
        raise damaged(f"{type(error).__name__}: {error}") from None


def _has_password(detail: str) -> BomFileError:
    hint = "Save it without a password and upload that."
    return BomFileError("bom_unsupported_format", "The workbook has a password.", detail[:300], hint)
