"""Tables of an HTML page, as shops and ERP systems save them: under .html, and under .xls."""

from __future__ import annotations

import html
import re

from workers.imports.model import LineWarning, ParseLimits
from workers.imports.reading.grid import Gatherer, too_large
from workers.imports.table import Table

# A tag with its attributes (quoted ones may hold anything), a comment or CDATA mark, or a declaration. Each alternative
# stops at the next `<`, or at a length, so that a page of broken tags takes no longer than another.
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*+)(?P<attributes>(?:[^<>\"']++|\"[^\"]{0,2000}+\"|'[^']{0,2000}+')*+|[^<>]*+)>"
    r"|<!--|<!\[CDATA\[|<[!?][^<>]*+>"
)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_UNSEEN = {"script", "style", "title", "template", "noscript", "textarea", "select", "svg"}
_BREAKS = {"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4"}
_WHITE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(r"[^\S\n]+")
_MAX_TABLES = 200
_MAX_DEPTH = 20


class _Table:
    """A table that is being read."""

    def __init__(self, limits: ParseLimits, order: int) -> None:
        self.order = order
        self.gatherer = Gatherer(limits)
        self.row: list[str] = []
        self.has_row = False
        self.cell: list[str] | None = None
        self.span = 1
        self.down = 1
        self.number = 0
        self.covered: dict[int, int] = {}  # column → the last row in which a cell from above stands


class HtmlReader:
    """Reads a page; `tables` are those with rows, `warnings` what was cut off."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._open: list[_Table] = []
        self._found: list[tuple[int, Table]] = []
        self._cells = 0
        self._count = 0
        self.warnings: list[LineWarning] = []

    def read(self, text: str) -> None:
        """Reads the whole page. Errors: BomFileError bom_too_large."""
        at = 0
        while match := _TAG.search(text, at):
            self._say(text[at : match.start()])
            at = match.end()
            if match["name"] is None:
                at = self._after_mark(text, match[0], at)
            elif (name := match["name"].lower()) in _UNSEEN and not match["close"]:
                end = re.compile(rf"</{name}", re.I).search(text, at)
                at = end.start() if end else len(text)
            elif match["close"]:
                self._close(name)
            else:
                self._start(name, match["attributes"])
        self._say(text[at:])
        while self._open:
            self._end_table()

    def tables(self) -> list[Table]:
        """The tables in the order of the page, numbered where there are several."""
        tables = [table for _, table in sorted(self._found, key=lambda pair: pair[0])]
        if len(tables) > 1:
            for number, table in enumerate(tables, start=1):
                table.name = f"Table {number}"
        return tables

    def _after_mark(self, text: str, mark: str, at: int) -> int:
        closing = {"<!--": "-->", "<![CDATA[": "]]>"}.get(mark)
        if closing is None:
            return at
        end = text.find(closing, at)
        return end + len(closing) if end >= 0 else len(text)

    def _start(self, name: str, attributes: str) -> None:
        if name == "table":
            self._begin_table()
        elif not self._open:
            return
        elif name == "tr":
            self._end_row()
            self._open[-1].has_row = True
        elif name in {"td", "th"}:
            self._end_cell()
            self._begin_cell(attributes)
        elif name in _BREAKS:
            self._say("<br>", is_break=True)

    def _close(self, name: str) -> None:
        if not self._open:
            return
        if name == "table":
            self._end_table()
        elif name == "tr":
            self._end_row()
        elif name in {"td", "th"}:
            self._end_cell()
        elif name in _BREAKS:
            self._say("", is_break=True)

    def _begin_table(self) -> None:
        self._count += 1
        if self._count <= _MAX_TABLES and len(self._open) < _MAX_DEPTH:
            self._open.append(_Table(self._limits, self._count))

    def _end_table(self) -> None:
        self._end_row()
        table = self._open.pop()
        if read := table.gatherer.end():
            self._found.append((table.order, read))
            self.warnings += [w for w in table.gatherer.warnings() if w not in self.warnings]

    def _begin_cell(self, attributes: str) -> None:
        table = self._open[-1]
        spans = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(attributes[:4000])}
        table.cell = []
        table.has_row = True
        table.span = _number(spans.get("colspan"), self._limits.max_columns)
        table.down = _number(spans.get("rowspan"), 65_534)

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.cell is None:
            return
        while table.covered.get(len(table.row), 0) > table.number:
            table.row.append("")
        if len(table.row) <= self._limits.max_columns:
            if table.down > 1:
                for column in range(len(table.row), len(table.row) + table.span):
                    table.covered[column] = table.number + table.down
            table.row += [_cleaned("".join(table.cell)), *[""] * (table.span - 1)]
        table.cell = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self._open[-1]
        if not table.has_row:
            return
        self._cells += len(table.row)
        if self._cells > self._limits.max_cells:
            raise too_large(f"more than {self._limits.max_cells} cells", f"{self._cells} cells in {self._count} tables")
        table.gatherer.add(table.row)
        table.number += 1
        table.row, table.has_row = [], False

    def _say(self, text: str, *, is_break: bool = False) -> None:
        if not self._open or self._open[-1].cell is None:
            return
        text = html.unescape(text[: 4 * self._limits.max_cell_chars])
        self._open[-1].cell.append("\n" if is_break else _WHITE.sub(" ", text))


def _cleaned(text: str) -> str:
    text = _SPACES.sub(" ", text.replace("\xa0", " "))
    return "\n".join(line for part in text.split("\n") if (line := part.strip()))


def _number(text: str | None, most: int) -> int:
    text = (text or "").strip()
    return min(max(int(text), 1), most) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
