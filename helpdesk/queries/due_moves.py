"""What a line of the history says about a due date: where it was, where it went, why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class DueMove:
    """A due date that was worked out anew; None is a clock that waits.

    `lifted` when a breach that was noted no longer holds under it.
    """

    at: datetime
    before: datetime | None
    after: datetime | None
    why: str
    lifted: bool


def due_move(at: datetime, data: Mapping[str, Any]) -> DueMove:
    """Return what a line of the history says about a due date that moved."""
    return DueMove(
        at=at,
        before=instant_of(data, "before"),
        after=instant_of(data, "after"),
        why=data.get("why") or "",
        lifted=bool(data.get("lifted")),
    )


def instant_of(data: Mapping[str, Any], name: str) -> datetime | None:
    """Return an instant that a line of the history holds as text; None when it holds none."""
    written = data.get(name)
    return datetime.fromisoformat(written) if written else None
