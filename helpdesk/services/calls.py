"""Calls of the hotline: one row for each, however often it is delivered, and what is owed to the caller."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.call import Call, CallState
from helpdesk.policy.phone_numbers import BadPhone, parse_phone
from helpdesk.policy.submission import ContactFacts, Submission
from helpdesk.services import intake
from helpdesk.services.equipment import Equipment
from knowledge_base.records.vocabulary import Category, Channel

ANONYMOUS = frozenset({"", "+anonymous", "anonymous", "+266696687", "+86282452253", "+464", "unknown"})


def call_started(session: Session, *, call_sid: str, caller: str, within_hours: bool, now: datetime) -> Call:
    """Return the row of a call, made on its first delivery. Idempotent."""
    call = find_call(session, call_sid)
    if call is None:
        call = Call(
            call_sid=call_sid,
            caller=caller[:40],
            state=CallState.MENU,
            within_hours=within_hours,
            started_at=now,
        )
        session.add(call)
        session.flush()
    return call


def find_call(session: Session, call_sid: str) -> Call | None:
    """Return the row of a call, locked for changing."""
    return session.scalars(select(Call).where(Call.call_sid == call_sid).with_for_update()).first()


def choice_made(call: Call, choice: Category | None) -> None:
    """Keep which of the four situations the caller chose; the last choice counts."""
    if call.ended_at is None:
        call.choice, call.state = choice, CallState.RINGING


def answered(call: Call, *, now: datetime) -> None:
    """Note that somebody at the desk spoke with the caller: nothing is owed any more."""
    call.state, call.ended_at = CallState.ANSWERED, call.ended_at or now


def voicemail_left(
    session: Session,
    call: Call,
    *,
    recording_sid: str,
    recording_url: str,
    seconds: int,
    equipment: Equipment,
    now: datetime,
) -> Call:
    """Open a case with a callback clock for a recorded message; a silent one is an abandoned call. Idempotent."""
    if seconds > 0:
        call.recording_sid, call.recording_url, call.recording_seconds = recording_sid, recording_url, seconds
        call.state = CallState.VOICEMAIL
        _owe_callback(session, call, f"語音留言 {seconds} 秒，請聽取錄音後回電。", equipment, now)
    else:
        call_ended(session, call, equipment=equipment, now=now)
    return call


def call_ended(session: Session, call: Call, *, equipment: Equipment, now: datetime) -> None:
    """End a call; one that reached nobody and left a number is owed a callback. Idempotent."""
    call.ended_at = call.ended_at or now
    if call.state in {CallState.ANSWERED, CallState.VOICEMAIL, CallState.ENDED}:
        return
    call.state = CallState.ABANDONED
    if usable_number(call.caller) is not None:
        _owe_callback(session, call, "來電未接通，請回電。", equipment, now)


def usable_number(caller: str) -> str | None:
    """Return the caller's number in E.164, or None: it can be lost, withheld or a trunk's own."""
    if caller.lower() in ANONYMOUS:
        return None
    try:
        return str(parse_phone(caller))
    except BadPhone:
        return None


def _owe_callback(session: Session, call: Call, words: str, equipment: Equipment, now: datetime) -> None:
    if call.case_id is not None:
        return
    chosen = equipment.knowledge.categories[call.choice].label if call.choice else None
    submission = Submission(
        channel=Channel.HOTLINE,
        text=f"（{words}來電者在選單選了「{chosen}」。）" if chosen else f"（{words}）",
        idempotency_key=f"call:{call.call_sid}",
        contact=ContactFacts(phone=usable_number(call.caller)),
        stated_category=call.choice,
    )
    received = intake.receive(session, submission, equipment=equipment, now=now, missed_call=True)
    call.case_id = received.case.id
