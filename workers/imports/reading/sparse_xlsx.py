"""Sheets of an XLSX workbook read cell by cell: slower than a reader of dense sheets, and for any sheet at all."""

from __future__ import annotations

import datetime as dt
import re
from array import array
from collections.abc import Iterable
from functools import lru_cache

from workers.imports.reading.grid import MAX_CHARS, too_large
from workers.imports.reading.ooxml import Workbook
from workers.imports.reading.sheets import Sheets, cell_text, number_text
from workers.imports.reading.xml_reading import Attributes, XmlReader

_DIGITS = "0123456789"
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.I)
_DATE_LETTERS = re.compile(r"[dmyhs]", re.I)
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_KNOWN = 20_000
_MAX_WIDTH, _MAX_INDENT = 30, 50
_STEP = "  "  # what one step of an indentation is in spaces
_TEXTS = frozenset({"s", "str", "inlineStr"})
_MAX_SERIAL = 2_958_466


class Strings(XmlReader):
    """The shared texts of a workbook, one after the other in one piece of memory."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = bytearray()
        self._ends = array("Q")
        self._phonetic = 0
        self._known: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:  # noqa: ARG002
        if name == "t" and not self._phonetic:
            self.listen()
        elif name == "rPh":
            self._phonetic += 1

    def end(self, name: str) -> None:
        if name == "t" and not self._phonetic:
            self._bytes += self.heard().encode("utf-8", "replace")
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self._ends.append(len(self._bytes))
            if len(self._bytes) > MAX_CHARS:
                raise too_large(f"more than {MAX_CHARS} characters", f"{len(self._bytes)} bytes of shared texts")

    def get(self, number: str) -> str:
        """The text of that number, nothing for a number there is none of."""
        text = self._known.get(number)
        if text is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            text = self._known[number] = self._decoded(number)
        return text

    def _decoded(self, number: str) -> str:
        index = int(number) if number.isascii() and number.isdecimal() else -1
        if not 0 <= index < len(self._ends):
            return ""
        start = self._ends[index - 1] if index else 0
        return self._bytes[start : self._ends[index]].decode("utf-8", "replace")


class Styles(XmlReader):
    """Which styles show a number as a date or time, or with zeros before it, and which move a text in."""

    def __init__(self) -> None:
        super().__init__()
        self._dates = set(_DATE_FORMATS)
        self._zeros: dict[int, int] = {}
        self._in_cells = False
        self.date_styles: set[str] = set()
        self.widths: dict[str, int] = {}
        self.indents: dict[str, int] = {}
        self._count = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            written = attributes.get("formatCode", "")
            code = _QUOTED.sub("", written)
            if len(written) > 1 and not written.strip("0"):
                self._zeros[_number(attributes.get("numFmtId", ""))] = min(len(written), _MAX_WIDTH)
            if _DATE_LETTERS.search(code.replace("General", "")):
                self._dates.add(_number(attributes.get("numFmtId", "")))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            kind = _number(attributes.get("numFmtId", ""))
            if kind in self._dates:
                self.date_styles.add(str(self._count))
            elif kind in self._zeros:
                self.widths[str(self._count)] = self._zeros[kind]
            self._count += 1
        elif name == "alignment" and self._in_cells:
            indent = _number(attributes.get("indent", ""))
            if 0 < indent <= _MAX_INDENT:
                self.indents[str(self._count - 1)] = indent

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


class SparseReader:
    """Reads sheets of one workbook, its texts and styles once."""

    def __init__(self, workbook: Workbook, sheets: Sheets) -> None:
        self._workbook = workbook
        self._sheets = sheets
        self.strings, self.styles = Strings(), Styles()
        for entry, reader in ((workbook.strings, self.strings), (workbook.styles, self.styles)):
            if entry:
                reader.read(workbook.archive.chunks(entry))

    def read(self, chunks: Iterable[bytes]) -> None:
        """Reads the XML of a sheet. Errors: BomFileError."""
        _Cells(self, self._sheets, is_1904=self._workbook.is_1904).read(chunks)


class _Cells(XmlReader):
    def __init__(self, reader: SparseReader, sheets: Sheets, *, is_1904: bool) -> None:
        super().__init__()
        self._strings, self._date_styles = reader.strings, reader.styles.date_styles
        self._widths, self._indents = reader.styles.widths, reader.styles.indents
        self._sheets = sheets
        self._epoch = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
        self._row = self._column = -1
        self._kind = self._style = ""
        self._value = ""
        self._phonetic = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            letters = attributes.get("r", "").rstrip(_DIGITS)
            self._column = _column(letters) if letters else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value = ""
        elif name == "v" or (name == "t" and not self._phonetic):
            self.listen()
        elif name == "row":
            row = _number(attributes.get("r", ""))
            self._row = row - 1 if row > 0 else self._row + 1
            self._column = -1
        elif name == "rPh":
            self._phonetic += 1

    def end(self, name: str) -> None:
        if name == "v":
            self._value = self.heard()
        elif name == "c":
            if self._value:
                self._sheets.put(self._column, self._shown(self._text()))
        elif name == "t" and not self._phonetic:
            self._value += self.heard()
        elif name == "row":
            self._sheets.end_row(self._row)
        elif name == "rPh":
            self._phonetic -= 1

    def _shown(self, text: str) -> str:
        """The text as its style shows it: 603 as `0603`, a text moved in behind spaces."""
        if self._kind == "n" and self._style in self._widths and text.isdecimal():
            return text.zfill(self._widths[self._style])
        if self._kind in _TEXTS and self._style in self._indents and text and not text[0].isspace():
            return _STEP * self._indents[self._style] + text
        return text

    def _text(self) -> str:
        kind, value = self._kind, self._value
        if kind == "s":
            return self._strings.get(value.strip())
        if kind == "n":
            return self._date() if self._style in self._date_styles else number_text(value.strip())
        if kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        return "" if kind == "e" else value

    def _date(self) -> str:
        try:
            serial = float(self._value)
        except ValueError:
            return self._value
        if not 0 <= serial < _MAX_SERIAL:
            return cell_text(serial)
        moment = self._epoch + dt.timedelta(milliseconds=round(serial * 86_400_000))
        if serial < 1:
            return moment.time().isoformat()
        return cell_text(moment.date() if serial.is_integer() else moment)


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + max(0, ord(letter) - 64)
    return max(0, number - 1)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
