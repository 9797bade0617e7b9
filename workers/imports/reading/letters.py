# ruff: noqa: RUF001
"""The letters that parts lists in many languages are written with. Data only: `plausibility.py` weighs them."""

from __future__ import annotations

# Beyond ASCII, small letters only; after the bar those that are rare in the language.
_LATIN = {
    "de": "äöüß|",
    "fr": "éèàçêôî|âûùëïœ",
    "es": "ñóíáéú|ü",
    "it": "àèéìòù|",
    "pt": "ãçõáéíó|âàêôú",
    "nordic": "åäöæø|é",
    "nl": "éë|ïèöü",
    "pl": "ąćęłńóśźż|",
    "cs": "áčďéěíňóřšťúůýž|ľĺôäŕ",
    "hu": "áéíóöőúüű|",
    "hr": "čćđšž|",
    "ro": "ăâîșțşţ|",
    "tr": "çğıöşü|âî",
}
# How common a letter is in Russian, from 0 to 1; other Cyrillic letters count as none of them.
_RUSSIAN = {"оеаинтсрвл": 1.0, "кмдпу": 0.8, "яыьгзбчй": 0.5, "хжшюцф": 0.25, "щэёъ": 0.0}

# Words with such letters: what stands about a letter in them tells it from the one another code page makes of it.
_LATIN_WORDS = """stückzahl stück stücke bestückung bestückt unbestückt gehäuse größe höhe länge für über übertrager
lötbar lötauge gelötet löten kühlkörper kühlung überspannung schlüssel schließer öffner öse öl stützpunkt lüfter
gerät geräte prüfpunkt prüfung würth rödl bürklin phönix drähte drähtchen nennwert größer außen weiß maß maße straße
münchen nürnberg jürgen müller köln düsseldorf dünn dünnschicht oberfläche flächig schräg ändern änderung ähnlich
zubehör lieferfähig verfügbar bezüglich gemäß zusätzlich rückseite brücke stärke schwärze grün rötlich bläulich
temperaturabhängig abhängig wärme gewünscht spannungsfähig ungefähr büchse kabelschuhe anschlüsse abstände wählbar
geprüft nötig möglich übersicht überwurf dämpfung sägen fräsen bauhöhe zähler ältere référence référencé repère
quantité désignation résistance résistances céramique électrolytique électronique modèle précision boîtier boîte
câble câblage côté à à-plat déjà été très près après définir connecté diamètre fenêtre intégré régulateur réglable
sélection série matière métal métallique télécom élément élémentaire numéro pièce pièces français unité prix hauteur
carré équivalent général fréquence température mémoire mère tête bête même intermédiaire énergie générateur
détecteur équipé monté soudé collé marché être où sûr coût gâche tôle pâte maître reçu façade leçon descripción
número tamaño diseño español año señal pequeño precisión tensión conexión versión fijación posición aplicación
código cerámico cerámica electrolítico electrónico automático película según también más día técnica básico bobinado
batería resistencia inducción función protección alimentación sección opción único útil aún ningún ferretería
garantía quantità qualità capacità più già è unità densità velocità finché perché così può metà città però umidità
elettricità descrição tensão corrente cerâmico conexão botão proteção não peças função são padrão eletrônico relé
överföring höjd längd bestäckning tillverkare störning färg grön blå röd även från får på målning måttagning skåp
fläkt kåpa nøgle måle måde række størrelse bestykning højde længde kø før både ändra modstånd kondensatör ilość
wartość oznaczenie obudowa źródło złącze złączka żółty żółta mała mały węglowy węglowa pojemność napięcie prąd
częstotliwość świecąca świecący dioda przełącznik przycisk moc śruba nakrętka płytka część części wyłącznik
zasilający długość szerokość wysokość średnica ceramiczny światło gęstość jakość wyświetlacz pamięć wejście wyjście
również według może są także każdy ścieżka cyna łącznie počet množství výrobce žlutá červený červená zelený modrý
bílá černý součástka součástky označení hodnota keramický kondenzátor odpor výkon napětí přesnost šroub matice
svorka spínač tlačítko svítivá pouzdro číslo dílu úhlový řada držák deska tištěný zařízení měření příkon světlo
škála účel může není že ještě několik úprava výrobca množstvo súčiastka mennyiség gyártó ellenállás érték megnevezés
tűréshatár működés fűtés nyák tápegység szűrő előlap erősítő kötés mérő količina vrijednost kućište proizvođač
oznaka žica šarafa čip veličina cantitate rezistenţă siguranţă conexiune fişă mufă bucăţi değer üretici kılıf
açıklama kondansatör sayı ölçü güç gerilim direnç sığaç bağlantı düğme çıkış giriş ışık"""
_RUSSIAN_WORDS = """метка значение корпус количество кол шт обозначение позиционное поз наименование номинал тип
производитель изготовитель артикул описание примечание номер элемент деталь компонент резистор резисторы конденсатор
конденсаторы керамический электролитический танталовый диод диоды светодиод стабилитрон транзистор микросхема
микроконтроллер дроссель катушка индуктивность индуктивности кнопка тактовая переключатель разъём разъем вилка
розетка штыревой гнездо плата печатная кварц кварцевый резонатор реле предохранитель трансформатор дисплей датчик
модуль провод кабель винт гайка шайба стойка радиатор батарея держатель кОм Ом мОм МОм мкФ пФ нФ мкГн мГн Вт мВт кГц
МГц В мА А С мм красный зелёный зеленый синий жёлтый желтый белый чёрный черный сборка чип не устанавливать нет да
или и для на с по от до без аналог замена допуск мощность напряжение ток ёмкость емкость сопротивление точность
размер цена сумма итого всего единица поставщик заказ склад наличие ссылка лист изделие перечень элементов
спецификация раздел группа комплект проект дата версия подпись разработал проверил утвердил россия москва завод ооо
оао прочие стандартные материалы документация питание питания выход вход усилитель линейный стабилизатор источник
преобразователь генератор память интерфейс защита фильтр подстроечный переменный постоянный угловой прямой
двухрядный однорядный шаг контакт контактов клемма клеммник антенна динамик зуммер оптрон мост выпрямительный
полевой биполярный варистор термистор перемычка джампер панелька ручка корпуса"""

