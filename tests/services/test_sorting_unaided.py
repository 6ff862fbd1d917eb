"""Cases that a person sorts without the model's view, and what the rows say of it."""

from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent, TriageDecision
from helpdesk.policy.blind_sample import in_blind_sample
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.triage_decision import Basis
from helpdesk.runtime import Runtime
from helpdesk.services import intake, triage
from knowledge_base.records.vocabulary import Category, Channel
from tests import builders
from tests.conftest import NOW

SURE = "客戶要碳排放資料，不知道從哪裡開始，怎麼辦"


def decisions(session: Session, case: Case) -> list[TriageDecision]:
    found = select(TriageDecision).where(TriageDecision.case_id == case.id).order_by(TriageDecision.id)
    return list(session.scalars(found))


def test_a_case_of_the_sample_waits_for_a_person_however_sure_the_model_is(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.blind_case(session, runtime, now=NOW, text=SURE)
    assert in_blind_sample(case.number)
    assert (case.category, case.status) == (None, CaseStatus.TO_SORT)
    (model,) = decisions(session, case)
    assert (model.basis, model.blind, model.category, model.abstained) == (Basis.BLIND, True, None, False)
    assert model.suggested is Category.PROBLEM
    told = session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id)).all()
    assert EventKind.CASE_SORTED not in told


def test_only_the_first_person_decides_unaided(session: Session, runtime: Runtime, agent: Account) -> None:
    case = builders.blind_case(session, runtime, now=NOW, text=SURE)
    for category in (Category.MEASURES, Category.PROBLEM):
        triage.sort_by_person(session, case, category, equipment=runtime, account=agent, now=NOW)
    _, first, second = decisions(session, case)
    assert (first.basis, first.blind) == (Basis.PERSON, True)
    assert (second.basis, second.blind) == (Basis.PERSON, False)


def test_what_was_offered_stands_on_both_decisions(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW, text="有什麼補助可以汰換鍋爐")
    said = runtime.classifier.classify("有什麼補助可以汰換鍋爐")
    assert [each.shortlist for each in decisions(session, case)] == [list(said.shortlist)] * 2
    assert not any(each.blind for each in decisions(session, case))


def test_a_call_is_drawn_by_its_form_since_the_screen_suggests_before_there_is_a_number(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    for wanted in (True, False):
        key = next(key for key in map("desk:{}".format, count()) if in_blind_sample(key) is wanted)
        given = builders.submission(key=key, channel=Channel.HOTLINE)
        case = intake.receive(session, given, equipment=runtime, now=NOW, agent=agent).case
        assert decisions(session, case)[0].blind is wanted


def test_a_missed_call_has_no_words_and_is_never_drawn(session: Session, runtime: Runtime) -> None:
    builders.next_case_is_blind(session)
    given = builders.submission(channel=Channel.HOTLINE)
    case = intake.receive(session, given, equipment=runtime, now=NOW, missed_call=True).case
    assert in_blind_sample(case.number)
    assert not decisions(session, case)[0].blind
