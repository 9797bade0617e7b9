"""Bytes to text: byte order marks, then UTF-8, then the code page in which header and cells read best."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from workers.imports.reading.plausibility import FAMILIES, plausibility, script_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_LINE_END = re.compile(rb"[\r\n]")
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z][\w.:-]*)", re.I)
_AS_WINDOWS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
_AS_WINDOWS |= {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "sjis": "cp932", "big5": "big5hkscs"}
_AS_WINDOWS |= {"euc-kr": "cp949", "ks_c_5601-1987": "cp949", "x-sjis": "cp932", "iso-8859-9": "cp1254"}
_FOR_DOCUMENTS = {*FAMILIES, "cp1253", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859-2", "iso8859-5", "iso8859-15"}
_HEAD = 6_000  # bytes from the start, where the header is
_SAMPLE = 12_000  # bytes of lines with letters beyond ASCII, from the whole file
_LINE = 500
_RIVALS = 5
_WORTH_OF_HEADER = 0.35


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the codec that gave it, and how many characters could not be read."""

    text: str
    encoding: str
    replaced: int = 0


def _no_header(_text: str) -> float:
    return 0.0


def decode(data: bytes, header_of: Callable[[str], float] = _no_header) -> Decoded:
    """The text of a file; never fails. `header_of` says how well the header of a text reads (0: there is none)."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], codec)
    if codec_of_nuls := _wide_without_mark(data):
        return _decoded(data, codec_of_nuls)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, _not_quite_utf8(data, header_of))
    if text.isascii() and b"\x1b$" in data[:_HEAD]:
        return _decoded(data, "iso2022_jp")
    if _is_doubtful(text):
        return _decoded(data, _best(data, header_of, [codec for codec in FAMILIES if _reads(data, codec)]))
    return Decoded(text, "utf-8")


def decode_declared(data: bytes) -> Decoded:
    """The text of a page or an XML document, which may say what it is encoded in; it is believed where that fits."""
    declared = _DECLARED.search(data[:_HEAD].replace(b"\x00", b""))
    name = declared[1].decode("ascii").lower() if declared else ""
    try:
        codec = _AS_WINDOWS.get(name) or codecs.lookup(name).name
        is_known = codec in _FOR_DOCUMENTS
        return Decoded(data.decode(codec), codec) if is_known and not _is_utf8(data) else decode(data)
    except (LookupError, ValueError):
        return decode(data)


def _is_utf8(data: bytes) -> bool:
    try:
        return not data[:_SAMPLE].isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _decoded(data: bytes, codec: str) -> Decoded:
    text = data.decode(codec, "replace")
    return Decoded(text, codec, text.count("\ufffd") if "\ufffd" in text else 0)


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 and UTF-32 show as NULs at the same place of every few bytes, since delimiters and digits are ASCII."""
    sample = data[: _HEAD // 4 * 4]
    if len(sample) < 8 or 0 not in sample:
        return None
    shares = [sample[at::4].count(0) * 4 / len(sample) for at in range(4)]
    if min(shares[2:]) > 0.9 and shares[0] < 0.2:
        return "utf-32-le"
    if min(shares[:2]) > 0.9 and shares[3] < 0.2:
        return "utf-32-be"
    even, odd = shares[0] + shares[2], shares[1] + shares[3]
    if odd > 0.2 and even < 0.1 * odd:
        return "utf-16-le"
    return "utf-16-be" if even > 0.2 and odd < 0.1 * even else None


def _is_doubtful(text: str) -> bool:
    """Whether text that is valid UTF-8 may be so by chance: few letters beyond ASCII, of no or of several languages."""
    beyond = [c for c in text[:_HEAD] if c > "\x7f"]
    if not beyond or len(beyond) > 12:
        return False
    scripts = {script_of(c) for c in beyond if c < "\u2000"} - {"sign"}
    return len(scripts) > 1 or "" in scripts


def _reads(data: bytes, codec: str) -> bool:
    """Whether every byte of the sample means something in the code page."""
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(data[:_SAMPLE])
    except UnicodeDecodeError:
        return False
    return True


def _not_quite_utf8(data: bytes, header_of: Callable[[str], float]) -> str:
    """UTF-8 with a broken byte here and there is still UTF-8; a rival among others if there are more."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    read = len(text) - len(text.encode("ascii", "ignore")) - broken
    if read >= 2 * broken:
        return "utf-8"
    return _best(data, header_of, [codec for codec in FAMILIES if codec != "utf-8" or read >= broken])


def _best(data: bytes, header_of: Callable[[str], float], rivals: list[str]) -> str:
    sample = _telling(data)
    high = sum(map(len, _HIGH.findall(sample)))
    read = [(codec, sample.decode(codec, "replace")) for codec in rivals]
    ranked = sorted(((plausibility(text, codec, high), codec) for codec, text in read), reverse=True)
    start = {codec: data[:_HEAD].decode(codec, "replace") for _, codec in ranked[:_RIVALS]}
    scores = {codec: score + _WORTH_OF_HEADER * header_of(start[codec]) for score, codec in ranked[:_RIVALS]}
    return max(scores, key=lambda codec: scores[codec])


def _telling(data: bytes) -> bytes:
    """The lines with bytes beyond ASCII, as many as it takes to tell code pages apart."""
    lines: list[bytes] = []
    size = at = 0
    while size < _SAMPLE and (match := _HIGH.search(data, at)):
        before = data[max(at, match.start() - _LINE) : match.start()]
        after = _LINE_END.search(data, match.end(), match.end() + _LINE)
        at = after.end() if after else match.end() + _LINE
        lines.append(_LINE_END.split(before)[-1] + data[match.start() : min(at, match.start() + _SAMPLE)])
        size += len(lines[-1])
    return b"\n".join(lines)
