"""Questions, success cases and briefings: what the shipped files hold, and what their records refuse."""

from itertools import combinations
from typing import Any

import pytest
from pydantic import ValidationError
from rapidfuzz import fuzz

from knowledge_base.loader import DATA
from knowledge_base.reading import read_yaml
from knowledge_base.records.provenance import Sourced
from knowledge_base.records.references import Briefing, FaqTopic, Question, SuccessCase

FILES: list[tuple[str, str, type[Sourced]]] = [
    ("faq.yaml", "faq", Question),
    ("success_cases.yaml", "success_cases", SuccessCase),
    ("briefings.yaml", "briefings", Briefing),
]
ORIGIN = {"source": "seed", "checked": True}
EVENT = {"id": "event", "title": "說明會", "starts_at": "2026-02-04T10:00:00+08:00", "origin": ORIGIN}

FIGURES = [
    ("seafood_diagnosis", "每年減少排放", "200噸CO₂e"),
    ("seafood_diagnosis", "蒸煮製程效率提升", "20%"),
    ("seafood_diagnosis", "產品凍結時間", "48小時→24小時"),
    ("foundry_sintering_furnace", "每座燒結爐建置費用", "1,000萬元"),
    ("foundry_sintering_furnace", "減碳比率", "40%"),
    ("foundry_sintering_furnace", "產品良率提升", "5%"),
    ("foundry_sintering_furnace", "增加產值", "3,000萬/年"),
    ("compound_machine_tool", "開發時程", "6個月→2個月"),
    ("compound_machine_tool", "交期", "1個月→2週"),
    ("compound_machine_tool", "加工工序", "4種→1種"),
    ("compound_machine_tool", "減碳比率", "50%"),
]


def raw(file: str, key: str) -> list[dict[str, Any]]:
    document: Any
    document, duplicates = read_yaml(DATA / file)
    assert duplicates == []
    records: list[dict[str, Any]] = document[key]
    return records


def shipped(file: str) -> list[Any]:
    key, record = next((key, record) for name, key, record in FILES if name == file)
    return [record.model_validate(row) for row in raw(file, key)]


@pytest.mark.parametrize("file", [file for file, _, _ in FILES])
def test_ids_are_unique_and_what_records_name_exists(file: str) -> None:
    records = shipped(file)
    measures = {measure["id"] for measure in raw("measures.yaml", "measures")}
    sources = {source["id"] for source in raw("sources.yaml", "sources")}
    origins = {own.source for record in records for own in (record.origin, *record.field_origins)}
    assert len({record.id for record in records}) == len(records)
    assert {slug for record in records for slug in record.measures} <= measures
    assert origins <= sources


@pytest.mark.parametrize("file", [file for file, _, _ in FILES])
def test_what_rests_on_no_document_is_marked_as_an_assumption(file: str) -> None:
    origins = [own for record in shipped(file) for own in (record.origin, *record.field_origins)]
    assert not [own for own in origins if own.source in {"general", "desk"} and (own.checked or not own.note)]


def test_sixty_questions_or_more_cover_every_topic_and_every_measure() -> None:
    questions = shipped("faq.yaml")
    measures = {measure["id"] for measure in raw("measures.yaml", "measures")}
    assert len(questions) >= 60
    assert {question.topic for question in questions} == set(FaqTopic)
    assert {slug for question in questions for slug in question.measures} == measures


def test_no_two_questions_are_one_in_other_words() -> None:
    pairs = combinations([question.question for question in shipped("faq.yaml")], 2)
    assert [pair for pair in pairs if fuzz.ratio(*pair) >= 85] == []


def test_no_answer_promises_that_an_enterprise_qualifies() -> None:
    assert [question.id for question in shipped("faq.yaml") if "符合資格" in question.answer] == []


def test_an_answer_has_one_to_four_sentences() -> None:
    assert [q.id for q in shipped("faq.yaml") if not 1 <= q.answer.count("。") <= 4] == []


def test_the_figures_of_the_success_cases_are_those_of_the_briefing() -> None:
    cases = shipped("success_cases.yaml")
    assert [(case.id, figure.label, figure.value) for case in cases for figure in case.figures] == FIGURES


def test_a_success_case_names_a_known_sector() -> None:
    groups = raw("sectors.yaml", "sectors")
    known = {sector for group in groups for sector in group["sectors"]}
    assert {case.sector for case in shipped("success_cases.yaml")} <= known


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ends_at": "2026-02-04T10:00:00+08:00"}, "結束早於開始"),
        ({"ends_at": "2026-02-04T09:00:00+08:00"}, "結束早於開始"),
        ({"starts_at": "2026-02-04"}, "時刻"),
        ({"starts_at": 1770170400}, "時刻"),
        ({"starts_at": "2026-02-04T10:00:00"}, "timezone"),
        ({"online": "是"}, "boolean"),
        ({"sign_up_url": "報名"}, "pattern"),
    ],
)
def test_a_briefing_is_refused_when(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Briefing.model_validate(EVENT | wrong)


def test_a_briefing_is_told_in_the_time_of_taipei() -> None:
    briefing = Briefing.model_validate(EVENT | {"starts_at": "2026-02-04T02:00:00+00:00"})
    assert briefing.starts_at.isoformat() == "2026-02-04T10:00:00+08:00"
