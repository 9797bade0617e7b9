"""OpenDocument spreadsheets, zipped or flat: cells and rows that say how often they are repeated."""

from __future__ import annotations

import re

from workers.imports.reading.sheets import Sheets, date_text, number_text
from workers.imports.reading.xml_reading import Attributes, XmlReader

_REPEATED_CELLS = "table:number-columns-repeated"
_REPEATED_ROWS = "table:number-rows-repeated"
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_STYLES = frozenset({"style", "table-properties", "paragraph-properties"})
_STEP = "  "  # what one step of an indentation is in spaces
_STEPS = {"cm": 0.353, "mm": 3.53, "in": 0.139, "pt": 10.0}
_LENGTH = re.compile(r"^([0-9]{1,4}(?:\.[0-9]{1,9})?)(cm|mm|in|pt)$")
_MAX_INDENT = 50
_NOT_OF_THE_CELL = frozenset({"annotation", "frame", "shapes", "custom-shape", "g", "rect", "line", "ellipse"})


class OpenDocument(XmlReader):
    """Reads `content.xml`, or a flat document, into the sheets."""

    def __init__(self, sheets: Sheets, encoding: str | None = None) -> None:
        super().__init__(encoding)
        self._sheets = sheets
        self._hidden_styles: set[str] = set()
        self._indents: dict[str, int] = {}
        self._style = ""
        self._tables = 0  # how many are open: a cell may hold a table of its own, which is not read
        self._is_read = self._is_hidden = False
        self._name: str | None = None
        self._beside = 0
        self._row = self._column = 0
        self._attributes: Attributes = {}
        self._row_count = 1

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "table":
            self._open_table(attributes)
        elif name in _STYLES:
            self._note_style(name, attributes)
        elif not self._is_read or self._tables != 1:
            return
        elif name in _NOT_OF_THE_CELL:
            self._beside += 1
            self.pause()
        elif self._beside:
            return
        elif name == "p":
            self.say("\n")
        elif name in _CELLS:
            self._attributes = attributes
            self.listen()
        elif name == "table-row":
            self._column = 0
            self._row_count = _count(attributes, _REPEATED_ROWS)
        else:
            self._say_space(name, attributes)

    def end(self, name: str) -> None:
        if name == "table":
            self._close_table()
        elif not self._is_read or self._tables != 1:
            return
        elif name in _NOT_OF_THE_CELL:
            self._beside -= 1
            self.pause(is_over=self._beside == 0)
        elif self._beside:
            return
        elif name in _CELLS:
            self._end_cell(self.heard())
        elif name == "table-row":
            self._sheets.end_row(self._row, self._row_count)
            self._row += self._row_count

    def _open_table(self, attributes: Attributes) -> None:
        self._tables += 1
        if self._tables == 1:
            self._is_read = self._sheets.begin()
            self._name = attributes.get("table:name")
            self._is_hidden = attributes.get("table:style-name") in self._hidden_styles
            self._row = 0

    def _close_table(self) -> None:
        self._tables -= 1
        if self._tables == 0 and self._is_read:
            self._sheets.end(self._name, is_hidden=self._is_hidden)
            self._is_read = False

    def _note_style(self, name: str, attributes: Attributes) -> None:
        if name == "style":
            self._style = attributes.get("style:name", "")
        elif name == "paragraph-properties":
            self._indents[self._style] = _steps(attributes.get("fo:margin-left", ""))
        elif attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def _say_space(self, name: str, attributes: Attributes) -> None:
        if name == "s":
            self.say(" " * min(_count(attributes, "text:c"), 1000))
        elif name == "tab":
            self.say("\t")
        elif name == "line-break":
            self.say("\n")

    def _end_cell(self, text: str) -> None:
        count = _count(self._attributes, _REPEATED_CELLS)
        text = _value(self._attributes, text.removeprefix("\n"))
        if text:
            if self._attributes.get("office:value-type") == "string" and not text[0].isspace():
                text = _STEP * self._indents.get(self._attributes.get("table:style-name", ""), 0) + text
            for column in range(self._column, min(self._column + count, self._sheets.gatherer.limits.max_columns + 1)):
                self._sheets.put(column, text)
        self._column += count


def _value(attributes: Attributes, text: str) -> str:
    kind = attributes.get("office:value-type")
    if kind in {"float", "percentage", "currency"}:
        number = number_text(attributes.get("office:value", text))
        return text if text.isdecimal() and text.lstrip("0") == number else number  # `0603`, as its format shows 603
    if kind == "date":
        return date_text(attributes.get("office:date-value", text))
    if kind == "boolean":
        return attributes.get("office:boolean-value", text).upper()
    return text or attributes.get("office:string-value", "")


def _steps(margin: str) -> int:
    """How many steps of ten points a text is moved in; of other lengths the nearest number."""
    match = _LENGTH.match(margin)
    return min(round(float(match[1]) / _STEPS[match[2]]), _MAX_INDENT) if match else 0


def _count(attributes: Attributes, name: str) -> int:
    value = attributes.get(name, "1")
    return min(max(int(value), 1), 1 << 24) if value.isascii() and value.isdecimal() else 1
