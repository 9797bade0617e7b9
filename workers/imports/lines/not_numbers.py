# ruff: noqa: SIM905
"""What people write where a part number would stand: a link, `generic`, `see notes`, a sentence."""

from __future__ import annotations

import re
from functools import lru_cache

from workers.imports.cells import is_url

# All of the cell, or its beginning where no part number begins so.
_WORDS = re.compile(
    r"^(?:generic(?:\s+[^\W\d]+){0,3}|generico|genérico|générique|generisch|various|varios|vari|diverse?|divers|verschiedene|standard|std\.?|misc\.?"
    r"|miscellaneous|multiple|several|custom|default|example|sample|open|none|no|yes|not\s+used|unused|xx+|commodity|passive"
    r"|customer[\s-]supplied|free[\s-]issue(?:d)?|beistellung|(?:do\s+)?not\s+(?:required|needed|assigned|defined|known|stocked)"
    r"|no\s+(?:mpn|p/?n|part\s+number|number|manufacturer|preference|substitutes?|brand)"
    r"|通用|常规|标准|标准件|任意|不限|自备|自购|客供|市购|通用品|汎用|汎用品|指定なし|支給品|любой|любая|любые|стандарт|типовой)$"
    r"|^(?:tb[acd]|t\.b\.[acd]\.?|to\s+be\s+(?:defined|determined|confirmed|announced|decided|selected|advised))\b"
    r"|^(?:see|siehe|voir|véase|vedere|vedi|zie|см\.?|смотри)\s"
    r"|^(?:見|见|详见|参见|参照)",
    re.I,
)
# Names of parts have no such words, sentences about them do.
_OF_SENTENCES = frozenset(
    """or any is are will same use used if ok okay can may must should instead not please also equivalent similar you we
    our oder wie ist kann bitte falls wenn nicht auch gleich ou est si peut même es igual cualquier sono qualsiasi
    uguale или как можно""".split()
)
_LEAST_WORDS = 4
_NUMBER_IN_TEXT = re.compile(r"(?=\S*[A-Za-z])(?=(?:\S*\d){3})[A-Za-z0-9][\w./+-]{6,}|\d{6,}")


@lru_cache(maxsize=8192)
def is_no_part_number(text: str) -> bool:
    """Whether a cleaned cell of a column of part numbers holds a remark instead of one."""
    return bool(_WORDS.match(text)) or is_url(text) or _is_sentence(text)


def _is_sentence(text: str) -> bool:
    """Several words, among them one that only sentences have, and none that may be a number."""
    words = text.casefold().split()
    return len(words) >= _LEAST_WORDS and not _OF_SENTENCES.isdisjoint(words) and not _NUMBER_IN_TEXT.search(text)
