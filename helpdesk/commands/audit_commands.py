"""`flask audit`: whether the history is whole."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from helpdesk.extensions import db
from helpdesk.models.case import Case, CaseEvent
from helpdesk.services.timeline import FIRST_HASH, chained_hash

group = AppGroup("audit", help="The append-only history.")


@group.command("verify")
def verify() -> None:
    """Recompute every case's chain; exit 1 naming the first broken line of each broken case."""
    broken = 0
    cases = db.session.execute(
        select(Case.id, Case.number, Case.event_count, Case.event_hash).order_by(Case.id)
    )
    for case_id, number, event_count, event_hash in cases.yield_per(500):
        fault = _fault(case_id, number, event_count, event_hash)
        if fault:
            broken += 1
            click.echo(f"{number}: {fault}", err=True)
    if broken:
        raise SystemExit(1)
    click.echo("audit: ok")


def _fault(case_id: int, number: str, event_count: int, event_hash: str) -> str | None:
    previous, sequence = FIRST_HASH, 0
    lines = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.sequence)
    for line in db.session.scalars(lines):
        sequence += 1
        whole = line.sequence == sequence and line.previous_hash == previous
        if not whole or chained_hash(line, number) != line.hash:
            return f"line {line.sequence} was changed, or the line before it is gone"
        previous = line.hash
    if (sequence, previous) != (event_count, event_hash):
        return "the last lines are gone"
    return None
