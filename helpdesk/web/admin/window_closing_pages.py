"""Windows that closed before their printed deadline: what was recorded, the form, the preview, withdrawing.

Every page between the form and the change carries all that was typed; nothing is written before the last.
"""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.amendment import RecordedClosing
from helpdesk.policy.change_reason import LONGEST_REASON, ReasonProblem, parse_reason
from helpdesk.policy.permissions import Permission
from helpdesk.policy.window_closings import (
    ClosingProblem,
    ClosingTyped,
    RecordedAlready,
    WindowClosing,
    WindowClosingKind,
    closing_in_words,
    parse_closing,
)
from helpdesk.queries.recorded_closings import closing_book
from helpdesk.services.catalogue_proposals import propose_window_closing, propose_window_reopening
from helpdesk.services.terms_changes import StaleTerms
from helpdesk.services.terms_in_force import as_closing
from helpdesk.services.terms_proposals import NotInForce, Proposal
from helpdesk.web.access import requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.catalogue_effects import answers_file, carried, effects_of
from helpdesk.web.admin.change_progress import applied
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import changes_terms, read_again, reads

FIELDS = ("window", "kind", "on", "at", "reason")
ALREADY = "這個截止時間已經記錄過，沒有再記一次。"


@bp.get("/window-closings")
@requires(Permission.CATALOGUE_CHANGE)
def window_closings() -> ResponseReturnValue:
    """Show every recorded closing and the form for another."""
    return _page()


@bp.post("/window-closings/form")
@requires(Permission.CATALOGUE_CHANGE)
@reads
def edit_window_closing() -> ResponseReturnValue:
    """Show the form with what was typed before the preview."""
    return _page()


@bp.post("/window-closings/preview")
@requires(Permission.CATALOGUE_CHANGE)
@reads
def preview_window_closing() -> ResponseReturnValue:
    """Show whose answer changes when the closing is recorded; nothing is written."""
    try:
        return _preview(*_parsed())
    except ClosingProblem as refusal:
        return _page(refusal.problems), 422


@bp.post("/window-closings/answers.csv")
@requires(Permission.CATALOGUE_CHANGE)
@reads
def export_answers_of_closing() -> ResponseReturnValue:
    """Send every open case whose answer changes when the closing is recorded."""
    try:
        return answers_file(_proposal(_parsed()[0]))
    except ClosingProblem as refusal:
        return _page(refusal.problems), 422


@bp.post("/window-closings")
@requires(Permission.CATALOGUE_CHANGE)
@changes_terms
def record_window_closing() -> ResponseReturnValue:
    """Record the closing, unless somebody changed the terms since the preview; a second click does nothing."""
    try:
        closing, reason = _parsed()
        change = applied(_proposal(closing), reason=reason, now=clock.now())
    except RecordedAlready:
        flash(ALREADY, "info")
        return redirect(url_for("admin.window_closings"))
    except ClosingProblem as refusal:
        return _page(refusal.problems), 422
    except StaleTerms as refusal:
        read_again()
        return _preview(closing, reason, stale=str(refusal))
    flash(f"已記錄：{change.words}。", "success")
    return redirect(url_for("admin.window_closings"))


@bp.get("/window-closings/<int:closing_id>/withdraw")
@requires(Permission.CATALOGUE_CHANGE)
def preview_reopening(closing_id: int) -> ResponseReturnValue:
    """Show whose answer changes when the closing is withdrawn; nothing is written."""
    return _reopening(_recorded(closing_id))


@bp.post("/window-closings/<int:closing_id>/answers.csv")
@requires(Permission.CATALOGUE_CHANGE)
@reads
def export_answers_of_reopening(closing_id: int) -> ResponseReturnValue:
    """Send every open case whose answer changes when the closing is withdrawn."""
    try:
        return answers_file(_withdrawal(_recorded(closing_id)))
    except NotInForce as refusal:
        return _refused(refusal)


