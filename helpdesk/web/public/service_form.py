"""The service form: six short pages, a draft that survives, one case however often it is sent."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.case import Case
from helpdesk.models.intake_record import FormDraft
from helpdesk.policy.submission import Refused, Upload
from helpdesk.policy.uploads import ACCEPT, MAX_FILES, BadUpload, check_upload
from helpdesk.queries import case_status
from helpdesk.services import form_drafts, intake, throttling
from helpdesk.services.throttling import Limit, Throttled
from helpdesk.web.access import public
from helpdesk.web.installation import equipment
from helpdesk.web.public import form_pages
from helpdesk.web.public.form_pages import BY_SLUG, CHECK, PAGES, FormPage
from helpdesk.web.transaction import keep
from helpdesk.web.vocabulary import counties, sectors
from knowledge_base.records.vocabulary import Metric

FORMS_A_QUARTER_HOUR = 60  # a carrier puts many phones behind one address

bp = Blueprint("service_form", __name__, url_prefix="/apply")


@bp.get("")
@public
def start() -> ResponseReturnValue:
    """Go on where the browser's draft stands, or begin."""
    return redirect(url_for("service_form.show", slug=PAGES[0].slug))


@bp.post("/new")
@public
def start_anew() -> ResponseReturnValue:
    """Begin another form; the one sent before stays what it is."""
    session.pop("draft", None)
    return redirect(url_for("service_form.show", slug=PAGES[0].slug))


@bp.get("/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    """Show a page with what was typed before; the last page only when the others hold."""
    page = BY_SLUG.get(slug) or abort(404)
    draft = form_drafts.find(db.session(), session.get("draft"))
    if draft is not None and draft.case_id is not None:
        return redirect(url_for("service_form.done"))
    typed = draft.values if draft else {}
    if page is CHECK and (problem := form_pages.first_problem(typed)) is not None:
        return _page(problem[0], typed, problem[1])
    return _page(page, typed, {})


@bp.post("/<slug>")
@public
def answer(slug: str) -> ResponseReturnValue:
    """Keep what was typed, check it, and go on; a refusal shows the page again with all that was typed."""
    page = BY_SLUG.get(slug) or abort(404)
    draft = _draft()
    if draft.case_id is not None:
        flash("這份申請表已經送出過了，以下是它的案件編號。要問別的事，請另填一份。", "info")
        return redirect(url_for("service_form.done"))
    if page is CHECK:
        return _send(draft)
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in page.fields}
    typed |= {name: request.form.getlist(name) for name in page.several}
    problems: dict[str, str] = {}
    if page is PAGES[0]:
        typed["uploads"] = _uploads(draft, problems)
    form_drafts.remember(draft, typed, now=clock.now())
    keep()
    try:
        page.check(typed)
    except Refused as refusal:
        problems |= refusal.problems
    if problems:
        return _page(page, draft.values, problems), 422
    target = CHECK if request.form.get("back_to_check") else form_pages.following(page)
    return redirect(url_for("service_form.show", slug=target.slug))


@bp.get("/done")
@public
def done() -> ResponseReturnValue:
    """Say the number, what happens next and by when, and whom to call."""
    draft = form_drafts.find(db.session(), session.get("draft"))
    if draft is None or draft.case_id is None:
        return redirect(url_for("service_form.start"))
    case = db.session.get_one(Case, draft.case_id)
    shown = case_status.status_page(db.session(), case, calendar=equipment().calendar, now=clock.now())
    promised = next((p.due_at for p in shown.promises if p.metric is Metric.FIRST_RESPONSE), None)
    return render_template(
        "public/form_done.html", case=case, promised=promised, consented=bool(shown.consented_kinds)
    )


def _send(draft: FormDraft) -> ResponseReturnValue:
    keep()
    problem = form_pages.first_problem(draft.values)
    if problem is not None:
        return _page(problem[0], draft.values, problem[1]), 422
    runtime = equipment()
    limits = [Limit(f"form-from:{request.remote_addr}", FORMS_A_QUARTER_HOUR)]
    try:
        throttling.refuse(db.session(), limits, now=clock.now())
    except Throttled:
        words = "短時間內送出的申請表太多，內容都還在，請 15 分鐘後再按一次送出，或撥打服務專線。"
        return _page(CHECK, draft.values, {"send": words}), 429
    throttling.note(db.session(), limits, now=clock.now())
    uploads = tuple(
        Upload(kept["filename"], kept["content_type"], runtime.files.path(kept["stored_as"]).read_bytes())
        for kept in draft.values.get("uploads", [])
    )
    submission = form_pages.build_submission(draft.values, key=draft.key, uploads=uploads)
    received = intake.receive(db.session(), submission, equipment=runtime, now=clock.now())
    draft.case_id = received.case.id
    return redirect(url_for("service_form.done"))


def _draft() -> FormDraft:
    """Return the browser's draft, begun when it has none (or lost it)."""
    draft = form_drafts.find(db.session(), session.get("draft"))
    if draft is None:
        draft = form_drafts.begin(db.session(), now=clock.now())
        session["draft"] = draft.key
        session.permanent = True
    return draft


def _uploads(draft: FormDraft, problems: dict[str, str]) -> list[dict[str, str]]:
    """Return the files kept so far: without the ones taken out, with the ones just chosen."""
    removed = set(request.form.getlist("remove_upload"))
    kept = [upload for upload in draft.values.get("uploads", []) if upload["stored_as"] not in removed]
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        content = file.read()
        file.close()
        try:
            filename, content_type = check_upload(file.filename, content)
            if len(kept) >= MAX_FILES:
                raise BadUpload(f"最多 {MAX_FILES} 個檔案，「{filename}」沒有加入。")
        except BadUpload as refusal:
            problems["files"] = str(refusal)
            continue
        stored_as = equipment().files.save(content)
        kept.append({"filename": filename, "content_type": content_type, "stored_as": stored_as})
    return kept


def _page(page: FormPage, typed: dict[str, Any], problems: Any) -> str:
    return render_template(
        f"public/form_{page.slug}.html",
        page=page,
        place=form_pages.place_of(page),
        pages=PAGES,
        back=form_pages.before(page),
        typed=typed,
        problems=problems,
        counties=counties(),
        sectors=sectors(),
        stated=form_pages.STATED,
        factory_registration=form_pages.factory_registrations(),
        accept=ACCEPT,
        back_to_check=request.args.get("from") == "check" or bool(request.form.get("back_to_check")),
    )
