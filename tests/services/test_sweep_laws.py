"""The sweep: the same rows whenever and however often it runs; one bad clock stops no other; digests."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.outbox import Notification
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.business_time import due_at
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import IllegalCaseEvent
from helpdesk.policy.notices import Happening
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import IllegalReferralEvent, Outcome, ReferralEvent
from helpdesk.policy.submission import ContactFacts
from helpdesk.runtime import Runtime
from helpdesk.services import accounts, breach_digest, casework, sla_clocks, sweep, triage
from helpdesk.services.casework import ReferralsOpen
from helpdesk.services.referrals import acting as referrals
from helpdesk.services.referrals.offering import NeedsSupervisor, NotACandidate
from helpdesk.services.timeline import acting
from knowledge_base.records.vocabulary import Category, Channel, Metric, Urgency
from tests import builders
from tests.conftest import NOW, PASSWORD

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
END = NOW + 60 * DAY

INSTANTS = tuple(
    getattr(ServiceClock, name)
    for name in ("metric", "started_at", "due_at", "warn_at", "remind_at", "warned_at", "reminded_at",
                 "breached_at", "met_at", "cancelled_at", "next_at")
)  # fmt: skip

AT_THE_DESK = ("ask", "hear", "answer", "measures", "problem", "urgent", "normal", "resolve", "reopen")
WITH_ORGANISATIONS = ("offer", "accept", "hold", "hold", "recall", "ask", "hear")

minutes = st.integers(0, 30 * 24 * 60)
schedules = st.lists(minutes, max_size=8)


def stories(kinds: Sequence[str]) -> st.SearchStrategy[list[tuple[int, str]]]:
    """Return what happens to a case, and how many minutes after it came in."""
    return st.lists(st.tuples(minutes, st.sampled_from(kinds)), max_size=10)


def happen(session: Session, runtime: Runtime, agent: Account, case: Case, what: str, now: datetime) -> None:
    """Let one thing happen to the case, when its state allows it."""
    given_now = {"account": agent, "equipment": runtime, "now": now}
    details = {"theme": None, "measure": None, "wants_verification": False}
    todo = {
        "ask": lambda: casework.answer(session, case, "請補充", asks=True, **given_now),
        "hear": lambda: casework.hear(session, case, "補充", equipment=runtime, now=now),
        "answer": lambda: casework.answer(session, case, "回覆", **given_now),
        "measures": lambda: triage.sort_by_person(session, case, Category.MEASURES, **given_now),
        "problem": lambda: triage.sort_by_person(session, case, Category.PROBLEM, **given_now),
        "urgent": lambda: casework.correct_details(
            session, case, urgency=Urgency.URGENT, **details, **given_now
        ),
        "normal": lambda: casework.correct_details(
            session, case, urgency=Urgency.NORMAL, **details, **given_now
        ),
        "resolve": lambda: casework.resolve(session, case, summary="說明", **given_now),
        "reopen": lambda: casework.reopen(session, case, **given_now),
        "offer": lambda: builders.offered(session, runtime, case, account=agent, now=now),
        "accept": lambda: _answered(session, runtime, case, ReferralEvent.ACCEPT, now),
        "hold": lambda: _answered(session, runtime, case, ReferralEvent.HOLD, now),
        "recall": lambda: referrals.end_all(
            session, case, text="不用了", actor=acting(agent), equipment=runtime, now=now
        ),
    }
    try:
        with session.begin_nested():
            todo[what]()
    except (IllegalCaseEvent, IllegalReferralEvent, NotACandidate, NeedsSupervisor, ReferralsOpen):
        pass


def _answered(session: Session, runtime: Runtime, case: Case, event: ReferralEvent, now: datetime) -> None:
    newest = select(Referral).where(Referral.case_id == case.id).order_by(Referral.id.desc()).limit(1)
    referral = session.scalars(newest).first()
    if referral is None:
        return
    until_on = (now + 3 * DAY).date()
    builders.answered(session, runtime, referral, [event], now=now, given={"until_on": until_on})


def make_round(session: Session, runtime: Runtime, now: datetime) -> None:
    """Do what the worker does each minute."""
    sweep.resume_holds(session, equipment=runtime, now=now)
    sweep.sweep(session, equipment=runtime, now=now)
    sweep.sweep(session, equipment=runtime, now=now)  # what an expired offer has started


def lived(
    session: Session,
    runtime: Runtime,
    agent: Account,
    story: Sequence[tuple[int, str]],
    sweeps: Sequence[int],
    *,
    punctual: bool = False,
) -> tuple[list[tuple[object, ...]], dict[str, int]]:
    """Return the clocks of a case that lived this story under this schedule, and how often each was told.

    `punctual` makes a round before each step, whatever the schedule.
    """
    case = builders.case(session, runtime, now=NOW, text="嗯", key="the same")
    steps = sorted([(at, 0, "sweep") for at in sweeps] + [(at, 1, what) for at, what in story])
    for at, _, what in steps:
        now = NOW + timedelta(minutes=at)
        if what == "sweep" or punctual:
            make_round(session, runtime, now)
        if what != "sweep":
            happen(session, runtime, agent, case, what, now)
    for _ in range(2):
        make_round(session, runtime, END)
    session.flush()
    wanted = select(*INSTANTS).where(ServiceClock.case_id == case.id).order_by(ServiceClock.id)
    told = select(CaseEvent.kind, func.count()).where(
        CaseEvent.case_id == case.id, CaseEvent.kind == EventKind.CLOCK_BREACHED
    )
    counts = {str(kind): count for kind, count in session.execute(told.group_by(CaseEvent.kind))}
    return [tuple(row) for row in session.execute(wanted)], counts


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories(AT_THE_DESK), sweeps=schedules)
def test_however_often_and_late_one_sweeps_the_clocks_end_the_same(
    session: Session, runtime: Runtime, agent: Account, story: list[tuple[int, str]], sweeps: list[int]
) -> None:
    seen = []
    for schedule in ((), sweeps):
        undo = session.begin_nested()
        seen.append(lived(session, runtime, agent, story, schedule)[0])
        undo.rollback()
    assert seen[0] == seen[1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories(WITH_ORGANISATIONS), accepted=st.booleans(), sweeps=schedules)
def test_offers_expire_and_holds_end_when_they_were_due_to_whenever_one_sweeps(
    session: Session,
    runtime: Runtime,
    agent: Account,
    story: list[tuple[int, str]],
    accepted: bool,
    sweeps: list[int],
) -> None:
    """An answer to an overdue offer counts if it comes before a round does: rounds precede each step."""
    begun = [(0, "problem"), (1, "offer"), *([(2, "accept"), (3, "hold")] if accepted else [])]
    seen = []
    for schedule in ((), sweeps):
        undo = session.begin_nested()
        seen.append(lived(session, runtime, agent, [*begun, *story], schedule, punctual=True)[0])
        undo.rollback()
    assert seen[0] == seen[1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sweeps=schedules)
def test_a_case_nobody_touches_is_told_of_each_breach_once_on_every_schedule(
    session: Session, runtime: Runtime, agent: Account, sweeps: list[int]
) -> None:
    undo = session.begin_nested()
    _, told = lived(session, runtime, agent, (), sweeps)
    undo.rollback()
    assert told == {EventKind.CLOCK_BREACHED: 3}


def test_no_promise_breaks_outside_working_time(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, text="嗯")
    sweep.sweep(session, equipment=runtime, now=END)
    for breached_at in session.scalars(select(ServiceClock.breached_at)):
        assert due_at(runtime.calendar, breached_at - HOUR / 60, HOUR / 60) == breached_at


def test_a_clock_that_cannot_be_swept_stops_no_other_and_is_tried_again(
    session: Session, runtime: Runtime, agent: Account, caplog: pytest.LogCaptureFixture
) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    other = builders.case(session, runtime, now=NOW + HOUR, text="嗯")
    clock = next(c for c in sla_clocks.open_clocks(session, case) if c.metric is Metric.REFERRAL_ACCEPTANCE)
    now = clock.warn_at
    referral.organisation = "gone"  # an organisation that the knowledge base no longer has
    session.flush()
    failed, after = 0, sweep.FROM_THE_FIRST
    while after is not None:
        swept = sweep.sweep(session, equipment=runtime, now=now, after=after, limit=2)
        failed, after = failed + swept.failed, swept.last
    assert failed == 1
    assert f"clock {clock.id} could not be swept" in caplog.text
    assert (clock.reminded_at, clock.warned_at) == (None, None)
    told = (
        select(func.count())
        .select_from(CaseEvent)
        .where(CaseEvent.case_id == other.id, CaseEvent.kind == EventKind.CLOCK_BREACHED)
    )
    assert session.scalars(told).one() == 2
    referral.organisation = "pmc"
    assert sweep.sweep(session, equipment=runtime, now=now).due_soon == 1
    assert clock.warned_at == clock.warn_at


def test_a_warning_that_came_before_the_clock_began_to_wait_is_told_while_it_waits(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    casework.assign(session, case, agent, account=agent, now=NOW)
    clock = builders.clock_of(session, case, Metric.RESOLUTION)
    asked_at = clock.warn_at + HOUR
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=asked_at)
    assert (clock.due_at, clock.warned_at) == (None, None)
    swept = sweep.sweep(session, equipment=runtime, now=asked_at + HOUR)
    assert (swept.failed, swept.due_soon) == (0, 1)
    told = select(Notification.body).where(Notification.happening == Happening.DUE_SOON)
    assert "現在暫停計時" in session.scalars(told).one()


def test_an_organisation_is_reminded_at_half_and_at_the_warning_and_then_no_more(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    accounts.add_account(
        session, email="pmc@example.com", display_name="窗口", role=Role.PARTNER, password=PASSWORD,
        organisation="pmc", equipment=runtime, now=NOW,
    )  # fmt: skip
    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    builders.offered(session, runtime, case, account=agent, now=NOW)
    clock = next(c for c in sla_clocks.open_clocks(session, case) if c.metric is Metric.REFERRAL_ACCEPTANCE)

    def reminders() -> int:
        told = select(Notification).where(Notification.happening == Happening.REMINDER)
        return len(session.scalars(told).all())

    for now, sent in ((clock.remind_at, 1), (clock.warn_at, 2), (clock.due_at, 2)):
        for _ in range(2):
            sweep.sweep(session, equipment=runtime, now=now)
        assert reminders() == sent
    assert (clock.reminded_at, clock.warned_at) == (clock.remind_at, clock.warn_at)


def test_a_breach_that_was_noted_stays_when_an_organisation_reports_an_earlier_contact(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW)
    clock = builders.clock_of(session, case, Metric.FIRST_CONTACT)
    due_at = clock.due_at
    sweep.sweep(session, equipment=runtime, now=NOW + 10 * DAY)
    given = {"contacted_at": NOW + HOUR / 12}
    builders.answered(session, runtime, referral, [ReferralEvent.START], now=NOW + 10 * DAY, given=given)
    assert (clock.breached_at, clock.met_at) == (due_at, NOW + HOUR / 12)


def supervisor(session: Session, runtime: Runtime, email: str) -> Account:
    return accounts.add_account(
        session, email=email, display_name="督導", role=Role.SUPERVISOR, password=PASSWORD,
        organisation=None, equipment=runtime, now=NOW,
    )  # fmt: skip


def digests(session: Session) -> list[Notification]:
    written = select(Notification).where(Notification.happening == Happening.BREACH_DIGEST)
    return list(session.scalars(written.order_by(Notification.id)))


def test_each_supervisor_gets_one_mail_for_all_that_broke_and_none_when_nothing_did(
    session: Session, runtime: Runtime
) -> None:
    for email in ("one@example.com", "two@example.com"):
        supervisor(session, runtime, email)
    cases = [builders.case(session, runtime, now=NOW, text="嗯") for _ in range(3)]
    assert breach_digest.write_due(session, equipment=runtime, now=NOW) == 0
    assert digests(session) == []
    sweep.sweep(session, equipment=runtime, now=NOW + 5 * HOUR)  # three first responses
    for _ in range(2):
        breach_digest.write_due(session, equipment=runtime, now=NOW + 5 * HOUR)
    written = digests(session)
    assert [n.recipient for n in written] == ["one@example.com", "two@example.com"]
    assert written[0].subject == "3 項時效仍逾期"
    assert all(case.number in written[0].body for case in cases)
    sweep.sweep(session, equipment=runtime, now=END)
    assert breach_digest.write_due(session, equipment=runtime, now=END) == 6
    assert len(digests(session)) == 4


def test_a_digest_names_fifty_and_counts_the_others(session: Session, runtime: Runtime) -> None:
    supervisor(session, runtime, "one@example.com")
    for _ in range(18):
        builders.case(session, runtime, now=NOW, text="嗯")
    sweep.sweep(session, equipment=runtime, now=END)
    assert breach_digest.write_due(session, equipment=runtime, now=END) == 54
    (written,) = digests(session)
    assert written.body.count("/desk/cases/") == 50
    assert "另有 4 項沒有列出" in written.body


def test_a_promise_that_breaks_again_after_its_breach_was_lifted_is_digested_again(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    supervisor(session, runtime, "one@example.com")
    case = builders.sorted_case(session, runtime, account=agent, now=NOW, category=Category.MEASURES)
    sweep.sweep(session, equipment=runtime, now=NOW + 5 * DAY)
    assert breach_digest.write_due(session, equipment=runtime, now=NOW + 6 * DAY) == 2
    triage.sort_by_person(
        session, case, Category.PROBLEM, account=agent, equipment=runtime, now=NOW + 6 * DAY
    )  # due later now
    sweep.sweep(session, equipment=runtime, now=END)
    assert breach_digest.write_due(session, equipment=runtime, now=END) == 1


def test_a_digest_waits_for_somebody_to_read_it_and_knows_promises_that_are_no_longer_shipped(
    session: Session, runtime: Runtime
) -> None:
    builders.case(session, runtime, now=NOW, text="嗯")
    sweep.sweep(session, equipment=runtime, now=END)
    assert breach_digest.write_due(session, equipment=runtime, now=END) == 0
    supervisor(session, runtime, "one@example.com")
    for clock in session.scalars(select(ServiceClock)):
        clock.policy = "gone"
    assert breach_digest.write_due(session, equipment=runtime, now=END + 3 * DAY) == 3
    (written,) = digests(session)
    assert "已停用的時效" in written.body


def test_breaches_of_a_quiet_slot_wait_for_the_next_one(session: Session, runtime: Runtime) -> None:
    supervisor(session, runtime, "one@example.com")
    builders.case(session, runtime, now=NOW, text="嗯")
    assert breach_digest.write_due(session, equipment=runtime, now=NOW) == 0  # the slot of 08:30
    sweep.sweep(session, equipment=runtime, now=NOW + DAY + 2 * HOUR)
    assert breach_digest.write_due(session, equipment=runtime, now=NOW + HOUR) == 0
    assert breach_digest.write_due(session, equipment=runtime, now=NOW + 5 * HOUR) == 2


def test_three_calls_that_reach_nobody_end_the_callback_and_fewer_do_not(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.case(session, runtime, now=NOW, channel=Channel.HOTLINE)
    sla_clocks.start(session, case, (Metric.CALLBACK,), equipment=runtime, now=NOW)
    clock = next(c for c in sla_clocks.open_clocks(session, case) if c.metric is Metric.CALLBACK)
    for hours in (1, 2, 3):
        assert clock.met_at is None
        now = NOW + hours * HOUR
        assert casework.not_reached(session, case, account=agent, now=now) == hours
    assert clock.met_at == NOW + 3 * HOUR
    open_ones = {c.metric for c in sla_clocks.open_clocks(session, case)}
    assert Metric.FIRST_RESPONSE in open_ones  # the enquirer has heard nothing yet


def test_solving_a_case_does_not_claim_that_the_caller_was_called_back(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    sla_clocks.start(session, case, (Metric.CALLBACK,), equipment=runtime, now=NOW)
    clock = next(c for c in sla_clocks.open_clocks(session, case) if c.metric is Metric.CALLBACK)
    casework.resolve(session, case, summary="已寄資料", account=agent, equipment=runtime, now=NOW + HOUR)
    assert (clock.met_at, clock.cancelled_at) == (None, NOW + HOUR)


def test_an_organisation_that_never_reached_the_enterprise_did_not_keep_the_first_contact(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    mail = ContactFacts("甲", None, "a@example.com")
    case = builders.sorted_case(session, runtime, account=agent, now=NOW, contact=mail)
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW)
    clock = next(c for c in sla_clocks.open_clocks(session, case) if c.metric is Metric.FIRST_CONTACT)
    given = {"outcome": Outcome.NO_CONTACT, "text": "三次電話未接"}
    builders.answered(session, runtime, referral, [ReferralEvent.COMPLETE], now=NOW + HOUR, given=given)
    assert (clock.met_at, clock.cancelled_at) == (None, NOW + HOUR)
