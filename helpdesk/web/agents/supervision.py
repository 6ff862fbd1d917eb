"""What a supervisor looks at: who holds the promises that run, and how many were kept."""

from enum import StrEnum
from typing import TypeVar

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.attainment import Dimension, month_in_words
from helpdesk.policy.deadlines import ClockState
from helpdesk.policy.permissions import Permission
from helpdesk.queries import attainment_rows, open_clocks
from helpdesk.queries.attainment_rows import Key
from helpdesk.queries.case_queue import Cursor
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.attainment_picture import PICTURE
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.months import asked_month, month_choices
from knowledge_base.records.vocabulary import Metric

Member = TypeVar("Member", bound=StrEnum)


@bp.get("/supervision")
@requires(Permission.REPORT_READ)
def supervision() -> ResponseReturnValue:
    """Show the open clocks by holder, and the promises kept in a month and in the year up to it."""
    now, month, dimension = clock.now(), asked_month(), asked(Dimension, "by") or Dimension.CATEGORY
    holders = open_clocks.by_holder(db.session(), knowledge=equipment().knowledge, now=now)
    parts = attainment_rows.by_dimension(db.session(), dimension, month)
    months = attainment_rows.by_month(db.session(), month)
    return render_template(
        "agents/supervision.html",
        holders=holders,
        states=open_clocks.OPEN_STATES,
        sums={state: sum(row.counts.get(state, 0) for row in holders) for state in open_clocks.OPEN_STATES},
        columns=[(metric, label(metric)) for metric in Metric],
        dimension=dimension,
        dimensions=Dimension,
        month=f"{month:%Y-%m}",
        month_name=month_in_words(month),
        choices=month_choices(month),
        parts=[(part_name(key, dimension), tallies) for key, tallies in parts.items()],
        total=attainment_rows.summed(parts.values()),
        months=[(month_in_words(each), tallies) for each, tallies in months.items()],
        year=any(months.values()),
        picture=PICTURE,
    )


@bp.get("/supervision/clocks")
@requires(Permission.REPORT_READ)
def supervised_clocks() -> ResponseReturnValue:
    """Show the open clocks behind a figure, longest overdue first, a page at a time."""
    tools = equipment()
    holder, state, metric = asked_clocks()
    after = Cursor.parse(request.args.get("after", ""))
    page = open_clocks.open_clocks(
        db.session(), calendar=tools.calendar, now=clock.now(),
        holder=holder, state=state, metric=metric, after=after,
    )  # fmt: skip
    names = open_clocks.holder_names(db.session(), knowledge=tools.knowledge)
    return render_template(
        "agents/supervision_clocks.html",
        page=page,
        after=after,
        names=names,
        chosen={"holder": holder, "state": state, "metric": metric},
        states=[(each, label(each)) for each in open_clocks.OPEN_STATES],
        metrics=[(each, label(each)) for each in Metric],
    )


def asked_clocks() -> tuple[str | None, ClockState | None, Metric | None]:
    """Return the holder, state and metric that the address asks for, None for any."""
    return request.args.get("holder") or None, asked(ClockState, "state"), asked(Metric, "metric")


def asked(members: type[Member], name: str) -> Member | None:
    """Return the member that the address names; 404 for one that there is not."""
    value = request.args.get(name, "")
    if value and value not in {*members}:
        abort(404)
    return members(value) if value else None


def part_name(key: Key, dimension: Dimension) -> str:
    """Return the words for a part that a dimension tells apart."""
    if key is None:
        return {Dimension.CATEGORY: "待分類", Dimension.ORGANISATION: "服務窗口"}[dimension]
    if isinstance(key, StrEnum):
        return label(key)
    organisation = equipment().knowledge.organisations.get(key)
    return organisation.short_name if organisation else key
