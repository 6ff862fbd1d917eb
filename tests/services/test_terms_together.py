"""A change of terms while others write clocks: none is left with terms that were replaced."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.models.amendment import DeclaredClosure, TermsChange
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.running_promise import standing
from helpdesk.policy.service_calendar import Closure
from helpdesk.queries.waits import waits_of
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import sweep, terms_changes, terms_proposals
from helpdesk.services.clock_keeping import promise_of
from helpdesk.services.reckoning import Report
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.timeline import Actor
from tests import builders
from tests.conftest import NOW
from tests.services.together import together

TOMORROW = datetime(2026, 11, 24, 16, tzinfo=UTC)


def declare(
    make: sessionmaker[Session],
    runtime: Runtime,
    day: int,
    *,
    based_on: int | None = None,
    report: Report = lambda done, total: None,
) -> int:
    """Close one day everywhere, in a transaction of its own; return the version from then on."""
    begins = TOMORROW + timedelta(days=day)
    closure = Closure(begins, begins + timedelta(days=1), frozenset(), f"停班{day}")
    with make.begin() as session:
        held = prevailing(runtime, session, Hold.ALONE)
        proposal = terms_proposals.propose_closure(session, closure, equipment=held)
        version = held.terms.version if based_on is None else based_on
        return terms_changes.put_in_force(
            session, proposal, based_on=version, reason="測試", actor=Actor("督導"), equipment=held,
            now=NOW, report=report,
        ).id  # fmt: skip


def test_no_clock_is_left_with_terms_that_were_replaced_meanwhile(
    committing_engine: Engine, runtime: Runtime
) -> None:
    make = sessionmaker(committing_engine)

    def take_in() -> None:
        for _ in range(12):
            with make.begin() as session:
                held = prevailing(runtime, session, Hold.SHARED)
                builders.case(session, held, now=NOW, text="嗯")

    def change() -> None:
        for day in range(4):
            declare(make, runtime, day)

    def look() -> None:
        for minute in range(8):
            with make.begin() as session:
                held = prevailing(runtime, session, Hold.SHARED)
                sweep.sweep(session, equipment=held, now=NOW + timedelta(hours=minute))

    assert together(take_in, take_in, change, look) == []
    with make() as session:
        held = prevailing(runtime, session, Hold.NOT)
        assert held.terms.version == 4
        clocks = session.scalars(select(ServiceClock).where(ServiceClock.met_at.is_(None))).all()
        assert len(clocks) == 72
        for clock in clocks:
            case = session.get_one(Case, clock.case_id)
            found = standing(promise_of(clock, case, None, None, waits_of(session, clock)), held.terms)
            assert clock.due_at == found.deadline.due_at
            assert case.event_count == len(
                session.scalars(select(CaseEvent.id).where(CaseEvent.case_id == case.id)).all()
            )


def test_of_two_changes_at_once_based_on_the_same_preview_one_is_refused(
    committing_engine: Engine, runtime: Runtime
) -> None:
    make = sessionmaker(committing_engine)
    with make.begin() as session:
        builders.case(session, runtime, now=NOW, text="嗯")

    def change(day: int) -> None:
        declare(make, runtime, day, based_on=0)

    raised = together(lambda: change(0), lambda: change(2))
    assert [type(error) for error in raised] == [terms_changes.StaleTerms]
    with make() as session:
        assert len(session.scalars(select(DeclaredClosure)).all()) == 1


def test_a_change_that_fails_leaves_nothing_half_applied(committing_engine: Engine, runtime: Runtime) -> None:
    make = sessionmaker(committing_engine)
    with make.begin() as session:
        builders.case(session, runtime, now=NOW, text="嗯")

    def rows() -> list[tuple[object, ...]]:
        with make() as session:
            tables = (ServiceClock, CaseEvent, TermsChange, DeclaredClosure)
            return [tuple(row) for table in tables for row in session.execute(select(table.__table__))]

    def stop(_done: int, _total: int) -> None:
        raise RuntimeError("the power goes")

    before = rows()
    with pytest.raises(RuntimeError, match="power"):
        declare(make, runtime, 0, report=stop)
    assert rows() == before
    assert declare(make, runtime, 0) == 1
    with make() as session:
        assert prevailing(runtime, session, Hold.NOT).calendar.closures[0].reason == "停班0"
