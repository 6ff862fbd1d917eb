"""Clocks of a case: started once, waiting, moved, ended."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy.business_time import due_at, worked, working_day
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.referral_lifecycle import DeclineReason, ReferralEvent
from helpdesk.runtime import Runtime
from helpdesk.services import casework, sla_clocks, sweep, triage
from knowledge_base.records.vocabulary import Category, Metric, Urgency
from tests import builders
from tests.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    return builders.sorted_case(session, runtime, account=agent, now=NOW)


def clocks(session: Session, case: Case, metric: Metric) -> list[ServiceClock]:
    session.flush()
    found = select(ServiceClock).where(ServiceClock.case_id == case.id, ServiceClock.metric == metric)
    return list(session.scalars(found.order_by(ServiceClock.id)))


def test_a_clock_that_runs_is_not_started_again(session: Session, runtime: Runtime, case: Case) -> None:
    for _ in range(2):
        sla_clocks.start(session, case, (Metric.TRIAGE,), equipment=runtime, now=NOW + HOUR)
    assert [c.met_at for c in clocks(session, case, Metric.TRIAGE)] == [NOW, None]


def test_two_waits_for_the_enquirer_move_the_resolution_by_the_working_time_of_both(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    (resolution,) = clocks(session, case, Metric.RESOLUTION)
    before = resolution.due_at
    waits = [(NOW + HOUR, NOW + 2 * HOUR), (NOW + 3 * HOUR, NOW + timedelta(days=2))]
    for begun, ended in waits:
        casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=begun)
        assert (resolution.due_at, resolution.next_at) == (None, None)
        casework.hear(session, case, "補充", equipment=runtime, now=ended)
    waited = sum((worked(runtime.calendar, *wait) for wait in waits), timedelta())
    assert resolution.due_at == due_at(runtime.calendar, before, waited)

    assert case.queue_at == min(c.due_at for c in sla_clocks.open_clocks(session, case) if c.due_at)


def test_a_pause_that_lasts_is_not_begun_again(session: Session, runtime: Runtime, case: Case) -> None:
    for hours in (1, 2):
        sla_clocks.pause(session, case, reason="x", equipment=runtime, now=NOW + hours * HOUR)
    assert [p.started_at for p in session.scalars(select(Pause))] == [NOW + HOUR]
    for hours in (3, 4):
        sla_clocks.resume(session, case, equipment=runtime, now=NOW + hours * HOUR)
    assert [p.ended_at for p in session.scalars(select(Pause))] == [NOW + 3 * HOUR]


def test_a_new_category_and_a_new_urgency_keep_what_was_waited_and_say_what_moved(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    (resolution,) = clocks(session, case, Metric.RESOLUTION)
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=NOW)
    casework.hear(session, case, "補充", equipment=runtime, now=NOW + 2 * HOUR)
    now = NOW + 3 * HOUR
    triage.sort_by_person(session, case, Category.MEASURES, equipment=runtime, account=agent, now=now)
    day = working_day(runtime.calendar)
    assert resolution.due_at == due_at(runtime.calendar, NOW, 3 * day + 2 * HOUR)
    casework.correct_details(
        session, case, urgency=Urgency.URGENT, theme=None, measure=None, wants_verification=False,
        account=agent, equipment=runtime, now=now,
    )  # fmt: skip
    assert resolution.due_at == due_at(runtime.calendar, NOW, 1.5 * day + 2 * HOUR)
    moved = [
        line.data
        for line in session.scalars(select(CaseEvent).where(CaseEvent.kind == "clock.moved"))
        if line.data["metric"] == "resolution"
    ]
    assert moved[-2]["after"] == moved[-1]["before"]
    assert moved[-1]["after"] == resolution.due_at.isoformat()


def test_an_ended_clock_is_never_reckoned_again(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    (first,) = clocks(session, case, Metric.TRIAGE)
    before = first.due_at, first.policy
    triage.sort_by_person(session, case, Category.MEASURES, equipment=runtime, account=agent, now=NOW + HOUR)
    assert (first.due_at, first.policy) == before


def test_a_hold_of_one_organisation_holds_neither_another_ones_clock_nor_the_resolution(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    made = [
        builders.offered(session, runtime, case, account=agent, now=NOW, organisation=slug)
        for slug in ("pmc", "itri")
    ]
    for referral in made:
        builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW)
    held = {"until_on": date(2026, 11, 27)}
    builders.answered(session, runtime, made[0], [ReferralEvent.HOLD], now=NOW + HOUR, given=held)
    first, second = clocks(session, case, Metric.FIRST_CONTACT)
    assert (first.due_at, second.due_at is None) == (None, False)
    assert clocks(session, case, Metric.RESOLUTION)[0].due_at is not None


def test_an_offer_that_ends_late_keeps_its_breach(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    late = NOW + timedelta(days=5)
    given = {"reason": DeclineReason.AT_CAPACITY}
    builders.answered(session, runtime, referral, [ReferralEvent.DECLINE], now=late, given=given)
    (acceptance,) = clocks(session, case, Metric.REFERRAL_ACCEPTANCE)
    assert (acceptance.met_at, acceptance.breached_at) == (late, acceptance.due_at)


def test_a_word_from_the_enterprise_while_an_organisation_acts_does_not_bar_the_way_back(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=NOW)
    casework.hear(session, case, "補充", equipment=runtime, now=NOW + HOUR)
    given = {"reason": DeclineReason.AT_CAPACITY}
    builders.answered(session, runtime, referral, [ReferralEvent.DECLINE], now=NOW + HOUR, given=given)
    assert case.status is CaseStatus.OPEN
    assert clocks(session, case, Metric.TRIAGE)[-1].met_at is None


def test_a_word_from_the_enterprise_does_not_keep_an_offer_from_expiring(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    builders.offered(session, runtime, case, account=agent, now=NOW)
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=NOW)
    casework.hear(session, case, "補充", equipment=runtime, now=NOW + HOUR)
    assert sweep.sweep(session, equipment=runtime, now=NOW + timedelta(days=5)).expired == 1
    assert case.status is CaseStatus.OPEN
