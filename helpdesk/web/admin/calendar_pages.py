"""The office calendar: its years and their special days, importing the government's file, downloads.

Between preview and import the browser holds what the file said: the parsed days, signed with the
application's secret for an hour. Signed, because then what was looked at is what is imported, whoever holds
it meanwhile; a copy of the file in the page could be exchanged and would have to be read and judged anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.business_time import NoWorkingTime
from helpdesk.policy.change_reason import LONGEST_REASON, ReasonProblem, parse_reason
from helpdesk.policy.move_summary import summary_of
from helpdesk.policy.office_calendar_file import YEARS, OfficeYear, differences, write_office_calendar
from helpdesk.policy.office_calendar_reading import CalendarFileProblem, RowProblem, read_office_calendar
from helpdesk.policy.permissions import Permission
from helpdesk.policy.service_calendar import SpecialDay
from helpdesk.queries.office_years import office_years
from helpdesk.queries.terms_history import terms_history
from helpdesk.services.terms_changes import StaleTerms, moves_under
from helpdesk.services.terms_proposals import propose_years
from helpdesk.web.access import requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.change_progress import applied, never_due, new_token
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import changes_terms, read_again, reads

LARGEST_FILE = 2_000_000
SECONDS_SIGNED = 3600
EXPIRED = "預覽已經超過一小時，或內容不完整，請重新選擇檔案"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was imported, at the field, and the rows concerned when the file itself is to blame."""

    sentence: str
    rows: tuple[RowProblem, ...] = ()
    total: int = 0


@bp.get("/calendar")
@requires(Permission.TERMS_CHANGE)
def calendar() -> ResponseReturnValue:
    """Show the years, the special days of one, and the form for the government's file."""
    return _page()


@bp.get("/calendar/<int:year>.csv")
@requires(Permission.TERMS_CHANGE)
def export_year(year: int) -> ResponseReturnValue:
    """Send a year as the official file has it; the mark at its beginning lets Excel read it."""
    if year not in YEARS:
        abort(404)
    text = write_office_calendar(equipment().calendar, year)
    answer = Response(text.encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="office-calendar-{year}.csv"'
    return answer


@bp.post("/calendar/preview")
@requires(Permission.TERMS_CHANGE)
@reads
def preview_import() -> ResponseReturnValue:
    """Show which days change and which due dates move with them; nothing is written."""
    uploaded = request.files.get("calendar")
    content = uploaded.read(LARGEST_FILE + 1) if uploaded else b""
    if not uploaded or not uploaded.filename:
        return _page(Refused("請選擇要匯入的 CSV 檔")), 422
    if len(content) > LARGEST_FILE:
        return _page(Refused("檔案超過 2 MB，辦公日曆一年約 10 KB，請確認選對檔案")), 422
    try:
        return _preview(read_office_calendar(content))
    except CalendarFileProblem as refusal:
        told = Refused(f"檔案有 {refusal.total:,} 個問題，沒有匯入任何日期", refusal.problems, refusal.total)
        return _page(told), 422


@bp.post("/calendar")
@requires(Permission.TERMS_CHANGE)
@changes_terms
def import_calendar() -> ResponseReturnValue:
    """Take the previewed years over, unless somebody changed the terms since."""
    try:
        years = _signed_years(request.form.get("years", ""))
    except BadData:
        return _page(Refused(EXPIRED)), 422
    try:
        reason = parse_reason(request.form.get("reason", ""))
        proposal = propose_years(db.session(), years, equipment=equipment())
        change = applied(proposal, reason=reason, now=clock.now())
    except ReasonProblem as refusal:
        read_again()
        return _preview(years, problem=str(refusal))
    except StaleTerms as refusal:
        read_again()
        return _preview(years, stale=str(refusal))
    except NoWorkingTime as refusal:
        read_again()
        return _page(Refused(never_due(refusal))), 422
    flash(f"已{change.words}，{change.moved:,} 項時效改了到期時間。", "success")
    return redirect(url_for("admin.calendar", year=years[0].year))


def _page(refused: Refused | None = None) -> str:
    tools, session = equipment(), db.session()
    today = clock.now().astimezone(tools.calendar.zone).date()
    year = request.args.get("year", today.year, type=int)
    year = year if year in YEARS else today.year
    days = sorted(tools.calendar.special_days.items())
    return render_template(
        "admin/calendar.html",
        years=office_years(session, calendar=tools.calendar, shown=year, today=today),
        year=year,
        days=[special for on, special in days if on.year == year],
        changes=terms_history(session),
        refused=refused,
    )


def _preview(
    years: Sequence[OfficeYear], *, problem: str | None = None, stale: str | None = None
) -> ResponseReturnValue:
    session, tools, now = db.session(), equipment(), clock.now()
    proposal = propose_years(session, years, equipment=tools)
    try:
        moved = summary_of(moves_under(session, proposal, equipment=tools, now=now), tools.calendar)
    except NoWorkingTime as refusal:
        return _page(Refused(never_due(refusal))), 422
    page = render_template(
        "admin/calendar_preview.html",
        years=[(year.year, differences(tools.calendar.special_days, year)) for year in years],
        moved=moved,
        signed=_signer().dumps(
            [[y.year, [[d.on.isoformat(), d.working, d.name] for d in y.days]] for y in years]
        ),
        reason=request.form.get("reason", ""),
        problems={"reason": problem} if problem else {},
        longest_reason=LONGEST_REASON,
        stale=stale,
        based_on=tools.terms.version,
        progress=new_token(),
    )
    return page, 409 if stale else 422 if problem else 200


def _signed_years(text: str) -> tuple[OfficeYear, ...]:
    """Return the years that a preview signed. Raises BadData for anything else, and after an hour."""
    loaded: list[Any] = _signer().loads(text, max_age=SECONDS_SIGNED)
    return tuple(
        OfficeYear(
            year, tuple(SpecialDay(date.fromisoformat(on), working, name) for on, working, name in days)
        )
        for year, days in loaded
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="office-calendar")
