"""What one header cell says: which fields its column may hold, how surely, and whose numbers they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from workers.imports.vocabulary import DISTRIBUTORS, LONG_DISTRIBUTORS, LONG_WORDS, WORDS, fold

Candidates = tuple[tuple[str, float], ...]

_MAX_HEADER_CHARS = 120
_LEAST_KNOWN = 0.45  # of the words: less is a sentence that happens to mention a column
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[/+&]")
_HALF_SIZE_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_NOT = r"(do not|dont|not|no|nicht|non|ne pas|exclude from|excluded from)"
_FIT = r"(populat|place|load|install|fit|stuff|mount|assembl|bestuck|mont|pop|bom|solder)"
_DNP_HEADER = re.compile(rf"\b{_NOT}\b.*\b{_FIT}")
_NUMBERISH = frozenset({"num", "code", "id", "pn", "mpn", "sku", "ref", "order", "catalog", "part", "parts", "model"})


@dataclass(frozen=True, slots=True)
class HeaderMeaning:
    """The fields a column may hold with a score in 0..1, the best first, and what else its header tells."""

    candidates: Candidates = ()
    supplier: str | None = None
    index: int = 1
    is_combined: bool = False

    @property
    def best(self) -> tuple[str, float]:
        return self.candidates[0] if self.candidates else ("", 0.0)


@dataclass(frozen=True, slots=True)
class _Rule:
    """The first rule whose concepts are all there, with one of `any_of`, and none of `none_of`, decides."""

    all_of: frozenset[str]
    candidates: Candidates
    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()

    def fits(self, concepts: frozenset[str]) -> bool:
        return (
            self.all_of <= concepts
            and (not self.any_of or bool(self.any_of & concepts))
            and not self.none_of & concepts
        )


def _rule(all_of: str, *candidates: tuple[str, float], any_of: str = "", none_of: str = "") -> _Rule:
    words = frozenset(any_of.split()) if any_of != "NUMBERISH" else _NUMBERISH
    return _Rule(frozenset(all_of.split()), candidates, words, frozenset(none_of.split()))


# Order matters: the narrower meaning first. A score below 0.6 must be confirmed by what stands in the column.
_RULES = (
    _rule("dnp", ("dnp", 1.0)),
    _rule("", any_of="neg alt"),
    _rule("ref", ("references", 0.9), any_of="internal customer"),
    _rule("", any_of="internal customer", none_of="qty"),
    _rule("qty", ("quantity", 0.35), any_of="order total distributor supplier package"),
    _rule("qty", ("quantity", 1.0)),
    _rule("desc", ("description", 0.4), any_of="distributor supplier package mfr"),
    _rule("desc", ("description", 1.0)),
    _rule("package", ("package", 1.0)),
    _rule("mfr", ("mpn", 1.0), any_of="NUMBERISH"),
    _rule("mfr", ("manufacturer", 1.0)),
    _rule("mpn", ("mpn", 0.9), any_of="sku"),
    _rule("distributor", any_of="value comment notes type name spec total"),
    _rule("distributor", ("supplier_sku", 0.95)),
    _rule("supplier", ("supplier_sku", 1.0), any_of="NUMBERISH"),
    _rule("supplier", ("supplier", 1.0)),
    _rule("mpn", ("mpn", 1.0)),
    _rule("sku", ("supplier_sku", 0.8)),
    _rule("order", ("supplier_sku", 0.7), any_of="num code id pn part ref"),
    _rule("catalog", ("supplier_sku", 0.7), any_of="num code id pn part ref"),
    _rule("value", ("value", 1.0)),
    _rule("lib", ("mpn", 0.45), any_of="ref part name", none_of="package"),
    _rule("ref", ("references", 1.0)),
    _rule("spec model", ("mpn", 0.59), ("value", 0.5)),
    _rule("model", ("mpn", 0.9)),
    _rule("pn", ("mpn", 0.8)),
    _rule("part", ("mpn", 0.8), any_of="num code id"),
    _rule("parts", ("references", 0.7)),
    _rule("part name", ("mpn", 0.5), ("value", 0.5), ("description", 0.45)),
    _rule("part designation", ("description", 0.6), ("value", 0.5)),
    _rule("part type", ("value", 0.34)),
    _rule("part", ("references", 0.5), ("value", 0.45), ("mpn", 0.44), ("description", 0.3), ("item", 0.2)),
    _rule("designation", ("value", 0.6), ("description", 0.55)),
    _rule("comment", ("value", 0.75)),
    _rule("name", ("value", 0.5), ("description", 0.5)),
    _rule("spec", ("description", 0.45), ("value", 0.4)),
    _rule("place", ("references", 0.5), ("item", 0.3)),
    _rule("size", ("package", 0.35)),
    _rule("notes", ("notes", 0.5)),
    _rule("fit", ("fit", 0.6), none_of="type num item"),
    _rule("type", ("value", 0.34)),
    _rule("count_or_name", ("quantity", 0.55), ("description", 0.5)),
    _rule("item", ("item", 0.8), ("description", 0.45)),
    _rule("id", ("item", 0.6)),
    _rule("num", ("item", 0.5)),
)


@lru_cache(maxsize=4096)
def interpret(header: str) -> HeaderMeaning:
    """The meaning of one header cell; text that is too long or says nothing known has no candidates."""
    if not header or len(header) > _MAX_HEADER_CHARS:
        return HeaderMeaning()
    tokens = _TOKEN.findall(fold(header))
    words = [t for t in tokens if not t.isdigit()]
    if not words or len(words) > 14:
        return HeaderMeaning()
    concepts, supplier, known = _read_tokens(words)
    if _DNP_HEADER.search(" ".join(words)):
        concepts, known = ["dnp"], 1.0
    if known < _LEAST_KNOWN:
        return HeaderMeaning()
    numbers = [int(t) for t in tokens if t.isdigit() and len(t) < 6]
    if "qty" in concepts and any(n >= 10 for n in numbers):
        concepts.append("total")
    index = numbers[-1] if numbers and tokens[-1].isdigit() and 0 < numbers[-1] < 10 else 1
    if [c for c in concepts if c != "stop"] == ["part", "mfr"]:
        concepts = ["mfr"]  # the maker of the part, not the maker's part
    candidates = _decide(frozenset(concepts))
    factor = (0.4 + 0.6 * known) * (1 - 0.03 * (index - 1)) * (0.6 if header.rstrip().endswith(":") else 1.0)
    scored = tuple((name, round(score * factor, 4)) for name, score in candidates)
    return HeaderMeaning(scored, supplier, index, _is_combined(words, concepts))


def distributor_name(text: str) -> str | None:
    """The canonical name of a distributor if the text is one, spelled about right."""
    compact = "".join(t for t in _TOKEN.findall(fold(text)) if t.isalnum()).removesuffix("com")
    return _distributor(compact) if 2 <= len(compact) <= 30 else None


def _decide(concepts: frozenset[str]) -> Candidates:
    return next((rule.candidates for rule in _RULES if rule.fits(concepts)), ())


def _read_tokens(words: list[str]) -> tuple[list[str], str | None, float]:
    concepts: list[str] = []
    supplier: str | None = None
    understood = total = 0
    position = 0
    while position < len(words):
        used, found, name = _read_at(words, position)
        supplier = supplier or name
        concepts += found
        if found != ["stop"]:
            total += used
            understood += used if found else 0
        position += used
    return concepts, supplier, understood / total if total else 0.0


def _read_at(words: list[str], position: int) -> tuple[int, list[str], str | None]:
    """How many words belong together here, their concepts, and the distributor they name."""
    for span in (3, 2):
        part = words[position : position + span]
        joined = "".join(part)
        if len(part) < span or not joined.isalnum():
            continue
        if name := _distributor(joined):
            return span, ["distributor"], name
        if joined in WORDS and not all(word in WORDS for word in part):
            return span, [WORDS[joined]], None
    word = words[position]
    if name := _distributor(word):
        return 1, ["distributor"], name
    if not word.isalnum():
        return 1, ["stop"], None
    return 1, _concepts_of(word), None


def _distributor(compact: str) -> str | None:
    alias: str | None = compact if compact in DISTRIBUTORS else None
    if alias is None and len(compact) >= 6 and compact not in WORDS:
        match = process.extractOne(compact, LONG_DISTRIBUTORS, scorer=fuzz.ratio, score_cutoff=85)
        alias = match[0] if match else None
    return DISTRIBUTORS[alias] if alias else None


def _concepts_of(word: str) -> list[str]:
    if word in WORDS:
        return [WORDS[word]]
    if parts := _segments(word):
        return [WORDS[p] for p in parts]
    if len(word) >= 5 and (match := process.extractOne(word, LONG_WORDS, scorer=fuzz.ratio, score_cutoff=84)):
        return [WORDS[match[0]]]
    return []


@lru_cache(maxsize=4096)
def _segments(word: str) -> tuple[str, ...] | None:
    """Known words that together make up this one (`Herstellerteilenummer`, `partnumber`, `制造商编号`), or nothing."""
    is_cjk = bool(_HALF_SIZE_CJK.search(word))
    if not is_cjk and len(word) < 5:
        return None
    shortest = 1 if is_cjk else 2
    for end in range(len(word), shortest - 1, -1):
        head, rest = word[:end], word[end:]
        if head not in WORDS:
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
    return bool({c for word in words for c in _concepts_of(word)} & {"part", "mpn", "pn", "model"})
