# ruff: noqa: RUF001
"""What kind of row it is: a part line, a second source, the title of a section, a total, a label of the foot."""

from __future__ import annotations

import re
from enum import Enum

from workers.imports import cells
from workers.imports.columns.headers import interpret
from workers.imports.columns.layout import Layout
from workers.imports.lines.quantities import AS_REQUIRED, parse_quantity
from workers.imports.lines.rows import Row

_SUMS = (
    r"total|totals|totale|totaal|totalt|gesamt\w*|summe|endsumme|zwischensumme|somme|montant total|suma|soma|somma|"
    r"subtotale|importe total|итого|итог|всего|сумма|合计|总计|共计|小计|总数|合計|総計|小計|합계|총계|소계|razem|"
    r"celkem|summa|toplam|yhteensä|összesen|i alt"
)
_COSTS = (
    r"shipping|postage|handling|tax|taxes|vat|discount|freight|versand|versandkosten|mwst|rabatt|iva|tva|port|"
    r"frais de port|remise|envío|gastos de envío|descuento|spedizione|spese di spedizione|sconto|доставка|ндс|скидка|"
    r"运费|税|送料|消費税"
)
_TOTAL = re.compile(
    rf"^(?:(?:sub|grand|sous)[\s-]*)?(?:{_SUMS})(?:\b|$)|^sum\s*:?$|^end of (?:bom|list|file)\b"
    rf"|^(?:{_COSTS})\.?\s*:?$|^shipping\s*(?:costs?|fees?|(?:and|&) handling)\b|^\W*(?:end|ende|fin|fine|конец)\W*$",
    re.I,
)
_PAGE = re.compile(
    r"^(?:page|seite|página|pagina|hoja|blatt|лист|стр\.?|第|页|ページ)\s*\d+(?:\s*\D{1,5}\s*\d+)?\s*页?$", re.I
)
_TOTAL_ALONE = re.compile(
    r"(?:(?:sub|grand)[\s-]*)?(?:total|totals|totale|totaal|summe|gesamt|suma|итого|всего|合计|总计|合計|総計|합계)\s*[:：]?",
    re.I,
)
# What title blocks and the foot of a page say; a value may stand beside it.
_TITLE_BLOCK = re.compile(
    r"^(?:(?:date|revision|rev|approved|checked|drawn|prepared|designed|created|author|company|project|title|document|"
    r"drawing|sheet|page|filename|file|version|engineer|customer|variant)(?: (?:by|no|number|name|date|on))?"
    r"|(?:datum|stand|erstellt|geprüft|freigegeben|gezeichnet|bearbeiter|blatt|projekt|firma|zeichnung)(?: (?:von|am))?"
    r"|(?:dessiné|vérifié|approuvé|établi|créé|feuille|projet|société|indice)(?: (?:par|le))?"
    r"|(?:fecha|dibujado|revisado|aprobado|elaborado|hoja|proyecto|empresa)(?: (?:por|el))?"
    r"|(?:data|disegnato|verificato|approvato|redatto|foglio|progetto|ditta)(?: (?:da|il))?"
    r"|дата|разраб\.?|разработ\w+|пров\.?|проверил\w*|утв\.?|утвердил\w*|[нт]\. ?контр\.?|листы?|листов|изм\.?|подп\.?"
    r"|подпись|проект"
    r"|日期|版本|制图|审核|批准|设计|校对|项目名称|编制|作成|作成日|承認|検図|設計|日付|図番|改訂)\.?\s*[:：#]?$",
    re.I,
)
_FILLED_IN_FOOT = 4
_LEAST_REMARK = 6  # `ref` and `ar` mean other things elsewhere
_COLONS = (":", "：")
_ALTERNATE_WORDS = re.compile(
    r"^\(?(?:alt|alts|altn|alternate|alternative|alternativ|alternativa|2nd source|second source|substitute|or|oder|ou|"
    r"ersatz|équivalent|sostituto|sustituto|аналог|замена|替代|替代料|代替|代替品|二供)[.:]?\)?\s*\d*$",
    re.I,
)
_SUB_ITEM = re.compile(r"^(\d{1,5})(?:[a-z]|[.\-/]\d{1,2})$", re.I)


class Kind(Enum):
    """What a row is."""

    LINE = "line"
    ALTERNATE = "alternate"
    SECTION = "section"
    TOTAL = "total"
    BLANK = "blank"


def kind_of(row: Row, layout: Layout, last: Row | None = None, *, is_after_parts: bool = False) -> Kind:
    """Whether the row is a part line or one of the things people put around them; `last` is the line before it."""
    if not row.filled or (not row.first[:1].isalpha() and not _says_anything(row.cells)):
        return Kind.BLANK
    is_certain = row.references.is_certain
    if not is_certain and not row.mpn and _is_label(row):
        return Kind.SECTION if row.filled == 1 and row.first.endswith(_COLONS) else Kind.TOTAL
    if _is_line(row, layout, is_after_parts=is_after_parts) and not _is_furniture(row):
        return Kind.ALTERNATE if not is_certain and _is_alternate(row, layout, last) else Kind.LINE
    if row.filled == 1 or row.references.is_prose or row.quantity.problem:
        return Kind.SECTION
    return Kind.TOTAL if row.quantity.amount is not None or not _has_text(row) else Kind.SECTION


