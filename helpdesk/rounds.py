"""The rounds that the worker and the commands make: deliver the outbox, sweep the clocks, fetch recordings.

Each step is a transaction of its own; sending and fetching happen outside of any.
"""

import os
import secrets

from sqlalchemy.orm import Session, sessionmaker

from helpdesk import clock
from helpdesk.policy.delivery import Verdict
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import breach_digest, calls, sending, sweep, throttling
from helpdesk.services.terms_in_force import Hold

SWEPT = ("looked_at", "reminded", "due_soon", "breached", "expired", "failed")
BATCH = 1  # a sender that is stopped leaves one message in doubt, not a batch
RECORDINGS_A_ROUND = 5  # a provider that hangs must not hold the outbox up for longer than a minute


def deliver(sessions: sessionmaker[Session], runtime: Runtime) -> dict[str, int]:
    """Send what is due until nothing is left; return counts by verdict.

    Two rounds at once never send one message twice; a lost one is left to a person.
    """
    counts = {str(verdict): 0 for verdict in Verdict}
    sender = f"{os.getpid()}-{secrets.token_hex(4)}"
    with sessions.begin() as session:
        counts["lost"] = sending.give_up_lost(session, now=clock.now())
    while True:
        with sessions.begin() as session:
            messages = sending.claim(session, sender=sender, now=clock.now(), limit=BATCH)
        for message in messages:
            receipt = runtime.gateways[message.channel].send(message)
            with sessions.begin() as session:
                sending.record_try(session, message.id, receipt, now=clock.now())
            counts[receipt.verdict] += 1
        if len(messages) < BATCH:
            return counts


def end_holds(sessions: sessionmaker[Session], runtime: Runtime) -> dict[str, int]:
    """End the holds that are over; return how many."""
    with sessions.begin() as session:
        equipment = prevailing(runtime, session, Hold.SHARED)
        throttling.forget_old(session, now=clock.now())
        return {"resumed": sweep.resume_holds(session, equipment=equipment, now=clock.now())}


def sweep_clocks(sessions: sessionmaker[Session], runtime: Runtime) -> dict[str, int]:
    """Look at every clock whose instant has come; return counts."""
    totals = dict.fromkeys(SWEPT, 0)
    after: sweep.Cursor | None = sweep.FROM_THE_FIRST
    while after is not None:
        with sessions.begin() as session:
            equipment = prevailing(runtime, session, Hold.SHARED)
            swept = sweep.sweep(session, equipment=equipment, now=clock.now(), after=after)
        for name in SWEPT:
            totals[name] += getattr(swept, name)
        after = swept.last
    return totals


def digest_breaches(sessions: sessionmaker[Session], runtime: Runtime) -> dict[str, int]:
    """Tell supervisors what broke since the last digest; return how many promises."""
    with sessions.begin() as session:
        equipment = prevailing(runtime, session, Hold.SHARED)
        return {"digested": breach_digest.write_due(session, equipment=equipment, now=clock.now())}


PROMISES = (end_holds, sweep_clocks, digest_breaches)
"""The rounds that keep watch over promises, in this order; none needs another to have gone well."""


def fetch_recordings(sessions: sessionmaker[Session], runtime: Runtime) -> dict[str, int]:
    """Fetch the recordings that cases wait for, a few a round; what does not come is tried in the next.

    Two rounds at once may fetch the same one; the case gets it once.
    """
    counts = {"recordings_stored": 0, "recordings_missing": 0}
    if runtime.recordings is None:
        return counts
    with sessions.begin() as session:
        awaited = calls.awaiting_recording(session, limit=RECORDINGS_A_ROUND)
    for recording in awaited:
        content = runtime.recordings.fetch(recording.recording_sid)
        if content is None:
            counts["recordings_missing"] += 1
            continue
        with sessions.begin() as session:
            equipment = prevailing(runtime, session, Hold.SHARED)
            calls.store_recording(session, recording.call_id, content, equipment=equipment, now=clock.now())
        counts["recordings_stored"] += 1
    return counts
