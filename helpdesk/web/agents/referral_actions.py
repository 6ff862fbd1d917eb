"""What the desk does to a referral after the offer: recall, resubmit, cancel, reclaim, void."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.permissions import Permission, may
from helpdesk.policy.referral_lifecycle import MissingPart, ReferralEvent, Side
from helpdesk.policy.text_rules import BadText
from helpdesk.services.referrals import acting
from helpdesk.services.referrals.offering import NotACandidate
from helpdesk.services.timeline import StaleForm, refuse_stale
from helpdesk.services.timeline import acting as actor_of
from helpdesk.web.access import current_account, requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.case_view import case_screen
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.referral_input import BadInput, missing_words, parse_given
from helpdesk.web.row_ids import row_id

NEWEST = 2**31 - 1


@bp.post("/referrals/<int:referral_id>/<event>")
@requires(Permission.REFERRAL_OFFER)
def referral_event(referral_id: int, event: str) -> ResponseReturnValue:
    """Apply an event of the desk's side; supervisors may also reclaim and void."""
    chosen = ReferralEvent(event) if event in {*ReferralEvent} else abort(404)
    referral = acting.locked(db.session(), referral_id) or abort(404)
    number, now = referral.case.number, clock.now()
    overrules = may(current_account().role, Permission.REFERRAL_OVERRULE)
    sides = frozenset({Side.DESK, Side.SUPERVISOR} if overrules else {Side.DESK})
    problem = None
    try:
        refuse_stale(db.session(), referral.case, request.form.get("version", NEWEST, type=row_id))
        given = parse_given(request.form, chosen, now=now)
        acting.apply(
            db.session(), referral, chosen, given, sides=sides, actor=actor_of(current_account()),
            equipment=equipment(), now=now,
        )  # fmt: skip
    except StaleForm as stale:
        return case_screen(number, typed=request.form, changes=stale.changes), 409
    except MissingPart as refusal:
        problem = missing_words(refusal)
    except (BadInput, BadText) as refusal:
        problem = str(refusal)
    except NotACandidate as refusal:
        problem = f"不能轉介：{'、'.join(label(why) for why in refusal.because)}。"
    except acting.NotYours:
        abort(403)
    if problem is not None:
        db.session.rollback()
        return case_screen(number, typed=request.form, problems={f"referral-{referral_id}": problem}), 422
    flash(f"轉介：{label(chosen)}。", "success")
    return redirect(url_for("agents.show_case", number=number))
