"""Bytes to text: byte order marks, then UTF-8, then the single- and double-byte code page that reads best."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONG_RUN = re.compile(r"[^\x00-\x7f]{3,}")
# What the lead bytes of double-byte code pages become in Windows-1252, where hardly anybody writes them.
_ODD_SIGN = re.compile("[\u0192\u201a\u02c6\u2030\u0160\u2039\u0152\u017d\u02dc\u0161\u203a\u0153\u017e\u0178\ufffd]")
_SAMPLE = 200_000
_CYRILLIC = re.compile("[\u0400-\u04ff]{2,}")
_KANA = re.compile("[\u3040-\u30ff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the codec that gave it, and how many characters could not be read."""

    text: str
    encoding: str
    replaced: int = 0


def decode(data: bytes) -> Decoded:
    """The text of a file; never fails."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], codec)
    if codec_of_nuls := _utf16_without_mark(data):
        return _decoded(data, codec_of_nuls)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 4 <= sum(1 for c in text if c > "\x7f"):  # the broken ones count too: one in three of the others
        return Decoded(text, "utf-8", broken)
    return _decoded(data, _code_page(data[:_SAMPLE]))


def _decoded(data: bytes, codec: str) -> Decoded:
    text = data.decode(codec, "replace")
    return Decoded(text, codec, text.count("\ufffd"))


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows as a NUL in every other byte of mostly Latin text."""
    sample = data[:4000]
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.1 * half else None


def _code_page(sample: bytes) -> str:
    """Windows-1252 unless its reading is gibberish (long runs of accents) and another one reads well."""
    latin = sample.decode("cp1252", "replace")
    high = sum(1 for c in latin if c > "\x7f")
    in_runs = sum(len(run) for run in _LONG_RUN.findall(latin))
    if max(in_runs, len(_ODD_SIGN.findall(latin))) < 0.3 * high:
        return "cp1252"
    scores = {codec: _reads_well(sample, codec) for codec in ("cp1251", "cp932", "gb18030")}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > 0.6 else "cp1252"


def _reads_well(sample: bytes, codec: str) -> float:
    """The share of the characters beyond ASCII that are common in the language of the code page."""
    text = sample.decode(codec, "replace")
    beyond = [c for c in text if c > "\x7f"]
    if not beyond or text.count("\ufffd") * 50 > len(beyond):
        return 0.0
    if codec == "cp1251":
        return sum(len(run) for run in _CYRILLIC.findall(text)) / len(beyond)
    common = sum(1 for c in beyond if _is_common(c, codec))
    kana = len(_KANA.findall(text)) / len(beyond)
    return common / len(beyond) + (0.2 if codec == "cp932" and kana > 0.1 else 0.0)


def _is_common(char: str, codec: str) -> bool:
    """First-level characters of JIS X 0208 and GB 2312, and the punctuation of both."""
    if "\u3000" <= char <= "\u30ff" or "\uff01" <= char <= "\uff5e":
        return True
    lead = char.encode("cp932" if codec == "cp932" else "gb2312", "ignore")[:1]
    return b"\x88" <= lead <= b"\x97" if codec == "cp932" else b"\xb0" <= lead <= b"\xd7"
