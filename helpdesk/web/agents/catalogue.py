"""All measures as they stand on a day: those that are taken first, filtered by kind, state and theme."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.answer_texts import amount_in_words
from helpdesk.policy.permissions import Permission
from helpdesk.policy.time_in_words import parse_date
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.supervision import asked
from helpdesk.web.installation import equipment
from helpdesk.web.presentation import choices
from knowledge_base.lookup import closes_at, edition_at, window_state
from knowledge_base.records.measures import Edition, Measure
from knowledge_base.records.vocabulary import MeasureKind, Theme, WindowState

IN_ORDER = (
    WindowState.OPEN,
    WindowState.NOT_YET_OPEN,
    WindowState.CLOSED_BY_FUNDS,
    WindowState.CLOSED_BY_DATE,
)


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure in the edition to speak of on the day, with the state of its window and its ceilings in words."""

    measure: Measure
    edition: Edition
    state: WindowState
    amounts: tuple[str, ...]


@bp.get("/measures")
@requires(Permission.KNOWLEDGE_READ)
def measures() -> ResponseReturnValue:
    """Show the measures on the day that the address names, else today; without a readable day it says so."""
    day, problems = clock.today(), {}
    typed = request.args.get("on", "").strip()
    try:
        day = parse_date(typed) if typed else day
    except ValueError as refusal:
        problems = {"on": f"{refusal}。以下是今天的情形。"}
    kind, state, theme = asked(MeasureKind, "kind"), asked(WindowState, "state"), asked(Theme, "theme")
    rows = rows_on(equipment().knowledge.measures.values(), day)
    shown = [row for row in rows if _wanted(row, kind, state, theme)]
    page = render_template(
        "agents/measures.html",
        day=day,
        typed=typed,
        problems=problems,
        rows=shown,
        open_count=sum(row.state is WindowState.OPEN for row in shown),
        chosen={"kind": kind, "state": state, "theme": theme},
        choices={
            "kind": choices(MeasureKind),
            "state": [pair for each in IN_ORDER for pair in choices(WindowState) if pair[0] == each],
            "theme": choices(Theme),
        },
    )
    return page, 422 if problems else 200


def rows_on(measures: Iterable[Measure], day: date) -> list[MeasureRow]:
    """Return the measures on a day: open ones by deadline, coming ones by opening, closed ones latest first."""
    return sorted((_row(measure, day) for measure in measures), key=_place)


def _row(measure: Measure, day: date) -> MeasureRow:
    edition = edition_at(measure, day)
    amounts = tuple(map(amount_in_words, edition.amounts))
    return MeasureRow(measure, edition, window_state(edition, day), amounts)


def _place(row: MeasureRow) -> tuple[int, float]:
    window, ends = row.edition.window, closes_at(row.edition).timestamp()
    if row.state is WindowState.NOT_YET_OPEN and window.opens_at:
        return IN_ORDER.index(row.state), window.opens_at.timestamp()
    return IN_ORDER.index(row.state), ends if row.state is WindowState.OPEN else -ends


def _wanted(
    row: MeasureRow, kind: MeasureKind | None, state: WindowState | None, theme: Theme | None
) -> bool:
    """Tell whether a row passes the filters; a measure that names no theme is for each."""
    themes = {text.theme for text in row.measure.themes if text.theme}
    return (
        kind in {None, row.measure.kind}
        and state in {None, row.state}
        and (theme is None or not themes or theme in themes)
    )
