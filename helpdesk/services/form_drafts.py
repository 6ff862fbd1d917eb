"""Public forms on their way: nothing typed is lost, and one form makes one case."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk.models.intake_record import FormDraft

KEPT = timedelta(days=7)


def find(session: Session, key: str | None) -> FormDraft | None:
    """Return the draft of a browser, if it has one."""
    return session.get(FormDraft, key) if key else None


def begin(session: Session, *, now: datetime) -> FormDraft:
    """Start an empty form; forms abandoned for a week are forgotten."""
    session.execute(delete(FormDraft).where(FormDraft.changed_at < now - KEPT))
    draft = FormDraft(key=secrets.token_urlsafe(32), values={}, changed_at=now)
    session.add(draft)
    return draft


def remember(draft: FormDraft, typed: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what was typed on one page, as it was typed; other pages are left alone."""
    draft.values = {**draft.values, **typed}
    draft.changed_at = now