# Words and names as parts lists have them: their characters are the common ones.
_SIMPLIFIED = """位号 标号 序号 数量 用量 总数 单位 个 只 型号 规格 参数 阻值 容值 额定 精度 误差 封装 尺寸 厂家
厂商 制造商 品牌 生产商 供应商 供货商 料号 物料 编码 编号 名称 品名 元件 元器件 器件 部件 零件 描述 说明 备注 注意
类型 种类 等级 材质 颜色 图片 单价 价格 金额 合计 小计 库存 采购 订购 链接 日期 版本 项目 清单 明细表 公司 有限公司
深圳市 科技 电子 股份 集团 北京 上海 广东 江苏 贴片电阻 电阻器 排阻 可调电阻 电位器 热敏 压敏 采样 贴片电容 陶瓷电容
钽电容 电解电容 薄膜 铝 电感 磁珠 绕线 功率 线圈 变压器 二极管 稳压 肖特基 整流桥 发光 红色 绿色 蓝色 黄色 白色
三极管 晶体管 场效应管 芯片 集成电路 单片机 处理器 存储器 放大器 运算 比较器 稳压器 电源 降压 升压 转换 驱动 接口
隔离 光耦 继电器 传感器 温度 湿度 压力 模块 无线 天线 蓝牙 晶振 有源 无源 频率 赫兹 连接器 插座 插头 排针 排母 端子
接线 针 间距 弯 直 母座 公头 卡座 按键 开关 轻触 拨码 旋钮 保险丝 自恢复 蜂鸣器 喇叭 马达 电机 风扇 电池 座 螺丝
螺母 螺柱 垫片 外壳 散热片 铜柱 线 电缆 板 线路板 主板 顶层 底层 正面 反面 左 右 上 下 双面 直插 卧式 立式 不贴 不焊
未 空 可选 替代 或 与 和 等 的 无 有 是 否 大 小 高 低 中 长 短 新 用 于 国巨 风华 三星 村田 厚声 顺络 太阳诱电 松下
基美 长电 乐山 士兰微 圣邦 兆易 创新 矽力 杰华特 立创 商城 嘉 意法 半导体 德州 仪器 美信 亚德诺 恩智浦 英飞凌 安森美
微芯 东芝 罗姆 瑞萨 江波龙 贴装 测试 点 孔 焊接 安装 输入 输出 电压 电流 容量 耐压 伏 安 欧姆 微法 纳 皮 毫 千 兆 万
一 二 三 四 五 六 七 八 九 十 多层 普通 合金 碳 金属 膜 高压 高频 功耗 快 恢复 双 单 路 通道 位 数字 模拟 信号 控制
检测 保护 防 静电 浪涌 共模 差模 滤波 储能 贴"""
_TRADITIONAL = """位號 標號 序號 數量 用量 總數 單位 個 只 型號 規格 參數 阻值 容值 額定 精度 誤差 封裝 尺寸 廠家
廠商 製造商 品牌 生產商 供應商 供貨商 料號 物料 編碼 編號 名稱 品名 元件 元器件 器件 部件 零件 描述 說明 備註 備注
注意 類型 種類 等級 材質 顏色 圖片 單價 價格 金額 合計 小計 庫存 採購 訂購 連結 日期 版本 項目 項次 清單 明細表 公司
有限公司 科技 電子 股份 集團 臺灣 台灣 台北 新竹 貼片電阻 電阻器 排阻 可調電阻 電位器 熱敏 壓敏 貼片電容 陶瓷電容
鉭電容 電解電容 薄膜 鋁 電感 磁珠 繞線 功率 線圈 變壓器 二極體 穩壓 蕭特基 整流 發光 紅色 綠色 藍色 黃色 白色 電晶體
場效 晶片 積體電路 單晶片 微控制器 處理器 記憶體 放大器 運算 比較器 穩壓器 電源 降壓 升壓 轉換 驅動 介面 隔離 光耦
繼電器 感測器 溫度 濕度 壓力 模組 無線 天線 藍牙 石英 振盪器 頻率 連接器 插座 插頭 排針 端子 接線 針 間距 母座 公頭
卡座 按鍵 開關 輕觸 指撥 旋鈕 保險絲 自復 蜂鳴器 喇叭 馬達 風扇 電池 座 螺絲 螺母 墊片 外殼 散熱片 銅柱 線 電纜 板
電路板 主板 頂層 底層 正面 反面 左 右 上 下 雙面 直插 臥式 立式 不貼 不焊 未 空 可選 替代 或 與 和 等 的 無 有 是 否
大 小 高 低 中 長 短 新 用 於 國巨 華新科 風華 三星 村田 厚聲 大毅 奇力新 禾伸堂 聯發科 瑞昱 台達 光寶 億光 意法
半導體 德州 儀器 美信 亞德諾 恩智浦 英飛凌 安森美 微芯 東芝 羅姆 瑞薩 表面黏著 黏著 測試 點 孔 焊接 安裝 輸入 輸出
電壓 電流 容量 耐壓 伏 安 歐姆 微法 千 一 二 三 四 五 六 七 八 九 十 多層 合金 碳 金屬 膜 高壓 高頻 雙 單 路 通道
數位 類比 信號 控制 偵測 保護 防 靜電 突波 共模 濾波 儲能 貼"""
_KANJI = """部品 部品番号 部品名 部品表 品番 品名 型番 型式 型名 記号 回路記号 番号 項番 行 数量 個数 員数 総数 単位
個 本 枚 定数 値 仕様 規格 定格 耐圧 電圧 電流 電力 容量 抵抗 抵抗値 抵抗器 可変 半固定 誤差 精度 許容差 温度 特性
外形 寸法 形状 説明 概要 備考 注記 注意 摘要 製造元 製造者 製造会社 会社 株式会社 仕入先 購入先 発注 注文 販売 店
単価 価格 金額 合計 小計 在庫 納期 実装 未実装 面 表面 裏面 部品面 半田 基板 積層 電解 固体 導電性 高分子 薄膜 厚膜
金属 皮膜 酸化 炭素 巻線 集合 整流 素子 発光 赤 緑 青 黄 白 色 透明 電界効果 三端子 低損失 電源 制御 通信 変換 増幅
演算 論理 発振子 発振器 水晶 振動子 時計 周波数 接続 端子 台 極 列 直角 縦 横 型 電池 取付 穴 支柱 小型 大型 高 低
入力 出力 信号 検出 保護 絶縁 押 切替 表示 器 管 線 用 無 有 可 不可 上 下 左 右 中 大 小 長 短 新 旧 代替 同等品
推奨 指定 任意 選択 図 回路 村田製作所 東芝 三菱 日立 日本 太陽誘電 京都 東京 電気 電子 電機 電産 化学 工業 産業
通商 秋月 千石 秋葉原 共立 新日本無線 日亜化学 双信 北陸 松尾 双葉 山一 第一 精工 航空 圧着 樹脂 銅 鉄 鋼 軸 円 角
皿 頭 付 別 途 手 配 支給 済 確認"""
_HANGUL = """부품 번호 부품번호 품번 품명 품목 이름 순번 수량 개수 단위 개 위치 위치번호 참조 지시자 값 정격 용량
저항 저항기 칩 커패시터 콘덴서 인덕터 세라믹 탄탈 전해 필름 비드 코일 변압기 다이오드 쇼트키 제너 정류 발광 적색
녹색 청색 황색 백색 트랜지스터 집적회로 마이크로 컨트롤러 프로세서 메모리 증폭기 연산 비교기 레귤레이터 전원 전압
전류 전력 변환 구동 드라이버 인터페이스 절연 릴레이 센서 온도 습도 압력 모듈 무선 안테나 블루투스 크리스탈 발진기
수정 주파수 커넥터 소켓 헤더 핀 단자 터미널 버튼 스위치 택트 퓨즈 부저 스피커 모터 팬 배터리 나사 너트 볼트 케이스
방열판 케이블 기판 보드 인쇄 회로 상면 하면 표면 실장 미실장 없음 있음 선택 대체 또는 제조사 제조원 제조업체 제조
업체 메이커 공급업체 공급사 구매처 구매 주문 규격 사양 설명 비고 메모 참고 패키지 풋프린트 종류 유형 형태 단가 가격
금액 합계 소계 재고 납기 링크 날짜 버전 프로젝트 목록 리스트 자재 명세서 주식회사 전자 전기 반도체 산업 삼성전기
삼성 엘지 이노텍 한국 서울 아모텍 대덕 삼화 필코 무라타 야게오 다이요 유덴 파나소닉 도시바 로옴 르네사스 마우저
디지키 오차 정밀도 내압 크기 색상 일반 고정 가변 입력 출력 신호 제어 검출 보호 고압 저압 고속 저속 양면 단면 수직
수평 직각 암 수 형 식 용 및 의 을 를 이 가 에 는 은 로 와 과 도 한 할 함 됨 하 사"""


