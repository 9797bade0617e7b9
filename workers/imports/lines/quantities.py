# ruff: noqa: RUF001
"""Quantities as people write them: `10`, `2 pcs`, `0,5 m`, `1.000`, `x4`, `3 (one spare)`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from workers.imports.cells import clean, halfwidth, is_placeholder
from workers.imports.lines import dnp
from workers.imports.lines.decimals import DIGITS, read_decimal
from workers.imports.lines.units import canonical_unit, is_unit

MAX_QUANTITY = Decimal(1_000_000_000)

_QUANTITY = re.compile(
    rf"^(?:[x×*]\s*|qty\.?:?\s*)?({DIGITS}(?:E[+-]?[0-9]{{1,2}}(?![0-9]))?)\s*(?:[x×*](?=$|\s))?\s*"
    r"([^\W\d_]{1,12}\.?|[^\W\d_]{1,6}/[^\W\d_]{1,6}|m²|m2|\")?(?:\s*(?:/|per)\s*(?:board|pcb|unit|assy|assembly))?$",
    re.I,
)
_ABOUT = re.compile(r"^(?:'|[~≈]|(?:ca|circa|approx|approximately|about|env|около|约|約)\b\.?)\s*(?=[0-9])", re.I)
_AS_REQUIRED = re.compile(
    r"(?:a/r|ar|a\.r\.|as\s?(?:required|req\w*\.?|req['’]?d|needed|necessary)|if\s+(?:required|needed)|ref\.?|n\.\s?b\.|nb|"
    r"nach\s+bedarf|bei\s+bedarf|bedarf|selon\s+(?:le\s+)?besoins?|au\s+besoin|s\.?/?b\.?|según\s+(?:necesidad|se\s+requiera)|"
    r"q\.?b\.?|quanto\s+basta|по\s+(?:мере\s+необходимости|необходимости|месту|потребности)|适量|若干|按需|適量|必要量|必要数)",
    re.I,
)
_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_OR_MORE = re.compile(r"(?<=\d)\s*(?:\+|\b(?:or|ou|o|oder|of)\s(?:more|mais|plus|m[áa]s|mehr|pi[ùu]|meer))$", re.I)
_THOUSANDS_COMMA = re.compile(r"^[0-9]{1,3}(?:,[0-9]{3})+$")
_GLUED_WORD = re.compile(r"[0-9](?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity cell: its number and unit, or the warning code why there is no number."""

    amount: Decimal | None = None
    problem: str | None = None
    unit: str | None = None


NO_QUANTITY = Quantity()
AS_REQUIRED = Quantity(problem="quantity_as_required")
_SMALL = {str(n): Quantity(Decimal(n)) for n in range(1000)}


def parse_quantity(cell: str, *, is_comma_decimal: bool = False) -> Quantity:
    """The number in a quantity cell. `is_comma_decimal`: `1,000` means one, not a thousand."""
    known = _SMALL.get(cell)
    if known is not None:
        return known
    text = _ABOUT.sub("", halfwidth(clean(cell)))
    if is_placeholder(text):
        return NO_QUANTITY
    if not text[:1].isdecimal() and _AS_REQUIRED.fullmatch(text):
        return AS_REQUIRED
    match = _QUANTITY.match(_without_remarks(text)) if text[:1].isdecimal() else _QUANTITY.match(text)
    number = None
    if match and _is_unit(match[2], text):
        number = read_decimal(match[1].strip(), is_comma_decimal=is_comma_decimal)
    if match is None or number is None:
        return Quantity(problem="quantity_not_a_number")
    if not 0 <= number <= MAX_QUANTITY:
        return Quantity(problem="quantity_negative" if number < 0 else "quantity_too_large")
    return Quantity(number, unit=canonical_unit(match[2]) if match[2] and is_unit(match[2]) else None)


def uses_comma_decimals(cells: Iterable[str]) -> bool:
    """Whether a column writes decimal commas: some cell says `0,5`, or all of several say `1,000`."""
    written = [c for c in (clean(cell) for cell in cells) if c]
    with_comma = [c for c in written if "," in c]
    if any(not _THOUSANDS_COMMA.match(c.split(" ")[0]) and "." not in c for c in with_comma):
        return True
    return len(with_comma) > 1 and len(with_comma) == len(written) and all(c.endswith(",000") for c in with_comma)


def _without_remarks(text: str) -> str:
    """`1 (DNF)`, `2 DNP`, `3 (one spare)`, `8 or more`: the number alone."""
    return _OR_MORE.sub("", dnp.MARK.sub("", _REMARK.sub("", text))).strip(" ,;/-") or text


def _is_unit(word: str | None, text: str) -> bool:
    """A known unit, or a word that stands apart from the number: `4 off`, but not `4k7` or `10nF`."""
    return word is None or is_unit(word) or (not _GLUED_WORD.search(text) and len(word) <= 11)
