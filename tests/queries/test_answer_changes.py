"""Which open cases are told something else under other terms."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.case_answers import AnswerGround, measures_changed
from helpdesk.policy.eligibility import Eligibility
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.policy.service_terms import Amendments, ServiceTerms, terms_under
from helpdesk.policy.window_closings import WindowClosing, WindowClosingKind
from helpdesk.queries import answer_changes as query
from helpdesk.queries.answer_changes import AnswerChange, answer_changes, counted
from helpdesk.runtime import Runtime
from knowledge_base.exchange.plain import stored
from knowledge_base.records.measures import TAIPEI
from knowledge_base.records.vocabulary import WindowState
from tests import builders
from tests.conftest import NOW

MEASURE, OTHER, KEY = "tariff_rd_single", "tariff_rd_alliance", "114-115"
AFTERNOON = datetime(2026, 11, 24, 14, tzinfo=TAIPEI)


def closed(runtime: Runtime, *measures: str) -> ServiceTerms:
    at = datetime(2026, 11, 24, 10, tzinfo=TAIPEI)  # the same day
    closings = tuple(WindowClosing(m, KEY, WindowClosingKind.FUNDS_EXHAUSTED, at) for m in measures)
    return terms_under(runtime.shipped, Amendments(window_closings=closings), 1)


def edited(runtime: Runtime, **changes: Any) -> ServiceTerms:
    document = {**stored(runtime.knowledge.measures[MEASURE]), **changes}
    return terms_under(runtime.shipped, Amendments(catalogue={"measures": {MEASURE: document}}), 1)


def changes(session: Session, runtime: Runtime, after: ServiceTerms) -> list[AnswerChange]:
    session.flush()
    return list(answer_changes(session, runtime.terms, after, AFTERNOON))


@pytest.fixture
def case(session: Session, runtime: Runtime) -> Case:
    made = builders.case(session, runtime, now=NOW)
    made.measure = MEASURE
    return made


def test_a_case_is_named_with_its_answer_before_and_after(
    session: Session, runtime: Runtime, case: Case
) -> None:
    [row] = changes(session, runtime, closed(runtime, MEASURE))
    assert (row.number, row.enterprise, row.measure) == (case.number, "範例精密機械股份有限公司", MEASURE)
    assert (row.before.window, row.after.window) == (WindowState.OPEN, WindowState.CLOSED_BY_FUNDS)
    assert row.before.result is row.after.result


def unknown(session: Session, runtime: Runtime) -> Case:
    """Return a case of which nothing is known but where the enterprise is."""
    enterprise = builders.EnterpriseFacts("00000022", "新", "臺中市", None, None)
    return builders.case(session, runtime, now=NOW + timedelta(hours=1), enterprise=enterprise)


def test_a_case_of_another_measure_counts_only_when_it_can_be_judged(
    session: Session, runtime: Runtime, case: Case
) -> None:
    nothing = unknown(session, runtime)
    [row] = changes(session, runtime, closed(runtime, OTHER))
    assert (row.number, row.measure, row.ground) == (case.number, OTHER, AnswerGround.KNOWN)
    nothing.facts = {"is_branch": "unknown"}
    assert len(changes(session, runtime, closed(runtime, OTHER))) == 1
    nothing.facts = {"is_branch": False}
    assert len(changes(session, runtime, closed(runtime, OTHER))) == 2


def test_finished_cases_are_told_nothing_else(session: Session, runtime: Runtime, case: Case) -> None:
    case.unfinished = False
    assert changes(session, runtime, closed(runtime, MEASURE, OTHER)) == []


def test_a_case_that_is_excluded_anyway_is_told_nothing_else_unless_it_asks(
    session: Session, runtime: Runtime, case: Case
) -> None:
    case.facts = {"is_branch": True}
    ground = {row.measure: row.ground for row in changes(session, runtime, closed(runtime, MEASURE))}
    assert ground == {MEASURE: AnswerGround.OWN}
    case.measure = None
    told = changes(session, runtime, closed(runtime, MEASURE))
    excluded = [row for row in told if row.before.result is row.after.result is Eligibility.NOT_ELIGIBLE]
    assert excluded == []


def test_an_amount_that_changes_is_another_answer(session: Session, runtime: Runtime, case: Case) -> None:
    editions = stored(runtime.knowledge.measures[MEASURE])["editions"]
    editions[-1]["amounts"][0]["cap_ntd"] = 6_000_000
    [row] = changes(session, runtime, edited(runtime, editions=editions))
    assert row.amounts_only
    assert ("500 萬元" in row.before.amounts, "600 萬元" in row.after.amounts) == (True, True)
    [closes] = changes(session, runtime, closed(runtime, MEASURE))
    assert not closes.amounts_only


def test_words_alone_change_no_answer(session: Session, runtime: Runtime, case: Case) -> None:
    after = edited(runtime, summary="新的摘要")
    assert measures_changed(runtime.terms, after) == frozenset()
    assert changes(session, runtime, after) == []


def test_a_condition_that_changes_is_judged_by_the_facts_of_each_case(
    session: Session, runtime: Runtime, case: Case
) -> None:
    few = builders.case(
        session, runtime, now=NOW, enterprise=builders.EnterpriseFacts("00000022", "小", "臺中市", "機械", 3)
    )
    few.measure = MEASURE
    editions = stored(runtime.knowledge.measures[MEASURE])["editions"]
    origin = editions[-1]["origin"]
    editions[-1]["conditions"] = {
        "id": "many", "fact": "regular_employees", "op": ">=", "value": 10, "text": "至少 10 人", "origin": origin,
    }  # fmt: skip
    found = {
        row.number: row.after.result for row in changes(session, runtime, edited(runtime, editions=editions))
    }
    assert found[few.number] is Eligibility.NOT_ELIGIBLE
    assert found.get(case.number, Eligibility.ELIGIBLE) is Eligibility.ELIGIBLE


def test_a_shared_criterion_that_changes_reaches_every_measure_that_uses_it(runtime: Runtime) -> None:
    criterion = runtime.knowledge.criteria["sme"]
    never = {**stored(criterion), "conditions": {"not": stored(criterion)["conditions"]}}
    after = terms_under(runtime.shipped, Amendments(catalogue={"criteria": {"sme": never}}), 1)
    reached = measures_changed(runtime.terms, after)
    text = {name: str(measure.editions) for name, measure in runtime.knowledge.measures.items()}
    assert reached == {name for name, editions in text.items() if "use='sme'" in editions}
    assert reached


def test_an_offer_that_is_still_open_counts_by_the_measure_that_it_was_judged_by(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    made = builders.sorted_case(session, runtime, account=agent, now=NOW)
    referral = builders.offered(session, runtime, made, account=agent, now=NOW)
    referral.eligibility = {"measure": MEASURE}
    grounds = {row.measure: row.ground for row in changes(session, runtime, closed(runtime, MEASURE, OTHER))}
    assert grounds == {MEASURE: AnswerGround.REFERRAL, OTHER: AnswerGround.KNOWN}
    referral.status = ReferralStatus.COMPLETED
    [row] = changes(session, runtime, closed(runtime, MEASURE))
    assert (row.number, row.ground) == (made.number, AnswerGround.KNOWN)


def test_a_measure_that_the_catalogue_did_not_have_is_an_answer_from_nothing(
    session: Session, runtime: Runtime, case: Case
) -> None:
    without = {name: m for name, m in runtime.knowledge.measures.items() if name != MEASURE}
    rules = {key: tree for key, tree in runtime.terms.rules.items() if key[0] != MEASURE}
    before = replace(runtime.terms, knowledge=replace(runtime.knowledge, measures=without), rules=rules)
    session.flush()
    [row] = answer_changes(session, before, runtime.terms, AFTERNOON)
    assert not row.amounts_only
    assert (row.before, row.after.window) == (None, WindowState.OPEN)


def test_the_cases_are_read_in_parts_and_counted_beyond_those_shown(
    session: Session, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "CASES_AT_ONCE", 2)
    monkeypatch.setattr(query, "MOST_SHOWN", 3)
    numbers = []
    builders.case(session, runtime, now=NOW)  # asks about nothing: it comes last
    for _ in range(5):
        made = builders.case(session, runtime, now=NOW + timedelta(minutes=len(numbers)))
        made.measure = MEASURE
        numbers.append(made.number)
    found = changes(session, runtime, closed(runtime, MEASURE))
    assert [row.number for row in found[1:]] == numbers
    book = counted(iter(found))
    assert (book.total, [row.number for row in book.shown]) == (6, numbers[:3])
    assert book.of == {AnswerGround.OWN: 5, AnswerGround.KNOWN: 1}
