"""The versions of the model: how each was judged, what another would change, putting one into use or back.

Which version is in use is a file beside the models, not a row: nothing here writes to the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.change_reason import ReasonProblem, parse_reason
from helpdesk.policy.permissions import Permission
from helpdesk.policy.promotion_preview import Preview, Said, SaidAnew, preview
from helpdesk.queries.newest_texts import newest_texts
from helpdesk.web.access import current_account, requires
from helpdesk.web.admin import bp
from helpdesk.web.transaction import reads
from knowledge_base.records.vocabulary import Category
from triage_model import card, promotions, store
from triage_model.artefact import ArtefactError
from triage_model.promotions import NothingBefore, Promotion
from triage_model.scorer import Model
from triage_model.store import NotPromotable, Standing, Version

DAMAGED = "這個版本的檔案損壞，或是別的系統版本訓練的，不能啟用。使用中的模型沒有改變。"
CHANGED = "使用中的模型在您開啟頁面之後換過了，請看過下面的影響再決定。"


@dataclass(frozen=True, slots=True)
class InUse:
    """What the store says of the model in use; `problem` is empty, or why the store cannot be read.

    `report` holds its figures on texts that it did not learn from, where it was judged.
    """

    version: str | None = None
    record: Version | None = None
    since: Promotion | None = None
    before: str | None = None
    report: Mapping[str, Any] | None = None
    problem: str = ""


def model_in_use() -> InUse:
    """Return the model in use with its record and figures."""
    try:
        made = store.history()
        record = next((each for each in store.versions() if each.is_promoted), None)
    except ArtefactError as problem:
        return InUse(problem=str(problem))
    if not made or record is None:
        return InUse(version=made[0].version if made else None, since=made[0] if made else None)
    return InUse(record.id, record, made[0], _before(made), figures_of(record))


def figures_of(version: Version) -> Mapping[str, Any] | None:
    """Return a version's figures on texts that it did not learn from; a release's are those of its card."""
    return version.report["new"] if version.report else card.report_of(version.id)


@bp.get("/model/versions")
@requires(Permission.MODEL_MANAGE)
def model_versions() -> ResponseReturnValue:
    """Show every version with how it was judged, and which was in use when."""
    in_use = model_in_use()
    return render_template(
        "admin/model_versions.html",
        in_use=in_use,
        versions=[] if in_use.problem else [(each, figures_of(each)) for each in store.versions()],
        history=[] if in_use.problem else store.history(),
    )


@bp.get("/model/versions/<version>")
@requires(Permission.MODEL_MANAGE)
def model_version(version: str) -> ResponseReturnValue:
    """Show how a version was judged, and what would change with it."""
    return _page(_known(version))


@bp.post("/model/versions/<version>")
@requires(Permission.MODEL_MANAGE)
@reads
def promote_model(version: str) -> ResponseReturnValue:
    """Put a version into use, unless another came into use since the page was opened."""
    known = _known(version)

    def promote(reason: str) -> Promotion:
        return store.promote(known.id, who=current_account().display_name, why=reason, now=clock.now())

    return _settled(known, promote, goes_back=False)


@bp.get("/model/rollback")
@requires(Permission.MODEL_MANAGE)
def preview_rollback() -> ResponseReturnValue:
    """Show what would change if the version before came back."""
    return _page(_known(model_in_use().before), goes_back=True)


@bp.post("/model/rollback")
@requires(Permission.MODEL_MANAGE)
@reads
def roll_model_back() -> ResponseReturnValue:
    """Put the version before the one in use back."""

    def roll_back(reason: str) -> Promotion:
        return store.rollback(who=current_account().display_name, why=reason, now=clock.now())

    return _settled(_known(model_in_use().before), roll_back, goes_back=True)


def _settled(version: Version, change: Callable[[str], Promotion], *, goes_back: bool) -> ResponseReturnValue:
    """Make a change of the model in use and say so; a refusal shows the page again with what was typed."""
    try:
        reason = parse_reason(request.form.get("reason", ""))
        if request.form.get("based_on") != store.promoted():
            return _page(version, goes_back=goes_back, stale=CHANGED), 409
        change(reason)
    except ReasonProblem as refusal:
        return _page(version, goes_back=goes_back, problems={"reason": str(refusal)}), 422
    except (NotPromotable, NothingBefore, ArtefactError):
        return _page(version, goes_back=goes_back, stale=DAMAGED), 409
    flash(f"版本 {version.id} 已{'退回' if goes_back else ''}啟用，各台主機幾秒內會換過來。", "success")
    return redirect(url_for("admin.model_versions"))


def _page(
    version: Version, *, goes_back: bool = False, stale: str = "", problems: Mapping[str, str] | None = None
) -> str:
    in_use = model_in_use()
    promotable = goes_back or (not version.is_promoted and version.standing is not Standing.REFUSED)
    return render_template(
        "admin/model_version.html",
        in_use=in_use,
        version=version,
        figures=figures_of(version),
        promotable=promotable,
        goes_back=goes_back,
        change=_preview(in_use, version) if promotable else None,
        stale=stale,
        problems=problems or {},
        reason=request.form.get("reason", ""),
    )


def _preview(in_use: InUse, version: Version) -> Preview | None:
    """Return what the version would make of the newest cases; None when either cannot be loaded."""
    try:
        before, after = store.load(in_use.version or ""), store.load(version.id)
    except ArtefactError:
        return None
    texts = newest_texts(db.session())
    return preview([SaidAnew(number, _said(before, text), _said(after, text)) for number, text in texts])


def _said(model: Model, text: str) -> Said:
    found = model.classify(text)
    return Said(Category(found.category), decides=not found.abstain)


def _known(version: str | None) -> Version:
    try:
        return next((each for each in store.versions() if each.id == version), None) or abort(404)
    except ArtefactError:
        abort(404)


def _before(made: list[Promotion]) -> str | None:
    """Return the version that a rollback would put back, from the promotions, newest first."""
    try:
        return promotions.version_before(made[::-1])
    except NothingBefore:
        return None
