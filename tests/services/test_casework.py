"""What an agent does with a case."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent, Message, TriageDecision
from helpdesk.models.outbox import Notification
from helpdesk.models.service_clock import Pause
from helpdesk.policy.lifecycle import CaseStatus, IllegalCaseEvent
from helpdesk.policy.notices import Happening
from helpdesk.policy.text_rules import BadText
from helpdesk.policy.triage_decision import Basis
from helpdesk.runtime import Runtime
from helpdesk.services import casework, triage
from helpdesk.services.timeline import StaleForm, acting, refuse_stale
from knowledge_base.records.vocabulary import Category, Metric, Urgency
from tests import builders
from tests.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    return builders.sorted_case(session, runtime, account=agent, now=NOW)


def test_a_persons_decision_stands_beside_the_models(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.case(session, runtime, now=NOW, text="嗯")
    triage.sort_by_person(
        session, case, Category.APPLICATION, equipment=runtime, account=agent, now=NOW + HOUR
    )
    model, person = session.scalars(select(TriageDecision).order_by(TriageDecision.id)).all()
    assert (model.category, model.decided_by_id) == (None, None)
    assert model.basis in {Basis.MODEL_UNSURE, Basis.OUT_OF_SCOPE}
    assert (person.category, person.basis, person.decided_by_id) == (
        Category.APPLICATION,
        Basis.PERSON,
        agent.id,
    )
    assert person.suggested is model.suggested
    assert builders.clock_of(session, case, Metric.TRIAGE).met_at == NOW + HOUR


def test_another_category_moves_the_resolution_and_says_so(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    before = builders.clock_of(session, case, Metric.RESOLUTION).due_at
    triage.sort_by_person(session, case, Category.MEASURES, equipment=runtime, account=agent, now=NOW)
    assert builders.clock_of(session, case, Metric.RESOLUTION).due_at < before
    moved = session.scalars(select(CaseEvent).where(CaseEvent.kind == "clock.moved")).all()
    assert any(line.data["before"] == before.isoformat() for line in moved)


def test_an_answer_is_the_first_response_and_is_told_to_the_enquirer(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.answer(session, case, "您好", account=agent, equipment=runtime, now=NOW + HOUR)
    assert builders.clock_of(session, case, Metric.FIRST_RESPONSE).met_at == NOW + HOUR
    assert case.assignee is agent
    told = session.scalars(select(Notification).where(Notification.happening == Happening.ANSWER_GIVEN)).one()
    assert case.number in told.body


def test_a_late_answer_is_a_breach_at_the_due_date(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    late = NOW + timedelta(days=3)
    casework.answer(session, case, "您好", account=agent, equipment=runtime, now=late)
    first = builders.clock_of(session, case, Metric.FIRST_RESPONSE)
    assert (first.met_at, first.breached_at) == (late, first.due_at)


def test_waiting_for_the_enquirer_stops_the_resolution_and_an_answer_moves_it_by_the_time_waited(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    due = builders.clock_of(session, case, Metric.RESOLUTION).due_at
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=NOW + HOUR)
    assert case.status is CaseStatus.WAITING
    assert builders.clock_of(session, case, Metric.RESOLUTION).due_at is None
    casework.hear(session, case, "補充如下", equipment=runtime, now=NOW + 3 * HOUR)
    assert case.status is CaseStatus.OPEN
    assert builders.clock_of(session, case, Metric.RESOLUTION).due_at == due + 2 * HOUR
    pause = session.scalars(select(Pause)).one()
    assert (pause.started_at, pause.ended_at) == (NOW + HOUR, NOW + 3 * HOUR)


def test_a_note_is_kept_and_told_to_nobody(session: Session, agent: Account, case: Case) -> None:
    before = len(session.scalars(select(Notification)).all())
    casework.note(session, case, "內部", account=agent, now=NOW)
    assert len(session.scalars(select(Notification)).all()) == before
    assert session.scalars(select(Message)).one().kind == "note"


def test_an_empty_text_is_refused(session: Session, runtime: Runtime, agent: Account, case: Case) -> None:
    with pytest.raises(BadText):
        casework.answer(session, case, " \n", account=agent, equipment=runtime, now=NOW)


def test_a_case_is_not_resolved_while_an_organisation_acts_on_it(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    builders.offered(session, runtime, case, account=agent, now=NOW)
    with pytest.raises(casework.ReferralsOpen):
        casework.resolve(session, case, summary="好", account=agent, equipment=runtime, now=NOW)


def test_reopening_starts_a_new_resolution_and_the_old_verdict_stays(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.resolve(session, case, summary="好了", account=agent, equipment=runtime, now=NOW + HOUR)
    first = builders.clock_of(session, case, Metric.RESOLUTION)
    casework.reopen(session, case, account=agent, equipment=runtime, now=NOW + 5 * HOUR)
    second = builders.clock_of(session, case, Metric.RESOLUTION)
    assert (first.met_at, second.started_at, second.met_at) == (NOW + HOUR, NOW + 5 * HOUR, None)
    assert case.resolved_at is None


def test_a_word_after_the_end_opens_the_case_again_but_not_a_closed_one(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.resolve(session, case, summary="好了", account=agent, equipment=runtime, now=NOW)
    casework.hear(session, case, "還有問題", equipment=runtime, now=NOW + HOUR)
    assert (case.status, case.unfinished) == (CaseStatus.OPEN, True)
    casework.resolve(session, case, summary="好了", account=agent, equipment=runtime, now=NOW + HOUR)
    casework.close(session, case, actor=acting(agent), now=NOW + HOUR)
    with pytest.raises(IllegalCaseEvent):
        casework.hear(session, case, "再問", equipment=runtime, now=NOW + HOUR)


def test_urgent_halves_the_resolution(session: Session, runtime: Runtime, agent: Account, case: Case) -> None:
    before = builders.clock_of(session, case, Metric.RESOLUTION).due_at
    casework.correct_details(
        session, case, urgency=Urgency.URGENT, theme=None, measure=None, wants_verification=False,
        account=agent, equipment=runtime, now=NOW,
    )  # fmt: skip
    after = builders.clock_of(session, case, Metric.RESOLUTION)
    assert after.due_at < before
    assert "urgent" in after.policy


def test_a_form_is_stale_when_something_that_matters_happened_since(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    version = case.event_count
    refuse_stale(session, case, version)
    casework.answer(session, case, "您好", account=agent, equipment=runtime, now=NOW)
    with pytest.raises(StaleForm) as stale:
        refuse_stale(session, case, version)
    assert [line.kind for line in stale.value.changes] == ["case.assigned", "case.answered"]
