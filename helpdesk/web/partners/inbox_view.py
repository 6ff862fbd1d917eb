"""The inbox: to answer, in hand, done."""

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.permissions import Permission
from helpdesk.queries.partner_inbox import inbox as read_inbox
from helpdesk.web.access import current_account, requires
from helpdesk.web.installation import equipment
from helpdesk.web.partners import bp


@bp.get("/")
@requires(Permission.REFERRAL_ANSWER)
def inbox() -> ResponseReturnValue:
    """Show the referrals of the signed-in person's organisation, and of no other."""
    runtime, organisation = equipment(), current_account().organisation or ""
    lists = read_inbox(db.session(), organisation, calendar=runtime.calendar, now=clock.now())
    return render_template(
        "partners/inbox.html", lists=lists, organisation=runtime.knowledge.organisations[organisation]
    )
