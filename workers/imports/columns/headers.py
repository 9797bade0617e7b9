"""What one header cell says: which fields its column may hold, how surely, and whose numbers they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from workers.imports.columns.header_rules import Candidates, decide
from workers.imports.columns.vocabulary import DISTRIBUTORS, LONG_DISTRIBUTORS, LONG_WORDS, WORDS, fold

_MAX_HEADER_CHARS = 120
_LEAST_KNOWN = 0.45  # of the words: less is a sentence that happens to mention a column
_CJK = r"\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_CJK}]+|[^\W\d_{_CJK}]+|\d+|[/+&]")
_HALF_SIZE_CJK = re.compile(f"[{_CJK}]")
_NOT = r"(do not|dont|not|no|nicht|non|ne pas|exclude from|excluded from|не|нет)"
_FIT = r"(populat|place|load|install|fit|stuff|mount|assembl|bestuck|mont|pop|bom|solder|cabl|устан|монт|запаи)"
_DNP_HEADER = re.compile(rf"\b{_NOT}\b.*\b{_FIT}|\bbom exclu|\bexclu\w* bom\b")
_FIT_OR_NOT = re.compile(rf"\b{_FIT}\w* (?:/|or|oder|ou) (?:do )?{_NOT}\b")
_IN_BOM = re.compile(r"^(?:(?:add|includ|put)\w* )?(?:in|into|to) (?:the )?bom$|^include[ds]?$")
_VARIANT = re.compile(
    r"(?:(?<![^\W_])(?:variant[eis]?|varianten|variantes|ausf[uü]hrung(?:en)?|исполнени[ея]|исп|вариант[ы]?)(?![^\W_])|"
    r"(?<![^\W_])var(?=[\s.:#№_-]|\d|$)|"
    r"变体|變體|バリアント)"
    r"[\s.:#№_-]*",
    re.I,
)
_COUNTS = re.compile(
    r"^(?:num|no|nr|nos|number)s? (?:of (?:parts|pieces|pcs|units|components|items)$|off$|req\w*$|needed$|used$"
    r"|(?:per|/|pro|je) (?:board|pcb|unit|assembly|assy|kit|set|device|module)$)"
)
_DASHES = ("-", "\u2013", "\u2014")
_FOR_MANY = re.compile(r"(?:\b(?:per|pro|je|por|par|for|за|на)\b|/)\s*\d{2,}")
_COUNTED = frozenset({"uom", "unit", "units", "part", "qty", "item"})  # after `per` they say of what, not what
_ALTERNATES: Candidates = (("mpn", 0.5),)
_NUMBERED = frozenset({"mpn", "manufacturer", "supplier", "supplier_sku"})  # of these there may be second ones


@dataclass(frozen=True, slots=True)
class HeaderMeaning:
    """The fields a column may hold with a score in 0..1, the best first, and what else its header tells.

    `supplier` is the distributor it names, `index` the number it ends in (`Manufacturer 2`), `amount` the quantity from
    which a price holds, `variant` the name of an assembly variant. `is_alternate`: of second sources.
    """

    candidates: Candidates = ()
    supplier: str | None = None
    index: int = 1
    is_combined: bool = False
    is_alternate: bool = False
    amount: int = 1
    variant: str | None = None

    @property
    def key(self) -> tuple[bool, int]:
        """What a part number and its maker, an order number and its supplier have in common."""
        return self.is_alternate, self.index

    @property
    def best(self) -> tuple[str, float]:
        return self.candidates[0] if self.candidates else ("", 0.0)


_NOTHING = HeaderMeaning()


@lru_cache(maxsize=8192)
def interpret(header: str) -> HeaderMeaning:
    """The meaning of one header cell; text that is too long or says nothing known has no candidates."""
    if not header or len(header) > _MAX_HEADER_CHARS:
        return _NOTHING
    folded = fold(header)
    tokens = _TOKEN.findall(folded)
    words = [t for t in tokens if not t.isdecimal()]
    if not words or len(words) > 14:
        return _NOTHING
    read = _read_tokens(words)
    concepts, known = read.concepts, read.known
    if meant := _meant_as_a_whole(" ".join(words)):
        concepts, known = [meant], 1.0
    if "variant" in concepts:
        return _variant(header)
    if known < _LEAST_KNOWN:
        return _NOTHING
    numbers = [int(t) for t in tokens if t.isdecimal() and len(t) < 8]
    if "qty" in concepts and any(n >= 10 for n in numbers):
        concepts.append("total")
    index = numbers[-1] if tokens[-1].isdecimal() and numbers and 0 < numbers[-1] < 10 else 1
    candidates = _decided(frozenset(concepts), is_known=known == 1)
    factor = (0.4 + 0.6 * known) * (1 - 0.03 * (index - 1)) * (0.6 if header.rstrip().endswith(":") else 1.0)
    if "price" in concepts and _FOR_MANY.search(folded):
        factor *= 0.3
    scored = tuple((name, round(score * factor, 4)) for name, score in candidates)
    amount = numbers[0] if numbers and "price" in concepts else 1
    return HeaderMeaning(scored, read.supplier, index, _is_combined(words, concepts), "alt" in concepts, amount)


def _decided(concepts: frozenset[str], *, is_known: bool) -> Candidates:
    """The fields of these concepts; of second sources only those that may be numbered."""
    if "alt" not in concepts:
        return decide(concepts)
    candidates = _ALTERNATES if concepts == {"alt"} and is_known else decide(concepts - {"alt"})
    return tuple(c for c in candidates if c[0] in _NUMBERED)


def _meant_as_a_whole(said: str) -> str | None:
    """What several words say together: of marks (`do not place`, `include in BOM`), of counts (`number per board`)."""
    if _DNP_HEADER.search(said):
        return "fit" if _FIT_OR_NOT.search(said) else "dnp"
    if _IN_BOM.match(said):
        return "fit"
    return "qty" if _COUNTS.match(said) else None


def distributor_name(text: str) -> str | None:
    """The canonical name of a distributor if the text is one, spelled about right."""
    compact = "".join(t for t in _TOKEN.findall(fold(text)) if t.isalnum()).removesuffix("com")
    return _distributor(compact) if 2 <= len(compact) <= 30 else None


def _variant(header: str) -> HeaderMeaning:
    """`Qty Variant A`, `Variant: Basic`, `Кол. на исполнение 01`: the name stands after the word or before it."""
    match = _VARIANT.search(header)
    name = _without_marks(header[match.end() :].strip(" ()[]:")) if match else ""
    if match and not name:
        before = header[: match.start()].strip(" ()[]:-_")
        name = "" if interpret(before).candidates or _read_tokens(before.split()).known > 0 else before
    if match and not name and header[-1:] in _DASHES:
        name = "-"  # the base, beside 01 and 02
    is_clear = bool(name) and len(name) <= 40 and not interpret(name).candidates
    score = 0.9 if is_clear else 0.5 if not name else 0.0
    return HeaderMeaning((("variant", score),) if score else (), variant=name or header) if score else _NOTHING


def _without_marks(name: str) -> str:
    """The name of a variant without the word for what its column holds: `A Qty`, `Basic fitted`."""
    words = name.split()
    while words and set(_concepts_of(fold(words[-1]).strip("().:"))[0]) & {"qty", "fit", "dnp"}:
        words.pop()
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class _Read:
    """The concepts of the words of a header, the distributor among them, and which share of them is known."""

    concepts: list[str]
    supplier: str | None
    known: float


def _read_tokens(words: list[str]) -> _Read:
    concepts: list[str] = []
    supplier: str | None = None
    understood = total = 0.0
    position = 0
    while position < len(words):
        used, found, share, name = _read_at(words, position)
        supplier = supplier or name
        position += used
        if found == ["stop"]:
            continue
        if "per" in concepts and found and found[0] in _COUNTED and concepts[-1] == "per":
            found = ["stop"]
        concepts += found
        total += 0 if found == ["per"] else used
        understood += 0 if found == ["per"] else used * share
    concepts = [c for c in concepts if c not in {"stop", "per"}]
    if concepts == ["part", "mfr"]:
        concepts = ["mfr"]  # the maker of the part, not the maker's part
    return _Read(concepts, supplier, understood / total if total else 0.0)


def _read_at(words: list[str], position: int) -> tuple[int, list[str], float, str | None]:
    """How many words belong together here, their concepts, the share that is known, the distributor they name."""
    for span in (3, 2):
        part = words[position : position + span]
        joined = "".join(part)
        if len(part) < span or not joined.isalnum():
            continue
        if name := _distributor(joined):
            return span, ["distributor"], 1.0, name
        if joined in WORDS and not all(word in WORDS for word in part):
            return span, [WORDS[joined]], 1.0, None
    word = words[position]
    if name := _distributor(word):
        return 1, ["distributor"], 1.0, name
    if not word.isalnum():
        return 1, ["per"] if word == "/" else ["stop"], 1.0, None
    concepts, share = _concepts_of(word)
    supplier = next((DISTRIBUTORS[p] for p in _segments(word) or () if p in DISTRIBUTORS), None)
    return 1, concepts, share, supplier


def _distributor(compact: str) -> str | None:
    alias: str | None = compact if compact in DISTRIBUTORS else None
    if alias is None and len(compact) >= 6 and compact not in WORDS:
        alias = _nearest(compact, LONG_DISTRIBUTORS, 85)
    return DISTRIBUTORS[alias] if alias else None


@lru_cache(maxsize=4096)
def _nearest(word: str, among: tuple[str, ...], cutoff: int) -> str | None:
    """The one spelled most like the word, if it is like enough."""
    if not word.isascii():
        return None
    from rapidfuzz import fuzz, process  # takes longer to load than most files to read

    match = process.extractOne(word, among, scorer=fuzz.ratio, score_cutoff=cutoff)
    return str(match[0]) if match else None


def _concepts_of(word: str) -> tuple[list[str], float]:
    """What a word says, and which share of it is known."""
    if word in WORDS:
        return [WORDS[word]], 1.0
    if parts := _segments(word):
        return [WORDS.get(p, "distributor") for p in parts], 1.0
    if _HALF_SIZE_CJK.search(word):
        return _in_part(word)
    if len(word) >= 5 and (match := _nearest(word, LONG_WORDS, 84)):
        return [WORDS[match]], 1.0
    return [], 0.0


def _in_part(word: str) -> tuple[list[str], float]:
    """The known words of two characters and more in a run that is not known as a whole."""
    found: list[str] = []
    known = start = 0
    while start < len(word):
        end = next((e for e in range(len(word), start + 1, -1) if word[start:e] in WORDS), 0)
        if end:
            found.append(WORDS[word[start:end]])
            known += end - start
        start = end or start + 1
    return found, known / len(word)


@lru_cache(maxsize=4096)
def _segments(word: str) -> tuple[str, ...] | None:
    """Known words that together make up this one (`Herstellerteilenummer`, `partnumber`, `制造商编号`), or nothing."""
    is_cjk = bool(_HALF_SIZE_CJK.search(word))
    if len(word) > 40 or (not is_cjk and len(word) < 5):
        return None
    shortest = 1 if is_cjk else 2
    for end in range(len(word), shortest - 1, -1):
        head, rest = word[:end], word[end:]
        if head not in WORDS and not (is_cjk and head in DISTRIBUTORS):
            continue
        if not rest:
            return (head,)
        for link in ("", "s", "n", "en", "の"):
            if rest.startswith(link) and (tail := _tail(rest.removeprefix(link))):
                return (head, *tail)
    return None


def _tail(rest: str) -> tuple[str, ...] | None:
    return (rest,) if rest in WORDS else _segments(rest)


def _is_combined(words: list[str], concepts: list[str]) -> bool:
    """`Manufacturer / MPN`, `Manufacturer and Part Number`: two things in one cell, the maker named first."""
    if "mfr" not in concepts or WORDS.get(words[0]) != "mfr":
        return False
    after = words[1:]
    return bool(after) and after[0] in {"/", "+", "&", "and", "und", "et", "y", "e"} and _names_number(after[1:])


def _names_number(words: list[str]) -> bool:
    return bool({c for word in words for c in _concepts_of(word)[0]} & {"part", "mpn", "pn", "model"})
