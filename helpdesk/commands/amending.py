"""What the commands that change the terms share: look or apply, in one transaction, told as JSON lines."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn

import click
from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from helpdesk import clock
from helpdesk.commands.progress_bar import progress
from helpdesk.database import WRITING
from helpdesk.extensions import db
from helpdesk.policy.business_time import NoWorkingTime
from helpdesk.policy.change_reason import ReasonProblem, parse_reason
from helpdesk.policy.move_summary import MoveSummary, summary_of
from helpdesk.policy.text_rules import BadText, clean_line
from helpdesk.runtime import Runtime, prevailing, runtime_of
from helpdesk.services.reckoning import Move
from helpdesk.services.terms_changes import moves_under, put_in_force
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.terms_proposals import Proposal
from helpdesk.services.timeline import Actor

LONGEST_NAME = 120

applies_option = click.option("--apply", "applies", is_flag=True, help="Make it so; without it, only look.")
reason_option = click.option("--reason", default="", help="Why; it stands in the history. Needed to apply.")
by_option = click.option(
    "--by", "name", default="命令列", show_default=True, help="Who, as the history says."
)


@contextmanager
def amending(*, applies: bool) -> Iterator[tuple[Session, Runtime]]:
    """Yield a transaction and what works in it; the terms are held alone when they are to change."""
    with sessionmaker(db.engine.execution_options(**{WRITING: applies})).begin() as session:
        yield session, prevailing(runtime_of(current_app), session, Hold.ALONE if applies else Hold.NOT)


def in_force() -> Runtime:
    """Return the runtime under the terms in force now, for commands that only ask."""
    with Session(db.engine.execution_options(**{WRITING: False})) as session:
        return prevailing(runtime_of(current_app), session, Hold.NOT)


def carry_out(
    session: Session, equipment: Runtime, proposal: Proposal, *, applies: bool, reason: str, name: str
) -> Mapping[str, Any]:
    """Return the line that says what the proposal would move or, put in force, what did move.

    To be told when the transaction is over. Refuses a bad reason.
    """
    now = clock.now()
    try:
        if not applies:
            found = moves_under(session, proposal, equipment=equipment, now=now)
            return _figures(proposal, summary_of(found, equipment.calendar))
        why, actor = parse_reason(reason), Actor(clean_line(name, limit=LONGEST_NAME))
        with progress(proposal.kind.value) as report:
            change = put_in_force(
                session, proposal, based_on=equipment.terms.version, reason=why, actor=actor,
                equipment=equipment, now=now, report=report,
            )  # fmt: skip
    except ReasonProblem as refusal:
        refuse({"field": "reason", "reason": str(refusal)})
    except BadText as refusal:
        refuse({"field": "by", "reason": str(refusal)})
    except NoWorkingTime as refusal:
        refuse({"reason": str(refusal)})
    return {"applied": proposal.words, "version": change.id, "moved": change.moved}


def tell(line: Mapping[str, Any]) -> None:
    """Print one JSON line."""
    click.echo(json.dumps(line, ensure_ascii=False))


def refuse(*problems: Mapping[str, Any]) -> NoReturn:
    """Print each problem as a line {"error": {...}} and end with 1; the transaction is undone."""
    for problem in problems:
        tell({"error": problem})
    raise SystemExit(1)


def _figures(proposal: Proposal, found: MoveSummary[Move]) -> Mapping[str, Any]:
    return {
        "would": proposal.words,
        "moved": found.moved,
        "later": found.later,
        "earlier": found.earlier,
        "by_metric": {metric.value: count for metric, count in found.by_metric.items()},
        "largest_minutes": _minutes(found.largest),
        "median_minutes": _minutes(found.median),
        "breaches_that_appear": found.appear,
        "breaches_that_vanish": found.vanish,
    }


def _minutes(shift: timedelta | None) -> float | None:
    return None if shift is None else shift / timedelta(minutes=1)