def _is_furniture(row: Row) -> bool:
    """The number of a page alone, or a header again in part."""
    if row.filled == 1 and _PAGE.match(row.first):
        return True
    if row.references.is_certain or row.quantity.amount is not None:
        return False
    if row.quantity.problem and row.quantity != AS_REQUIRED and interpret(row.quantity_text).best[0] == "quantity":
        return True
    return row.filled > 1 and _are_header_words([text for cell in row.cells if (text := cells.clean(cell))])


def _are_header_words(texts: list[str]) -> bool:
    """The second row of a header of two, on a further page."""
    if any(c.isdecimal() for text in texts for c in text):
        return False
    scores = [interpret(text).best[1] for text in texts]
    return min(scores) >= 0.3 and 2 * sum(1 for score in scores if score >= 0.6) >= len(scores)


def _says_anything(written: list[str]) -> bool:
    """More than rules and zeros, which fill the rows below the parts in some sheets."""
    return any(c.isalnum() and c != "0" for cell in written for c in cell)


def _has_text(row: Row) -> bool:
    return bool(row.mpn or row.value or row.description or row.references.names or row.references.is_prose)


def _is_label(row: Row) -> bool:
    """`Total components`, `Date: …`: the first text of the row or its description is a label of the foot."""
    if row.filled <= _FILLED_IN_FOOT and row.first.endswith(_COLONS):
        return True
    first = cells.clean(row.first)
    if _TOTAL.match(first):
        return True
    if row.filled <= 6 and not row.supplier_sku and any(_TOTAL_ALONE.fullmatch(cell.strip()) for cell in row.cells):
        return True
    if row.filled <= _FILLED_IN_FOOT and row.quantity.amount is None and _TITLE_BLOCK.match(first):
        return True
    return not row.references.names and any(_TOTAL.match(text or "") for text in (row.value, row.description))


def _is_line(row: Row, layout: Layout, *, is_after_parts: bool) -> bool:
    if row.references.is_certain or _is_counted(row) or _has_number(row, layout):
        return True
    if is_after_parts or row.references.is_prose:
        return False
    text = row.value or row.description or row.package
    if row.has_item and (text or row.references.names):
        return True
    if "quantity" in layout.single and not row.quantity.problem:
        return bool(text and (row.references.names or row.quantity_text or _is_as_required(row)))
    is_footnote = bool(row.quantity.problem) and all(name.isdecimal() for name in row.references.names)
    return row.filled > 1 and bool(text or (row.references.names and not is_footnote))


def _is_as_required(row: Row) -> bool:
    """A remark that says in full what would stand as the quantity."""
    return any(len(cell) >= _LEAST_REMARK and parse_quantity(cell) == AS_REQUIRED for cell in row.cells)


def _is_counted(row: Row) -> bool:
    """A quantity, or `as required`, with anything that says of what."""
    if row.quantity.amount is None and row.quantity != AS_REQUIRED:
        return False
    named = row.value or row.description or row.package or row.mpn or row.supplier_sku or row.manufacturer
    return bool(named or row.internal_number or row.has_item or row.references.names or row.references.is_prose)


def _has_number(row: Row, layout: Layout) -> bool:
    """A part or order number that is not the only word in the row by chance."""
    if row.mpn and (row.filled > 1 or cells.is_part_number_like(row.mpn) or len(layout.names) <= 2):
        return True
    if row.internal_number and row.filled > 1 and any(c.isdecimal() for c in row.internal_number):
        return True
    is_alone = row.filled == 1 and "references" in layout.single
    return bool(row.supplier_sku) and not row.references.is_prose and not is_alone


def _is_alternate(row: Row, layout: Layout, last: Row | None) -> bool:
    """A second source: a part or order number of nothing that a line has of its own, or one that is called so."""
    if not (row.mpn or row.supplier_sku):
        return False
    if row.first and last is not None and _is_called_alternate(row, layout):
        return True
    single = layout.single
    if "quantity" not in single or not ({"references", "internal_number"} & single.keys()):
        return False
    if row.quantity_text or row.cell(single.get("references")).strip() or row.cell(single.get("level")).strip():
        return False
    if last is None:
        return not (row.value or row.description or row.internal_number or row.item)
    return (
        row.value in (None, last.value)
        and row.description in (None, last.description)
        and row.internal_number in (None, last.internal_number)
        and (not row.item or _is_sub_item(row.item, last.item))
    )


def _is_called_alternate(row: Row, layout: Layout) -> bool:
    """`ALT` where the item or the references would stand, or in the first cell of the row."""
    single = layout.single
    marks = (row.first, row.item, row.cell(single.get("references")).strip())
    return any(text and len(text) <= 20 and _ALTERNATE_WORDS.match(text) for text in marks)


def _is_sub_item(item: str, last: str) -> bool:
    """`5.1` or `5a` under `5`, `5.2` under `5.1`, or `5` again."""
    match = _SUB_ITEM.match(item)
    own = _SUB_ITEM.match(last)
    base = own[1] if own else last
    return bool(last) and (item == last or bool(match and match[1] == base))
