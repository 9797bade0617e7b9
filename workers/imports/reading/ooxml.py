"""The parts of an XLSX, XLSM or XLSB workbook: which sheets there are, and where."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workers.imports.reading.archives import Archive
from workers.imports.reading.xml_reading import Attributes, XmlReader, damaged

_MAX_PART = 8 * 1024 * 1024
_ROOT = "_rels/.rels"
_CONTENT_TYPES = "[Content_Types].xml"
_WORKSHEET = "/worksheet"
_BUNDLE_SHEET = 156
_WORKBOOK_PROPERTIES = 153


@dataclass(slots=True)
class Part:
    """A sheet: its name, the entry of the archive that holds it, whether it is hidden."""

    name: str
    entry: str
    is_hidden: bool


@dataclass(slots=True)
class Workbook:
    """The sheets in their order, and the entries beside them that a reader needs."""

    archive: Archive
    is_binary: bool
    sheets: list[Part] = field(default_factory=list)
    strings: str | None = None
    styles: str | None = None
    is_1904: bool = False
    beside: list[str] = field(default_factory=list)


def open_workbook(archive: Archive) -> Workbook | None:
    """The workbook in an archive, None for an archive of anything else."""
    root = _relations(archive, _ROOT, "")
    main = next((target for kind, target in root.values() if kind.endswith("/officeDocument")), None)
    entry = next(
        (e for name in (main, "xl/workbook.xml", "xl/workbook.bin") if name and (e := archive.find(name))), None
    )
    if entry is None or not entry.endswith((".xml", ".bin")) or "workbook" not in entry.casefold():
        return None
    folder, name = posixpath.split(entry)
    links = f"{folder}/_rels/{name}.rels"
    relations = _relations(archive, links, folder)
    workbook = Workbook(archive, is_binary=entry.endswith(".bin"))
    workbook.strings = _part(archive, relations, "/sharedStrings")
    workbook.styles = _part(archive, relations, "/styles")
    present = [archive.find(e) for e in (_CONTENT_TYPES, _ROOT, entry, links)]
    workbook.beside = [e for e in (*present, workbook.strings, workbook.styles) if e]
    content = archive.read(entry, _MAX_PART)
    listed = _binary_sheets(content, workbook) if workbook.is_binary else _xml_sheets(content, workbook)
    for title, link, is_hidden in listed:
        kind, target = relations.get(link, ("", ""))
        found = archive.find(target) if kind.endswith(_WORKSHEET) else None
        if found:
            workbook.sheets.append(Part(title, found, is_hidden))
    return workbook


def _part(archive: Archive, relations: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((archive.find(target) for name, target in relations.values() if name.endswith(kind)), None)


class _Relations(XmlReader):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))


def _relations(archive: Archive, name: str, folder: str) -> dict[str, tuple[str, str]]:
    """Link → kind and entry name."""
    entry = archive.find(name)
    if entry is None:
        return {}
    reader = _Relations()
    reader.read([archive.read(entry, _MAX_PART)])
    return {
        link: (
            kind,
            posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)),
        )
        for link, (kind, target) in reader.found.items()
    }


class _Sheets(XmlReader):
    def __init__(self, workbook: Workbook) -> None:
        super().__init__()
        self._workbook = workbook
        self.found: list[tuple[str, str, bool]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.found.append((attributes.get("name", ""), link, "idden" in attributes.get("state", "")))
        elif name == "workbookPr":
            self._workbook.is_1904 = attributes.get("date1904") in {"1", "true"}


def _xml_sheets(content: bytes, workbook: Workbook) -> list[tuple[str, str, bool]]:
    reader = _Sheets(workbook)
    reader.read([content])
    return reader.found


def _binary_sheets(content: bytes, workbook: Workbook) -> list[tuple[str, str, bool]]:
    found = []
    for kind, record in binary_records([content]):
        if kind == _BUNDLE_SHEET:
            try:
                state = struct.unpack_from("<I", record)[0]
                link, at = _wide_string(record, 8)
                name, _ = _wide_string(record, at)
            except struct.error as error:
                raise damaged("workbook.bin: a sheet cut off") from error
            found.append((name, link, state != 0))
        elif kind == _WORKBOOK_PROPERTIES and record:
            workbook.is_1904 = bool(record[0] & 1)
    return found


def _wide_string(record: bytes, at: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", record, at)[0]
    end = at + 4 + 2 * min(length, len(record))
    return record[at + 4 : end].decode("utf-16-le", "replace"), end


def binary_records(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The records of a part of an XLSB workbook: kind and content."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        at = 0
        while (found := _record(rest, at)) is not None:
            kind, start, at = found
            yield kind, rest[start:at]
        rest = rest[at:]
        if len(rest) > _MAX_PART:
            raise damaged("a record without end")


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, start and end of the record at a place; None where it is not all there."""
    if at + 2 > len(data):
        return None
    kind = data[at]
    at += 1
    if kind & 0x80:
        kind = kind & 0x7F | (data[at] & 0x7F) << 7
        at += 1
    size = 0
    for shift in range(0, 28, 7):
        if at >= len(data):
            return None
        size |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            break
    return (kind, at, at + size) if at + size <= len(data) else None
