"""What an agent looks at between cases: today's work, the queue, search, calls, the outbox."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.permissions import Permission
from helpdesk.queries import case_queue
from helpdesk.queries.agent_home import agent_home
from helpdesk.queries.call_log import calls_to_return, recent_calls
from helpdesk.queries.case_queue import Cursor, QueueView
from helpdesk.queries.enterprise_lookup import find_cases
from helpdesk.queries.outbox_rows import PAGE, outbox_rows
from helpdesk.web.access import current_account, requires
from helpdesk.web.agents import bp
from helpdesk.web.installation import equipment
from helpdesk.web.row_ids import row_id


@bp.get("/")
@requires(Permission.CASE_READ)
def home() -> ResponseReturnValue:
    """Show today's work."""
    calendar = equipment().calendar
    work = agent_home(db.session(), account_id=current_account().id, calendar=calendar, now=clock.now())
    return render_template("agents/home.html", work=work)


@bp.get("/cases")
@requires(Permission.CASE_READ)
def queue() -> ResponseReturnValue:
    """Show one view of the queue, a page at a time."""
    asked = request.args.get("view", QueueView.UNFINISHED)
    view = QueueView(asked) if asked in {*QueueView} else abort(404)
    account_id, now = current_account().id, clock.now()
    calendar = equipment().calendar
    after = Cursor.parse(request.args.get("after", ""))
    shown = case_queue.page(
        db.session(), view, account_id=account_id, calendar=calendar, now=now, after=after
    )
    counts = case_queue.counts(db.session(), account_id=account_id, now=now)
    return render_template(
        "agents/queue.html",
        view=view,
        views=QueueView,
        page=shown,
        counts=counts,
        counted_to=case_queue.COUNTED_TO,
        after=after,
    )


@bp.get("/search")
@requires(Permission.CASE_READ)
def search() -> ResponseReturnValue:
    """Find cases by number, 統一編號, phone or name; a single hit by its number opens at once."""
    asked = request.args.get("q", "")
    found = find_cases(db.session(), asked)
    if len(found) == 1 and asked.strip().upper() == found[0].number:
        return redirect(url_for("agents.show_case", number=found[0].number))
    return render_template("agents/search.html", asked=asked, found=found)


@bp.get("/calls")
@requires(Permission.CASE_READ)
def calls() -> ResponseReturnValue:
    """Show the calls to return and the latest calls."""
    calendar = equipment().calendar
    return render_template(
        "agents/calls.html",
        to_return=calls_to_return(db.session(), calendar=calendar, now=clock.now()),
        recent=recent_calls(db.session()),
    )


@bp.get("/outbox")
@requires(Permission.OUTBOX_READ)
def outbox() -> ResponseReturnValue:
    """Show what was told to whom, and what could not be delivered."""
    asked = request.args.get("state", "")
    state = DeliveryState(asked) if asked in {*DeliveryState} else None
    before = request.args.get("before", type=row_id)
    rows = outbox_rows(db.session(), state=state, before_id=before)
    older = rows[-1].id if len(rows) == PAGE else None
    return render_template("agents/outbox.html", rows=rows, state=state, states=DeliveryState, older=older)
