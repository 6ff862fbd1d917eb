"""Why a clock of an organisation's own referral is due when it is; nothing else of the case."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.permissions import Permission
from helpdesk.queries.clock_explained import clock_story
from helpdesk.queries.partner_inbox import reference_of
from helpdesk.web.access import current_account, requires
from helpdesk.web.installation import equipment
from helpdesk.web.partners import bp


@bp.get("/referrals/<int:referral_id>/clocks/<int:clock_id>")
@requires(Permission.REFERRAL_ANSWER)
def explain_clock(referral_id: int, clock_id: int) -> ResponseReturnValue:
    """Show how the due date came about; another organisation's clock is one that never was."""
    tools = equipment()
    story = clock_story(
        db.session(), clock_id, knowledge=tools.knowledge, calendar=tools.calendar,
        now=clock.now(), organisation=current_account().organisation or "",
    )  # fmt: skip
    if story is None or story.clock.referral_id != referral_id:
        abort(404)
    return render_template(
        "partners/clock.html", referral_id=referral_id, reference=reference_of(referral_id), story=story
    )
