"""Targets and opening hours: what holds, the form to change it, what a change would do before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.attainment import month_before, month_in_words, month_of
from helpdesk.policy.business_time import NoWorkingTime
from helpdesk.policy.change_reason import LONGEST_REASON
from helpdesk.policy.level_changes import CLOSED, LevelChange, hours_in_words, level_changes
from helpdesk.policy.level_rules import (
    UNITS,
    LevelProblem,
    Levels,
    parse_levels,
    refuse_unreachable,
    typed_levels,
)
from helpdesk.policy.move_summary import summary_of
from helpdesk.policy.permissions import Permission
from helpdesk.policy.service_calendar import WEEKDAYS
from helpdesk.policy.service_terms import DECIDED, ServiceTerms, TermsChangeKind
from helpdesk.queries.attainment_what_if import attainment_under
from helpdesk.queries.terms_history import terms_history
from helpdesk.services.terms_changes import StaleTerms, as_if_always, moves_under, terms_of
from helpdesk.services.terms_proposals import Proposal, propose_levels
from helpdesk.web.access import requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.change_progress import applied, never_due, new_token
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import changes_terms, read_again, reads
from knowledge_base.records.vocabulary import Metric, Weekday

HISTORY = (TermsChangeKind.LEVELS_SET, TermsChangeKind.KNOWLEDGE_RELEASED)
FIELDS = ("amount-", "unit-", "opening-", "reason")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change of levels that may be put in force."""

    levels: Levels
    proposal: Proposal
    terms: ServiceTerms
    changes: tuple[LevelChange, ...]


@bp.get("/service-levels")
@requires(Permission.TERMS_CHANGE)
def service_levels() -> ResponseReturnValue:
    """Show every target, the week's hours, where each comes from, and what was changed."""
    return render_template(
        "admin/service_levels.html",
        decided=DECIDED,
        amended=level_changes(equipment().shipped, equipment().knowledge),
        hours=[
            (name, hours_in_words(equipment().knowledge.calendar.opening, day) or CLOSED)
            for name, day in zip(WEEKDAYS, Weekday, strict=True)
        ],
        shipped_hours=[
            hours_in_words(equipment().shipped.calendar.opening, day) or CLOSED for day in Weekday
        ],
        changes=terms_history(db.session(), kinds=HISTORY),
        **_known(),
    )


@bp.get("/service-levels/form")
@requires(Permission.TERMS_CHANGE)
def edit_levels() -> ResponseReturnValue:
    """Show the form with what holds, or with what was shipped when the address asks for it."""
    tools = equipment()
    shipped = request.args.get("from") == "shipped"
    return _form(typed_levels(tools.shipped if shipped else tools.knowledge), shipped_shown=shipped)


@bp.post("/service-levels/form")
@requires(Permission.TERMS_CHANGE)
@reads
def edit_levels_again() -> ResponseReturnValue:
    """Show the form with what was typed before the preview."""
    return _form(_typed())


@bp.post("/service-levels/preview")
@requires(Permission.TERMS_CHANGE)
@reads
def preview_levels() -> ResponseReturnValue:
    """Show what the change would do; nothing is written."""
    return _preview()


@bp.post("/service-levels")
@requires(Permission.TERMS_CHANGE)
@changes_terms
def set_levels() -> ResponseReturnValue:
    """Put the levels in force, unless somebody changed the terms since the preview."""
    now = clock.now()
    try:
        proposed = _proposed(now)
        change = applied(proposed.proposal, reason=proposed.levels.reason, now=now)
    except LevelProblem as refusal:
        return _form(_typed(), problems=refusal.problems), 422
    except NoWorkingTime as refusal:
        read_again()
        return _form(_typed(), problems=_too_little_time(refusal)), 422
    except StaleTerms as refusal:
        read_again()
        return _preview(stale=str(refusal))
    flash(f"已儲存，{change.moved:,} 項時效改了到期時間。", "success")
    return redirect(url_for("admin.service_levels"))


def _preview(stale: str | None = None) -> ResponseReturnValue:
    session, tools, now = db.session(), equipment(), clock.now()
    month = month_before(month_of(now), 1)
    try:
        proposed = _proposed(now)
        moves = moves_under(session, proposed.proposal, equipment=tools, now=now)
        summary = summary_of(moves, tools.calendar)
        months = attainment_under(
            session, as_if_always(proposed.proposal, tools), held=tools.terms, month=month, now=now
        )
    except LevelProblem as refusal:
        return _form(_typed(), problems=refusal.problems), 422
    except NoWorkingTime as refusal:
        return _form(_typed(), problems=_too_little_time(refusal)), 422
    page = render_template(
        "admin/service_levels_preview.html",
        changes=proposed.changes,
        reason=proposed.levels.reason,
        summary=summary,
        attainment=months,
        month=month_in_words(month),
        typed=_typed(),
        based_on=tools.terms.version,
        progress=new_token(),
        stale=stale,
    )
    return page, 409 if stale else 200


def _proposed(now: datetime) -> Proposed:
    """Return what the form asks for. Raises LevelProblem, also when it would change nothing."""
    tools = equipment()
    levels = parse_levels(_typed(), tools.shipped)
    proposal = propose_levels(db.session(), levels.targets, levels.opening, equipment=tools, now=now)
    terms = terms_of(proposal, tools)
    changes = level_changes(tools.knowledge, terms.knowledge)
    if not changes:
        raise LevelProblem({"levels": "目標和服務時間都與現在相同，沒有要儲存的變更"})
    refuse_unreachable(terms, now=now)
    return Proposed(levels, proposal, terms, changes)


def _form(
    typed: Mapping[str, str], *, problems: Mapping[str, str] | None = None, shipped_shown: bool = False
) -> str:
    return render_template(
        "admin/service_levels_form.html",
        typed=typed,
        problems=problems or {},
        longest_reason=LONGEST_REASON,
        shipped_shown=shipped_shown,
        units=[(key, unit.words) for key, unit in UNITS.items()],
        weekdays=[*zip(Weekday, WEEKDAYS, strict=True)],
        **_known(),
    )


def _too_little_time(refusal: NoWorkingTime) -> dict[str, str]:
    return {"levels": never_due(refusal, "請增加服務時間或縮短目標")}


def _known() -> dict[str, object]:
    """Return what holds and what was shipped, policies by metric."""
    tools = equipment()
    policies = tools.knowledge.policies.values()
    return {
        "metrics": [(metric, [p for p in policies if p.metric is metric]) for metric in Metric],
        "held": tools.knowledge,
        "shipped": tools.shipped,
    }


def _typed() -> dict[str, str]:
    return {name: text for name, text in request.form.items() if name.startswith(FIELDS)}
