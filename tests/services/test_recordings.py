"""From a voicemail to a file of its case: the service on both databases, and the worker's round."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk import rounds
from helpdesk.models.call import Call
from helpdesk.models.case import CaseEvent
from helpdesk.models.intake_record import Attachment
from helpdesk.policy.events import EventKind
from helpdesk.queries.call_log import recent_calls
from helpdesk.runtime import Runtime
from helpdesk.services import calls
from helpdesk.services.timeline import SYSTEM
from tests.conftest import NOW

SOUND = b"ID3\x04sound"


class Shelf:
    """A provider that has some recordings and says so; remembers what it was asked for."""

    def __init__(self, kept: Mapping[str, bytes]) -> None:
        self.kept = dict(kept)
        self.asked: list[str] = []

    def fetch(self, recording_sid: str) -> bytes | None:
        """Return what is on the shelf."""
        self.asked.append(recording_sid)
        return self.kept.get(recording_sid)


def voicemail(session: Session, runtime: Runtime, sid: str, *, seconds: int = 42) -> Call:
    """Let somebody call after hours and speak for some seconds."""
    call = calls.call_started(
        session, call_sid=f"CA-{sid}", caller="+886900000456", within_hours=False, now=NOW
    )
    return calls.voicemail_left(
        session, call, recording_sid=sid, recording_url="https://elsewhere.example.com/", seconds=seconds,
        equipment=runtime, now=NOW,
    )  # fmt: skip


def test_what_waits_is_a_recording_of_a_case_that_is_not_stored_newest_first(
    session: Session, runtime: Runtime
) -> None:
    older, newer = (voicemail(session, runtime, sid) for sid in ("RE1", "RE2"))
    voicemail(session, runtime, "RE3", seconds=0)
    voicemail(session, runtime, "")
    session.flush()
    assert [row.call_id for row in calls.awaiting_recording(session, 9)] == [newer.id, older.id]
    assert [row.recording_sid for row in calls.awaiting_recording(session, 1)] == ["RE2"]
    calls.store_recording(session, newer.id, SOUND, equipment=runtime, now=NOW)
    session.flush()
    assert [row.call_id for row in calls.awaiting_recording(session, 9)] == [older.id]


def test_a_recording_becomes_a_file_of_the_case_once_however_often_it_comes(
    session: Session, runtime: Runtime
) -> None:
    call = voicemail(session, runtime, "RE1")
    for minutes in (1, 2):
        now = NOW + timedelta(minutes=minutes)
        calls.store_recording(session, call.id, SOUND, equipment=runtime, now=now)
    session.flush()
    file = session.scalars(select(Attachment).where(Attachment.case_id == call.case_id)).one()
    assert (file.filename, file.content_type, file.added_by) == ("語音留言.mp3", "audio/mpeg", SYSTEM.name)
    assert runtime.files.path(file.stored_as).read_bytes() == SOUND
    assert call.recording_stored_at == NOW + timedelta(minutes=1)
    kinds = list(session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == call.case_id)))
    assert kinds.count(EventKind.FILE_ADDED) == 1


def test_a_round_stores_what_comes_and_asks_again_for_what_does_not(
    committing_engine: Engine, runtime: Runtime
) -> None:
    sessions = sessionmaker(committing_engine)
    with sessions.begin() as session:
        for sid in ("RE1", "RE2"):
            voicemail(session, runtime, sid)
    shelf = Shelf({"RE2": SOUND})
    desk = replace(runtime, recordings=shelf)
    assert rounds.fetch_recordings(sessions, desk) == {"recordings_stored": 1, "recordings_missing": 1}
    shelf.kept["RE1"] = SOUND
    assert rounds.fetch_recordings(sessions, desk) == {"recordings_stored": 1, "recordings_missing": 0}
    assert rounds.fetch_recordings(sessions, desk) == {"recordings_stored": 0, "recordings_missing": 0}
    assert shelf.asked == ["RE2", "RE1", "RE1"]
    with sessions() as session:
        assert len(session.scalars(select(Attachment)).all()) == 2


def test_while_a_recording_is_fetched_others_can_write(committing_engine: Engine, runtime: Runtime) -> None:
    sessions = sessionmaker(committing_engine)
    with sessions.begin() as session:
        voicemail(session, runtime, "RE1")

    class Slow(Shelf):
        def fetch(self, recording_sid: str) -> bytes | None:
            """Let another round store it meanwhile."""
            if not self.asked:
                self.asked.append(recording_sid)
                rounds.fetch_recordings(sessions, desk)
            return super().fetch(recording_sid)

    desk = replace(runtime, recordings=Slow({"RE1": SOUND}))
    rounds.fetch_recordings(sessions, desk)
    with sessions() as session:
        assert len(session.scalars(select(Attachment)).all()) == 1


def test_without_a_provider_nothing_is_fetched(committing_engine: Engine, runtime: Runtime) -> None:
    sessions = sessionmaker(committing_engine)
    with sessions.begin() as session:
        voicemail(session, runtime, "RE1")
    assert not any(rounds.fetch_recordings(sessions, runtime).values())


def test_the_log_of_calls_shows_a_number_that_can_be_called_and_no_other(session: Session) -> None:
    for sid, caller in (("CA1", "+886900000456"), ("CA2", "+anonymous"), ("CA3", "")):
        calls.call_started(session, call_sid=sid, caller=caller, within_hours=True, now=NOW)
    assert [call.caller for call in recent_calls(session)] == [None, None, "+886900000456"]
