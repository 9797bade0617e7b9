# ruff: noqa: RUF001
"""Quantities of several variants that only a letter or a name tells apart: `Qty A`, `Qty B`; `Кол. 01`, `Кол. 02`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from workers.imports.columns.headers import HeaderMeaning, interpret
from workers.imports.columns.vocabulary import fold

_LETTER = re.compile(r"^(.{2,30}?)[\s._:#-]*[(\[]?(?<![^\W_])(?:([A-H])|(0\d)|-(0\d))\b[)\]]?$")
_NAMED = re.compile(r"^(.{2,30}?)\s*(?:[(\[]([^()\[\]]{2,30})[)\]]|\s[-:–]\s*([^()\[\]]{2,30}))$")
_PARTS_OF_ONE = re.compile(
    r"\b(?:top|bot\w*|front|back|rear|side|smt|smd|tht|pth|dip|left|right|upper|lower|in|out|new|old|act\w*|plan\w*|min"
    r"|max|used|spare|need\w*|have|actual|oben|unten|calc\w*|kicad|design)\b|\d{2}|%",
    re.I,
)


def with_quantity_variants(texts: Sequence[str], meanings: list[HeaderMeaning]) -> list[HeaderMeaning]:
    """The meanings, with those of quantities that differ by such a name made variants; one alone is the quantity."""
    if sum(1 for meaning in meanings if meaning.best[0] == "quantity") < 2:
        return meanings
    groups: dict[tuple[str, bool], dict[int, str]] = {}
    for index, (text, meaning) in enumerate(zip(texts, meanings, strict=True)):
        if meaning.best[0] == "quantity" and (found := _split(text)):
            groups.setdefault((fold(found[0]).strip(), len(found[1]) <= 2), {})[index] = found[1]
    named = {i: n for group in groups.values() if 1 < len(group) == len(set(group.values())) for i, n in group.items()}
    return [
        replace(meaning, candidates=(("variant", 0.9),), variant=named[i]) if i in named else meaning
        for i, meaning in enumerate(meanings)
    ]


def _split(text: str) -> tuple[str, str] | None:
    """The quantity's own words, and the name of the variant."""
    if (match := _LETTER.match(text)) and interpret(match[1]).best == ("quantity", 1.0):
        return match[1], match[2] or match[3] or match[4]
    match = _NAMED.match(text)
    if not match or interpret(match[1]).best != ("quantity", 1.0):
        return None
    name = match[2] or match[3]
    return None if interpret(name).candidates or _PARTS_OF_ONE.search(name) else (match[1], name)
