"""The catalogue: what holds now, its editions, and changing it with a file that staff edited.

Between preview and change the browser holds the records of the file, signed with the application's secret for
an hour and packed, as it holds an office calendar: any of several hosts can go on with it, and nothing is left
behind when nobody does. Signed with them are the terms that the preview was made under and whose preview it is.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.business_time import NoWorkingTime
from helpdesk.policy.change_reason import ReasonProblem, parse_reason
from helpdesk.policy.permissions import Permission
from helpdesk.policy.service_terms import Catalogue
from helpdesk.queries.terms_history import catalogue_history
from helpdesk.services.catalogue_proposals import NothingChanged, propose_catalogue
from helpdesk.services.terms_changes import StaleTerms
from helpdesk.services.terms_proposals import Proposal
from helpdesk.web.access import current_account, requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.catalogue_effects import answers_file, carried, effects_of
from helpdesk.web.admin.change_progress import applied, never_due
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import changes_terms, read_again, reads
from knowledge_base.exchange.file_problems import FileProblem, FileProblems, Place
from knowledge_base.exchange.sections import AMENDABLE, SECTION_WORDS
from knowledge_base.exchange.uploads import Uploaded, read_upload
from knowledge_base.knowledge import KnowledgeError

LARGEST_FILE = 5_000_000
LARGEST_CARRIED = 1_500_000
"""Below what a form may hold: over five times the whole catalogue."""

SECONDS_SIGNED = 3600
EXPIRED = "預覽已經超過一小時，或內容不完整，請重新選擇檔案"
ALREADY = "目錄已經是這個內容，沒有再改一次。"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was changed, at the field, and what is wrong with the file when it is to blame."""

    sentence: str
    problems: tuple[FileProblem, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Edited:
    """What a file asked for: raw records, and how many records of each section it left out."""

    records: Catalogue
    untouched: dict[str, int]
    based_on: int = -1


@bp.get("/catalogue")
@requires(Permission.CATALOGUE_CHANGE)
def catalogue() -> ResponseReturnValue:
    """Show what holds now, the form for an edited file, and every edition."""
    return _page()


@bp.post("/catalogue/preview")
@requires(Permission.CATALOGUE_CHANGE)
@reads
def preview_catalogue() -> ResponseReturnValue:
    """Show what the file changes, and which answers change with it; nothing is written."""
    uploaded = request.files.get("catalogue")
    if not uploaded or not uploaded.filename:
        return _page(Refused("請選擇修改好的檔案")), 422
    content = uploaded.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        return _page(Refused("檔案超過 5 MB，請從下載的檔案改起")), 422
    try:
        return _preview(_edited(read_upload(uploaded.filename, content, equipment().knowledge)))
    except FileProblems as refusal:
        return _page(_refused(refusal)), 422


@bp.post("/catalogue/answers.csv")
@requires(Permission.CATALOGUE_CHANGE)
@reads
def export_answers() -> ResponseReturnValue:
    """Send every open case whose answer the previewed file changes."""
    try:
        return answers_file(_proposal(_carried_back()))
    except BadData:
        return _page(Refused(EXPIRED)), 422
    except KnowledgeError as refusal:
        return _page(_refused(_placed(refusal))), 422
    except NothingChanged as refusal:
        return _page(Refused(str(refusal))), 422


@bp.post("/catalogue")
@requires(Permission.CATALOGUE_CHANGE)
@changes_terms
def change_catalogue() -> ResponseReturnValue:
    """Let the previewed records hold, unless somebody changed the terms since; a second click does nothing."""
    try:
        edited = _carried_back()
    except BadData:
        return _page(Refused(EXPIRED)), 422
    try:
        reason = parse_reason(request.form.get("reason", ""))
        change = applied(_proposal(edited), based_on=edited.based_on, reason=reason, now=clock.now())
    except NothingChanged:
        flash(ALREADY, "info")
        return redirect(url_for("admin.catalogue"))
    except ReasonProblem as refusal:
        read_again()
        return _preview(edited, problem=str(refusal))
    except (StaleTerms, KnowledgeError) as refusal:
        # Whatever somebody else changed meanwhile, the preview says whether these records still agree with it.
        read_again()
        return _preview(edited, stale=str(refusal))
    except NoWorkingTime as refusal:
        read_again()
        return _page(Refused(never_due(refusal))), 422
    flash(f"目錄已改為第 {change.id} 版，{change.moved:,} 項時效改了到期時間。", "success")
    return redirect(url_for("admin.catalogue"))


def _proposal(edited: Edited) -> Proposal:
    return propose_catalogue(db.session(), edited.records, equipment=equipment())


def _page(refused: Refused | None = None) -> str:
    tools = equipment()
    editions = catalogue_history(db.session())
    return render_template(
        "admin/catalogue.html",
        editions=editions,
        version=editions[0].version if editions else 0,
        counts={SECTION_WORDS[name]: len(getattr(tools.knowledge, name)) for name in AMENDABLE},
        refused=refused,
    )


def _preview(edited: Edited, *, problem: str | None = None, stale: str | None = None) -> ResponseReturnValue:
    try:
        effects = effects_of(_proposal(edited))
    except KnowledgeError as refusal:
        return _page(_refused(_placed(refusal))), 422
    except NothingChanged as refusal:
        return _page(Refused(f"檔案{refusal}")), 422
    except NoWorkingTime as refusal:
        return _page(Refused(never_due(refusal))), 422
    signed = _signer().dumps(
        [edited.records, edited.untouched, equipment().terms.version, current_account().id]
    )
    if len(signed) > LARGEST_CARRIED:
        return _page(Refused("一次改的內容太多，請分成幾個檔案，一次改幾項措施")), 422
    page = render_template(
        "admin/catalogue_preview.html",
        effects=effects,
        signed=signed,
        untouched={SECTION_WORDS[name]: count for name, count in edited.untouched.items() if count},
        stale=stale,
        **carried(problem),
    )
    return page, 409 if stale else 422 if problem else 200


def _edited(found: Uploaded) -> Edited:
    return Edited(found.amendments, {section: len(names) for section, names in found.untouched.items()})


def _carried_back() -> Edited:
    """Return what this account's preview signed. Raises BadData for anything else, and after an hour."""
    loaded: list[Any] = _signer().loads(request.form.get("records", ""), max_age=SECONDS_SIGNED)
    if len(loaded) != 4 or loaded[3] != current_account().id:
        raise BadData("the preview of another account, or of an older release")
    return Edited(*loaded[:3])


def _placed(refusal: KnowledgeError) -> FileProblems:
    """Return what does not agree, at the keys that the shipped files would have."""
    return FileProblems([FileProblem(Place(column=key), reason) for _, key, reason in refusal.problems])


def _refused(refusal: FileProblems) -> Refused:
    sentence = f"檔案有 {refusal.total:,} 個問題，目錄沒有改變"
    return Refused(sentence, refusal.problems, refusal.total)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="catalogue")
