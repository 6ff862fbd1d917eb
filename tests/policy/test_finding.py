"""What agents look up while a caller speaks: wanted records among the first three of their kind."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.finding.findable import Findable, FoundKind
from helpdesk.policy.finding.folding import fold, sounds
from helpdesk.policy.finding.index import Index
from knowledge_base import loader
from knowledge_base.records.measures import Measure
from knowledge_base.records.nicknames import Nickname

KNOWLEDGE = loader.load()
INDEX = Index.of(KNOWLEDGE)

# query | wanted ids | kind of record | what it tries
LOOK_UPS = """
以大帶小 | idb_big_small | measure | nickname
大廠帶小廠 | idb_big_small | measure | nickname
一帶十 | idb_big_small | measure | nickname
1帶4 智慧化 | idb_big_small | measure | nickname
碳盤 | idb_diagnosis | measure | nickname
碳健檢 | idb_diagnosis | measure | nickname
升級轉型 | idb10_mfg_case,sme9_mfg_case,idb_big_small,idb_diagnosis | measure | nickname
產創平台 | idb10_mfg_case | measure | nickname
CITD | idb10_mfg_case | measure | nickname
SBIR | sbir | measure | nickname
S B I R | sbir | measure | nickname
服創 | siir | measure | nickname
夜市改造 | market_optimise | measure | nickname
農地工廠補助 | managed_factory_base,factory_rd | measure | nickname
關稅補助 | tariff_rd_single,tariff_rd_alliance | measure | nickname
組聯盟 | tariff_rd_alliance | measure | nickname
人培 | idb_training | measure | nickname
基本工資補貼 | min_wage | measure | nickname
丹娜絲 | disaster_danas | measure | nickname
AI補助 | ai_digital_42 | measure | nickname
低碳智慧納管貸款 | loan_lowcarbon | measure | name
SIIR 服務業創新研發計畫 | siir | measure | name
爭取海外訂單 | tariff_orders | measure | name
商業服務業智慧減碳 | commerce_smart_carbon | measure | name
會展業者 | mice_carbon | measure | name
因應美國關稅研發轉型補助－產業聯盟 | tariff_rd_alliance | measure | name
九人以下個案 | sme9_mfg_case | measure | number
10 人以上個案補助 | idb10_mfg_case | measure | number
３０００萬 | idb_big_small | measure | number
三百萬 製造業 | sme9_mfg_case,factory_rd | measure | number
四十二萬 | ai_digital_42 | measure | number
3,500萬貸款 | loan_lowcarbon,multi_dev_loan | measure | number
0800-888-968 | sme9_mfg_case | measure | phone
27044844 | idb_big_small | measure | phone
以大代小 | idb_big_small | measure | homophone
一大帶小 | idb_big_small | measure | homophone
探盤查 | idb_diagnosis | measure | homophone
納館工廠 | managed_factory_base | measure | homophone
街區電家 | street_shop | measure | homophone
會斬減碳 | mice_carbon | measure | homophone
及地工資 | min_wage | measure | homophone
金工中新 | mirdc | organisation | homophone
以大帶少 | idb_big_small | measure | typo
街區店加 | street_shop | measure | typo
診斷輔異 | idb_diagnosis | measure | typo
SBRI | sbir | measure | typo
市集優花 | market_optimise | measure | typo
以大带小补助 | idb_big_small | measure | script
纳管工厂 | managed_factory_base | measure | script
ＡＩ數位轉型 | ai_digital_42 | measure | script
台灣德國萊因 | tuv_rheinland | organisation | script
工業局 10人以上 | idb10_mfg_case | measure | agency
產發署 以大帶小 | idb_big_small | measure | agency
貿易局 包裝 | trade_lowcarbon_pack | measure | agency
商業司 街區 | street_shop | measure | agency
出口包裝設計 | trade_lowcarbon_pack | measure | need
員工免費上課 | idb_training | measure | need
專家到廠診斷 | idb_diagnosis | measure | need
找國外買家 | trade_digital_dev,tariff_orders,trade_ai_marketing | measure | need
老闆想借錢周轉 | loan_lowcarbon,multi_dev_loan,tariff_export_loan | measure | need
餐廳換冷氣 | commerce_energy_equip | measure | need
颱風淹水機器壞掉 | disaster_danas | measure | need
食品 跨境電商 | trade_food_digital | measure | need
客戶要我們做碳盤查 | idb_diagnosis | measure | need
工研院 | itri | organisation | name
生產力中心 | cpc | organisation | name
商檢 | etc | organisation | nickname
納管工廠 窗口 | plan_managed_factory | organisation | name
種子班 | seed | course | name
CBAM 課程 | advanced | course | need
切結書 | 切結書 | document | name
碳費 | carbon_fee | question | need
陸資可以申請嗎 | eligibility_prc | question | need
誰可以查證 | carbon_customer_asks | question | need
烏魚子 | seafood_diagnosis | success_case | need
燒結爐 | foundry_sintering_furnace | success_case | name
輔導團 啟動 | counselling_team_launch | briefing | name
勞保名冊 | 勞保投保名冊及人數資料表 | document | need
環保署 | desk_agency_renamed | question | agency
電鍍 | mirdc | organisation | trade
電鍍業 | mirdc | organisation | trade
電鍍廠補助 | idb10_mfg_case,sme9_mfg_case,tariff_rd_single | measure | trade
熱處理 | mirdc | organisation | trade
鍍鋅廠 | mirdc | organisation | trade
CNC | pmc | organisation | trade
車床 | idb10_mfg_case,sme9_mfg_case | measure | trade
塑膠射出 | pidc | organisation | trade
染整廠 | ttri | organisation | trade
烘焙 | firdi | organisation | trade
紙箱 | ptri | organisation | trade
五金行 | cdri | organisation | trade
民宿 | commerce_resilience,commerce_energy_equip | measure | trade
早餐店 | street_shop,commerce_resilience | measure | trade
買五軸 | idb10_mfg_case,sme9_mfg_case | measure | need
五軸加工機 | idb10_mfg_case,sme9_mfg_case | measure | need
三成 | budget_equipment | question | number
百分之三十 | budget_equipment | question | number
設備四成 | budget_equipment_40 | question | number
"""
NONSENSE = (
    "",
    "！？…",
    "今天天氣很好",
    "訂一份披薩",
    "鴛鴦火鍋外送",
    "我要退高鐵票",
    "哈哈哈哈",
    "asdfghjkl",
    "lorem ipsum dolor",
    "機車駕照換發",
    "樂透開獎號碼",
    "9" * 60,
    "請問可以嗎",
    "寵物走失協尋",
    "TCloud",
    "Gmail",
    "水肥車電話",
    "瓦斯外洩電話",
    "租屋補助",
    "殯葬業",
    "養雞場",
)


def look_ups() -> Iterator[tuple[str, set[str], FoundKind, str]]:
    for line in LOOK_UPS.strip().splitlines():
        query, wanted, kind, _ = line.split(" | ")
        yield query, set(wanted.split(",")), FoundKind(kind), line


@pytest.mark.parametrize(
    ("query", "wanted", "kind", "line"), list(look_ups()), ids=lambda value: str(value)[:20]
)
def test_what_an_agent_types_is_answered_by_the_first_three(
    query: str, wanted: set[str], kind: FoundKind, line: str
) -> None:
    found = [hit.id for hit in INDEX.find(query, kinds={kind}, limit=3)]
    assert wanted.intersection(found), f"{line}: {found}"


@pytest.mark.parametrize("query", NONSENSE)
def test_what_the_desk_knows_nothing_of_finds_nothing(query: str) -> None:
    assert INDEX.find(query) == ()


@pytest.mark.parametrize("measure", KNOWLEDGE.measures.values(), ids=lambda measure: measure.id)
def test_a_measure_is_found_first_by_its_own_name(measure: Measure) -> None:
    first = INDEX.find(measure.name)[0]
    assert (first.kind, first.id, first.title) == (FoundKind.MEASURE, measure.id, measure.name)
    assert first.why == (f"名稱「{measure.name}」",)


@pytest.mark.parametrize(
    ("query", "friend"),
    [
        ("電鍍補助", "commerce_energy_equip"),
        ("電子補助", "commerce_energy_equip"),
        ("夜店補助", "market_optimise"),
        ("環保署", "trade_lowcarbon_pack"),
        ("補習班", "idb_training"),
    ],
)
def test_a_word_that_only_looks_alike_is_no_false_friend(query: str, friend: str) -> None:
    assert "字形相近" not in "".join(
        why for hit in INDEX.find(query, limit=99) if hit.id == friend for why in hit.why
    )


def in_charge_of(agency: str) -> set[str]:
    return {m.id for m in KNOWLEDGE.measures.values() if agency in f"{m.host.then}、{m.host.now}"}


@pytest.mark.parametrize("nickname", KNOWLEDGE.nicknames.values(), ids=lambda nickname: nickname.id)
def test_every_nickname_finds_what_it_means(nickname: Nickname) -> None:
    meant = {*nickname.measures, *nickname.organisations}.union(*map(in_charge_of, nickname.hosts))
    assert all(map(in_charge_of, nickname.hosts))
    for word in nickname.words:
        assert meant.intersection(hit.id for hit in INDEX.find(word, limit=5)), word


@pytest.mark.parametrize(
    ("names", "agency"),
    [
        (("工業局", "產發署", "產業發展署"), "產業發展署"),
        (("中企處", "中小企業處", "新創署"), "中小及新創企業署"),
        (("商業司", "商發署", "商業發展署"), "商業發展署"),
        (("國貿局", "貿易署", "國際貿易署"), "國際貿易署"),
    ],
)
def test_an_agency_is_found_by_its_old_and_its_new_name(names: tuple[str, ...], agency: str) -> None:
    theirs = in_charge_of(agency)
    for name in names:
        assert {hit.id for hit in INDEX.find(name, kinds={FoundKind.MEASURE}, limit=len(theirs))} == theirs


def test_a_hit_says_why_and_shows_the_line_that_agrees() -> None:
    (hit,) = INDEX.find("以大帶小 視訊審查", kinds={FoundKind.MEASURE}, limit=1)
    assert hit.id == "idb_big_small"
    assert hit.why == ("暱稱「以大帶小」", "內容")
    assert hit.snippet == "採視訊審查"
    assert hit.measures == ("idb_big_small",)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("以大帶小", "暱稱「以大帶小」"),
        ("低碳智慧納管貸款", "名稱「低碳智慧納管貸款」"),
        ("以大代小", "讀音相近「以大帶小」"),
        ("以大帶少", "字形相近「以大帶小」"),
        ("視訊審查", "內容"),
        ("0800-888-968", "電話"),
    ],
)
def test_each_likeness_has_its_words(query: str, why: str) -> None:
    assert INDEX.find(query, kinds={FoundKind.MEASURE})[0].why[0] == why


def test_what_is_spelled_right_comes_before_what_only_sounds_or_looks_alike() -> None:
    written, heard, alike = (INDEX.find(q)[0].score for q in ("以大帶小", "以大代小", "以大帶少"))
    assert written > heard
    assert written > alike


def test_a_document_names_the_measures_that_ask_for_it() -> None:
    (hit,) = INDEX.find("申請書及其附件", kinds={FoundKind.DOCUMENT}, limit=1)
    assert set(hit.measures) == {m.id for m in KNOWLEDGE.measures.values() if "申請書及其附件" in m.documents}


def test_equally_good_hits_keep_the_order_of_the_data() -> None:
    records = [Findable(FoundKind.MEASURE, name, "節能補助") for name in "cab"]
    assert [hit.id for hit in Index.over(records).find("節能補助")] == ["c", "a", "b"]


def test_kinds_and_limit_narrow_the_same_ranking() -> None:
    everything = INDEX.find("碳盤查", limit=100)
    courses = tuple(hit for hit in everything if hit.kind is FoundKind.COURSE)
    assert INDEX.find("碳盤查", kinds={FoundKind.COURSE}, limit=100) == courses != ()
    assert INDEX.find("碳盤查", limit=3) == everything[:3]


@given(st.text(max_size=300) | st.text("請問業者怎麼的嗎碳盤一十萬0aA ，.", max_size=12))
def test_any_text_is_answered_in_order_and_the_same_each_time(text: str) -> None:
    hits = INDEX.find(text)
    assert hits == INDEX.find(text)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 < hit.score <= 1 and hit.why for hit in hits)


@pytest.mark.parametrize(
    "spellings",
    [
        ("三百萬", "300萬", "300 萬", "3,000,000", "３００萬", "3百萬"),
        ("一億五千萬", "1.5億", "150,000,000", "1 億 5,000 萬"),
        ("十人以上", "10人以上", "10 人以上"),
        ("臺灣補助", "台灣補助", "台湾补助"),
        ("SBIR", "sbir", "ＳＢＩＲ", "S B I R"),
        ("TÜV", "tuv"),
        ("2.22", "2.220"),
        ("三成", "百分之三十", "30%", "３０ ％", "3 成"),
        ("三成五", "百分之三十五", "35%"),
        ("9.5成", "95%"),
    ],
)
def test_what_is_one_to_a_person_folds_to_one_spelling(spellings: tuple[str, ...]) -> None:
    assert len({fold(spelling).units for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("以大代小", "以大帶小"),
        ("自造業", "製造業"),
        ("金工中新", "金工中心"),
        ("久人以下", "9人以下"),
        ("近階班", "進階班"),
        ("升及轉形", "升級轉型"),
        ("銀航", "銀行"),
    ],
)
def test_what_sounds_the_same_in_taiwan_reads_the_same(said: str, meant: str) -> None:
    assert sounds(fold(said).units) == sounds(fold(meant).units)


@given(st.text(max_size=60))
def test_every_unit_has_one_reading_and_folding_twice_changes_nothing(text: str) -> None:
    units = fold(text).units
    assert len(sounds(units)) == len(units)
    assert all(fold(unit).units == (unit,) for unit in units)
