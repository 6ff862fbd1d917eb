"""How many promises of a month would have been kept under other targets or hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy.attainment import Dimension, Tally
from helpdesk.policy.business_time import NoWorkingTime, due_at, working_day
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.service_terms import Amendments, ServiceTerms, terms_under
from helpdesk.queries import attainment_what_if
from helpdesk.queries.attainment_rows import by_dimension, summed
from helpdesk.queries.attainment_what_if import WhatIf, attainment_under
from helpdesk.runtime import Runtime
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget
from knowledge_base.records.vocabulary import Category, Metric, Urgency
from tests.conftest import NOW
from tests.policy.working_time import taipei
from tests.queries.written_clocks import a_case, a_clock, a_referral

HOUR = timedelta(hours=1)
OCTOBER = date(2026, 10, 1)
MONDAY = taipei("2026-10-12T08:30").astimezone(UTC)
FEW_WEEKS = timedelta(days=21)


def terms(runtime: Runtime, **targets: SlaTarget) -> ServiceTerms:
    return terms_under(runtime.shipped, Amendments(targets=targets), 1)


def asked(session: Session, runtime: Runtime, proposed: ServiceTerms, month: date = OCTOBER) -> list[WhatIf]:
    session.expire_all()
    return attainment_under(session, proposed, held=runtime.terms, month=month, now=NOW)


def first_response(
    session: Session,
    runtime: Runtime,
    *,
    started_at: datetime = MONDAY,
    met_at: datetime | None = None,
    cancelled_at: datetime | None = None,
) -> ServiceClock:
    """Write a clock that was judged by the shipped target, 4 working hours."""
    due = due_at(runtime.calendar, started_at, 4 * HOUR)
    late = due < (met_at or cancelled_at or NOW)
    return a_clock(
        session, a_case(session, opened_at=started_at), due_at=due, met_at=met_at,
        cancelled_at=cancelled_at, breached_at=due if late else None,
    )  # fmt: skip


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(session.connection().engine, "before_cursor_execute", note)
    yield sent
    event.remove(session.connection().engine, "before_cursor_execute", note)


def test_a_shorter_target_breaks_what_it_had_kept_and_a_longer_one_keeps_what_was_late(
    session: Session, runtime: Runtime
) -> None:
    for hours in (1, 3, 4, 6):  # the last is late
        first_response(session, runtime, met_at=MONDAY + hours * HOUR)

    def tallies(hours: float) -> WhatIf:
        [found] = asked(session, runtime, terms(runtime, first_response=SlaTarget(working_hours=hours)))
        return found

    assert tallies(3.0) == WhatIf(Metric.FIRST_RESPONSE, Tally(3, 1), Tally(2, 2))
    assert tallies(2.5) == WhatIf(Metric.FIRST_RESPONSE, Tally(3, 1), Tally(1, 3))
    assert tallies(6.0) == WhatIf(Metric.FIRST_RESPONSE, Tally(3, 1), Tally(4, 0))


def test_a_target_said_in_another_unit_gives_every_clock_the_verdict_it_had(
    session: Session, runtime: Runtime
) -> None:
    for day in range(0, 21, 2):
        started_at = MONDAY + timedelta(days=day)
        first_response(session, runtime, started_at=started_at)
        first_response(session, runtime, started_at=started_at, met_at=started_at + day * HOUR)
        first_response(session, runtime, started_at=started_at, cancelled_at=started_at + 3 * HOUR)
        first_response(session, runtime, started_at=started_at, cancelled_at=started_at + FEW_WEEKS)
    same = terms(runtime, first_response=SlaTarget(working_minutes=240))
    for month in (OCTOBER, date(2026, 11, 1)):
        [found] = asked(session, runtime, same, month)
        assert found.before == found.after
        assert found.before == summed(by_dimension(session, Dimension.CATEGORY, month).values())[found.metric]


def test_only_a_verdict_that_falls_in_the_month_counts_in_taipei(session: Session, runtime: Runtime) -> None:
    last_day = taipei("2026-10-30T17:00").astimezone(UTC)  # a Friday
    first_response(session, runtime, started_at=last_day, met_at=last_day + 3 * 24 * HOUR)  # Monday 17:00
    [shorter] = asked(session, runtime, terms(runtime, first_response=SlaTarget(working_hours=1.0)))
    assert shorter == WhatIf(Metric.FIRST_RESPONSE, Tally(), Tally(0, 1))  # it would have been due 18:00
    assert asked(session, runtime, terms(runtime, first_response=SlaTarget(working_hours=1.5))) == []
    midnight = taipei("2026-11-01T00:00").astimezone(UTC)
    week = [OpeningPeriod(weekday="sat", opens="08:00", closes="23:59")]
    weekend = terms_under(runtime.shipped, Amendments(opening=tuple(week)), 1)
    first_response(session, runtime, started_at=midnight - 24 * HOUR, met_at=midnight - timedelta(seconds=1))
    first_response(session, runtime, started_at=midnight - 24 * HOUR, met_at=midnight)
    kept = [row for row in asked(session, runtime, weekend) if row.metric is Metric.FIRST_RESPONSE]
    assert [row.before.kept for row in kept] == [1]


def test_a_clock_that_runs_on_from_an_earlier_month_may_be_broken_in_this_one(
    session: Session, runtime: Runtime
) -> None:
    started_at = taipei("2026-09-21T08:30").astimezone(UTC)
    first_response(session, runtime, started_at=started_at)
    [found] = asked(session, runtime, terms(runtime, first_response=SlaTarget(working_days=10.0)))
    assert found == WhatIf(Metric.FIRST_RESPONSE, Tally(), Tally(0, 1))


def test_what_was_cancelled_in_time_has_a_verdict_only_under_a_target_that_it_outlasted(
    session: Session, runtime: Runtime
) -> None:
    first_response(session, runtime, cancelled_at=MONDAY + 2 * HOUR)
    assert asked(session, runtime, terms(runtime, first_response=SlaTarget(working_hours=2.0))) == []
    [found] = asked(session, runtime, terms(runtime, first_response=SlaTarget(working_hours=1.5)))
    assert found.after == Tally(0, 1)


def test_the_circumstances_of_its_case_choose_the_target_of_a_clock(
    session: Session, runtime: Runtime
) -> None:
    for urgency in Urgency:
        for category in (Category.PROBLEM, Category.MEASURES):
            case = a_case(session, opened_at=MONDAY, category=category)
            case.urgency = urgency
            a_clock(session, case, Metric.RESOLUTION, met_at=MONDAY + 2 * HOUR, due_at=MONDAY + FEW_WEEKS)
    short = terms(runtime, resolution_problem_urgent=SlaTarget(working_hours=1.0))
    assert asked(session, runtime, short) == [WhatIf(Metric.RESOLUTION, Tally(4, 0), Tally(3, 1))]


def test_waits_of_the_clocks_own_kind_count_for_nothing(session: Session, runtime: Runtime) -> None:
    case = a_case(session, opened_at=MONDAY)
    referral = a_referral(session, case)
    a_clock(session, case, Metric.RESOLUTION, met_at=MONDAY + 4 * HOUR, due_at=MONDAY + FEW_WEEKS)
    a_clock(
        session, case, Metric.FIRST_CONTACT, referral=referral,
        met_at=MONDAY + 4 * HOUR, due_at=MONDAY + FEW_WEEKS,
    )  # fmt: skip
    short = SlaTarget(working_hours=2.0)
    proposed = terms(runtime, resolution_problem=short, first_contact=short)

    def broken() -> list[Metric]:
        return [row.metric for row in asked(session, runtime, proposed) if row.after.broken]

    assert broken() == [Metric.FIRST_CONTACT, Metric.RESOLUTION]
    enquirer = Pause(case_id=case.id, reason="x", started_at=MONDAY + HOUR, ended_at=MONDAY + 3 * HOUR)
    session.add(enquirer)
    session.flush()
    assert broken() == [Metric.FIRST_CONTACT]
    session.add(
        Pause(case_id=case.id, referral_id=referral.id, reason="x", started_at=MONDAY + HOUR, ended_at=None)
    )
    session.flush()
    assert broken() == []


def test_an_organisations_clock_counts_in_its_county(session: Session, runtime: Runtime) -> None:
    case = a_case(session, opened_at=MONDAY)
    clock = a_clock(
        session, case, Metric.REFERRAL_ACCEPTANCE, referral=a_referral(session, case),
        met_at=MONDAY + 30 * HOUR, due_at=MONDAY + FEW_WEEKS,
    )  # fmt: skip
    closure = Closure(MONDAY, MONDAY + 24 * HOUR, frozenset({"臺中市"}), "颱風停班")
    one_day = Amendments(closures=(closure,), targets={"referral_acceptance": SlaTarget(working_days=1.0)})
    proposed = terms_under(runtime.shipped, one_day, 1)
    for county, after in (("臺中市", Tally(1, 0)), ("高雄市", Tally(0, 1)), (None, Tally(0, 1))):
        clock.county = county
        session.flush()
        assert [row.after for row in asked(session, runtime, proposed)] == [after]


def test_other_metrics_stay_as_they_were_and_new_hours_touch_them_all(
    session: Session, runtime: Runtime
) -> None:
    case = a_case(session, opened_at=MONDAY)
    written_late = {"met_at": MONDAY + HOUR, "breached_at": MONDAY, "due_at": MONDAY}
    a_clock(session, case, Metric.TRIAGE, **written_late)
    a_clock(session, case, Metric.FIRST_RESPONSE, **written_late)
    as_was = Tally(0, 1)
    longer = terms(runtime, first_response=SlaTarget(working_hours=5.0))
    assert asked(session, runtime, longer) == [
        WhatIf(Metric.FIRST_RESPONSE, as_was, Tally(1, 0)),
        WhatIf(Metric.TRIAGE, as_was, as_was),
    ]
    week = tuple(OpeningPeriod(weekday=day, opens="08:00", closes="18:00") for day in ("mon", "tue"))
    hours = terms_under(runtime.shipped, Amendments(opening=week), 1)
    assert [row.after for row in asked(session, runtime, hours)] == [Tally(1, 0), Tally(1, 0)]


def test_a_month_is_read_in_chunks_and_nothing_is_written(
    session: Session, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        first_response(session, runtime, met_at=MONDAY + HOUR)
    monkeypatch.setattr(attainment_what_if, "CLOCKS_AT_ONCE", 3)
    with statements(session) as sent:
        [found] = asked(session, runtime, terms(runtime, first_response=SlaTarget(working_hours=1.0)))
    assert found.after == Tally(7, 0)
    assert all(statement.startswith("SELECT") for statement in sent)


def test_hours_too_few_for_a_target_are_named(session: Session, runtime: Runtime) -> None:
    case = a_case(session, opened_at=MONDAY)
    a_clock(session, case, Metric.RESOLUTION, met_at=MONDAY + HOUR, due_at=MONDAY + FEW_WEEKS)
    week = (OpeningPeriod(weekday="mon", opens="08:00", closes="08:05"),)
    target = SlaTarget(working_hours=100.0)
    proposed = terms_under(
        runtime.shipped, Amendments(opening=week, targets={"resolution_problem": target}), 1
    )
    assert working_day(proposed.calendar) == timedelta(minutes=5)
    with pytest.raises(NoWorkingTime):
        asked(session, runtime, proposed)
