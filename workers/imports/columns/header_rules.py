"""What the concepts of a header mean together: an ordered list of rules, the narrower meaning first. Data only."""

from __future__ import annotations

from dataclasses import dataclass

Candidates = tuple[tuple[str, float], ...]

_NUMBERISH = frozenset({"num", "code", "id", "pn", "mpn", "sku", "ref", "order", "catalog", "part", "parts", "model"})
_CODE = "num code id pn"


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


# A score below 0.6 must be confirmed by what stands in the column.
_MONEY = (
    _rule("", any_of="neg extended"),
    _rule("price", any_of="total board stock order value"),
    _rule("price", ("unit_price", 1.0)),
    _rule("money", any_of="total board stock qty value"),
    _rule("money", ("unit_price", 0.5)),
)
_STRUCTURE = (
    _rule("level", ("level", 1.0)),
    _rule("variant", ("variant", 0.9), none_of="desc"),
)
_AMOUNTS = (
    _rule("dnp", ("dnp", 1.0)),
    _rule("ref customer", ("references", 0.9)),
    _rule("ref internal", ("references", 0.7), ("internal_number", 0.69)),
    _rule("qty", ("quantity", 0.35), any_of="order total distributor supplier package stock"),
    _rule("uom", ("unit", 1.0), none_of="per part package"),
    _rule("qty", ("quantity", 1.0)),
    _rule("units", ("quantity", 0.9), ("unit", 0.5)),
)
_OWN_NUMBERS = (
    _rule("desc", ("description", 0.4), any_of="distributor supplier package mfr"),
    _rule("desc", ("description", 1.0)),
    _rule("internal name", ("value", 0.5), ("description", 0.5)),
    _rule("internal", ("internal_number", 0.95), none_of="mfr supplier distributor package notes type"),
    _rule("customer", ("internal_number", 0.7), any_of=_CODE + " part"),
    _rule("", any_of="customer", none_of="name value"),
)
_OTHERS_NUMBERS = (
    _rule("package", ("package", 1.0)),
    _rule("stock", any_of="mfr supplier"),
    _rule("mfr", ("mpn", 1.0), any_of="NUMBERISH"),
    _rule("mfr designation", ("mpn", 0.59), ("manufacturer", 0.58)),
    _rule("mfr itemcode", ("mpn", 1.0)),
    _rule("mfr", ("manufacturer", 1.0), none_of="type"),
    _rule("mpn", ("mpn", 0.9), any_of="sku"),
    _rule("mpn value", ("mpn", 0.59), ("value", 0.58)),
    _rule("distributor stock", ("supplier_sku", 0.9), any_of=_CODE),
    _rule("distributor", any_of="value comment notes type name spec total stock"),
    _rule("distributor fit", none_of=" ".join(_NUMBERISH)),
    _rule("distributor", ("supplier_sku", 0.95)),
    _rule("supplier", ("supplier_sku", 1.0), any_of="NUMBERISH"),
    _rule("supplier itemcode", ("supplier_sku", 1.0)),
    _rule("supplier", ("supplier", 1.0)),
    _rule("mpn", ("mpn", 1.0)),
    _rule("sku", ("supplier_sku", 0.8), ("internal_number", 0.5)),
    _rule("goods", ("supplier_sku", 0.7), ("internal_number", 0.5), any_of=_CODE),
    _rule("stock", ("supplier_sku", 0.6), ("internal_number", 0.5), ("mpn", 0.5), any_of="num code"),
    _rule("", any_of="stock"),
    _rule("order designation", ("mpn", 0.59), ("supplier_sku", 0.4)),
    _rule("order", ("supplier_sku", 0.7), any_of=_CODE + " part ref"),
    _rule("catalog", ("supplier_sku", 0.7), ("mpn", 0.5), any_of=_CODE + " part ref"),
)
_PARTS = (
    _rule("value", ("value", 1.0)),
    _rule("lib", ("mpn", 0.45), any_of="ref part name", none_of="package"),
    _rule("item document", ("references", 1.0)),
    _rule("ref part num", ("references", 0.7), ("mpn", 0.69)),
    _rule("ref model", ("mpn", 0.59), ("references", 0.58)),
    _rule("ref", ("references", 1.0), ("mpn", 0.5), none_of="num part"),
    _rule("ref", ("references", 1.0)),
    _rule("document", ("references", 0.8), ("internal_number", 0.5)),
    _rule("spec model", ("mpn", 0.59), ("value", 0.5)),
    _rule("model", ("mpn", 0.9)),
    _rule("drawing", ("internal_number", 0.6), any_of=_CODE),
    _rule("itemcode", ("internal_number", 0.75), ("mpn", 0.55)),
    _rule("material", ("internal_number", 0.9), any_of=_CODE + " item"),
    _rule("material", ("internal_number", 0.45), ("description", 0.34), none_of="name type value spec"),
    _rule("pn", ("mpn", 0.8), ("internal_number", 0.5)),
    _rule("item part", ("item", 0.6), ("internal_number", 0.5), ("mpn", 0.44), any_of="num code id"),
    _rule("part", ("mpn", 0.8), ("internal_number", 0.5), any_of="num code id"),
    _rule("parts", ("references", 0.7), ("value", 0.45), ("description", 0.3)),
    _rule("part name", ("mpn", 0.5), ("value", 0.5), ("description", 0.45)),
    _rule("part designation", ("description", 0.6), ("value", 0.5), ("references", 0.4)),
    _rule("part type", ("value", 0.34)),
    _rule("part", ("references", 0.5), ("value", 0.45), ("mpn", 0.44), ("description", 0.3), ("item", 0.2)),
    _rule("type designation", ("mpn", 0.59), ("value", 0.5)),
    _rule("designation", ("value", 0.6), ("description", 0.55)),
)
_REST = (
    _rule("comment", ("value", 0.75)),
    _rule("name", ("value", 0.5), ("description", 0.5)),
    _rule("spec", ("description", 0.45), ("value", 0.4)),
    _rule("place", ("references", 0.5), ("item", 0.48)),
    _rule("size", ("package", 0.35)),
    _rule("notes", ("notes", 0.6)),
    _rule("fit", ("fitted", 0.6), none_of="type num item"),
    _rule("fit", any_of="type num"),
    _rule("typ", ("mpn", 0.45), ("value", 0.34)),
    _rule("type", ("value", 0.34)),
    _rule("device", ("value", 0.5), none_of="num code id"),
    _rule("count_or_name", ("quantity", 0.55), ("description", 0.5)),
    _rule("item total"),
    _rule("item", ("item", 0.8), ("internal_number", 0.55), ("description", 0.45), any_of="num code id"),
    _rule("item", ("item", 0.8), ("description", 0.45)),
    _rule("unit", ("unit", 0.8), ("quantity", 0.5)),
    _rule("code", ("internal_number", 0.5), ("mpn", 0.4)),
    _rule("id", ("item", 0.6), ("internal_number", 0.34)),
    _rule("num", ("item", 0.5), ("internal_number", 0.45)),
)
_RULES = (*_MONEY, *_STRUCTURE, *_AMOUNTS, *_OWN_NUMBERS, *_OTHERS_NUMBERS, *_PARTS, *_REST)


def decide(concepts: frozenset[str]) -> Candidates:
    """The fields that a column with these concepts in its header may hold, the best first."""
    return next((rule.candidates for rule in _RULES if rule.fits(concepts)), ())
