"""Spreadsheets as XML in one file: SpreadsheetML of Excel 2003, and flat OpenDocument."""

from __future__ import annotations

import re

from workers.imports.reading.opendocument import OpenDocument
from workers.imports.reading.sheets import Sheets, date_text, number_text
from workers.imports.reading.xml_reading import Attributes, XmlReader, chunks_of, local

_SPREADSHEETML = re.compile(r"<(?:\w+:)?Workbook\b[^<>]*urn:schemas-microsoft-com:office:spreadsheet", re.I)
_FLAT_OPENDOCUMENT = re.compile(r"<office:document\b")
_START = 8000


def xml_format(text: str) -> str | None:
    """`spreadsheetml` or `fods` for a spreadsheet in XML, None for other XML."""
    start = text[:_START]
    if _SPREADSHEETML.search(start) or "Excel.Sheet" in start:
        return "spreadsheetml"
    return "fods" if _FLAT_OPENDOCUMENT.search(start) and "opendocument.spreadsheet" in start else None


def read_xml(text: str, file_format: str, sheets: Sheets) -> None:
    """Reads the sheets of a spreadsheet in XML. Errors: BomFileError."""
    reader: XmlReader = _SpreadsheetML(sheets) if file_format == "spreadsheetml" else OpenDocument(sheets, "utf-8")
    reader.read(chunks_of(text.lstrip("\ufeff \t\r\n")))


class _SpreadsheetML(XmlReader):
    """`Worksheet` > `Table` > `Row` > `Cell` > `Data`; rows and cells may say where they are."""

    def __init__(self, sheets: Sheets) -> None:
        super().__init__("utf-8")
        self._sheets = sheets
        self._name: str | None = None
        self._is_read = self._is_hidden = self._in_comment = False
        self._row = self._column = 0
        self._after = 0
        self._type = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Worksheet":
            self._is_read = self._sheets.begin()
            self._name = _get(attributes, "Name")
            self._row, self._is_hidden = 0, False
        elif not self._is_read:
            return
        elif name == "Row":
            self._row = _index(attributes, self._row)
            self._column = 0
        elif name == "Cell":
            self._column = _index(attributes, self._column)
            self._after = _number(attributes, "MergeAcross")
        elif name == "Data" and not self._in_comment:
            self._type = _get(attributes, "Type") or "String"
            self.listen()
        elif name == "Comment":
            self._in_comment = True
        elif name == "Visible":
            self.listen()

    def end(self, name: str) -> None:
        if not self._is_read:
            return
        if name == "Data" and not self._in_comment:
            self._sheets.put(self._column, _typed(self.heard(), self._type))
        elif name == "Cell":
            self._column += 1 + self._after
        elif name == "Row":
            self._sheets.end_row(self._row)
            self._row += 1
        elif name == "Comment":
            self._in_comment = False
        elif name == "Visible":
            self._is_hidden = "Hidden" in self.heard()
        elif name == "Worksheet":
            self._sheets.end(self._name, is_hidden=self._is_hidden)
            self._is_read = False


def _typed(text: str, kind: str) -> str:
    if kind == "Number":
        return number_text(text)
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    return date_text(text) if kind == "DateTime" else text


def _get(attributes: Attributes, name: str) -> str | None:
    return next((value for key, value in attributes.items() if local(key) == name), None)


def _number(attributes: Attributes, name: str) -> int:
    value = _get(attributes, name) or ""
    return min(int(value), 1 << 24) if value.isascii() and value.isdecimal() else 0


def _index(attributes: Attributes, present: int) -> int:
    """Where a row or cell is: where it says (from 1), or where the last one ended."""
    return max(_number(attributes, "Index") - 1, present)
