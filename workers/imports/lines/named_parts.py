# ruff: noqa: RUF001
"""Part numbers within names, as Russian lists of elements have them: `Конденсатор GRM188R71C104KA01D ф. Murata`."""

from __future__ import annotations

import re
from functools import lru_cache

from workers.imports import cells

_KIND = re.compile(r"^(?:[А-Яа-яЁё][А-Яа-яЁё.-]*,?\s+|(?:SMD|smd|Chip|LED)\s+)*")
_NUMBER = re.compile(
    r"^(?=\S*[A-Za-z])(?=(?:\S*\d){2})([A-Za-z0-9][A-Za-z0-9/.+#()-]{4,}(?:,\d{3}(?=[\s,]|$))?)(?=[\s,;«\"“(]|$)"
)
_MAKER = re.compile(
    r"^[\s,;]*(?:\(|\bф(?:ирм[аы])?\b\.?|\bпр(?:-во|-ва|оизводства|оизводитель)\b\.?:?)?\s*[(«\"“]?\s*"
    r"([A-Z][A-Za-z&.-]*(?:\s[A-Z&][A-Za-z&.-]*){0,3})?[)»\"”]*\s*$"
)
_MAKER_AT_END = re.compile(
    r"(?:\bф(?:ирм[аы])?\b\.?\s*|[,(«\"“]\s*)[«\"“]?([A-Z][A-Za-z&.-]+(?:\s[A-Z][A-Za-z&.-]+){0,2})[)»\"”]*\s*$"
)
_PACKAGE = re.compile(r"^(?:SOT|SOD|SOIC|SO|SSOP|TSSOP|MSOP|QFN|DFN|LQFP|TQFP|QFP|BGA|DIP|TO|DO|SMA|SMB|SMC)-?\d", re.I)
_LONG = 8  # a number of this length is one whatever follows; a shorter one may be a series


@lru_cache(maxsize=8192)
def number_in_name(name: str) -> tuple[str, str | None] | None:
    """The part number and the maker that a name holds, None for a name of anything else."""
    text = cells.clean(name)[: cells.SHORT_TEXT]
    text = text[_KIND.match(text).end() :]  # type: ignore[union-attr]  # it matches nothing as well
    match = _NUMBER.match(text)
    if not match or _PACKAGE.match(match[1]) or not cells.is_part_number_like(match[1]):
        return None
    number, rest = match[1].rstrip(".,;"), text[match.end() :]
    if maker := _MAKER.match(rest):
        return number, maker[1]
    if len(number) < _LONG:
        return None
    at_end = _MAKER_AT_END.search(rest)
    return number, at_end[1] if at_end else None
