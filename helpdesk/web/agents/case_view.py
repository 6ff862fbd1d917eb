"""The case page: everything about one case, and what was typed when something was refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.intake_record import Attachment
from helpdesk.policy.eligibility import Eligibility
from helpdesk.policy.lifecycle import UNFINISHED
from helpdesk.policy.lifecycle import CaseEvent as CaseChange
from helpdesk.policy.permissions import Permission, Role
from helpdesk.policy.referral_lifecycle import DeclineReason, Outcome, Side, allowed
from helpdesk.queries.case_page import case_page
from helpdesk.queries.stage_times import stage_times_of
from helpdesk.services.referrals.offering import propose, refused_offers
from helpdesk.web.access import current_account, requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.match_panel import MatchPanel, case_panel, typed_panel
from helpdesk.web.agents.match_view import places
from helpdesk.web.installation import equipment
from helpdesk.web.labels import LABELS
from helpdesk.web.marked import marked_pieces
from helpdesk.web.vocabulary import counties, sectors
from knowledge_base.records.vocabulary import Category, Metric


@bp.get("/cases/<number>")
@requires(Permission.CASE_READ)
def show_case(number: str) -> ResponseReturnValue:
    """Show the case."""
    return case_screen(number)


@bp.get("/cases/<number>/files/<int:attachment_id>")
@requires(Permission.CASE_READ)
def download(number: str, attachment_id: int) -> ResponseReturnValue:
    """Hand out a file of the case, never shown inside a page of ours."""
    file = db.session.get(Attachment, attachment_id)
    shown = case_page(db.session(), number, calendar=equipment().calendar, now=clock.now())
    if file is None or shown is None or file.case_id != shown.case.id:
        abort(404)
    path = equipment().files.path(file.stored_as)
    return send_file(path, mimetype=file.content_type, as_attachment=True, download_name=file.filename)


def case_screen(
    number: str,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    changes: Sequence[CaseEvent] = (),
) -> str:
    """Return the page; `typed` is shown again beside `problems`, `changes` say what made a form stale."""
    runtime, session, now = equipment(), db.session(), clock.now()
    shown = case_page(session, number, calendar=runtime.calendar, now=now) or abort(404)
    case = shown.case
    sides = {Side.DESK, *([Side.SUPERVISOR] if current_account().role is Role.SUPERVISOR else [])}
    offerable = CaseChange.OFFER in shown.allowed
    return render_template(
        "agents/case.html",
        page=shown,
        case=case,
        pieces=marked_pieces(shown.text, shown.terms),
        candidates=propose(session, case, equipment=runtime, now=now) if offerable else None,
        refused=refused_offers(session, case),
        desk_events={
            r.id: [e for side in sides for e in allowed(r.status, side=side)] for r in shown.referrals
        },
        colleagues=_colleagues() if case.status in UNFINISHED else [],
        typed=typed or {},
        problems=problems or {},
        changes=changes,
        stages=stage_times_of(session, case, calendar=runtime.calendar, knowledge=runtime.knowledge, now=now),
        counties=counties(),
        sectors=sectors(),
        match=_match(case, typed or {}) if case.unfinished else None,
        **places(number, case.measure),
        categories={category.value: category for category in Category},
        metric_words=LABELS[Metric],
        outcome_words=LABELS[Outcome],
        eligibility_words=LABELS[Eligibility],
        fact_labels={fact.value: record.label for fact, record in runtime.knowledge.facts.items()},
        reason_words=LABELS[DeclineReason],
    )


def _match(case: Case, typed: Mapping[str, str]) -> MatchPanel:
    """Return the panel of measures, for what was typed in it while that waits to be kept."""
    return typed_panel(typed) if "case" in typed else case_panel(case, request.args)


def _colleagues() -> Sequence[Any]:
    """Return who can be given a case: id and name, by name."""
    desk = (Role.AGENT, Role.SUPERVISOR)
    return db.session.execute(
        select(Account.id, Account.display_name)
        .where(Account.active, Account.role.in_(desk))
        .order_by(Account.display_name)
    ).all()
