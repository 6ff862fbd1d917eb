"""The queue: views, order, pages, counts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert, update
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.base import LARGEST_ID
from helpdesk.models.case import Case
from helpdesk.policy.deadlines import ClockState
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.submission import EnterpriseFacts
from helpdesk.policy.triage_decision import Basis
from helpdesk.queries import case_queue
from helpdesk.queries.agent_home import agent_home
from helpdesk.queries.case_queue import COUNTED_TO, Cursor, QueueRow, QueueView
from helpdesk.runtime import Runtime
from helpdesk.services import casework
from knowledge_base.records.vocabulary import Category, Metric, Urgency
from tests import builders
from tests.conftest import NOW

LATER = NOW + timedelta(days=60)
V = QueueView


def rows(
    session: Session, runtime: Runtime, view: QueueView, *, account: int = 0, now: datetime = NOW
) -> list[QueueRow]:
    """Return the whole view, two rows a page."""
    found: list[QueueRow] = []
    after = None
    while True:
        page = case_queue.page(
            session, view, account_id=account, calendar=runtime.calendar, now=now, after=after, limit=2
        )
        found += page.rows
        if page.next is None:
            return found
        after = Cursor.parse(str(page.next))
        assert after == page.next


def test_each_view_holds_the_cases_of_its_name(session: Session, runtime: Runtime, agent: Account) -> None:
    def sorted_one() -> Case:
        return builders.sorted_case(session, runtime, account=agent, now=NOW)

    made = {name: sorted_one() for name in ("open", "referred", "waiting", "resolved", "closed")}
    made["to_sort"] = builders.case(session, runtime, now=NOW, text="嗯")
    builders.offered(session, runtime, made["referred"], account=agent, now=NOW)
    casework.answer(session, made["waiting"], "？", asks=True, account=agent, equipment=runtime, now=NOW)
    for name in ("resolved", "closed"):
        casework.resolve(session, made[name], summary="好", account=agent, equipment=runtime, now=NOW)
    casework.close(session, made["closed"], actor=builders.actor_of(agent), now=NOW)
    expected: dict[QueueView, set[str]] = {
        V.UNFINISHED: {"open", "referred", "waiting", "to_sort"},
        V.TO_SORT: {"to_sort"},
        V.MINE: {"waiting"},
        V.UNASSIGNED: {"open", "referred", "to_sort"},
        V.REFERRED: {"referred"},
        V.WAITING: {"waiting"},
        V.OVERDUE: set(),
        V.RESOLVED: {"resolved"},
    }
    for view in QueueView:
        shown = {row.number for row in rows(session, runtime, view, account=agent.id)}
        assert shown == {made[name].number for name in expected[view]}, view
    counted = case_queue.counts(session, account_id=agent.id, now=NOW)
    assert counted == {view: len(expected[view]) for view in counted}
    late = {row.number for row in rows(session, runtime, V.OVERDUE, now=LATER)}
    assert late == {made[name].number for name in ("open", "referred", "to_sort")}


def test_the_nearest_due_comes_first_and_pages_show_every_case_once(
    session: Session, runtime: Runtime
) -> None:
    made = [
        builders.case(session, runtime, now=NOW + timedelta(hours=hours), text="嗯")
        for hours in (5, 1, 1, 3, 1, 0, 2)
    ]
    shown = [row.number for row in rows(session, runtime, V.UNFINISHED)]
    assert shown == [case.number for case in sorted(made, key=lambda case: (case.queue_at, case.id))]


def test_a_case_that_comes_in_between_two_pages_neither_hides_nor_doubles_another(
    session: Session, runtime: Runtime
) -> None:
    made = [builders.case(session, runtime, now=NOW, text="嗯") for _ in range(4)]
    given = {"account_id": 0, "calendar": runtime.calendar, "now": NOW, "limit": 2}
    first = case_queue.page(session, V.UNFINISHED, **given)  # type: ignore[arg-type]
    builders.case(session, runtime, now=NOW - timedelta(days=1), text="嗯")
    second = case_queue.page(session, V.UNFINISHED, after=first.next, **given)  # type: ignore[arg-type]
    assert [row.number for row in (*first.rows, *second.rows)] == [case.number for case in made]


def test_a_row_says_all_that_the_queue_shows(session: Session, runtime: Runtime, agent: Account) -> None:
    case = builders.sorted_case(
        session, runtime, account=agent, now=NOW, category=Category.MEASURES, urgency=Urgency.URGENT
    )
    (row,) = rows(session, runtime, V.UNFINISHED)
    assert (row.enterprise, row.county, row.contact) == ("範例精密機械股份有限公司", "臺中市", "王小姐")
    assert (row.category, row.basis, row.urgency, row.status) == (
        Category.MEASURES,
        Basis.PERSON,
        Urgency.URGENT,
        CaseStatus.OPEN,
    )
    assert row.subject == case.subject
    assert row.assignee is None
    assert row.clock is not None
    assert (row.clock.metric, row.clock.state) == (Metric.FIRST_RESPONSE, ClockState.RUNNING)
    assert row.clock.due_at == case.queue_at


def test_a_case_of_nobody_known_is_still_a_row(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, text="嗯", enterprise=EnterpriseFacts())
    (row,) = rows(session, runtime, V.TO_SORT)
    assert (row.enterprise, row.county, row.category) == (None, None, None)
    assert row.suggested is not None


def test_counts_stop_counting_at_a_hundred(session: Session, runtime: Runtime) -> None:
    case = builders.case(session, runtime, now=NOW, text="嗯")
    row = {
        column.name: getattr(case, column.name) for column in Case.__table__.columns if column.name != "id"
    }
    many = [{**row, "number": f"C{place}", "status_key": f"k{place}"} for place in range(COUNTED_TO + 5)]
    session.execute(insert(Case), many)
    assert case_queue.counts(session, account_id=0, now=NOW)[V.TO_SORT] == COUNTED_TO


def test_a_page_costs_the_same_few_statements_however_many_rows_it_shows(
    session: Session, runtime: Runtime
) -> None:
    counted = []
    for wanted in (1, 20):
        for _ in range(wanted):
            builders.case(session, runtime, now=NOW, text="嗯")
        session.flush()
        statements: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object, to: list[str] = statements) -> None:
            to.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        case_queue.page(session, V.UNFINISHED, account_id=0, calendar=runtime.calendar, now=NOW)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counted.append(len(statements))
    assert counted == [3, 3]


def test_the_home_shows_what_waits_for_this_agent_and_for_anybody(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    mine, others, unsorted = (
        builders.sorted_case(session, runtime, account=agent, now=NOW),
        builders.sorted_case(session, runtime, account=agent, now=NOW),
        builders.case(session, runtime, now=NOW, text="嗯"),
    )
    casework.assign(session, mine, agent, account=agent, now=NOW)
    session.execute(update(Case).where(Case.id == others.id).values(subject="別的"))
    work = agent_home(session, account_id=agent.id, calendar=runtime.calendar, now=NOW)
    assert [row.number for row in work.mine] == [mine.number]
    assert [row.number for row in work.to_sort] == [unsorted.number]
    assert [row.number for row in work.unassigned] == [others.number]


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, LARGEST_ID))
def test_a_cursor_is_read_as_it_was_written(at: datetime, case_id: int) -> None:
    assert Cursor.parse(str(Cursor(at, case_id))) == Cursor(at, case_id)


ODD = ("2026-11-24T00:00:00~5", "0001-01-01T00:00:00+14:00~1", "~", "2026-01-01T00:00:00+00:00~2147483648")


@given(st.text() | st.sampled_from(ODD))
def test_any_other_text_is_the_first_page_or_a_cursor_that_databases_take(text: str) -> None:
    cursor = Cursor.parse(text)
    assert cursor is None or (cursor.queue_at.tzinfo is not None and 0 <= cursor.case_id <= LARGEST_ID)
