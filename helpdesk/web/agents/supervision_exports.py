"""The supervisor's tables as CSV: what stands on the screen, a line a figure, for a spreadsheet."""

from collections.abc import Iterable
from datetime import timedelta

from flask import Response

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.attainment import Dimension, month_in_words
from helpdesk.policy.permissions import Permission
from helpdesk.policy.time_in_words import roc_datetime
from helpdesk.queries import attainment_rows, open_clocks
from helpdesk.queries.attainment_rows import Tallies
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.supervision import asked, asked_clocks, part_name
from helpdesk.web.csv_file import Cell, csv_file
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.months import asked_month

CLOCKS = ("案號", "業者", "主旨", "時效", "狀態", "在誰手上", "開始", "到期", "剩餘或逾期", "逾期工時（分）")
SHARES = ("時效", "如期", "逾期", "件數", "達成率（%）")


@bp.get("/supervision/holders.csv")
@requires(Permission.REPORT_READ)
def export_holders() -> Response:
    """Send the open clocks by holder and state."""
    knowledge = equipment().knowledge
    holders = open_clocks.by_holder(db.session(), knowledge=knowledge, now=clock.now())
    states = open_clocks.OPEN_STATES
    rows: list[tuple[Cell, ...]] = [
        (row.name, *(row.counts.get(state, 0) for state in states), row.total) for row in holders
    ]
    return csv_file("open-clocks-by-holder", ("在誰手上", *map(label, states), "合計"), rows)


@bp.get("/supervision/clocks.csv")
@requires(Permission.REPORT_READ)
def export_clocks() -> Response:
    """Send all open clocks that the list shows page by page."""
    tools = equipment()
    holder, state, metric = asked_clocks()
    page = open_clocks.open_clocks(
        db.session(), calendar=tools.calendar, now=clock.now(),
        holder=holder, state=state, metric=metric, limit=None,
    )  # fmt: skip
    names = open_clocks.holder_names(db.session(), knowledge=tools.knowledge)
    rows = [
        (
            row.number,
            row.enterprise,
            row.subject,
            label(row.clock.metric),
            label(row.clock.state),
            names.get(row.holder, row.holder),
            roc_datetime(row.clock.started_at),
            roc_datetime(row.clock.due_at) if row.clock.due_at else None,
            row.clock.words,
            row.overdue // timedelta(minutes=1) if row.overdue is not None else None,
        )
        for row in page.rows
    ]
    return csv_file("open-clocks", CLOCKS, rows)


@bp.get("/supervision/attainment.csv")
@requires(Permission.REPORT_READ)
def export_attainment() -> Response:
    """Send the promises of a month, told apart as on the screen."""
    month, dimension = asked_month(), asked(Dimension, "by") or Dimension.CATEGORY
    found = attainment_rows.by_dimension(db.session(), dimension, month)
    parts = ((part_name(key, dimension), tallies) for key, tallies in found.items())
    return csv_file(f"attainment-{month:%Y-%m}-{dimension}", (label(dimension), *SHARES), shares(parts))


@bp.get("/supervision/months.csv")
@requires(Permission.REPORT_READ)
def export_months() -> Response:
    """Send the promises of twelve months."""
    month = asked_month()
    found = attainment_rows.by_month(db.session(), month)
    months = ((month_in_words(each), tallies) for each, tallies in found.items())
    return csv_file(f"attainment-year-to-{month:%Y-%m}", ("月份", *SHARES), shares(months))


def shares(parts: Iterable[tuple[str, Tallies]]) -> list[tuple[Cell, ...]]:
    """Return a line for each part and metric that has a verdict."""
    return [
        (name, label(metric), tally.kept, tally.broken, tally.total, tally.percent)
        for name, tallies in parts
        for metric, tally in sorted(tallies.items())
    ]
