"""Zip archives from strangers: what they really unpack to counts, not what they say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from workers.imports.model import BomFileError
from workers.imports.reading.xml_reading import damaged

MAX_UNPACKED = 400 * 1024 * 1024
_MAX_ENTRIES = 10_000
_CHUNK = 1 << 18
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


class Archive:
    """The entries of a zip archive, by name; a name twice is no spreadsheet's, and the first entry counts."""

    def __init__(self, data: bytes) -> None:
        entries = data.count(b"PK\x01\x02")
        if entries > _MAX_ENTRIES:
            raise _too_large(f"more than {_MAX_ENTRIES} files", f"{entries} entries")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError, struct.error) as error:
            raise damaged(f"zip archive: {error}") from error
        self._data = memoryview(data)
        self._infos: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._infos.setdefault(info.filename, info)
        self._sizes: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def find(self, name: str) -> str | None:
        """The entry of that name, in whichever case."""
        if name in self._infos:
            return name
        folded = name.casefold()
        return next((entry for entry in self._infos if entry.casefold() == folded), None)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of an entry, unpacked piece by piece. Errors: BomFileError bom_too_large, bom_damaged."""
        info = self._infos.get(name)
        if info is None:
            raise damaged(f"the archive has no {name}")
        seen = 0
        for chunk in _unpacked(self._packed(info), info):
            seen += len(chunk)
            if seen > self._sizes.get(name, 0):
                self._sizes[name] = seen
                if sum(self._sizes.values()) > MAX_UNPACKED:
                    what = f"more than {MAX_UNPACKED // 1024 // 1024} MiB when unpacked"
                    raise _too_large(what, f"{name} alone has {seen} bytes or more")
            yield chunk

    def read(self, name: str, most: int) -> bytes:
        """The content of an entry of at most so many bytes."""
        parts: list[bytes] = []
        size = 0
        for chunk in self.chunks(name):
            size += len(chunk)
            if size > most:
                raise _too_large(f"more than {most // 1024 // 1024} MiB in {name}", f"{size} bytes or more")
            parts.append(chunk)
        return b"".join(parts)

    def size(self, name: str) -> int:
        """How much an entry unpacks to."""
        return sum(map(len, self.chunks(name)))

    def repacked(self, names: Iterable[str], instead: dict[str, bytes] | None = None) -> bytes:
        """An archive of these entries only, whose sizes are the real ones: nothing hides in it.

        `instead` has other content for some of them.
        """
        parts: list[bytes | memoryview] = []
        directory: list[bytes] = []
        at = 0
        for name in dict.fromkeys(names):
            raw = name.encode()
            packed, kind, checksum, size = self._entry(name, (instead or {}).get(name))
            same = (20, _UTF8_NAME, kind, 0, 0x21, checksum, len(packed), size, len(raw), 0)
            parts += [_LOCAL.pack(b"PK\x03\x04", *same), raw, packed]
            directory.append(_CENTRAL.pack(b"PK\x01\x02", 20, *same, 0, 0, 0, 0, at) + raw)
            at += _LOCAL.size + len(raw) + len(packed)
        listing = b"".join(directory)
        end = _END.pack(b"PK\x05\x06", 0, 0, len(directory), len(directory), len(listing), at, 0)
        return b"".join([*parts, listing, end])

    def _entry(self, name: str, content: bytes | None) -> tuple[bytes | memoryview, int, int, int]:
        """What an archive says of an entry: packed content, how it is packed, checksum, size."""
        if content is not None:
            return content, zipfile.ZIP_STORED, zlib.crc32(content), len(content)
        info = self._infos[name]
        size = self._sizes[name] if name in self._sizes else self.size(name)
        return self._packed(info), info.compress_type, info.CRC, size

    def _packed(self, info: zipfile.ZipInfo) -> memoryview:
        at = info.header_offset
        header = bytes(self._data[at : at + _LOCAL.size])
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04" or info.flag_bits & _ENCRYPTED:
            raise damaged(f"zip archive: {info.filename} cannot be read")
        names = _LOCAL.unpack(header)[-2:]
        start = at + _LOCAL.size + sum(names)
        packed = self._data[start : start + info.compress_size]
        if len(packed) < info.compress_size:
            raise damaged(f"zip archive: {info.filename} is cut off")
        return packed


def _unpacked(packed: memoryview, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.compress_type == zipfile.ZIP_STORED:
        for at in range(0, len(packed), _CHUNK):
            yield bytes(packed[at : at + _CHUNK])
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise damaged(f"zip archive: {info.filename} is packed in an unusual way")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _CHUNK):
            rest = bytes(packed[at : at + _CHUNK])
            while rest:
                chunk = inflate.decompress(rest, _CHUNK)
                if chunk:
                    yield chunk
                rest = inflate.unconsumed_tail
        while chunk := inflate.decompress(b"", _CHUNK):
            yield chunk
    except zlib.error as error:
        raise damaged(f"zip archive: {info.filename}: {error}") from error


def _too_large(what: str, found: str) -> BomFileError:
    hint = "Keep only the sheet with the parts list, without pictures, or save it as CSV, and upload that."
    return BomFileError("bom_too_large", f"The workbook holds too much: {what}.", found, hint)
