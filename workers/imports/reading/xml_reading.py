"""XML from strangers: no DTD, no entities beyond the five, nothing fetched, no depth or tag without end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.parsers import expat

from workers.imports.model import BomFileError

_MAX_DEPTH = 100
_LONGEST_TAG = 1 << 20  # bytes without a `>`: no tag of a spreadsheet, and no text of a cell, is as long
_CHUNK = 1 << 16
_HINT = "Open the file in a spreadsheet program, save it again as .xlsx or .csv, and upload that."

Attributes = dict[str, str]


def damaged(detail: str) -> BomFileError:
    """The error for a spreadsheet that does not open."""
    return BomFileError("bom_damaged", "The spreadsheet is damaged and cannot be read.", detail[:300], _HINT)


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


class XmlReader:
    """Reads a document by calling `start` and `end`, which are given names and attributes without prefixes.

    Text is kept between `listen` and `heard` only.
    """

    def __init__(self, encoding: str | None = None) -> None:
        self._parser = expat.ParserCreate(encoding)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.EntityDeclHandler = _refuse_doctype
        self._depth = 0
        self._pieces: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def listen(self) -> None:
        """Keeps the text from here on."""
        self._pieces.clear()
        self._parser.CharacterDataHandler = self._pieces.append

    def heard(self) -> str:
        """The text since `listen`, which ends."""
        self._parser.CharacterDataHandler = None
        return "".join(self._pieces)

    def pause(self, *, is_over: bool = False) -> None:
        """Keeps no text for a while."""
        self._parser.CharacterDataHandler = self._pieces.append if is_over else None

    def say(self, text: str) -> None:
        """Adds to the text as if it stood in the document."""
        if self._parser.CharacterDataHandler:
            self._pieces.append(text)

    def read(self, chunks: Iterable[bytes]) -> None:
        """Reads the whole document. Errors: BomFileError bom_damaged."""
        since = 0
        try:
            for chunk in chunks:
                last = chunk.rfind(b">")
                since = since + len(chunk) if last < 0 else len(chunk) - last
                if since > _LONGEST_TAG:
                    raise damaged(f"XML: {since} bytes in one tag")
                self._parser.Parse(chunk)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged(f"XML: {error}") from error
        except (ValueError, LookupError) as error:  # an encoding nobody knows, a number that is none
            raise damaged(f"XML: {type(error).__name__}: {error}") from error

    def _open(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise damaged(f"XML: more than {_MAX_DEPTH} elements within each other")
        self.start(local(name) if ":" in name else name, attributes)

    def _close(self, name: str) -> None:
        self._depth -= 1
        self.end(local(name) if ":" in name else name)


def chunks_of(text: str) -> Iterator[bytes]:
    """A text as UTF-8, piece by piece, for a reader that was told so."""
    for at in range(0, len(text), _CHUNK):
        yield text[at : at + _CHUNK].encode("utf-8", "replace")


def _refuse_doctype(*_: object) -> None:
    raise damaged("XML: a document type declaration")
