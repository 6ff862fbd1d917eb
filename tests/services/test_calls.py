"""Calls of the hotline: one row and at most one case for each, and what is owed to the caller."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.models.call import Call, CallState
from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.models.intake_record import ReceivedSubmission
from helpdesk.models.service_clock import ServiceClock
from helpdesk.queries.call_log import calls_to_return, recent_calls
from helpdesk.runtime import Runtime
from helpdesk.services import calls
from knowledge_base.records.vocabulary import Category, Channel, Metric
from tests import builders
from tests.conftest import NOW

MOBILE, LANDLINE = "+886900000456", "+886423587591"
NO_NUMBER = ["", "+anonymous", "Anonymous", "+266696687", "unknown", "+7378742833", "sip:trunk@example.com"]
HOTLINE = "+886800000257"


def started(session: Session, *, sid: str = "CA1", caller: str = MOBILE, within_hours: bool = True) -> Call:
    return calls.call_started(session, call_sid=sid, caller=caller, within_hours=within_hours, now=NOW)


def left(session: Session, runtime: Runtime, call: Call, *, seconds: int = 42, sid: str = "RE1") -> Call:
    return calls.voicemail_left(
        session, call, recording_sid=sid, recording_url=f"https://api.example.com/{sid}", seconds=seconds,
        equipment=runtime, now=NOW,
    )  # fmt: skip


def cases(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_call_delivered_twice_is_one_row(session: Session) -> None:
    first, second = started(session), started(session, caller="")
    assert first is second
    assert (first.state, first.caller, first.started_at) == (CallState.MENU, MOBILE, NOW)


def test_a_call_delivered_again_before_the_first_is_settled_is_one_row(committing_engine: Engine) -> None:
    sessions, found = sessionmaker(committing_engine), list[int]()

    def deliver_again() -> None:
        with sessions.begin() as session:
            found.append(started(session).id)

    again = threading.Thread(target=deliver_again)
    with sessions.begin() as session:
        first = started(session).id
        again.start()
        again.join(0.5)
        assert found == [], "the second waits for the first"
    again.join(30)
    assert found == [first]


@pytest.mark.parametrize("event", ["left", "ended"])
def test_a_choice_delivered_again_later_changes_nothing(
    session: Session, runtime: Runtime, event: str
) -> None:
    call = started(session)
    calls.choice_made(call, Category.PROBLEM)
    left(session, runtime, call) if event == "left" else calls.call_ended(
        session, call, equipment=runtime, now=NOW
    )
    before = call.state
    calls.choice_made(call, Category.MEASURES)
    calls.call_ended(session, call, equipment=runtime, now=NOW)
    assert (call.state, call.choice, cases(session)) == (before, Category.PROBLEM, 1)


def test_silence_is_owed_a_callback_only_after_a_choice(session: Session, runtime: Runtime) -> None:
    silent, chosen = started(session), started(session, sid="CA2")
    calls.choice_made(chosen, None)
    for call in (silent, chosen):
        left(session, runtime, call, seconds=0)
        calls.call_ended(session, call, equipment=runtime, now=NOW)
        assert call.state is CallState.ABANDONED
    assert (silent.case_id, cases(session)) == (None, 1)


def test_a_caller_of_any_length_is_kept(session: Session) -> None:
    assert started(session, caller="sip:" + "x" * 80).state is CallState.MENU


@pytest.mark.parametrize("choice", [None, Category.MEASURES, Category.APPLICATION])
def test_a_voicemail_opens_one_case_that_says_what_to_do(
    session: Session, runtime: Runtime, choice: Category | None
) -> None:
    call = started(session)
    if choice:
        calls.choice_made(call, choice)
    for _ in range(2):
        left(session, runtime, call)
        calls.call_ended(session, call, equipment=runtime, now=NOW)
    case = session.get_one(Case, call.case_id)
    delivery = session.scalars(select(ReceivedSubmission)).one()
    assert (call.state, call.recording_sid, call.recording_seconds) == (CallState.VOICEMAIL, "RE1", 42)
    assert (case.channel, case.stated_category) == (Channel.HOTLINE, choice)
    assert delivery.idempotency_key == "call:CA1"
    assert delivery.text.startswith("（語音留言 42 秒")
    assert (choice is None) or runtime.knowledge.categories[choice].label in delivery.text


def test_a_voicemail_starts_a_callback_clock_of_one_working_day(session: Session, runtime: Runtime) -> None:
    left(session, runtime, started(session))
    clock = session.scalars(select(ServiceClock).where(ServiceClock.metric == Metric.CALLBACK)).one()
    assert clock.due_at == datetime.fromisoformat("2026-11-25T10:00:00+08:00")
    assert (clock.met_at, clock.cancelled_at) == (None, None)


@pytest.mark.parametrize("caller", [MOBILE, LANDLINE])
def test_a_call_that_reached_nobody_is_owed_a_callback_once(
    session: Session, runtime: Runtime, caller: str
) -> None:
    call = started(session, caller=caller)
    calls.choice_made(call, Category.PROBLEM)
    for _ in range(2):
        calls.call_ended(session, call, equipment=runtime, now=NOW)
    assert (call.state, call.ended_at, cases(session)) == (CallState.ABANDONED, NOW, 1)
    case = session.get_one(Case, call.case_id)
    assert (case.contact.phone, case.stated_category) == (caller, Category.PROBLEM)


@pytest.mark.parametrize("caller", [*NO_NUMBER, HOTLINE])
def test_a_call_that_reached_nobody_and_left_no_number_is_only_a_row(
    session: Session, runtime: Runtime, caller: str
) -> None:
    call = started(session, caller=caller)
    calls.call_ended(session, call, equipment=runtime, now=NOW)
    assert (call.state, call.case_id, cases(session)) == (CallState.ABANDONED, None, 0)


@pytest.mark.parametrize("caller", [*NO_NUMBER, HOTLINE])
def test_a_message_without_a_number_becomes_a_case_without_a_phone(
    session: Session, runtime: Runtime, caller: str
) -> None:
    call = left(session, runtime, started(session, caller=caller))
    assert session.get_one(Case, call.case_id).contact.phone is None


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_silent_message_without_a_number_is_only_an_abandoned_row(
    session: Session, runtime: Runtime, seconds: int
) -> None:
    call = left(session, runtime, started(session, caller="+anonymous"), seconds=seconds)
    assert (call.state, call.recording_sid, cases(session)) == (CallState.ABANDONED, None, 0)


def test_a_silent_delivery_after_a_message_takes_nothing_back(session: Session, runtime: Runtime) -> None:
    call = left(session, runtime, started(session))
    left(session, runtime, call, seconds=0, sid="")
    assert (call.state, call.recording_sid, cases(session)) == (CallState.VOICEMAIL, "RE1", 1)


def test_a_message_that_is_told_after_the_end_of_its_call_is_kept(session: Session, runtime: Runtime) -> None:
    call = started(session)
    calls.call_ended(session, call, equipment=runtime, now=NOW)
    left(session, runtime, call)
    assert (call.state, call.recording_seconds, cases(session)) == (CallState.VOICEMAIL, 42, 1)


def test_a_callers_number_names_no_enterprise(session: Session, runtime: Runtime) -> None:
    known = builders.case(session, runtime, now=NOW)
    call = left(session, runtime, started(session, caller=known.contact.phone or ""))
    case = session.get_one(Case, call.case_id)
    assert (case.enterprise, case.contact.phone) == (None, known.contact.phone)
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 1
    assert session.scalar(select(func.count()).select_from(Contact)) == 2


def test_calls_are_returned_nearest_due_first_and_the_latest_call_is_listed_first(
    session: Session, runtime: Runtime
) -> None:
    later = calls.call_started(
        session, call_sid="CA-late", caller=MOBILE, within_hours=True, now=NOW.replace(hour=5)
    )
    calls.call_ended(session, later, equipment=runtime, now=NOW.replace(hour=5))
    sooner = left(session, runtime, started(session, sid="CA-soon", caller=LANDLINE))
    started(session, sid="CA-open")
    rows = calls_to_return(session, calendar=runtime.calendar, now=NOW)
    assert [(row.phone, row.recording_seconds) for row in rows] == [(LANDLINE, 42), (MOBILE, None)]
    assert rows[0].number == session.get_one(Case, sooner.case_id).number
    assert [row.state for row in recent_calls(session, limit=2)] == [CallState.MENU, CallState.VOICEMAIL]
