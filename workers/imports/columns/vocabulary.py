# ruff: noqa: RUF001
"""The words of BOM headers in many languages, by concept. Data only: `headers.py` says what they mean together.

Words are written as `fold` leaves them (small letters, no accents) or are folded when loaded.
"""

from __future__ import annotations

import re
import unicodedata

_WORDS = {
    "ref": """oznacenie oznaka oznake позначення
        десигнатор позиционные 位號 標號 元件位置 元件位號 ref refs refdes reference references designator
        designators desig designater identifier identifiers bezeichner referenz referenzen referenzbezeichner
        kennzeichen betriebsmittelkennzeichen bmk repere reperes rep topo designateur identifiant referencia
        referencias designador designadores identificador identificadores riferimento riferimenti rif
        designatore sigla sigle referentie referenties метка позобозначение позиционное oznaczenie oznaczenia
        beteckning referans referanse 位号 标号 位置号 标识符 参考编号 リファレンス 参照 参照名 部品記号 記号
        回路記号 回路番号 指定子 シンボル 配置番号 ロケーション 참조 위치번호""",
    "document": "обозначение обозначения обозн",
    "place": """einbauort pos position positions location locations loc placement emplacement ubicacion einbauplatz
        posicion posizione posizioni label labels 위치 位置 実装位置 贴片位置""",
    "qty": """darabszam kolicina cantitate кількість jumlah soluong
        數量 個數 總數 用量數 q qty qtty qnty qnt quan quantity quantities quant qte quantite quantites
        count amount pcs pieces menge anzahl anz stuck stuckzahl stk stck cantidad cant cantidades ctd cdad
        quantita qta quantidade qtd aantal antal ilosc pezzi pz nb nbre mnozstvi pocet antall adet darab kpl
        maara количество кол колво шт штук 数量 用量 个数 個数 個 数 員数 总数 使用数 使用数量 使用個数 必要数
        点数 수량 개수""",
    "count_or_name": "nombre",
    "order": """採購 訂購 購買 order ordered ordering bestell bestellung best commande cde pedido ordine buy purchase
        purchased kauf objednaci zamowienia oc заказ заказа заказнои 采购 订购 购买 订单 立创订单 发注 発注 注文
        通販""",
    "total": """total totals volume totale ext extended gesamt summe batch lot sum spare spares итого общее
        общии всего 总 共 合计 総""",
    "num": """編號 番號 num number numbers numb nummer nummern numero numeros numer numarası nro no nr nos n cislo
        nummber номер номера 番号 编号 号 號 번호""",
    "code": """code codes kode codigo codice codici cod kod kodu код коды 编码 编號 代码 代號 代号 料碼 コード
        코드""",
    "id": "id ids",
    "device": "device devices",
    "mfr": """avl proizvođac proizvodac proizvodjac producator виробник produsen
        producer 厂牌 廠牌 廠家 生產商 原廠 manufacturer manufacturers manufacture mfr mfrs mfg mfgr mfrer manf
        manuf manu man mnf mf mfctr maker makers make brand fabricant fabricants constructeur fabr fab
        fabricante fabricantes hersteller herst hst fabrikat marke marque marca produttore produttrice
        costruttore costruttrice fabbricante fabrikant producent vyrobce производитель производителя
        изготовитель изготовителя tillverkare tillverkarens produsent produsentens producentens valmistaja
        gyarto üretici 制造商 制造厂 制造厂商 厂家 厂商 原厂 品牌 生产商 生产厂家 生产厂商 製造商 廠商 メーカー
        メーカ 製造元 製造者 製造業者 제조사 제조원 제조업체 메이커""",
    "mpn": "mpn mpns mp mfpn mfgpn mfrpn mfpns manpartno originalsymbol symboloryginalny symboleoriginal",
    "model": "model modell modelo modele modello 型号 型號 型番 型式 型名 артикул артикула партномер модель",
    "pn": "pn pns pnum partno 品番 парт партнум",
    "part": """product products produit produits produkt produkte producto productos prodotto prodotti produto produtos
        soucastka soucastky suciastka alkatresz czesc czesci osa vare varer componenta komponen element elements
        elementy 元件名 part partes parte pieza piezas piece teil teile artikel art article articulo articolo
        component components componente componentes componenti composant composants bauteil bauelement onderdeel
        dele parça деталь детали компонент компонента компоненты элемент элемента 元件 元器件 器件 零件 部品
        部件 材料 产品 製品 부품""",
    "parts": "parts bauteile",
    "material": "material materials материал материалы matl 物料 存货 品目 資材 料 номенклатуры",
    "goods": "товар товара товары 商品",
    "itemcode": "图号 図番 料号 料號 物料号 存货编码 存货代码 номенклатурныи",
    "drawing": "drawing zeichnung zeichnungs plan dessin disegno dibujo чертеж чертежа децимальныи 图纸 図面",
    "sku": "sku skus spn",
    "supplier": """spr dobavljac furnizor постачальник toimittaja pemasok beszallito
        lief supplier suppliers vendor vendors seller sellers distributor distributors disti dist
        lieferant lieferanten anbieter handler fournisseur fournisseurs distributeur revendeur proveedor
        proveedores distribuidor fornitore fornitori distributore leverancier dodavatel dostawca leverantor
        leverandør tedarikçi bezugsquelle bezugsquellen bezug fornecedor поставщик поставщика поставщики 供应商
        供货商 代理商 供应 采购渠道 渠道 供應商 仕入先 仕入れ先 購入先 購入店 販売店 販売元 調達先 供給業者
        代理店 サプライヤ サプライヤー 공급업체 공급사 구매처""",
    "catalog": "cat catalog catalogue katalog katalogowy katalogovy catalogo каталожныи",
    "value": """wartosci hodnoty vrednost vrijednost valoare номінал nilai arvot giatri
        數值 參數 參數值 value values val vals wert werte nennwert valeur valeurs valor valores valore
        valori waarde varde hodnota wartosc resistance capacitance inductance verdi değer arvo ertek значение
        номинал номиналы 值 参数 参数值 标称值 定数 容值 阻值 値 값""",
    "comment": "comment kommentar コメント 注释 注釋",
    "notes": """napomena примітка примітки megjegyzes huomautus huom
        註解 comments note notes notiz notizen remark remarks bemerkung bemerkungen anmerkung
        anmerkungen hinweis hinweise commentaire commentaires remarque remarques observation observations
        observacion observaciones comentario comentarios nota notas annotazioni osservazioni opmerking info
        information instructions uwagi uwaga merknad merknader poznamka примечание примечания примеч комментарии
        备注 備考 備註 注意 注記 メモ 特記 비고""",
    "designation": """designation designations bezeichnung bezeichnungen denominacion denominazione designazione
        designacion benaming""",
    "name": """what nazwa nazev nazov megnevezes naziv denumire navn nimi nama найменування назва
        name names nom nome naam title titel наименование наименования название номенклатура 名称 名稱
        品名 部品名 名前 品目名 품명 이름 명""",
    "desc": """kurztext objektkurztext benamning betegnelse опис keterangan deskripsi mota
        說明 描述說明 description descriptions desc descr descrip discription beschreibung benennung
        descripcion descrizione descricao omschrijving libelle popis opis detail details beskrivelse beskrivning
        kuvaus leiras açıklama описание описания характеристика 描述 说明 説明 摘要 商品描述 설명""",
    "spec": """spec specs specification specifications spezifikation especificacion especificaciones especificacao
        especificacoes specifica specifiche 规格 規格 仕様 定格 характеристики
        параметры 규격 사양""",
    "package": """encapsulamento kuciste capsula puzdro
        package packages pkg footprint footprints pattern landpattern case casing housing gehause
        bauform boitier boitiers empreinte empreintes encapsulado encapsulados huella huellas contenitore
        impronta behuizing pouzdro obudowa корпус корпуса kapsel kapsling kotelo kılıf посадочное посад 封装
        封裝 封装形式 パッケージ フットプリント 外形 패키지 풋프린트""",
    "size": "size dimension dimensions grosse taille tamano 尺寸 サイズ 寸法 形状",
    "type": "方式 類型 type types tipo тип 类型 種類",
    "typ": "типономинал typ typen",
    "lib": "lib library bibliothek",
    "internal": """corp corporate internal ipn cpn house inhouse company own our intern interne interner
        internes interno interna eigene hausintern sach ident erp sap plm inventory внутреннии внутренняя 内部
        社内 自社 公司 管理 내부 사내""",
    "customer": "customer kunden kunde client cliente клиента 客户 顧客",
    "item": """序號 項目編號 item items find line lines row index idx lfd zeile ligne linea riga reihe sr serial
        sl lp sıra поз позиция пп строка артикль 序号 序 项目 项次 行号 項目 項番 行 順番 連番 순번""",
    "level": """level levels lvl indenture indent depth ebene stufe baustufe strukturstufe niveau livello nivel
        nivell poziom niva уровень уровня вложенность 层级 层次 阶层 阶次 级别 層級 階層 階級 レベル 레벨""",
    "uom": """計量單位 uom me um udm einheit mengeneinheit measure measurement mesure misura medida меры
        измерения изм едизм ед единица единицы 单位 單位 単位 计量 단위""",
    "unit": "unit unite unita unidad unidade",
    "units": "units unites unidades uds ud einheiten",
    "price": """cijena hinta harga pret ціна
        price prices pricing prix preis preise precio precios prezzo prezzi preco cost costs cout costo
        costos coste kosten einzelpreis stuckpreis ep ek pu pvp cena ceny fiyat pris priser pret цена цены 单价
        單價 单价格 价格 單价 単価 価格 値段 단가 가격""",
    "money": """usd eur gbp chf cny rmb jpy rub rur pln czk sek inr cad aud euro euros dollar dollars руб рубли
        рублеи р 元 円 원""",
    "extended": """subtotal subtotals gesamtpreis gp importe montant betrag zwischensumme сумма стоимость 小计
        小計 总价 總價 金额 金額 合計 総額 금액 합계""",
    "variant": """variant var variants variante varianten variantes varianti ausfuhrung ausfuhrungen исполнение
        исполнения исп вариант варианты 变体 變體 バリアント バリエーション""",
    "fit": """bestuckung stuff fitted populated populate mount mounted placed installed assembled fit bestuckt
        stuffed loaded load install assy assemble assembly place monte montes montee montato montare montado montar
        equipe equiper montieren bestucken bestuckung устанавливать установлен устанавливается монтировать 実装 搭載
        实装 贴装 焊接 贴片 插件 上件""",
    "dnp": """dnp dnl dni dnf dnm dns nc nm nopop noload nofit nostuff nobom unpopulated unfitted unmounted unplaced
        unstuffed unloaded uninstalled unassembled unbestuckt omit omitted 不贴 不焊 不贴装 不装 不安装 未実装
        非実装 不実装""",
    "alt": """alt alternate alternates alternative alternatives alternativ alternativa alternativas alternatif
        substitute substitutes substitution substitutions subst second secondary ersatz equivalent equivalents
        replacement замена аналог аналоги 替代 替代料 代替 代用 备选""",
    "stock": "stock bestand lager avail available availability instock 库存 庫存 在庫",
    "neg": """url urls link links website http https datasheet datasheets datenblatt lead leadtime moq mpq min
        minimum multiple purch packaging verpackung lifecycle rohs reach svhc weight gewicht date datum revision
        image photo poste ссылка 交期 起订量 链接 数据手册 納期 msl moisture sensitivity vpe preiseinheit target
        eccn hts origin country barcode ean データシート""",
    "per": "per pro par por je за на 每",
    "board": """изделии board boards pcb pcbs platine platinen leiterplatte carte placa placas scheda schede kit
        kits set sets assemblies изделие изделия плату плата платы комплект 板 单板 单机 单套 单台 基板 台 套""",
    "stop": """допустимая and und et y e of the de des du la le les el los las der die das del della di da al a
        in for fur on by with each ea preferred primary main generic where used 的 は の и для по с net netto ht
        ttc unitaire unitario unitaria einzel production needed required
        benotigt necesaria necesarias necesario requerida requerido necessaria necessarie necessario richiesta
        richiesto requise necessaire nodig behovs 是否 含税 未税 税抜 税込 数値 组件""",
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
_LETTER_SLASH_LETTER = re.compile(r"\b([a-zа-я])[/.]([a-zа-я])\b\.?")
_MONEY_SIGN = re.compile("[$€£¥₽₹]")
_COUNTED_MAKER = re.compile(r"\b(manufacturer|supplier|vendor|distributor) ?#(?=\d)", re.I)
_PLURAL_IN_BRACKETS = re.compile(r"(?<=\w)\((s|es|n|en)\)")


def fold(text: str) -> str:
    """A header as it is compared: one width, small letters, no accents, `#`, `№`, `n°`, `$` and `€` as words."""
    text = _COUNTED_MAKER.sub(r"\1 ", _CAMEL.sub(" ", unicodedata.normalize("NFKC", text)))
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text).replace("n°", "no").replace("#", " num ")
    text = _MONEY_SIGN.sub(" price ", text)
    return _LETTER_SLASH_LETTER.sub(r"\1\2", _PLURAL_IN_BRACKETS.sub(r"\1", text))


def _table(groups: dict[str, str]) -> dict[str, str]:
    words = ((word, concept) for concept, group in groups.items() for word in group.split())
    return {word if word.isascii() else fold(word): concept for word, concept in words}


WORDS = _table(_WORDS)
DISTRIBUTORS = _table(_DISTRIBUTORS)
LONG_WORDS = tuple(word for word in WORDS if len(word) >= 5 and word.isascii())
LONG_DISTRIBUTORS = tuple(word for word in DISTRIBUTORS if len(word) >= 6 and word.isascii())
