"""Why a clock of a case is due when it is."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.permissions import Permission
from helpdesk.queries.clock_explained import clock_story
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.installation import equipment


@bp.get("/cases/<number>/clocks/<int:clock_id>")
@requires(Permission.CASE_READ)
def explain_clock(number: str, clock_id: int) -> ResponseReturnValue:
    """Show how the due date came about; a clock of another case is one that never was."""
    tools = equipment()
    story = clock_story(
        db.session(), clock_id, knowledge=tools.knowledge, calendar=tools.calendar,
        now=clock.now(), case_number=number,
    )  # fmt: skip
    return render_template("agents/clock.html", number=number, story=story or abort(404))
