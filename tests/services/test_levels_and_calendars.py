"""Targets, hours and office calendars that change while promises run."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.policy.business_time import NoWorkingTime, due_at, working_day
from helpdesk.policy.events import EventKind
from helpdesk.policy.office_calendar_file import OfficeYear
from helpdesk.policy.service_calendar import SpecialDay
from helpdesk.runtime import Runtime
from helpdesk.services import terms_proposals
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget
from knowledge_base.records.vocabulary import Metric
from tests import builders
from tests.conftest import NOW
from tests.services.putting_in_force import DAY, apply


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    return builders.sorted_case(session, runtime, account=agent, now=NOW)


def test_a_new_target_moves_only_its_own_metric_and_none_that_ended(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    met = builders.clock_of(session, case, Metric.TRIAGE)
    held_due = met.due_at
    targets = {"resolution_problem": SlaTarget(working_days=10.0), "triage": SlaTarget(working_hours=1.0)}
    change, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_levels(session, targets, None, equipment=held, now=NOW),
    )  # fmt: skip
    assert change.moved == 1
    assert met.due_at == held_due
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    assert resolution.due_at == due_at(runtime.calendar, NOW, 10 * working_day(runtime.calendar))
    assert "不知問題的案件辦結改為 10 工作天" in change.words
    assert after.knowledge.policies["resolution_problem"].origin.checked
    _, back = apply(
        session,
        runtime,
        lambda held: terms_proposals.propose_levels(session, {}, None, equipment=held, now=NOW),
    )
    assert resolution.due_at == due_at(runtime.calendar, NOW, 20 * working_day(runtime.calendar))
    assert back.knowledge.policies == runtime.knowledge.policies


def test_new_hours_count_for_every_running_promise_and_for_the_length_of_a_working_day(
    session: Session, runtime: Runtime, case: Case
) -> None:
    opening = [
        OpeningPeriod(weekday=day, opens=opens, closes=closes)
        for day in ("mon", "tue", "wed", "thu", "fri")
        for opens, closes in (("08:30", "12:00"), ("13:00", "17:30"))
    ]
    _, after = apply(
        session,
        runtime,
        lambda held: terms_proposals.propose_levels(session, {}, opening, equipment=held, now=NOW),
    )
    assert working_day(after.calendar) == timedelta(hours=8)
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    assert resolution.due_at == due_at(after.calendar, NOW, timedelta(hours=160))


def test_new_hours_hold_from_today_and_leave_the_past_as_it_was_worked(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    opened_at = NOW - 6 * DAY  # the Wednesday before; a Saturday lies between
    case = builders.sorted_case(session, runtime, account=agent, now=opened_at)
    saturdays = [
        OpeningPeriod(weekday=day, opens="08:30", closes="18:00")
        for day in ("mon", "tue", "wed", "thu", "fri", "sat")
    ]
    _, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_levels(session, {}, saturdays, equipment=held, now=NOW),
    )  # fmt: skip
    past, coming = date(2026, 11, 21), date(2026, 11, 28)
    assert (after.calendar.periods_on(past), len(after.calendar.periods_on(coming))) == ((), 1)
    day = working_day(runtime.calendar)
    worked_before = 4 * day
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    assert resolution.due_at == due_at(after.calendar, NOW, 20 * day - worked_before)
    _, back = apply(
        session,
        runtime,
        lambda held: terms_proposals.propose_levels(session, {}, None, equipment=held, now=NOW),
    )
    assert back.calendar.periods_on(coming) == ()


def test_an_imported_year_rules_alone_and_is_no_projection(
    session: Session, runtime: Runtime, case: Case
) -> None:
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    before = resolution.due_at
    off = tuple(SpecialDay(date(2026, 12, day), working=False, name="測試放假") for day in (1, 2))
    years = [OfficeYear(2026, off), OfficeYear(2027, ())]
    assert runtime.calendar.is_projection(date(2027, 1, 1))
    change, after = apply(
        session, runtime, lambda held: terms_proposals.propose_years(session, years, equipment=held)
    )
    # 12-25 is a holiday of the shipped calendar and is none in the imported one.
    assert resolution.due_at == due_at(after.calendar, NOW, 20 * working_day(after.calendar)) != before
    assert not after.calendar.is_projection(date(2027, 1, 1))
    assert {day.on for day in after.calendar.special_days.values() if day.on.year in {2026, 2027}} == {
        day.on for day in off
    }
    assert change.words == "匯入 115 年、116 年的辦公日曆"


def test_a_year_without_a_working_day_is_refused_before_any_case_meets_it(
    session: Session, runtime: Runtime
) -> None:
    off = [
        OfficeYear(
            year,
            tuple(
                SpecialDay(date(year, 1, 1) + timedelta(days=n), working=False, name="放假")
                for n in range(365)
            ),
        )
        for year in range(2027, 2031)
    ]
    with pytest.raises(NoWorkingTime):
        apply(session, runtime, lambda held: terms_proposals.propose_years(session, off, equipment=held))


def test_a_clock_is_told_only_what_was_changed_for_it(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    builders.case(session, runtime, now=NOW, text="嗯")
    targets = {
        "resolution_problem": SlaTarget(working_days=10.0),
        "first_response": SlaTarget(working_hours=2.0),
    }
    apply(
        session, runtime,
        lambda held: terms_proposals.propose_levels(session, targets, None, equipment=held, now=NOW),
    )  # fmt: skip
    told = {
        line.data["metric"]: line.data["why"]
        for line in session.scalars(select(CaseEvent).where(CaseEvent.kind == EventKind.CLOCK_MOVED))
        if "改為" in line.data["why"] and "類別" not in line.data["why"]
    }
    assert told == {
        "resolution": "不知問題的案件辦結改為 10 工作天",
        "first_response": "立案後由專人首次回覆改為 2 工作小時",
    }


def test_the_hours_that_the_desk_set_are_those_it_tells(session: Session, runtime: Runtime) -> None:
    opening = [
        OpeningPeriod(weekday=day, opens="09:00", closes="17:00") for day in ("mon", "tue", "wed", "sat")
    ]
    _, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_levels(session, {}, opening, equipment=held, now=NOW),
    )  # fmt: skip
    assert after.knowledge.service_window.hours_text == "週一至週三 09:00–17:00；週六 09:00–17:00"