@bp.post("/window-closings/<int:closing_id>/withdraw")
@requires(Permission.CATALOGUE_CHANGE)
@changes_terms
def withdraw_window_closing(closing_id: int) -> ResponseReturnValue:
    """Withdraw the closing, unless somebody changed the terms since the preview."""
    recorded = _recorded(closing_id)
    try:
        reason = parse_reason(request.form.get("reason", ""))
        change = applied(_withdrawal(recorded), reason=reason, now=clock.now())
    except ReasonProblem as refusal:
        read_again()
        return _reopening(recorded, problem=str(refusal))
    except NotInForce as refusal:
        return _refused(refusal)
    except StaleTerms as refusal:
        read_again()
        return _reopening(recorded, stale=str(refusal))
    flash(f"已{change.words}。", "success")
    return redirect(url_for("admin.window_closings"))


def _page(problems: Mapping[str, str] | None = None) -> str:
    measures = equipment().knowledge.measures.values()
    editions = [
        (f"{measure.id}/{each.key}", f"{measure.name} {each.key} 年度版")
        for measure in measures
        for each in reversed(measure.editions)
    ]
    return render_template(
        "admin/window_closings.html",
        book=closing_book(db.session()),
        editions=editions,
        kinds=WindowClosingKind,
        typed={name: request.form.get(name, "") for name in FIELDS},
        problems=problems or {},
        longest_reason=LONGEST_REASON,
    )


def _preview(closing: WindowClosing, reason: str, *, stale: str | None = None) -> ResponseReturnValue:
    page = render_template(
        "admin/window_closing_preview.html",
        words=closing_in_words(closing, equipment().knowledge),
        effects=effects_of(_proposal(closing)),
        typed={name: request.form.get(name, "") for name in FIELDS},
        stale=stale,
        **carried(None) | {"reason": reason},
    )
    return page, 409 if stale else 200


def _reopening(
    recorded: RecordedClosing, *, problem: str | None = None, stale: str | None = None
) -> ResponseReturnValue:
    try:
        effects = effects_of(_withdrawal(recorded))
    except NotInForce as refusal:
        return _refused(refusal)
    page = render_template(
        "admin/window_closing_withdrawal.html",
        closing_id=recorded.id,
        words=closing_in_words(as_closing(recorded), equipment().knowledge),
        effects=effects,
        stale=stale,
        **carried(problem),
    )
    return page, 409 if stale else 422 if problem else 200


def _proposal(closing: WindowClosing) -> Proposal:
    return propose_window_closing(db.session(), closing, equipment=equipment())


def _withdrawal(recorded: RecordedClosing) -> Proposal:
    return propose_window_reopening(db.session(), recorded, equipment=equipment())


def _parsed() -> tuple[WindowClosing, str]:
    """Return the closing and the reason that were typed. Raises ClosingProblem with everything that is wrong."""
    problems: dict[str, str] = {}
    reason, closing = "", None
    try:
        reason = parse_reason(request.form.get("reason", ""))
    except ReasonProblem as refusal:
        problems["reason"] = str(refusal)
    try:
        closing = parse_closing(_typed(), equipment().knowledge, now=clock.now())
    except RecordedAlready:
        raise
    except ClosingProblem as refusal:
        problems = {**refusal.problems, **problems}
        if place := problems.pop("measure", None) or problems.pop("edition", None):
            problems = {"window": place, **problems}
    if closing is None or problems:
        raise ClosingProblem(problems)
    return closing, reason


def _typed() -> ClosingTyped:
    measure, _, edition = request.form.get("window", "").partition("/")
    words = {name: request.form.get(name, "") for name in ("kind", "on", "at")}
    return ClosingTyped(measure=measure, edition=edition, **words)


def _recorded(closing_id: int) -> RecordedClosing:
    return db.session.get(RecordedClosing, closing_id) or abort(404)


def _refused(refusal: NotInForce) -> ResponseReturnValue:
    flash(str(refusal), "info")
    return redirect(url_for("admin.window_closings"))
