"""What the model's page reads: alike cases counted, windows compared, cases to sort next; on both databases."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.models.call import Call, CallState
from helpdesk.models.case import Case
from helpdesk.policy.attainment import month_before, month_of, month_span
from helpdesk.policy.drift import FEWEST_CASES, DriftState
from helpdesk.policy.labelling import PICKED, PickReason
from helpdesk.policy.suggestion_quality import EDGES, CaseGroup
from helpdesk.queries.label_queue import label_queue
from helpdesk.queries.model_drift import DriftMeasure, drifts
from helpdesk.queries.model_quality import case_groups
from helpdesk.queries.newest_texts import newest_texts
from knowledge_base.records.vocabulary import Category
from tests.conftest import NOW
from tests.queries.written_decisions import C, decided, suggested

MONTH = month_of(NOW)
DAY = timedelta(days=1)


def one(groups: list[CaseGroup]) -> CaseGroup:
    (found,) = groups
    return found


def test_a_case_that_the_model_sorted_is_settled_when_it_is_resolved(session: Session) -> None:
    suggested(session)
    waiting = one(case_groups(session, MONTH))
    assert (waiting.final, waiting.by_model, waiting.by_person, waiting.cases) == (None, True, False, 1)
    suggested(session, C.MEASURES, resolved=True)
    settled = [each for each in case_groups(session, MONTH) if each.final is not None]
    assert (one(settled).suggested, one(settled).final) == (C.MEASURES, C.MEASURES)


def test_a_case_that_nobody_sorted_has_no_final_category_though_it_was_resolved(session: Session) -> None:
    suggested(session, sure=False, resolved=True)
    assert one(case_groups(session, MONTH)).final is None


def test_a_persons_last_decision_is_the_final_category_and_counts_once(session: Session) -> None:
    of = suggested(session, resolved=True)
    for category in (C.APPLICATION, C.IMPROVEMENT):
        decided(session, of, category)
    found = one(case_groups(session, MONTH))
    assert (found.final, found.by_model, found.by_person, found.cases) == (C.IMPROVEMENT, True, True, 1)
    assert found.probability == pytest.approx(0.95)


def test_cases_are_told_apart_by_all_that_counts_and_else_counted_together(session: Session) -> None:
    for _ in range(3):
        suggested(session)
    suggested(session, blind=True)
    suggested(session, sure=False)
    suggested(session, model_version="m2")
    suggested(session, probability=0.85)
    decided(session, suggested(session), C.APPLICATION)
    groups = case_groups(session, MONTH)
    assert sorted(each.cases for each in groups) == [1, 1, 1, 1, 1, 3]
    assert {each.version for each in groups} == {"m1", "m2"}
    assert max(each.probability for each in groups) == pytest.approx(2.85)


@pytest.mark.parametrize(
    ("probability", "place"), [(0.0, 0), (1.0, 9), *((e, i + 1) for i, e in enumerate(EDGES))]
)
def test_a_bin_begins_at_its_edge(session: Session, probability: float, place: int) -> None:
    suggested(session, probability=probability)
    assert one(case_groups(session, MONTH)).bin == place


def test_a_month_is_that_of_taipei_and_others_are_left_out(session: Session) -> None:
    begins, ends = month_span(MONTH)
    second = timedelta(seconds=1)
    for at in (begins - second, begins, ends - second, ends):
        suggested(session, at=at)
    year = month_before(MONTH, 11)
    for at in (month_span(year)[0], month_span(year)[0] - second):
        suggested(session, at=at)
    found = Counter[object]()
    for each in case_groups(session, MONTH):
        found[each.month] += each.cases
    assert found == {MONTH: 2, month_before(MONTH, 1): 1, year: 1}
    assert sum(each.cases for each in case_groups(session, MONTH, months=1)) == 2


def test_a_missed_call_is_no_text_to_judge_the_model_by_nor_to_teach_it(session: Session) -> None:
    of = suggested(session, sure=False)
    session.add(
        Call(
            call_sid="CA1",
            caller="",
            state=CallState.ABANDONED,
            within_hours=True,
            case_id=of.case_id,
            started_at=NOW,
        )
    )
    assert case_groups(session, MONTH) == []
    assert label_queue(session, day=MONTH) == []


def test_a_case_of_the_blind_sample_counts_as_it_was_sorted_unaided(session: Session) -> None:
    of = suggested(session, blind=True)
    decided(session, of, C.PROBLEM)
    decided(session, of, C.IMPROVEMENT)  # with the model's view before them
    assert one(case_groups(session, MONTH)).final == C.PROBLEM


def test_the_newest_texts_hold_no_blind_case_that_waits_for_a_person(session: Session) -> None:
    suggested(session, text="一")
    of = suggested(session, blind=True, text="二")
    suggested(session, text="三")
    assert [text for _, text in newest_texts(session)] == ["三", "一"]
    decided(session, of, C.MEASURES)
    assert [text for _, text in newest_texts(session, limit=2)] == ["三", "二"]


def test_nothing_is_grouped_of_a_new_desk(session: Session) -> None:
    assert case_groups(session, MONTH) == []


def weeks(
    session: Session, *, first: datetime, category: Category, sure: bool, final: Category | None, text: str,
    version: str = "m1",
) -> None:  # fmt: skip
    """Write a week of cases, just enough for a window."""
    for place in range(FEWEST_CASES):
        at = first + DAY * (place % 7)
        of = suggested(session, category, at=at, sure=sure, text=text, model_version=version)
        if final is not None:
            decided(session, of, final)


def unknown(text: str) -> float:
    return 0.5 if "新" in text else 0.0


def test_what_changed_between_the_first_window_and_the_newest_is_found(session: Session) -> None:
    weeks(session, first=NOW - 40 * DAY, category=C.PROBLEM, sure=True, final=C.PROBLEM, text="舊")
    weeks(session, first=NOW - 10 * DAY, category=C.MEASURES, sure=False, final=C.APPLICATION, text="新")
    found = {each.measure: each for each in drifts(session, "m1", unknown_share=unknown, now=NOW)}
    assert list(found) == list(DriftMeasure)
    assert {each.state for each in found.values()} == {DriftState.ACT}
    assert found[DriftMeasure.CATEGORIES].counts == ({C.PROBLEM: 200}, {C.MEASURES: 200})
    shares = {measure: each.shares for measure, each in found.items()}
    assert shares == {"categories": None, "abstained": (0, 1), "unknown": (0, 0.5), "overruled": (0, 1)}


def test_the_same_cases_again_are_steady_and_another_model_says_nothing(session: Session) -> None:
    for back in (40, 10):
        weeks(session, first=NOW - back * DAY, category=C.PROBLEM, sure=True, final=None, text="舊")
    found = {each.measure: each for each in drifts(session, "m1", unknown_share=unknown, now=NOW)}
    assert found[DriftMeasure.UNKNOWN].state is DriftState.STEADY
    assert found[DriftMeasure.CATEGORIES].index == 0
    assert found[DriftMeasure.OVERRULED].state is DriftState.TOO_FEW  # no case has a final category yet
    other = drifts(session, "m2", unknown_share=unknown, now=NOW)
    assert {each.state for each in other} == {DriftState.TOO_FEW}


def test_the_cases_to_sort_next_are_unfinished_and_no_person_sorted_them(session: Session) -> None:
    narrow = [suggested(session, probability=0.5 + place / 100) for place in range(PICKED)]
    sure = [suggested(session, probability=0.99) for _ in range(PICKED)]
    suggested(session, probability=0.5, resolved=True)
    decided(session, suggested(session, probability=0.5), C.MEASURES)
    numbers = {made.id: session.get_one(Case, made.case_id).number for made in narrow + sure}
    found = label_queue(session, day=NOW.astimezone(UTC).date())
    half = PICKED // 2
    assert [row.pick.number for row in found[:half]] == [numbers[made.id] for made in narrow[:half]]
    assert [row.pick.reason for row in found] == [PickReason.NARROW] * half + [PickReason.RANDOM] * half
    assert {row.pick.number for row in found} <= set(numbers.values())
    assert found[1].pick.margin == pytest.approx(0.02)
