"""`flask sla`: working time from the shell, and the sweep."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import sessionmaker

from helpdesk import rounds
from helpdesk.commands.amending import (
    amending,
    applies_option,
    by_option,
    carry_out,
    in_force,
    reason_option,
    tell,
)
from helpdesk.commands.json_lines import BadLine, answer_lines
from helpdesk.extensions import db
from helpdesk.policy.business_time import NoWorkingTime, due_at, worked
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.runtime import Runtime, runtime_of
from helpdesk.services import terms_proposals
from knowledge_base.lookup import normalise_county

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_MINUTES = 1_000_000  # nearly two years without a break

group = AppGroup("sla", help="Promises: due dates, working time, the sweep.")


@group.command("due")
def due() -> None:
    """JSON lines {start, minutes, pauses?, county?} -> {due} or {error}."""
    answer_lines(partial(_due, in_force()))


@group.command("worked")
def worked_minutes() -> None:
    """JSON lines {start, end, pauses?, county?} -> {minutes} or {error}."""
    answer_lines(partial(_worked, in_force()))


@group.command("sweep")
def sweep() -> None:
    """Mark what is due soon and what is breached; may run twice, late or at the same time."""
    sessions, runtime = sessionmaker(db.engine), runtime_of(current_app)
    counts = [make_round(sessions, runtime) for make_round in rounds.PROMISES]
    click.echo(json.dumps({name: count for each in counts for name, count in each.items()}))


@group.command("recompute")
@reason_option
@by_option
@applies_option
def recompute(*, applies: bool, reason: str, name: str) -> None:
    """Look at every open clock anew, after a release changed shipped targets or hours; --apply moves them."""
    with amending(applies=applies) as (session, equipment):
        proposal = terms_proposals.propose_release(session, equipment=equipment)
        line = carry_out(session, equipment, proposal, applies=applies, reason=reason, name=name)
    tell(line)


def _due(runtime: Runtime, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    minutes = asked["minutes"]
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= MOST_MINUTES:
        raise BadLine(f"minutes must be a number above 0, at most {MOST_MINUTES}")
    calendar = _calendar(runtime, asked)
    try:
        instant = due_at(calendar, _instant(asked, "start"), timedelta(minutes=minutes), _pauses(asked))
    except NoWorkingTime as refusal:
        raise BadLine(str(refusal)) from None
    return {"due": instant.astimezone(calendar.zone).isoformat()}


def _worked(runtime: Runtime, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    amount = worked(
        _calendar(runtime, asked), _instant(asked, "start"), _instant(asked, "end"), _pauses(asked)
    )
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


def _calendar(runtime: Runtime, asked: Mapping[str, Any]) -> ServiceCalendar:
    county = asked.get("county")
    if not county:
        return runtime.calendar
    known = normalise_county(runtime.knowledge, str(county))
    if known is None:
        raise BadLine(f"unknown county: {county}")
    return runtime.calendar.for_county(known)
