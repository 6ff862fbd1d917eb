"""`flask knowledge export`, `import`, `closings`, `close-window`, `reopen-window`: the catalogue from the shell."""

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
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
from helpdesk.models.amendment import RecordedClosing
from helpdesk.models.base import LARGEST_ID
from helpdesk.policy.window_closings import ClosingProblem, ClosingTyped, parse_closing
from helpdesk.queries.answer_changes import answer_changes, counted
from helpdesk.queries.recorded_closings import closing_book
from helpdesk.runtime import Runtime
from helpdesk.services.catalogue_proposals import (
    NothingChanged,
    propose_catalogue,
    propose_window_closing,
    propose_window_reopening,
)
from helpdesk.services.terms_changes import terms_of
from helpdesk.services.terms_in_force import catalogue_at
from helpdesk.services.terms_proposals import NotInForce, Proposal
from knowledge_base.exchange.cautions import cautions
from knowledge_base.exchange.file_problems import FileProblems
from knowledge_base.exchange.uploads import read_upload
from knowledge_base.exchange.workbook_writing import write_workbook
from knowledge_base.exchange.yaml_writing import write_yaml
from knowledge_base.knowledge import KnowledgeError

given_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("export")
@click.option("--format", "form", type=click.Choice(["yaml", "xlsx"]), help="Without it, as FILE is called.")
@click.option("--at", "version", type=click.IntRange(0, LARGEST_ID), help="An older version of the terms.")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@with_appcontext
def export(form: str | None, version: int | None, file: Path) -> None:
    """Write the catalogue to FILE for editing: today's, or that of an older version."""
    form = form or file.suffix.removeprefix(".").replace("yml", "yaml")
    if form not in {"yaml", "xlsx"}:
        raise click.UsageError("FILE must end in .yaml or .xlsx, or --format must say what it is.")
    with amending(applies=False) as (session, equipment):
        newest = equipment.terms.version
        if version is not None and version > newest:
            refuse({"field": "at", "reason": f"沒有第 {version} 版，最新的是第 {newest} 版"})
        try:
            at = newest if version is None else version
            knowledge = catalogue_at(session, at, equipment.shipped)
        except KnowledgeError as refusal:
            refuse(*_problems(refusal))
    file.write_bytes(write_workbook(knowledge) if form == "xlsx" else write_yaml(knowledge).encode())
    tell({"written": str(file), "format": form, "version": at})


@click.command("import")
@click.argument("file", type=given_file)
@reason_option
@by_option
@applies_option
@with_appcontext
def import_catalogue(file: Path, *, applies: bool, reason: str, name: str) -> None:
    """Look at what an edited FILE changes; with --apply, make it the next edition of the catalogue."""
    with amending(applies=applies) as (session, equipment):
        try:
            found = read_upload(file.name, file.read_bytes(), equipment.knowledge)
            proposal = propose_catalogue(session, found.amendments, equipment=equipment)
        except FileProblems as refusal:
            refuse(
                *(
                    {"sheet": p.place.sheet, "row": p.place.row, "column": p.place.column, "reason": p.reason}
                    for p in refusal.problems
                )
            )
        except KnowledgeError as refusal:
            refuse(*_problems(refusal))
        except NothingChanged as refusal:
            refuse({"field": "file", "reason": str(refusal)})
        records = [f"{change.section}/{change.id}" for change in found.changes]
        beware = cautions(equipment.knowledge, terms_of(proposal, equipment).knowledge)
        line = {
            "records": records,
            "cautions": [str(caution) for caution in beware],
            **_told(session, equipment, proposal, applies, reason, name),
        }
    tell(line)


@click.command("closings")
@with_appcontext
def closings() -> None:
    """Print every recorded closing of a window: those that hold first, then those that were withdrawn."""
    with amending(applies=False) as (session, _equipment):
        book = closing_book(session)
    for state, rows in (("held", book.held), ("withdrawn", book.withdrawn)):
        for row in rows:
            tell(
                {
                    "id": row.id, "state": state, "measure": row.measure, "edition": row.edition,
                    "kind": row.kind.value, "at": row.at.isoformat(), "reason": row.recorded.reason,
                    "recorded_by": row.recorded.by, "recorded_at": row.recorded.at.isoformat(),
                }
            )  # fmt: skip


@click.command("close-window")
@click.argument("measure")
@click.argument("edition")
@click.option("--funds", "kind", flag_value="funds_exhausted", help="The money ran out.")
@click.option("--early", "kind", flag_value="closed_early", help="The agency announced an earlier end.")
@click.option("--at", "when", required=True, help="Day and time: 115/11/23 17:00 or 2026-11-23T17:00.")
@reason_option
@by_option
@applies_option
@with_appcontext
def close_window(
    measure: str, edition: str, *, kind: str | None, when: str, applies: bool, reason: str, name: str
) -> None:
    """Look at which answers change when a window is recorded as closed; with --apply, record it."""
    day, _, time = when.strip().replace("T", " ", 1).partition(" ")
    typed = ClosingTyped(measure=measure, edition=edition, kind=kind or "", on=day, at=time)
    with amending(applies=applies) as (session, equipment):
        try:
            closing = parse_closing(typed, equipment.knowledge, now=clock.now())
        except ClosingProblem as refusal:
            refuse(*({"field": field, "reason": why} for field, why in refusal.problems.items()))
        proposal = propose_window_closing(session, closing, equipment=equipment)
        line = _told(session, equipment, proposal, applies, reason, name)
    tell(line)


@click.command("reopen-window")
@click.argument("closing_id", metavar="ID", type=click.IntRange(1, LARGEST_ID))
@reason_option
@by_option
@applies_option
@with_appcontext
def reopen_window(closing_id: int, *, applies: bool, reason: str, name: str) -> None:
    """Look at which answers change without a recorded closing; with --apply, withdraw it."""
    with amending(applies=applies) as (session, equipment):
        recorded = session.get(RecordedClosing, closing_id)
        if recorded is None:
            refuse({"field": "id", "reason": f"沒有編號 {closing_id} 的截止紀錄"})
        try:
            proposal = propose_window_reopening(session, recorded, equipment=equipment)
        except NotInForce as refusal:
            refuse({"field": "id", "reason": str(refusal)})
        line = _told(session, equipment, proposal, applies, reason, name)
    tell(line)


COMMANDS = (export, import_catalogue, closings, close_window, reopen_window)


def _told(
    session: Session, equipment: Runtime, proposal: Proposal, applies: bool, reason: str, name: str
) -> dict[str, Any]:
    """Return the line of a proposal with how many answers to open cases change, and why told; see `carry_out`."""
    changes = answer_changes(session, equipment.terms, terms_of(proposal, equipment), clock.now())
    answers = counted(changes)
    line = carry_out(session, equipment, proposal, applies=applies, reason=reason, name=name)
    of = {ground.value: count for ground, count in answers.of.items()}
    return {**line, "answers": answers.total, "answers_of": of}


def _problems(refusal: KnowledgeError) -> list[dict[str, str]]:
    return [{"key": problem.key, "reason": problem.reason} for problem in refusal.problems]
