"""The text an agent sends about a measure, and what is kept of an assessment with a referral."""

from datetime import date, datetime

import pytest

from helpdesk.policy.answer_texts import CAVEAT, measure_answer
from helpdesk.policy.eligibility import rule_book
from helpdesk.policy.eligibility_snapshot import snapshot_of
from helpdesk.policy.fact_values import read_facts
from helpdesk.policy.matching import match_on
from helpdesk.policy.service_terms import Amendments, terms_under
from knowledge_base import loader
from knowledge_base.records.measures import TAIPEI

KNOWLEDGE = loader.load()
RULES = rule_book(KNOWLEDGE)
ELECTROPLATER = {"regular_employees": 9, "sector": "金屬製品", "county": "彰化縣"}


def answer(measure: str, day: date, **facts: object) -> str:
    found = match_on(KNOWLEDGE, RULES, read_facts(facts, KNOWLEDGE), day).of(measure)
    assert found is not None
    return measure_answer(found, KNOWLEDGE, day)


SAID = [
    (
        "idb10_mfg_case", date(2023, 6, 1), {"regular_employees": 9},
        ["每案上限 500 萬元", "112 年度版，112/06/01", "受理到 112/11/30 (四)，經費用罄即提前截止",
         "不符合「經常僱用員工 10 人以上（現為 9）」", "可另外考慮：中小型製造業低碳及智慧化(9人以下)升級轉型個案補助",
         "02-2709-0638#211、212"],
        ["符合資格", "接續的措施", "假設", "確認"],
    ),
    (
        "idb10_mfg_case", date(2025, 3, 21), {},
        ["已於 114/03/20 (四) 18:00 截止\n", "目前未見受理中的接續措施，請撥服務窗口 0800-000-257",
         "接續的措施：因應美國關稅研發轉型補助－個案（114/08/07 (四) 起受理）（服務窗口推定）"],
        ["專線", "．申請：", "還缺", "．資格"],
    ),
    (
        "street_shop", date(2026, 11, 24), {},
        ["商業服務業節能設備汰換補助（已於 115/04/10 (五) 截止", "目前未見受理中的接續措施"],
        [],
    ),
    (
        "tariff_rd_single", date(2026, 11, 24), {"sector": "金屬製品", "tariff_affected": True},
        ["初步符合", "114/08/07 (四) 起受理，截止日未尋得，是否仍受理請先確認", "服務窗口：0800-000-257"],
        ["接續", "可另外", "115/12/31"],
    ),
    ("tariff_orders", date(2026, 11, 24), {}, ["資格條件未見於公開資料", "單一企業 500 萬元"], ["．資格："]),
    ("idb_training", date(2024, 1, 2), {}, ["學費 免費"], ["（免費）"]),
    (
        "sbir", date(2026, 3, 2), {"registration": "company", "regular_employees": 5},
        ["已知的條件未排除，其餘條件未見於公開資料"], ["初步符合", "還缺"],
    ),
    ("market_optimise", date(2023, 6, 1), {}, ["．資格：列管市場、夜市或市集\n"], ["製造業"]),
    (
        "sme9_mfg_case", date(2023, 6, 1), {"registration": "company", "factory_registration": "registered",
                                            "regular_employees": 9},
        ["初步符合（部分條件為假設）", "商業登記或有限合夥登記（此項待主管機關確認）"], [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "day", "facts", "said", "unsaid"), SAID)
def test_an_answer_carries_figures_dates_and_the_first_judgement(
    measure: str, day: date, facts: dict[str, object], said: list[str], unsaid: list[str]
) -> None:
    text = answer(measure, day, **facts)
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []
    assert text.endswith(CAVEAT)


@pytest.mark.parametrize("measure", sorted(KNOWLEDGE.measures))
def test_every_measure_has_an_answer_that_fits_the_answer_box_on_any_day(measure: str) -> None:
    for day in (date(2023, 1, 1), date(2023, 6, 1), date(2025, 12, 31), date(2026, 11, 24)):
        assert len(answer(measure, day, **ELECTROPLATER)) < 1000


NOON = datetime(2023, 6, 1, 12, tzinfo=TAIPEI)


def test_a_snapshot_keeps_edition_facts_used_result_and_reasons() -> None:
    facts = read_facts({**ELECTROPLATER, "tariff_affected": True}, KNOWLEDGE)
    kept = snapshot_of("idb10_mfg_case", facts, terms_under(KNOWLEDGE, Amendments(), version=7), now=NOON)
    assert kept == {
        "measure": "idb10_mfg_case",
        "edition": "112",
        "terms_version": 7,
        "knowledge_version": KNOWLEDGE.version,
        "on": "2023-06-01",
        "window": "open",
        "result": "not_eligible",
        "rules_known": True,
        "facts": {"regular_employees": 9},
        "reasons": ["經常僱用員工 10 人以上（現為 9）"],
        "ask": [],
    }


def test_a_case_without_a_measure_has_no_snapshot() -> None:
    assert snapshot_of(None, {}, terms_under(KNOWLEDGE, Amendments(), version=0), now=NOON) is None
