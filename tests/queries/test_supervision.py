"""What supervisors read: who holds the open clocks, in what state, and how many promises were kept."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.attainment import Dimension, Tally, month_of
from helpdesk.policy.deadlines import ClockState, state_of
from helpdesk.policy.permissions import Role
from helpdesk.queries import attainment_rows
from helpdesk.queries.case_queue import Cursor
from helpdesk.queries.open_clocks import OPEN_STATES, OpenClock, by_holder, open_clocks, state_at
from helpdesk.runtime import Runtime
from knowledge_base.records.vocabulary import Category, Channel, Metric
from tests.conftest import NOW
from tests.queries.written_clocks import HOUR, a_case, a_clock, a_referral

S = ClockState
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
NOVEMBER = date(2026, 11, 1)
MIDNIGHT = datetime(2026, 10, 31, 16, tzinfo=UTC)
"""The instant at which November begins in Taipei."""


def listed(session: Session, runtime: Runtime, **asked: object) -> list[OpenClock]:
    """Return the whole list, two rows a page."""
    rows: list[OpenClock] = []
    after = None
    while True:
        page = open_clocks(
            session, calendar=runtime.calendar, now=NOW, after=after, limit=2, **asked  # type: ignore[arg-type]
        )  # fmt: skip
        rows += page.rows
        if page.next is None:
            return rows
        after = Cursor.parse(str(page.next))


def test_the_database_derives_the_state_of_every_open_clock_as_policy_does(session: Session) -> None:
    case = a_case(session)
    around = (None, NOW - INSTANT, NOW, NOW + INSTANT)
    for due_at, warn_at, breached_at in product(around, around, (None, NOW - HOUR)):
        a_clock(session, case, due_at=due_at, warn_at=warn_at, breached_at=breached_at)
    rows = session.execute(select(ServiceClock, state_at(NOW))).all()
    assert len(rows) == 32
    for clock, state in rows:
        assert state is state_of(
            now=NOW, due_at=clock.due_at, warn_at=clock.warn_at, met_at=None,
            breached_at=clock.breached_at, paused=clock.due_at is None, cancelled_at=None,
        )  # fmt: skip
    assert {state for _, state in rows} == set(OPEN_STATES)


def test_a_clock_is_held_by_whoever_must_act(session: Session, runtime: Runtime, agent: Account) -> None:
    mine, nobodys = a_case(session, assignee_id=agent.id), a_case(session)
    referral = a_referral(session, mine)
    held_by = {
        a_clock(session, mine): f"account:{agent.id}",
        a_clock(session, nobodys): "nobody",
        a_clock(session, mine, Metric.PROGRESS, referral=referral): "organisation:pmc",
        a_clock(session, mine, Metric.PROGRESS, referral=referral, due_at=None): "organisation:pmc",
        a_clock(session, mine, Metric.RESOLUTION): f"account:{agent.id}",
        a_clock(session, mine, Metric.RESOLUTION, due_at=None): "enquirer",
        a_clock(session, nobodys, Metric.RESOLUTION, due_at=None): "enquirer",
        a_clock(session, mine, Metric.RESOLUTION, due_at=None, breached_at=NOW): f"account:{agent.id}",
    }
    rows = listed(session, runtime)
    assert {row.clock.id: row.holder for row in rows} == {clock.id: key for clock, key in held_by.items()}
    names = {row.holder: row.name for row in by_holder(session, knowledge=runtime.knowledge, now=NOW)}
    assert names == {
        f"account:{agent.id}": "專員甲", "nobody": "未指派", "organisation:pmc": "精機中心", "enquirer": "業者",
    }  # fmt: skip


def test_ended_clocks_are_nobodys(session: Session, runtime: Runtime) -> None:
    case = a_case(session)
    a_clock(session, case, met_at=NOW)
    a_clock(session, case, cancelled_at=NOW)
    a_clock(session, case, breached_at=NOW, met_at=NOW)
    assert by_holder(session, knowledge=runtime.knowledge, now=NOW) == []
    assert listed(session, runtime) == []


def test_behind_every_figure_stand_as_many_clocks(session: Session, runtime: Runtime, agent: Account) -> None:
    random = Random(7)  # noqa: S311 - a sample, no secret
    cases = [a_case(session, assignee_id=random.choice([agent.id, None])) for _ in range(4)]
    offers = [a_referral(session, case, random.choice(["pmc", "itri"])) for case in cases]
    for _ in range(40):
        place = random.randrange(4)
        a_clock(
            session, cases[place], random.choice(list(Metric)), referral=random.choice([offers[place], None]),
            due_at=random.choice([None, NOW - DAY, NOW, NOW + DAY]), warn_at=random.choice([NOW, NOW + HOUR]),
        )  # fmt: skip
    rows = by_holder(session, knowledge=runtime.knowledge, now=NOW)
    assert sum(row.total for row in rows) == 40
    for row, state in product(rows, OPEN_STATES):
        found = listed(session, runtime, holder=row.holder, state=state)
        assert len(found) == len({each.clock.id for each in found}) == row.counts.get(state, 0)
        assert {each.clock.state for each in found} <= {state}
    for metric in Metric:
        assert {row.clock.metric for row in listed(session, runtime, metric=metric)} == {metric}


def test_the_most_breached_holder_is_on_top_and_an_agent_without_clocks_is_there_too(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    unsorted = a_case(session)
    for case, due_at in ((a_case(session, assignee_id=agent.id), NOW + DAY), (unsorted, NOW - DAY)):
        for _ in range(2):
            a_clock(session, case, due_at=due_at)
    idle, gone = (
        Account(
            email=f"{name}@example.com", display_name=name, role=Role.AGENT, active=active,
            password_hash="", session_key="", created_at=NOW,
        )
        for name, active in (("乙", True), ("丙", False))
    )  # fmt: skip
    session.add_all((idle, gone))
    session.flush()
    rows = by_holder(session, knowledge=runtime.knowledge, now=NOW)
    assert [(row.name, row.total) for row in rows] == [("未指派", 2), ("專員甲", 2), ("乙", 0)]
    a_clock(session, a_case(session, assignee_id=gone.id), due_at=NOW - HOUR)
    assert by_holder(session, knowledge=runtime.knowledge, now=NOW)[1].name == "丙（已停用）"


def test_the_longest_overdue_comes_first_says_by_how_much_and_what_waits_comes_last(
    session: Session, runtime: Runtime
) -> None:
    case = a_case(session)
    waiting = a_clock(session, case, Metric.RESOLUTION, due_at=None)
    later, soon, late = (a_clock(session, case, due_at=NOW + n * HOUR) for n in (2, 1, -1))
    rows = listed(session, runtime)
    assert [row.clock.id for row in rows] == [late.id, soon.id, later.id, waiting.id]
    assert [row.overdue for row in rows] == [HOUR, None, None, None]
    assert (rows[0].number, rows[0].enterprise) == (case.number, "王小姐")
    whole = open_clocks(session, calendar=runtime.calendar, now=NOW, limit=None)
    assert (whole.rows, whole.next) == (tuple(rows), None)


@pytest.mark.parametrize(
    ("instants", "kept", "broken"),
    [
        ({"met_at": MIDNIGHT}, 1, 0),
        ({"met_at": MIDNIGHT - INSTANT}, 0, 0),
        ({"met_at": MIDNIGHT + 30 * DAY - INSTANT}, 1, 0),
        ({"met_at": MIDNIGHT + 30 * DAY}, 0, 0),
        ({"breached_at": MIDNIGHT}, 0, 1),
        ({"breached_at": MIDNIGHT - INSTANT, "met_at": NOW}, 0, 0),
        ({"breached_at": NOW, "met_at": MIDNIGHT + 40 * DAY}, 0, 1),
        ({"breached_at": NOW, "cancelled_at": NOW + HOUR}, 0, 1),
        ({"cancelled_at": NOW}, 0, 0),
        ({}, 0, 0),
    ],
)
def test_a_verdict_falls_in_the_month_of_the_breach_or_of_the_end_in_time(
    session: Session, instants: dict[str, datetime], kept: int, broken: int
) -> None:
    a_clock(session, a_case(session), **instants)
    for found in (
        attainment_rows.by_dimension(session, Dimension.CATEGORY, NOVEMBER).get(Category.PROBLEM, {}),
        attainment_rows.by_month(session, NOVEMBER)[NOVEMBER],
    ):
        assert found.get(Metric.FIRST_RESPONSE, Tally()) == Tally(kept, broken)


def test_promises_are_told_apart_as_counting_them_one_by_one_would(session: Session) -> None:
    random = Random(3)  # noqa: S311 - a sample, no secret
    facts: list[tuple[dict[Dimension, object], ServiceClock]] = []
    for _ in range(60):
        case = a_case(
            session, category=random.choice([*Category, None]), channel=random.choice(list(Channel))
        )
        referral = random.choice([a_referral(session, case, random.choice(["pmc", "itri"])), None])
        at = MIDNIGHT + random.uniform(-40, 70) * DAY
        instants = random.choice(
            [{"met_at": at}, {"breached_at": at}, {"breached_at": at, "met_at": at + DAY}]
        )
        clock = a_clock(session, case, random.choice(list(Metric)), referral=referral, **instants)
        organisation = referral.organisation if referral else None
        parts: dict[Dimension, object] = {
            Dimension.CATEGORY: case.category, Dimension.CHANNEL: case.channel, Dimension.ORGANISATION: organisation,
        }  # fmt: skip
        facts.append((parts, clock))
    for dimension in Dimension:
        in_november = [
            (p[dimension], c) for p, c in facts if month_of(c.breached_at or c.met_at or NOW) == NOVEMBER
        ]
        found = attainment_rows.by_dimension(session, dimension, NOVEMBER)
        assert found == counted(in_november)
        broken = [sum(t.broken for t in tallies.values()) for tallies in found.values()]
        assert broken == sorted(broken, reverse=True)
    months = attainment_rows.by_month(session, date(2027, 1, 1))
    every = counted((month_of(c.breached_at or c.met_at or NOW), c) for _, c in facts)
    assert len(months) == 12
    assert {month: tallies for month, tallies in months.items() if tallies} == every
    assert attainment_rows.summed(months.values()) == attainment_rows.summed(every.values())


def counted(clocks: Iterable[tuple[object, ServiceClock]]) -> dict[object, dict[Metric, Tally]]:
    """Return tallies by part and metric, one clock at a time."""
    found: dict[object, dict[Metric, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for part, clock in clocks:
        found[part][clock.metric] += Tally(broken=1) if clock.breached_at else Tally(kept=1)
    return found


def test_no_figure_reads_all_clocks(sqlite_engine: Engine, runtime: Runtime) -> None:
    asked: list[tuple[str, object]] = []

    def note(_c: object, _u: object, statement: str, given: object, *_: object) -> None:
        if "service_clock" in statement:
            asked.append((statement, given))

    event.listen(sqlite_engine, "before_cursor_execute", note)
    with Session(sqlite_engine) as session:
        by_holder(session, knowledge=runtime.knowledge, now=NOW)
        listed(session, runtime, state=S.BREACHED)
        for dimension in Dimension:
            attainment_rows.by_dimension(session, dimension, NOVEMBER)
        attainment_rows.by_month(session, NOVEMBER)
        event.remove(sqlite_engine, "before_cursor_execute", note)
        assert len(asked) > 2 * 12
        for statement, given in asked:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)  # type: ignore[arg-type]
            steps = [row[-1] for row in plan if row[-1].split()[1] == "service_clock"]
            assert steps
            assert all("INDEX ix_service_clock_open" in step or "_at>? AND" in step for step in steps), steps
