# ruff: noqa: RUF001
"""Units of quantities, in the words of many languages, as one short text each: `pcs`, `m`, `kg`, `set`, `roll`."""

from __future__ import annotations

from functools import lru_cache

from workers.imports.cells import clean, halfwidth, is_placeholder

MAX_UNIT_CHARS = 20

_UNITS = {
    "pcs": """pcs pc pce pces piece pieces ea each unit units stk st stck stuck stück stücke pz pza pzas pezzo pezzi
        pieza piezas pièce pièces piece(s) pc(s) ud uds un und unid unidad unidades unité unités unità szt sztuk sztuka
        ks kus kusy kpl шт штук штука штуки ед 个 個 只 隻 颗 顆 片 件 枚 本 台 支 块 枝 根 条 pk ст adet db darab
        styck stycken stuks off no nos nr qty 개 ea/pcs""",
    "m": "m meter meters metre metres mtr mtrs metro metros metri mètre mètres м метр метра метров 米 メートル lfm rm",
    "mm": "mm millimeter millimeters millimetre millimetres мм 毫米 ミリ",
    "cm": "cm centimeter centimeters centimetre centimetres см 厘米",
    "km": "km kilometer км",
    "in": 'in inch inches zoll pulgada pulgadas pollice pollici pouce pouces "',
    "ft": "ft foot feet fuß fuss pie pies",
    "m2": "m2 m² sqm qm",
    "g": "g gr gram grams gramm gramme grammes gramo gramos grammi г гр 克 グラム",
    "kg": "kg kilo kilos kilogram kilograms kilogramm кг 千克 公斤",
    "mg": "mg мг 毫克",
    "l": "l lt ltr liter liters litre litres litro litros litri л литр 升 リットル",
    "ml": "ml мл 毫升",
    "pair": "pair pairs pr prs paar paire paires par pares paio paia coppia пара пары 对 對 双 組み",
    "set": "set sets satz sätze kit kits jeu jeux juego juegos конструктор компл комплект 套 组 組 セット 式",
    "roll": "roll rolls rolle rollen reel reels rouleau rouleaux rollo rollos rotolo rotoli bobina рулон 卷 盘 巻",
    "pack": "pack packs package packages pkg pkt packung packungen box boxes bag bags paquet paquete упак уп 包 盒 箱",
    "sheet": "sheet sheets blatt feuille feuilles hoja hojas foglio fogli лист 张 張",
    "tube": "tube tubes stange stangen туба 管",
}
_CANONICAL = {word: unit for unit, words in _UNITS.items() for word in words.split()}


@lru_cache(maxsize=4096)
def canonical_unit(text: str) -> str | None:
    """The unit's short text; an unknown one as it is written, None for a placeholder or a number."""
    cleaned = halfwidth(clean(text)).strip(". ")
    if is_placeholder(cleaned) and cleaned != '"':
        return None
    known = _CANONICAL.get(cleaned.casefold())
    if known is None and cleaned.replace(".", "").replace(",", "").isdecimal():
        return None
    return known or cleaned[:MAX_UNIT_CHARS].rstrip()


def is_unit(text: str) -> bool:
    """Whether the word is a known unit."""
    return text.strip(". ").casefold() in _CANONICAL
