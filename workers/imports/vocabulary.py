# ruff: noqa: RUF001
"""The words of BOM headers in many languages, by concept. Data only: `headers.py` says what they mean together.

Words are written as `fold` leaves them (small letters, no accents) or are folded when loaded.
"""

from __future__ import annotations

import re
import unicodedata

_WORDS = {
    "ref": """ref refs refdes reference references designator designators desig identifier identifiers
        bezeichner referenz referenzen referenzbezeichner repere reperes referencia referencias designador designadores
        riferimento riferimenti designatore referentie referenties метка позобозначение обозначение обозначения
        oznaczenie oznaczenia beteckning referans referanse 位号 标号 リファレンス 参照 部品記号 記号
        回路記号 참조 위치번호""",
    "place": "pos position positions location locations loc placement emplacement ubicacion einbauplatz posicion 位置",
    "qty": """q qty qtty qnty qnt quan quantity quantities quant qte quantite quantites count amount pcs pieces
        menge anzahl stuck stuckzahl stk stck cantidad cant cantidades quantita qta quantidade qtd aantal antal ilosc
        mnozstvi pocet units antall adet darab kpl maara количество кол колво 数量 用量 个数
        個数 員数 总数 수량 개수""",
    "count_or_name": "nombre",
    "order": """order ordered bestell bestellung best commande cde pedido ordine buy purchase purchased kauf oc
        заказ 采购 订购 立创订单 発注""",
    "total": "total totals ext extended gesamt summe totale batch lot sum stock spare spares",
    "num": """num number numbers numb nummer nummern numero numeros numer numarası nro no nr nos n nummber 番号 编号 号
        номер 번호""",
    "code": "code codes kode codigo codice codici cod kod kodu код 编码 代码 コード 코드",
    "id": "id ids ident",
    "mfr": """manufacturer manufacturers mfr mfrs mfg mfgr mfrer manf manuf manu man mnf mf mfctr maker makers make
        brand fabricant fabr fab fabricante hersteller herst hst marke marque marca produttore costruttore fabrikant
        producent vyrobce производитель изготовитель tillverkare tillverkarens produsent
        produsentens producentens valmistaja gyarto üretici 制造商 厂家 厂商 品牌 生产商 生产厂家 メーカー メーカ 製造元
        製造者 제조사 제조원 제조업체 메이커""",
    "mpn": "mpn mpns mfpn mfgpn mfrpn mfpns manpartno",
    "model": "model modell modelo 型号 型番 型式 артикул партномер",
    "pn": "pn pns partno 品番",
    "part": """part partes pieza piezas teil teile artikel art article articulo articolo component components
        componente componentes composant composants bauteil bauelement onderdeel dele parça деталь
        компонент элемент 元件 元器件 部品 器件 材料 부품""",
    "parts": "parts bauteile",
    "sku": "sku skus spn",
    "supplier": """supplier suppliers vendor vendors seller sellers distributor distributors disti dist lieferant
        lieferanten anbieter handler fournisseur fournisseurs distributeur revendeur proveedor proveedores distribuidor
        fornitore fornitori distributore leverancier dodavatel dostawca leverantor leverandør tedarikçi bezugsquelle
        bezugsquellen bezug поставщик 供应商 供货商 仕入先 購入先 공급업체 공급사 구매처""",
    "catalog": "cat catalog catalogue katalog katalogowy katalogovy catalogo",
    "value": """value values val vals wert werte nennwert valeur valeurs valor valores valore valori waarde varde
        hodnota wartosc resistance capacitance inductance verdi değer arvo ertek значение номинал 值 参数
        参数值 定数 容值 阻值 값""",
    "comment": "comment kommentar",
    "notes": """comments note notes notiz notizen remark remarks bemerkung bemerkungen anmerkung anmerkungen
        commentaire commentaires remarque remarques observacion observaciones comentario comentarios opmerking info
        information instructions uwagi uwaga merknad merknader poznamka примечание примечания 备注 備考 注意 비고""",
    "designation": "designation designations bezeichnung bezeichnungen denominacion denominazione benaming",
    "name": "name names nom nome naam title titel наименование название 名称 品名 名前 품명 이름 명",
    "desc": """description descriptions desc descr descrip discription beschreibung benennung descripcion descrizione
        descricao omschrijving popis opis detail details beskrivelse beskrivning
        kuvaus leiras açıklama описание 描述 说明 説明 摘要 商品描述 설명""",
    "spec": "spec specs specification specifications spezifikation 规格 仕様 характеристики 규격 사양",
    "package": """package packages pkg footprint footprints pattern landpattern case casing housing gehause bauform
        boitier boitiers empreinte empreintes encapsulado encapsulados footprint huella contenitore behuizing pouzdro
        obudowa корпус kapsel kapsling kotelo kılıf посадочное 封装 封裝 パッケージ フットプリント 外形
        패키지 풋프린트""",
    "size": "size dimension dimensions grosse taille tamano",
    "type": "type types typ tipo тип 类型 種類",
    "lib": "lib library bibliothek",
    "internal": "internal ipn house company own intern interno interne erp sap inventory 物料 料号 内部",
    "customer": "customer kunden kunde client cliente",
    "item": """item items line lines row index idx lfd zeile ligne linea sr serial sl lp sıra поз пп 序号 项目 項番 行
        순번""",
    "fit": "fitted populated populate mount mounted placed installed assembled fit bestuckt stuffed loaded assy "
    "assembly 実装",
    "dnp": "dnp dnl dni dnf dnm dns nopop noload nofit nostuff nobom 不贴 不焊 未実装",
    "alt": """alt alternate alternates alternative alternatives alternativ alternativa alternativas substitute
        substitutes substitution substitutions subst second secondary ersatz equivalent equivalents replacement 替代
        代替""",
    "neg": """price prices pricing prix preis preise precio precios prezzo prezzi cost costs costo costos kosten usd
        eur gbp cny rmb url urls link links website http https datasheet datasheets datenblatt stock bestand avail
        available availability instock lead leadtime moq mpq min minimum multiple purch packaging verpackung lifecycle
        rohs reach svhc weight gewicht date datum revision image photo poste цена стоимость ссылка 价格 单价 小计
        库存 交期 起订量 链接 数据手册 単価 金額 価格 納期
        cena ceny fiyat pris priser 단가 가격 금액""",
    "stop": """and und et y e of the de des du la le les el los der die das del di da per pro par por para a in for
        fur on by with und board boards pcb pcbs platine platinen leiterplatte carte placa scheda unit each je ea
        preferred primary main generic 每 的 商品""",
}

