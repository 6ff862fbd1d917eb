"""`flask sla`: working time from the shell, and the sweep."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import sessionmaker

from helpdesk import rounds
from helpdesk.commands.json_lines import BadLine, answer_lines
from helpdesk.extensions import db
from helpdesk.policy.business_time import NoWorkingTime, due_at, worked
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.runtime import runtime_of
from knowledge_base.lookup import normalise_county

FIRST_YEAR, LAST_YEAR = 2000, 2100

group = AppGroup("sla", help="Promises: due dates, working time, the sweep.")


@group.command("due")
def due() -> None:
    """JSON lines {start, minutes, pauses?, county?} -> {due} or {error}."""
    answer_lines(_due)


@group.command("worked")
def worked_minutes() -> None:
    """JSON lines {start, end, pauses?, county?} -> {minutes} or {error}."""
    answer_lines(_worked)


@group.command("sweep")
def sweep() -> None:
    """Mark what is due soon and what is breached; may run twice, late or at the same time."""
    click.echo(json.dumps(rounds.sweep_clocks(sessionmaker(db.engine), runtime_of(current_app))))


def _due(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    minutes = asked["minutes"]
    if isinstance(minutes, bool) or not isinstance(minutes, int | float):
        raise BadLine("minutes must be a number")
    calendar = _calendar(asked)
    try:
        instant = due_at(calendar, _instant(asked, "start"), timedelta(minutes=minutes), _pauses(asked))
    except NoWorkingTime as refusal:
        raise BadLine(str(refusal)) from None
    return {"due": instant.astimezone(calendar.zone).isoformat()}


def _worked(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    amount = worked(_calendar(asked), _instant(asked, "start"), _instant(asked, "end"), _pauses(asked))
    minutes = amount / timedelta(minutes=1)
    return {"minutes": int(minutes) if minutes.is_integer() else minutes}


def _instant(asked: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(asked[name])
    except (TypeError, ValueError):
        raise BadLine(f"{name} must be an ISO 8601 instant with its offset") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadLine(f"{name} must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return at


def _pauses(asked: Mapping[str, Any]) -> list[tuple[datetime, datetime | None]]:
    pauses = asked.get("pauses") or []
    if not isinstance(pauses, list) or any(not isinstance(p, list) or len(p) != 2 for p in pauses):
        raise BadLine("pauses must be a list of [start, end]")
    return [
        (_instant({"pause": begun}, "pause"), None if ended is None else _instant({"pause": ended}, "pause"))
        for begun, ended in pauses
    ]


def _calendar(asked: Mapping[str, Any]) -> ServiceCalendar:
    runtime = runtime_of(current_app)
    county = asked.get("county")
    if not county:
        return runtime.calendar
    known = normalise_county(runtime.knowledge, str(county))
    if known is None:
        raise BadLine(f"unknown county: {county}")
    return runtime.calendar.for_county(known)