def _spread(text: str) -> frozenset[str]:
    return frozenset("".join(text.split()))


def _surroundings(words: str) -> frozenset[str]:
    """Every letter beyond ASCII of the words with its neighbours, `^` and `$` at the ends."""
    padded = [f"^{word}$" for word in words.lower().split()]
    return frozenset(w[i - 1 : i + 2] for w in padded for i in range(1, len(w) - 1) if w[i] > "\x7f")


def _pairs(words: str) -> frozenset[str]:
    padded = [f"^{word}$" for word in words.lower().split()]
    return frozenset(w[i : i + 2] for w in padded for i in range(len(w) - 1))


def _weights(letters: str) -> dict[str, float]:
    usual, rare = letters.split("|")
    weights = dict.fromkeys(usual, 1.0) | dict.fromkeys(rare, 0.4)
    return weights | {c.upper(): 0.8 * weight for c, weight in weights.items() if len(c.upper()) == 1}


LATIN = {language: _weights(letters) for language, letters in _LATIN.items()}
RUSSIAN = {letter: weight for letters, weight in _RUSSIAN.items() for letter in letters}
LATIN_SURROUNDINGS = _surroundings(_LATIN_WORDS)
RUSSIAN_PAIRS = _pairs(_RUSSIAN_WORDS)
SIMPLIFIED = _spread(_SIMPLIFIED)
TRADITIONAL = _spread(_TRADITIONAL)
KANJI = _spread(_KANJI)
HANGUL = _spread(_HANGUL)
