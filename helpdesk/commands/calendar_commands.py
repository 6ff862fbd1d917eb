"""`flask calendar`: the government's office calendar, imported from its file and written back."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

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
from helpdesk.policy.office_calendar_file import YEARS, DayChange, differences, write_office_calendar
from helpdesk.policy.office_calendar_reading import CalendarFileProblem, read_office_calendar
from helpdesk.policy.service_calendar import SpecialDay
from helpdesk.runtime import prevailing, runtime_of
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.terms_proposals import propose_years

group = AppGroup("calendar", help="The office calendar that working time follows.")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@reason_option
@by_option
@applies_option
def import_file(file: Path, *, applies: bool, reason: str, name: str) -> None:
    """Print each day that changes and what moves; with --apply, take the file's years over."""
    try:
        years = read_office_calendar(file.read_bytes())
    except OSError as refusal:
        refuse({"field": "file", "reason": f"讀不到檔案 {file}：{refusal.strerror}"})
    except CalendarFileProblem as refusal:
        refuse(*({"row": p.row, "field": p.field, "reason": p.reason} for p in refusal.problems))
    with amending(applies=applies) as (session, equipment):
        for year in years:
            for change in differences(equipment.calendar.special_days, year):
                tell(_as_json(change))
        proposal = propose_years(session, years, equipment=equipment)
        line = carry_out(session, equipment, proposal, applies=applies, reason=reason, name=name)
    tell(line)


@group.command("export")
@click.argument("year", type=click.IntRange(YEARS[0], YEARS[-1]))
def export(year: int) -> None:
    """Write a year in force as the official file has it, UTF-8 without a mark."""
    with Session(db.engine.execution_options(**{WRITING: False})) as session:
        equipment = prevailing(runtime_of(current_app), session, Hold.NOT)
    click.echo(write_office_calendar(equipment.calendar, year), nl=False)


def _as_json(change: DayChange) -> dict[str, object]:
    return {
        "on": change.on.isoformat(),
        "before": _day(change.before),
        "after": _day(change.after),
        "counts": change.counts,
    }


def _day(special: SpecialDay | None) -> dict[str, object] | None:
    return None if special is None else {"working": special.working, "name": special.name}
