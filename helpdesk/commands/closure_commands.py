"""`flask closure`: closures from the shell, looked at first, then declared or withdrawn."""

from functools import partial

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.commands.amending import (
    amending,
    applies_option,
    by_option,
    carry_out,
    reason_option,
    refuse,
    tell,
)
from helpdesk.database import WRITING
from helpdesk.extensions import db
from helpdesk.models.amendment import DeclaredClosure
from helpdesk.models.base import LARGEST_ID
from helpdesk.policy.closure_rules import ClosureProblem, ClosureTyped, parse_closure
from helpdesk.queries.declared_closures import ClosureRow, closure_book
from helpdesk.runtime import runtime_of
from helpdesk.services.terms_proposals import NotInForce, propose_closure, propose_withdrawal
from knowledge_base.lookup import normalise_county

group = AppGroup("closure", help="Ad hoc closures, such as typhoon days.")


@group.command("list")
def listed() -> None:
    """Print every closure: coming ones first, then past ones, then withdrawn ones."""
    with Session(db.engine.execution_options(**{WRITING: False})) as session:
        zone = runtime_of(current_app).calendar.zone
        book = closure_book(session, zone=zone, now=clock.now(), limit=LARGEST_ID)
    for state, rows in (("coming", book.coming), ("past", book.past), ("withdrawn", book.withdrawn)):
        for row in rows:
            tell({"id": row.id, "state": state, **_as_json(row)})


@group.command("declare")
@click.option("--first-on", required=True, help="First day, 115/11/25 or 2026-11-25.")
@click.option("--last-on", default="", help="Last day; without it, one day.")
@click.option(
    "--from", "opens_from", default="", help="HH:MM, of a single day; without it, from its beginning."
)
@click.option("--until", default="", help="HH:MM, of a single day; without it, to its end.")
@click.option("--county", "counties", multiple=True, help="A county; may be given several times.")
@click.option("--everywhere", is_flag=True, help="All counties and the desk itself.")
@click.option("--reason", default="", help="Why, on one line; every case that moves tells it. Always needed.")
@by_option
@applies_option
def declare(*, applies: bool, name: str, **words: str | tuple[str, ...] | bool) -> None:
    """Look at what a closure would move; with --apply, declare it."""
    typed = ClosureTyped(**words)  # type: ignore[arg-type]
    with amending(applies=applies) as (session, equipment):
        try:
            closure = parse_closure(
                typed,
                zone=equipment.calendar.zone,
                counties=partial(normalise_county, equipment.knowledge),
                now=clock.now(),
                existing=equipment.calendar.closures,
            )
        except ClosureProblem as refusal:
            refuse(*({"field": field, "reason": why} for field, why in refusal.problems.items()))
        proposal = propose_closure(session, closure, equipment=equipment)
        line = carry_out(session, equipment, proposal, applies=applies, reason=closure.reason, name=name)
    tell(line)


@group.command("withdraw")
@click.argument("closure_id", metavar="ID", type=click.IntRange(1, LARGEST_ID))
@click.option("--rest-only", is_flag=True, help="Of one that has begun: end it now, keep what has passed.")
@reason_option
@by_option
@applies_option
def withdraw(closure_id: int, *, rest_only: bool, applies: bool, reason: str, name: str) -> None:
    """Look at what moves back without a closure; with --apply, withdraw it."""
    with amending(applies=applies) as (session, equipment):
        declared = session.get(DeclaredClosure, closure_id)
        if declared is None:
            refuse({"field": "id", "reason": f"沒有編號 {closure_id} 的停班"})
        try:
            proposal = propose_withdrawal(
                session, declared, equipment=equipment, now=clock.now(), rest_only=rest_only
            )
        except NotInForce as refusal:
            refuse({"field": "id", "reason": str(refusal)})
        line = carry_out(session, equipment, proposal, applies=applies, reason=reason, name=name)
    tell(line)


def _as_json(row: ClosureRow) -> dict[str, object]:
    return {
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "counties": list(row.counties),
        "reason": row.reason,
        "declared_by": row.declared.by,
        "declared_at": row.declared.at.isoformat(),
        "moved": row.declared.moved,
        **(
            {"withdrawn_by": row.withdrawn.by, "why_withdrawn": row.withdrawn.reason} if row.withdrawn else {}
        ),
    }
