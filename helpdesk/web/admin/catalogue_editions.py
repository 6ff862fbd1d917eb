"""Editions of the catalogue: downloading one, what it changed, and going back to it."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.business_time import NoWorkingTime
from helpdesk.policy.change_reason import ReasonProblem, parse_reason
from helpdesk.policy.permissions import Permission
from helpdesk.queries.terms_history import TermsChangeRow, catalogue_history
from helpdesk.services.catalogue_proposals import NothingChanged, propose_edition, restored
from helpdesk.services.terms_changes import StaleTerms
from helpdesk.services.terms_in_force import catalogue_at
from helpdesk.services.terms_proposals import Proposal
from helpdesk.web.access import requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.catalogue_effects import answers_file, carried, effects_of
from helpdesk.web.admin.change_progress import applied, never_due
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import changes_terms, read_again, reads
from knowledge_base.exchange.differences import differences
from knowledge_base.exchange.workbook_writing import write_workbook
from knowledge_base.exchange.yaml_writing import write_yaml
from knowledge_base.knowledge import Knowledge, KnowledgeError

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/catalogue/editions/<int:version>.yaml")
@requires(Permission.CATALOGUE_CHANGE)
def export_yaml(version: int) -> ResponseReturnValue:
    """Send an edition as YAML."""
    return _file(write_yaml(_knowledge(version)).encode(), "application/yaml", f"catalogue-{version}.yaml")


@bp.get("/catalogue/editions/<int:version>.xlsx")
@requires(Permission.CATALOGUE_CHANGE)
def export_workbook(version: int) -> ResponseReturnValue:
    """Send an edition as a workbook."""
    return _file(write_workbook(_knowledge(version)), WORKBOOK, f"catalogue-{version}.xlsx")


@bp.get("/catalogue/editions/<int:version>")
@requires(Permission.CATALOGUE_CHANGE)
def catalogue_edition(version: int) -> ResponseReturnValue:
    """Show who made an edition, why, and what it changed."""
    newest, row = _edition(version)
    try:
        changes = differences(_at(version - 1), _at(version)) if row else ()
    except KnowledgeError as refusal:
        return _cannot(refusal)
    return render_template(
        "admin/catalogue_edition.html", version=version, edition=row, newest=newest, changes=changes
    )


@bp.get("/catalogue/editions/<int:version>/restore")
@requires(Permission.CATALOGUE_CHANGE)
def preview_restoring(version: int) -> ResponseReturnValue:
    """Show what going back to an edition changes; nothing is written."""
    _edition(version)
    return _preview(version)


@bp.post("/catalogue/editions/<int:version>/answers.csv")
@requires(Permission.CATALOGUE_CHANGE)
@reads
def export_answers_of_edition(version: int) -> ResponseReturnValue:
    """Send every open case whose answer changes by going back to an edition."""
    _edition(version)
    try:
        return answers_file(_proposal(version))
    except (KnowledgeError, NothingChanged) as refusal:
        return _cannot(refusal)


@bp.post("/catalogue/editions/<int:version>/restore")
@requires(Permission.CATALOGUE_CHANGE)
@changes_terms
def restore_edition(version: int) -> ResponseReturnValue:
    """Put the records of an edition back as a new one, unless somebody changed the terms since the preview."""
    _edition(version)
    try:
        reason = parse_reason(request.form.get("reason", ""))
        change = applied(_proposal(version), reason=reason, now=clock.now())
    except ReasonProblem as refusal:
        read_again()
        return _preview(version, problem=str(refusal))
    except StaleTerms as refusal:
        read_again()
        return _preview(version, stale=str(refusal))
    except (KnowledgeError, NothingChanged, NoWorkingTime) as refusal:
        read_again()
        return _cannot(refusal)
    flash(f"已回到第 {version} 版的內容，成為第 {change.id} 版。", "success")
    return redirect(url_for("admin.catalogue"))


def _preview(version: int, *, problem: str | None = None, stale: str | None = None) -> ResponseReturnValue:
    try:
        effects = effects_of(_proposal(version))
        kept = restored(db.session(), version, equipment=equipment()).kept
    except (KnowledgeError, NothingChanged, NoWorkingTime) as refusal:
        return _cannot(refusal)
    page = render_template(
        "admin/catalogue_restore.html",
        version=version, effects=effects, kept=kept, stale=stale, **carried(problem),
    )  # fmt: skip
    return page, 409 if stale else 422 if problem else 200


def _proposal(version: int) -> Proposal:
    return propose_edition(db.session(), version, equipment=equipment())


def _edition(version: int) -> tuple[int, TermsChangeRow | None]:
    """Return the newest edition's version and the row of this one, None for what is shipped; else 404."""
    editions = catalogue_history(db.session())
    newest = editions[0].version if editions else 0
    if version == 0:
        return newest, None
    return newest, next((row for row in editions if row.version == version), None) or abort(404)


def _knowledge(version: int) -> Knowledge:
    _edition(version)
    try:
        return _at(version)
    except KnowledgeError:
        abort(404)


def _at(version: int) -> Knowledge:
    return catalogue_at(db.session(), version, equipment().shipped)


def _cannot(refusal: Exception) -> ResponseReturnValue:
    if isinstance(refusal, NoWorkingTime):
        words = never_due(refusal)
    elif isinstance(refusal, KnowledgeError):
        words = f"這一版與現在隨系統提供的資料不一致，不能還原：{refusal}"
    else:
        words = str(refusal)
    flash(words, "info")
    return redirect(url_for("admin.catalogue"))


def _file(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
