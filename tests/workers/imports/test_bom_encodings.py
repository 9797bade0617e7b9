# ruff: noqa: RUF001, SIM905
"""In which encoding a text is: decided by how its header and its cells read, also where there are only a few lines."""

from collections.abc import Iterator

import pytest

from workers.imports.model import ParseLimits
from workers.imports.parser import parse_bytes
from workers.imports.reading.delimited import header_score
from workers.imports.reading.encodings import decode

HEADERS = {
    "English": ["Reference", "Quantity", "Value", "Manufacturer", "MPN", "Description"],
    "German": ["Bezeichner", "Stückzahl", "Wert", "Hersteller", "Herstellerteilenummer", "Gehäuse"],
    "French": ["Repère", "Quantité", "Valeur", "Fabricant", "Référence fabricant", "Désignation"],
    "Italian": ["Riferimento", "Quantità", "Valore", "Produttore", "Codice produttore", "Descrizione"],
    "Spanish": ["Designador", "Cantidad", "Valor", "Fabricante", "Número de pieza", "Descripción"],
    "Russian": ["Обозначение", "Количество", "Номинал", "Производитель", "Артикул", "Наименование"],
    "Chinese": ["位号", "数量", "型号", "封装", "厂家", "描述"],
    "Traditional Chinese": ["位號", "數量", "型號", "封裝", "製造商", "描述"],
    "Japanese": ["部品番号", "数量", "型番", "メーカー", "仕様", "説明"],
    "Korean": ["참조", "수량", "값", "제조사", "품번", "설명"],
    "Polish": ["Oznaczenie", "Ilość", "Wartość", "Producent", "Numer części", "Obudowa"],
}
CELLS = {
    "English": [
        ["R1, R2", "2", "10k ±1%", "Vishay", "560112116005", "Resistor 85°C"],
        ["C1", "1", "4.7 µF", "TDK", "C1608X5R1A475K", "Capacitor ±10%"],
    ],
    "German": [
        ["R1", "1", "10 kΩ", "Würth Elektronik", "560112116005", "Dickschichtwiderstand für Oberflächen"],
        ["C1", "1", "4,7 µF", "Kemet", "C1608X5R1A475K", "Kondensator, Größe 0603, ±10 %"],
    ],
    "French": [
        ["R1", "1", "10 kΩ", "Vishay", "CRCW060310K0FKEA", "Résistance à couche épaisse ±1 %"],
        ["C1", "1", "4,7 µF", "Kemet", "C0603", "Condensateur céramique, boîtier soudé"],
    ],
    "Italian": [
        ["R1", "1", "10 kΩ", "Vishay", "CRCW060310K0FKEA", "Resistenza di più alta qualità ±1 %"],
        ["C1", "1", "4,7 µF", "Kemet", "C0603", "Condensatore, capacità 4,7 µF"],
    ],
    "Spanish": [
        ["R1", "1", "10 kΩ", "Vishay", "CRCW060310K0FKEA", "Resistencia de precisión, tamaño pequeño"],
        ["C1", "1", "4,7 µF", "Kemet", "C0603", "Condensador cerámico ±10 %"],
    ],
    "Russian": [
        ["R1", "1", "10 кОм", "Вишай", "CRCW060310K0FKEA", "Резистор чип 0603 ±1 %"],
        ["C1", "1", "4,7 мкФ", "Мурата", "GRM188", "Конденсатор керамический, 85°C"],
    ],
    "Chinese": [
        ["R1", "1", "10K", "0603", "国巨", "贴片电阻 ±1%"],
        ["U1", "1", "STM32F103", "LQFP48", "意法半导体", "单片机芯片，工业级"],
    ],
    "Traditional Chinese": [
        ["R1", "1", "10K", "0603", "國巨", "貼片電阻 ±1%"],
        ["U1", "1", "STM32F103", "LQFP48", "意法半導體", "微控制器，工業級"],
    ],
    "Japanese": [
        ["R1", "1", "MCR03", "ローム", "10k", "チップ抵抗 1/10W"],
        ["C1", "1", "GRM188", "村田製作所", "4.7uF", "積層セラミックコンデンサ"],
    ],
    "Korean": [
        ["R1", "1", "10k", "야게오", "RC0603", "칩 저항 1%"],
        ["C1", "1", "4.7uF", "삼성전기", "CL10", "적층 세라믹 커패시터"],
    ],
    "Polish": [
        ["R1", "1", "10 kΩ", "Vishay", "CRCW060310K0FKEA", "Rezystor, tolerancja ±1 %, mała moc"],
        ["D1", "1", "", "Osram", "LS R976", "Dioda świecąca, żółta"],
    ],
}
WESTERN = ("cp1252", "mac_roman", "cp850", "cp1254")
ENCODINGS = {
    "English": WESTERN,
    "German": (*WESTERN, "cp1250"),
    "French": WESTERN,
    "Italian": WESTERN,
    "Spanish": WESTERN,
    "Russian": ("cp1251", "koi8_r", "cp866", "gb18030"),
    "Chinese": ("gbk", "gb18030"),
    "Traditional Chinese": ("big5", "gb18030"),
    "Japanese": ("cp932", "euc_jp", "iso2022_jp"),
    "Korean": ("cp949",),
    "Polish": ("cp1250", "iso8859_2"),
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
INSTEAD = str.maketrans({"Ω": "", "µ": "u", "±": "", "°": ""})


def texts(language: str) -> Iterator[str]:
    """Short files: the header in the language of the cells, or in English; one line, or two."""
    for header in dict.fromkeys((language, "English")):
        for delimiter in ",;\t":
            for count in (1, 2):
                rows = [HEADERS[header], *CELLS[language][:count]]
                yield "".join(delimiter.join(f'"{c}"' if delimiter in c else c for c in row) + "\r\n" for row in rows)


def encodable(text: str, encoding: str) -> str:
    """The text, without the signs that the encoding lacks."""
    for attempt in (text, text.replace("Ω", ""), text.translate(INSTEAD)):
        try:
            attempt.encode(encoding)
        except UnicodeEncodeError:
            continue
        return attempt
    raise AssertionError(f"{encoding} cannot encode {text!r}")


@pytest.mark.parametrize(
    ("language", "encoding"), [(language, e) for language in HEADERS for e in (*UNICODE, *ENCODINGS[language])]
)
def test_every_language_in_every_encoding(language: str, encoding: str) -> None:
    wrong = []
    for text in texts(language):
        written = encodable(text, encoding)
        found = decode(written.encode(encoding), header_score)
        if found.text.removeprefix("\ufeff") != written or found.replaced:
            wrong.append((found.encoding, found.text[:200]))
    assert wrong == []


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        *(
            ("cp1252", word)
            for word in "Würth Größe boîtier Señal qualità Rötlich 4,7µF ±5% 85°C 0,5mm² Nº 3½ Öse Ø8".split()
        ),
        *(("mac_roman", word) for word in "Würth Größe boîtier Rötlich Übertrager ±5% 85°C 10kΩ".split()),
        *(("cp850", word) for word in "Würth Größe boîtier Rötlich Übertrager 4,7µF ±5% 85°C".split()),
        *(("cp1250", word) for word in "Ilość złącze węglowy świecąca žlutá Počet Výrobce součástka".split()),
        *(("cp1251", word) for word in "Кнопка НОМИНАЛ кнопка мкФ шт Светодиод".split()),
        *(("koi8_r", word) for word in "Кнопка НОМИНАЛ кнопка мкФ Светодиод".split()),
        *(("cp866", word) for word in "Кнопка НОМИНАЛ кнопка мкФ Светодиод".split()),
        *(("gb18030", word) for word in "电阻 贴片 国巨 芯片 不贴 红色 排针 晶振 镀金".split()),
        *(("big5", word) for word in "電阻 貼片 國巨 晶片 不貼 紅色 排針 電容".split()),
        *(("cp932", word) for word in "抵抗 チップ抵抗 村田製作所 スイッチ ﾁｯﾌﾟ抵抗 ローム 秋月電子".split()),
        *(("euc_jp", word) for word in "抵抗 チップ抵抗 村田製作所 スイッチ ローム 秋月電子".split()),
        *(("cp949", word) for word in "저항 삼성전기 커패시터 다이오드 미실장 무라타".split()),
    ],
)
def test_one_word_in_an_english_file_is_enough(encoding: str, word: str) -> None:
    for text in (
        f"Reference,Quantity,Value,Description\r\nR1,1,10k,{word}\r\nC1,1,4u7,Capacitor\r\n",
        f"Part;Value;Comment\nR1;10k;Resistor {word} 0603\n",
    ):
        assert decode(text.encode(encoding), header_score).text == text


