"""Closures: what was declared, the form, the preview of what moves, declaring and withdrawing.

Every page between the form and the change carries all that was typed; nothing is written before the last.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.amendment import DeclaredClosure
from helpdesk.policy.business_time import NoWorkingTime
from helpdesk.policy.change_reason import LONGEST_REASON, ReasonProblem, parse_reason
from helpdesk.policy.closure_rules import (
    LONGEST_CLOSURE_REASON,
    ClosureProblem,
    ClosureTyped,
    closure_in_words,
    parse_closure,
)
from helpdesk.policy.move_summary import summary_of
from helpdesk.policy.permissions import Permission
from helpdesk.policy.service_calendar import Closure
from helpdesk.queries.declared_closures import closure_book
from helpdesk.services.terms_changes import StaleTerms, moves_under
from helpdesk.services.terms_in_force import as_closure
from helpdesk.services.terms_proposals import NotInForce, propose_closure, propose_withdrawal
from helpdesk.web.access import requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.change_progress import applied, never_due, new_token
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import changes_terms, read_again, reads
from knowledge_base.lookup import normalise_county

ALREADY = "這次停班已經宣告過，沒有再宣告一次。"


@bp.get("/closures")
@requires(Permission.TERMS_CHANGE)
def closures() -> ResponseReturnValue:
    """Show every closure and the form for another."""
    return _page(ClosureTyped(first_on=""))


@bp.post("/closures/form")
@requires(Permission.TERMS_CHANGE)
@reads
def edit_closure() -> ResponseReturnValue:
    """Show the form with what was typed before the preview."""
    return _page(_typed())


@bp.post("/closures/preview")
@requires(Permission.TERMS_CHANGE)
@reads
def preview_closure() -> ResponseReturnValue:
    """Show what the closure would move; nothing is written."""
    try:
        return _preview(_parsed(existing=equipment().calendar.closures))
    except ClosureProblem as refusal:
        return _page(_typed(), refusal.problems), 422


@bp.post("/closures")
@requires(Permission.TERMS_CHANGE)
@changes_terms
def declare_closure() -> ResponseReturnValue:
    """Declare the closure, unless somebody changed the terms since the preview; a second click does nothing."""
    tools = equipment()
    try:
        if _parsed(existing=()) in tools.calendar.closures:
            flash(ALREADY, "info")
            return redirect(url_for("admin.closures"))
        closure = _parsed(existing=tools.calendar.closures)
        proposal = propose_closure(db.session(), closure, equipment=tools)
        change = applied(proposal, reason=closure.reason, now=clock.now())
    except ClosureProblem as refusal:
        return _page(_typed(), refusal.problems), 422
    except StaleTerms as refusal:
        read_again()
        return _preview(closure, stale=str(refusal))
    except NoWorkingTime as refusal:
        read_again()
        return _page(_typed(), _too_long(refusal)), 422
    flash(f"已宣告停班，{change.moved:,} 項時效改了到期時間。", "success")
    return redirect(url_for("admin.closures"))


@bp.get("/closures/<int:closure_id>/withdraw")
@requires(Permission.TERMS_CHANGE)
def preview_withdrawal(closure_id: int) -> ResponseReturnValue:
    """Show what moves back when the closure is withdrawn; nothing is written."""
    return _withdrawal(_declared(closure_id))


@bp.post("/closures/<int:closure_id>/withdraw")
@requires(Permission.TERMS_CHANGE)
@changes_terms
def withdraw_closure(closure_id: int) -> ResponseReturnValue:
    """Withdraw the closure, unless somebody changed the terms since the preview."""
    declared, tools, now = _declared(closure_id), equipment(), clock.now()
    try:
        reason = parse_reason(request.form.get("reason", ""))
        proposal = propose_withdrawal(
            db.session(), declared, equipment=tools, now=now, rest_only=_rest_only()
        )
        change = applied(proposal, reason=reason, now=now)
    except ReasonProblem as refusal:
        read_again()
        return _withdrawal(declared, problems={"reason": str(refusal)})
    except NotInForce as refusal:
        return _refused(refusal)
    except StaleTerms as refusal:
        read_again()
        return _withdrawal(declared, stale=str(refusal))
    flash(f"已撤回停班，{change.moved:,} 項時效改了到期時間。", "success")
    return redirect(url_for("admin.closures"))


def _page(typed: ClosureTyped, problems: Mapping[str, str] | None = None) -> str:
    tools, now = equipment(), clock.now()
    regions: dict[str, list[str]] = {}
    for county in tools.knowledge.counties.values():
        regions.setdefault(county.region, []).append(county.id)
    return render_template(
        "admin/closures.html",
        book=closure_book(db.session(), zone=tools.calendar.zone, now=now),
        regions=regions,
        typed=typed,
        problems=problems or {},
        longest_reason=LONGEST_CLOSURE_REASON,
    )


def _preview(closure: Closure, *, stale: str | None = None) -> ResponseReturnValue:
    session, tools, now = db.session(), equipment(), clock.now()
    proposal = propose_closure(session, closure, equipment=tools)
    try:
        moved = summary_of(moves_under(session, proposal, equipment=tools, now=now), tools.calendar)
    except NoWorkingTime as refusal:
        return _page(_typed(), _too_long(refusal)), 422
    page = render_template(
        "admin/closure_preview.html",
        words=closure_in_words(closure, tools.calendar.zone),
        begun=closure.starts_at <= now,
        moved=moved,
        seats=_seats(closure),
        typed=_typed(),
        stale=stale,
        **_carried(),
    )
    return page, 409 if stale else 200


def _withdrawal(
    declared: DeclaredClosure, *, problems: Mapping[str, str] | None = None, stale: str | None = None
) -> ResponseReturnValue:
    session, tools, now = db.session(), equipment(), clock.now()
    try:
        proposal = propose_withdrawal(session, declared, equipment=tools, now=now, rest_only=_rest_only())
    except NotInForce as refusal:
        return _refused(refusal)
    closure = as_closure(declared)
    page = render_template(
        "admin/closure_withdrawal.html",
        closure_id=declared.id,
        begun=closure.starts_at < now,
        rest_only=_rest_only(),
        words=closure_in_words(closure, tools.calendar.zone),
        moved=summary_of(moves_under(session, proposal, equipment=tools, now=now), tools.calendar),
        reason=request.form.get("reason", ""),
        problems=problems or {},
        longest_reason=LONGEST_REASON,
        stale=stale,
        **_carried(),
    )
    return page, 409 if stale else 422 if problems else 200


def _rest_only() -> bool:
    """Tell whether only what is left of the closure is to be withdrawn."""
    return request.values.get("part") == "rest"


def _carried() -> dict[str, object]:
    return {"based_on": equipment().terms.version, "progress": new_token()}


def _seats(closure: Closure) -> dict[str, list[str]]:
    """Return, by the names people use, whose office lies where it is closed, and of whom nobody knows where."""
    active = [o for o in equipment().knowledge.organisations.values() if o.active]
    return {
        "stopped": [o.short_name for o in active if o.seat and closure.applies_to(o.seat)],
        "unknown": [o.short_name for o in active if o.seat is None],
    }


def _parsed(*, existing: tuple[Closure, ...]) -> Closure:
    tools = equipment()
    counties = partial(normalise_county, tools.knowledge)
    return parse_closure(
        _typed(), zone=tools.calendar.zone, counties=counties, now=clock.now(), existing=existing
    )


def _typed() -> ClosureTyped:
    form = request.form
    typed = ClosureTyped(first_on=form.get("first_on", ""), counties=tuple(form.getlist("counties")))
    words = {name: form.get(name, "") for name in ("last_on", "opens_from", "until", "reason")}
    return replace(typed, everywhere=form.get("scope") == "everywhere", **words)  # type: ignore[arg-type]


def _declared(closure_id: int) -> DeclaredClosure:
    return db.session.get(DeclaredClosure, closure_id) or abort(404)


def _refused(refusal: NotInForce) -> ResponseReturnValue:
    flash(str(refusal), "info")
    return redirect(url_for("admin.closures"))


def _too_long(refusal: NoWorkingTime) -> dict[str, str]:
    return {"first_on": never_due(refusal, "請縮短停班")}
