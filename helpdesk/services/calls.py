"""Calls of the hotline: one row for each, however often it is delivered, and what is owed to the caller."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.models.call import Call, CallState
from helpdesk.models.case import Case
from helpdesk.policy.events import EventKind
from helpdesk.policy.phone_numbers import parse_phone, usable_number
from helpdesk.policy.submission import ContactFacts, Submission, Upload
from helpdesk.services import attachments, intake, notifications, sla_clocks
from helpdesk.services.equipment import Equipment
from helpdesk.services.timeline import SYSTEM, record
from knowledge_base.records.vocabulary import Category, Channel, Metric

UNDER_WAY = frozenset({CallState.MENU, CallState.RINGING})
RECORDING_NAME, RECORDING_TYPE = "語音留言.mp3", "audio/mpeg"


@dataclass(frozen=True, slots=True)
class AwaitedRecording:
    """A call whose recording the case does not hold yet."""

    call_id: int
    recording_sid: str


def call_started(session: Session, *, call_sid: str, caller: str, within_hours: bool, now: datetime) -> Call:
    """Return the row of a call, made on its first delivery. Idempotent."""
    known = find_call(session, call_sid)
    if known is not None:
        return known
    call = Call(
        call_sid=call_sid,
        caller=caller[:40],
        state=CallState.MENU,
        within_hours=within_hours,
        started_at=now,
    )
    try:
        with session.begin_nested():
            session.add(call)
    except IntegrityError:
        # Another delivery of the same call was faster: its row is the one.
        return call_started(session, call_sid=call_sid, caller=caller, within_hours=within_hours, now=now)
    return call


def find_call(session: Session, call_sid: str) -> Call | None:
    """Return the row of a call, locked for changing."""
    return session.scalars(select(Call).where(Call.call_sid == call_sid).with_for_update()).first()


def choice_made(call: Call, choice: Category | None) -> None:
    """Keep which of the four situations the caller chose; the last choice of a call under way counts."""
    if call.state in UNDER_WAY:
        call.choice, call.state = choice, CallState.RINGING


def answered(session: Session, call: Call, *, now: datetime) -> None:
    """Note that somebody at the desk spoke with the caller: nothing is owed any more.

    The end of the call can be reported before its answer: the callback it caused is then taken back.
    """
    call.state, call.ended_at = CallState.ANSWERED, call.ended_at or now
    case = session.get(Case, call.case_id) if call.case_id else None
    if case is None:
        return
    record(session, case, EventKind.CALL_REACHED, actor=SYSTEM, now=now)
    sla_clocks.meet(session, case, (Metric.CALLBACK, Metric.FIRST_RESPONSE), now=now)
    notifications.withdraw_unsent(session, case)


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
    """Open a case with a callback clock for a recorded message. Idempotent.

    Silence after a choice in the menu is a call that reached nobody; silence alone is owed nothing.
    """
    if seconds > 0:
        call.recording_sid, call.recording_url, call.recording_seconds = recording_sid, recording_url, seconds
        call.state = CallState.VOICEMAIL
        _owe_callback(session, call, f"語音留言 {seconds} 秒，請聽取錄音後回電。", equipment, now)
    elif call.state is CallState.MENU:
        call.state, call.ended_at = CallState.ABANDONED, now
    else:
        call_ended(session, call, equipment=equipment, now=now)
    return call


def call_ended(session: Session, call: Call, *, equipment: Equipment, now: datetime) -> None:
    """End a call; one that reached nobody and left a number is owed a callback. Idempotent."""
    call.ended_at = call.ended_at or now
    if call.state not in UNDER_WAY:
        return
    call.state = CallState.ABANDONED
    if _number(call, equipment) is not None:
        _owe_callback(session, call, "來電未接通，請回電。", equipment, now)


def awaiting_recording(session: Session, limit: int) -> list[AwaitedRecording]:
    """Return calls whose recording is still to be fetched, newest first: one lost for good blocks no other."""
    wanted = (
        select(Call.id, Call.recording_sid)
        .where(Call.recording_sid != "", Call.case_id.is_not(None), Call.recording_stored_at.is_(None))
        .order_by(Call.id.desc())
        .limit(limit)
    )
    return [AwaitedRecording(call_id, sid or "") for call_id, sid in session.execute(wanted)]


def store_recording(
    session: Session, call_id: int, content: bytes, *, equipment: Equipment, now: datetime
) -> None:
    """Attach a call's recording to its case. Idempotent: a recording that is there already stays alone."""
    call = session.get_one(Call, call_id, with_for_update=True)
    if call.recording_stored_at is not None or call.case_id is None:
        return
    case = session.get_one(Case, call.case_id, with_for_update={"of": Case})
    upload = Upload(RECORDING_NAME, RECORDING_TYPE, content)
    attachments.attach(session, case, [upload], equipment=equipment, actor=SYSTEM, now=now)
    call.recording_stored_at = now


def _number(call: Call, equipment: Equipment) -> str | None:
    """Return the number to call back; a carrier that forwards can put the hotline's own in its place."""
    number = usable_number(call.caller)
    return None if number == str(parse_phone(equipment.knowledge.service_window.phone.number)) else number


def _owe_callback(session: Session, call: Call, words: str, equipment: Equipment, now: datetime) -> None:
    if call.case_id is not None:
        return
    chosen = equipment.knowledge.categories[call.choice].label if call.choice else None
    submission = Submission(
        channel=Channel.HOTLINE,
        text=f"（{words}來電者在選單選了「{chosen}」。）" if chosen else f"（{words}）",
        idempotency_key=f"call:{call.call_sid}",
        contact=ContactFacts(phone=_number(call, equipment)),
        stated_category=call.choice,
    )
    received = intake.receive(session, submission, equipment=equipment, now=now, missed_call=True)
    call.case_id = received.case.id