def test_the_header_decides_where_the_bytes_alone_do_not() -> None:
    text = "Ilość;Oznaczenie;MPN\n1;R1;X1\n"
    assert decode(text.encode("cp1250"), header_score).encoding == "cp1250"
    assert parse_bytes(text.encode("cp1250"), "x", limits=ParseLimits()).lines[0].quantity == 1


def test_a_letter_late_in_a_long_file_counts() -> None:
    plain = "".join(f"R{i},1,10k,Resistor\n" for i in range(20_000))
    text = f"Reference,Quantity,Value,Description\n{plain}S1,1,,Кнопка тактовая\n"
    assert decode(text.encode("cp1251"), header_score).text == text


@pytest.mark.parametrize("stray", [b"\xff", b"\xe4", b"\x80\x80"])
def test_a_stray_byte_does_not_make_utf8_something_else(stray: bytes) -> None:
    data = "Reference;Qty;Value;Gehäuse\nR1;1;10kΩ;größer\nC1;1;4,7µF;".encode() + stray + b"\n"
    found = decode(data, header_score)
    assert (found.encoding, found.replaced) == ("utf-8", len(stray))
    assert "Gehäuse\nR1;1;10kΩ" in found.text


def test_text_that_is_utf8_by_chance_only() -> None:
    text = "Ref,Qty,Value,Note\nR1,1,10k,芯片\n"
    assert text.encode("gb18030").decode("utf-8")
    assert decode(text.encode("gb18030"), header_score).text == text
    for word in ("шт", "Ω", "é", "Ł", "°", "Größe", "ñ ±", "Ўз", "ş"):
        assert decode(f"Ref,Qty,Value\nR1,1,{word}\n".encode(), header_score).encoding == "utf-8"


def test_utf16_without_a_mark_in_any_script() -> None:
    for text in ("位号,数量,型号\nR1,1,贴片电阻\n", "Метка;Значение\nR1;Кнопка тактовая\n", "Ref,Qty\nR1,1\n"):
        for encoding in ("utf-16-le", "utf-16-be"):
            assert decode(text.encode(encoding)).text == text


def test_nul_bytes_alone_make_no_utf16() -> None:
    assert decode(b"Ref,Qty,Value\nR1,1,10k\n" + b"\x00" * 5).encoding == "utf-8"


def test_no_bytes_are_too_much() -> None:
    assert decode(b"").text == ""
    assert decode(bytes(range(256)) * 20).text
    assert decode(b"\x80" * 100_000).text
