# ruff: noqa: RUF001
"""Marks within a cell of references: which of them are not fitted. `R1, R2(DNP), R3*NF`, `R1 R2 [DNP: R3]`."""

from __future__ import annotations

import re

from workers.imports.lines import dnp
from workers.imports.lines.ranges import expand

_SIGN = "\x01"  # stands for a mark once it is found; cells hold no control characters any more
_SHORT = r"(?:N\.?[FCMPBU]\.?|N/[FCMPU]|n\.?\s?b\.?)"
_IN_BRACKETS = re.compile(rf"(?<=[(\[{{])\s*{_SHORT}\s*(?=[)\]}}:])", re.I)
_ATTACHED = re.compile(rf"(?<=\d)\s?[*_/=:]\s?{_SHORT}(?![A-Za-z0-9])", re.I)
_GROUP = re.compile(r"[(\[{]([^()\[\]{}]{0,300}\x01[^()\[\]{}]{0,300})[)\]}]")
_JOIN = re.compile(r"\s?[*_/.=:-]\s?\x01|\x01\s?[*.]")
_RUNS = re.compile(r"\x01(?:[\s,;]*\x01)+")
_CHUNK = re.compile(r"[,;|\n、・]")
_MAY_BE_SHORT = re.compile(r"[(\[{*_/=:]\s?n", re.I)
_SENTENCE = re.compile(r"[.;\n](?:\s|$)")
_WORD = re.compile(r"[A-Za-zА-Яа-я0-9_$-]{1,60}")
_SPACED_DASH = re.compile(r"(?<=\d)\s*(?:-|–|~|〜|～|\.{2,}|…|\bto\b|\bbis\b)\s*(?=\w)")
_NUMBERED = re.compile(r"\d")


def may_be_partial(text: str) -> bool:
    """A cheap look: whether `by_fit` may find anything."""
    return dnp.is_marked(text) or bool(_MAY_BE_SHORT.search(text))


def by_fit(text: str) -> list[tuple[str, bool]] | None:
    """The pieces of the cell, each with whether it is not fitted; None where no mark is in it."""
    signed = _signed(text)
    if _SIGN not in signed:
        return None
    pieces: list[tuple[str, bool]] = []
    signed = _JOIN.sub(_SIGN, _GROUP.sub(lambda match: _group(match[1], pieces), signed))
    signed = _RUNS.sub(_SIGN, signed).strip(" ,;.")
    if signed.endswith(f" {_SIGN}") and signed.count(_SIGN) == 1 and not (pieces or _CHUNK.search(signed)):
        return [(signed[:-1], True)]
    return [*_chunks(signed), *pieces]


def _signed(text: str) -> str:
    signed = dnp.MARK.sub(_SIGN, dnp.PHRASE.sub(_SIGN, text))
    return _ATTACHED.sub(_SIGN, _IN_BRACKETS.sub(_SIGN, signed))


def _group(inner: str, pieces: list[tuple[str, bool]]) -> str:
    """`[DNP: R3]` names its own references; `(DNP)` says it of the name before it."""
    names = inner.replace(_SIGN, " ").strip(" :=,;.-")
    if not _NUMBERED.search(names):
        return _SIGN
    pieces.append((names, True))
    return " "


def _chunks(signed: str) -> list[tuple[str, bool]]:
    """Between commas: `R2 DNP` is about R2, `DNP: R4` about all that follows."""
    found: list[tuple[str, bool]] = []
    is_listed = False
    for chunk in map(str.strip, _CHUNK.split(signed)):
        if chunk.startswith(_SIGN):
            is_listed = True
            found.append((chunk[1:].lstrip(" :=-").replace(_SIGN, " "), True))
            continue
        *marked, rest = chunk.split(_SIGN)
        for part in marked:
            words = part.split()
            found += [(" ".join(words[:-1]), is_listed), (words[-1] if words else "", True)]
        found.append((rest, is_listed))
    return [(piece, is_not_fitted) for piece, is_not_fitted in found if piece.strip(" :=-.")]


def named_beside_mark(text: str, names: set[str]) -> set[str]:
    """Those of the names that a note with a mark is about: those after the mark, else those before it."""
    found: set[str] = set()
    for sentence in _SENTENCE.split(_signed(text)):
        before, sign, after = sentence.rpartition(_SIGN)
        if sign:
            found |= names & _words(after) or names & _words(before)
    return found


def _words(text: str) -> set[str]:
    """The words of a note, ranges written out."""
    tokens = [token for token in _WORD.findall(_SPACED_DASH.sub("-", text)) if _NUMBERED.search(token)]
    return set(expand(tokens).names)
