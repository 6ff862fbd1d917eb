"""What was changed in the terms, as the screens list it; on both databases."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import DeclaredClosure
from helpdesk.policy.office_calendar_file import OfficeYear
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.service_terms import TermsChangeKind
from helpdesk.queries.declared_closures import closure_book
from helpdesk.queries.office_years import office_years
from helpdesk.queries.terms_history import terms_history
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services.terms_changes import put_in_force
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.terms_proposals import Proposal, propose_closure, propose_withdrawal, propose_years
from helpdesk.services.timeline import Actor
from tests.conftest import NOW

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)  # the beginning of 25 November in Taipei


def apply(
    session: Session, runtime: Runtime, proposal: Proposal, reason: str, now: datetime = NOW
) -> Runtime:
    held = prevailing(runtime, session, Hold.ALONE)
    put_in_force(
        session, proposal, based_on=held.terms.version, reason=reason, actor=Actor("督導甲"), equipment=held, now=now
    )  # fmt: skip
    session.flush()
    return prevailing(runtime, session, Hold.SHARED)


def declare(session: Session, runtime: Runtime, *days: int) -> None:
    for day in days:
        closure = Closure(
            MIDNIGHT + day * DAY, MIDNIGHT + (day + 1) * DAY, frozenset({"臺中市"}), f"第 {day} 天"
        )
        apply(session, runtime, propose_closure(session, closure, equipment=runtime), closure.reason)


def test_closures_are_in_three_parts_each_in_its_order(session: Session, runtime: Runtime) -> None:
    declare(session, runtime, 5, 1, 0, 2, 7)
    last = session.scalars(select(DeclaredClosure).order_by(DeclaredClosure.id.desc())).first()
    assert last is not None
    apply(
        session, runtime, propose_withdrawal(session, last, equipment=runtime, now=NOW), "照常上班", NOW + DAY
    )
    book = closure_book(session, zone=runtime.calendar.zone, now=MIDNIGHT + 2 * DAY)
    assert [row.reason for row in book.coming] == ["第 2 天", "第 5 天"]
    assert [row.reason for row in book.past] == ["第 1 天", "第 0 天"]
    [withdrawn] = book.withdrawn
    assert withdrawn.words == "115/12/02 (三) 全天，臺中市：第 7 天"
    assert (withdrawn.declared.by, withdrawn.declared.at) == ("督導甲", NOW)
    assert withdrawn.withdrawn is not None
    assert (withdrawn.withdrawn.reason, withdrawn.withdrawn.at) == ("照常上班", NOW + DAY)
    assert len(closure_book(session, zone=runtime.calendar.zone, now=MIDNIGHT + 2 * DAY, limit=1).past) == 1


def test_changes_are_told_newest_first_of_all_kinds_or_of_some(session: Session, runtime: Runtime) -> None:
    assert terms_history(session) == []
    declare(session, runtime, 0)
    apply(session, runtime, propose_years(session, [OfficeYear(2027, ())], equipment=runtime), "公布")
    first, second = terms_history(session)
    assert (first.kind, first.words, first.reason) == (
        TermsChangeKind.CALENDAR_IMPORTED, "匯入 116 年的辦公日曆", "公布",
    )  # fmt: skip
    assert (second.version, second.kind) == (1, TermsChangeKind.CLOSURE_DECLARED)
    assert terms_history(session, kinds=[TermsChangeKind.CLOSURE_DECLARED]) == [second]
    assert terms_history(session, limit=1) == [first]


def test_years_around_today_say_who_imported_them_or_that_they_are_projected(
    session: Session, runtime: Runtime
) -> None:
    years = [OfficeYear(2027, ()), OfficeYear(2030, ())]
    held = apply(session, runtime, propose_years(session, years, equipment=runtime), "公布")
    rows = office_years(session, calendar=held.calendar, shown=2023, today=date(2026, 11, 24))
    assert [(row.year, row.imported_by, row.projected) for row in rows] == [
        (2023, None, False), (2025, None, False), (2026, None, False),
        (2027, "督導甲", False), (2028, None, True), (2030, "督導甲", False),
    ]  # fmt: skip