_DISTRIBUTORS = {
    "Digi-Key": "digikey dk digi digikeypn dkpn",
    "Mouser": "mouser mouserelectronics",
    "LCSC": "lcsc szlcsc jlc jlcpcb jlcsmt 立创 立创商城 嘉立创",
    "Farnell": "farnell",
    "element14": "element14 e14",
    "Newark": "newark",
    "RS": "rs rscomponents rsonline rsparts radiospares",
    "Arrow": "arrow arrowelectronics",
    "Avnet": "avnet avneteu",
    "TME": "tme",
    "Conrad": "conrad",
    "Reichelt": "reichelt",
    "Distrelec": "distrelec",
    "Verical": "verical",
    "Rutronik": "rutronik",
    "Chip1Stop": "chip1stop",
    "Online Components": "onlinecomponents",
    "SparkFun": "sparkfun",
    "Adafruit": "adafruit",
    "TTI": "tti",
    "Future": "futureelectronics",
    "Allied": "alliedelec alliedelectronics",
    "Bürklin": "burklin buerklin",
    "Schukat": "schukat",
    "Pollin": "pollin",
    "Seeed": "seeed seeedstudio",
    "McMaster-Carr": "mcmaster mcmastercarr",
    "Amazon": "amazon",
    "eBay": "ebay",
    "AliExpress": "aliexpress",
    "Taobao": "taobao 淘宝",
    "Marutsu": "marutsu マルツ",
    "Akizuki": "akizuki 秋月 秋月電子",
}

_APOSTROPHES = re.compile(r"['’`´]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z]\d)(?=[A-Z][a-z])")
_LETTER_SLASH_LETTER = re.compile(r"\b([a-z])[/.]([a-z])\b\.?")
_PLURAL_IN_BRACKETS = re.compile(r"(?<=\w)\((s|es|n|en)\)")


def fold(text: str) -> str:
    """A header as it is compared: one width, small letters, no accents, `#`, `№` and `n°` as the word for number."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", text))
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text).replace("n°", "no").replace("#", " num ").replace("$", " price ")
    return _LETTER_SLASH_LETTER.sub(r"\1\2", _PLURAL_IN_BRACKETS.sub(r"\1", text))


def _table(groups: dict[str, str]) -> dict[str, str]:
    return {fold(word): concept for concept, words in groups.items() for word in words.split()}


WORDS = _table(_WORDS)
DISTRIBUTORS = _table(_DISTRIBUTORS)
LONG_WORDS = tuple(word for word in WORDS if len(word) >= 5 and word.isascii())
LONG_DISTRIBUTORS = tuple(word for word in DISTRIBUTORS if len(word) >= 6 and word.isascii())
