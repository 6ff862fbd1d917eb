"""One referral as its organisation sees and answers it. Every look at a packet is recorded."""

import secrets
from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.disclosure import Disclosure
from helpdesk.policy.events import EventKind
from helpdesk.policy.permissions import Permission
from helpdesk.policy.referral_lifecycle import (
    DeclineReason,
    IllegalReferralEvent,
    MissingPart,
    Outcome,
    ReferralEvent,
    Side,
    allowed,
)
from helpdesk.policy.text_rules import BadText
from helpdesk.queries.partner_inbox import PartnerReferral, partner_referral
from helpdesk.services.referrals import acting
from helpdesk.services.timeline import acting as actor_of
from helpdesk.services.timeline import record
from helpdesk.web.access import current_account, requires
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.partners import bp
from helpdesk.web.referral_input import TAIPEI, BadInput, missing_words, parse_given
from helpdesk.web.transaction import writes


@bp.get("/referrals/<int:referral_id>")
@requires(Permission.REFERRAL_ANSWER)
@writes
def show_referral(referral_id: int) -> ResponseReturnValue:
    """Show the referral to the degree its state discloses; a packet that is seen is recorded."""
    return _page(_own(referral_id), {}, {})


@bp.post("/referrals/<int:referral_id>/<event>")
@requires(Permission.REFERRAL_ANSWER)
def answer(referral_id: int, event: str) -> ResponseReturnValue:
    """Apply an event of the target's side; a refusal shows the page with all that was typed."""
    chosen = ReferralEvent(event) if event in {*ReferralEvent} else abort(404)
    organisation, now = current_account().organisation, clock.now()
    referral = acting.locked(db.session(), referral_id, organisation=organisation) or abort(404)
    try:
        acting.apply(
            db.session(), referral, chosen, parse_given(request.form, chosen, now=now),
            sides=frozenset({Side.TARGET}), actor=actor_of(current_account()),
            equipment=equipment(), now=now, event_key=_event_key(referral_id, chosen),
        )  # fmt: skip
    except MissingPart as refusal:
        return _again(referral_id, chosen, {refusal.field: missing_words(refusal)})
    except BadInput as refusal:
        return _again(referral_id, chosen, {refusal.field: str(refusal)})
    except BadText as refusal:
        return _again(referral_id, chosen, {"text": str(refusal)})
    except IllegalReferralEvent as refusal:
        can = "、".join(label(each) for each in allowed(refusal.status, side=Side.TARGET)) or "無"
        words = f"轉介已是「{label(refusal.status)}」，不能「{label(chosen)}」。現在可以：{can}。"
        return _again(referral_id, chosen, {"text": words}, code=409)
    except acting.HoldTooLong as refusal:
        return _again(referral_id, chosen, {"until_on": str(refusal)})
    except acting.NotYours:
        abort(403)
    flash(f"已記錄：{label(chosen)}。", "success")
    return redirect(url_for("partners.show_referral", referral_id=referral_id))


@bp.get("/referrals/<int:referral_id>/files/<int:attachment_id>")
@requires(Permission.REFERRAL_ANSWER)
@writes
def download(referral_id: int, attachment_id: int) -> ResponseReturnValue:
    """Hand out a file of the packet; the desk can read who took it."""
    shown = _own(referral_id)
    file = next((file for file in shown.attachments if file.id == attachment_id), None) or abort(404)
    _record(referral_id, EventKind.FILE_DOWNLOADED, sha256=file.sha256)
    path = equipment().files.path(file.stored_as)
    return send_file(path, mimetype=file.content_type, as_attachment=True, download_name=file.filename)


def _own(referral_id: int) -> PartnerReferral:
    """Return the organisation's own referral; another's is answered like one that never was."""
    organisation = current_account().organisation or ""
    calendar = equipment().calendar
    shown = partner_referral(db.session(), referral_id, organisation, calendar=calendar, now=clock.now())
    return shown or abort(404)


def _again(
    referral_id: int, event: ReferralEvent, problems: Mapping[str, str], *, code: int = 422
) -> ResponseReturnValue:
    db.session.rollback()
    return _page(_own(referral_id), request.form, problems, event), code


def _page(
    shown: PartnerReferral,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    event: ReferralEvent | None = None,
) -> str:
    if shown.disclosure is Disclosure.PACKET and request.method == "GET":
        _record(shown.id, EventKind.REFERRAL_VIEWED)
    return render_template(
        "partners/referral.html",
        shown=shown,
        typed=typed,
        problems=problems,
        refused_event=event,
        event_key=secrets.token_urlsafe(12),
        reasons=DeclineReason,
        outcomes=Outcome,
        others=_others(),
        organisation=equipment().knowledge.organisations[current_account().organisation or ""],
        local_now=clock.now().astimezone(TAIPEI).strftime("%Y-%m-%dT%H:%M"),
    )


def _others() -> list[tuple[str, str]]:
    """Return the organisations that can be suggested: slug and name."""
    own, known = current_account().organisation, equipment().knowledge.organisations
    return [(o.slug, o.name) for o in known.values() if o.active and o.slug != own]


def _record(referral_id: int, kind: EventKind, **data: str) -> None:
    referral = acting.locked(db.session(), referral_id) or abort(404)
    record(
        db.session(), referral.case, kind, actor=actor_of(current_account()), now=clock.now(),
        referral=referral, **data,
    )  # fmt: skip


def _event_key(referral_id: int, event: ReferralEvent) -> str | None:
    """Return the key that a page gives its forms, so that a form sent twice acts once."""
    key = request.form.get("event_key", "")[:60]
    return f"page:{referral_id}:{event}:{key}" if key else None
