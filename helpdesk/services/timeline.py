"""The append-only history of a case: every line holds the hash of the one before."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.referral import Referral
from helpdesk.policy.events import HARMLESS, EventKind

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as the history shows it."""

    name: str
    account_id: int | None = None


SYSTEM = Actor("系統")
ENQUIRER = Actor("業者")


def acting(account: Account) -> Actor:
    """Return the actor that an account is."""
    return Actor(account.display_name, account.id)


class StaleForm(Exception):
    """A form was based on an older state of the case; carries the lines written since."""

    def __init__(self, changes: Sequence[CaseEvent]) -> None:
        super().__init__(f"{len(changes)} changes since the form was opened")
        self.changes = tuple(changes)


def record(session: Session, case: Case, kind: EventKind, **line: Any) -> CaseEvent:
    """Append one line, as `next_line` takes it."""
    event = next_line(case, kind, **line)
    session.add(event)
    return event


def next_line(
    case: Case,
    kind: EventKind,
    *,
    actor: Actor,
    now: datetime,
    referral: Referral | None = None,
    **data: Any,
) -> CaseEvent:
    """Return the next line of the case, to be stored by the caller; the case counts it already.

    `data` must be JSON and should hold no personal data: lines are never changed.
    """
    event = CaseEvent(
        case_id=case.id,
        sequence=case.event_count + 1,
        at=now,
        kind=kind,
        actor_id=actor.account_id,
        actor_name=actor.name,
        referral_id=referral.id if referral else None,
        data=data,
        previous_hash=case.event_hash,
        hash="",
    )
    event.hash = chained_hash(event, case.number)
    case.event_count, case.event_hash = event.sequence, event.hash
    return event


def chained_hash(event: CaseEvent, case_number: str) -> str:
    """Return the hash of a line, over its content and the hash of the line before."""
    content = [
        case_number,
        event.sequence,
        event.at.astimezone(UTC).isoformat(),
        event.kind,
        event.actor_id,
        event.actor_name,
        event.referral_id,
        event.data,
        event.previous_hash,
    ]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def refuse_stale(session: Session, case: Case, version: int) -> None:
    """Raise StaleForm when something that matters happened after `version`, the lines the form knew."""
    if version >= case.event_count:
        return
    later = select(CaseEvent).where(
        CaseEvent.case_id == case.id, CaseEvent.sequence > version, CaseEvent.kind.not_in(HARMLESS)
    )
    changes = session.scalars(later.order_by(CaseEvent.sequence)).all()
    if changes:
        raise StaleForm(changes)
