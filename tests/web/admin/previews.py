"""What a test reads off a page and the database before and after a change."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.service_clock import ServiceClock


def text(answer: Any, status: int = 200) -> str:
    """Return the page that was answered with this status."""
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def carried(page: str) -> dict[str, str]:
    """Return the single hidden fields of a preview, as the browser sends them back."""
    found = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page)
    return {name: value for name, value in found if name != "csrf_token"}


def dues(database: Session) -> dict[int, Any]:
    """Return when each clock is due."""
    database.rollback()  # a snapshot of its own each time
    return {clock.id: clock.due_at for clock in database.scalars(select(ServiceClock))}
