"""The enterprise's page of its case: by number and a second fact, or by the private link."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.case import Case
from helpdesk.policy.case_number import BadCaseNumber, parse_case_number
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.text_rules import BadText, folded
from helpdesk.policy.uploads import ACCEPT, BadUpload
from helpdesk.queries import case_status
from helpdesk.services import attachments, casework, consents, throttling
from helpdesk.services.referrals import acting
from helpdesk.services.throttling import DAY, Limit, Throttled
from helpdesk.services.timeline import ENQUIRER
from helpdesk.web.access import public
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import keep

bp = Blueprint("case_state", __name__)
WRONG = "編號和電話末三碼對不起來，請再核對一次。用電子郵件登記的案件，請填電子郵件。"


@bp.get("/status")
@public
def ask() -> ResponseReturnValue:
    """Ask for the number and the second fact."""
    return render_template("public/status_ask.html", typed=request.args, problems={})


@bp.post("/status")
@public
def look_up() -> ResponseReturnValue:
    """Open the case when both fit; failures count for the number and for the visitor's address."""
    typed = request.form
    keep()
    now, database = clock.now(), db.session()
    try:
        number = parse_case_number(typed.get("number", ""))
    except BadCaseNumber as refusal:
        return _ask_again({"number": str(refusal)}), 422
    limits = (
        Limit(f"status:{number}:{request.remote_addr}", 8),
        Limit(f"status-from:{request.remote_addr}", 40),
        Limit(f"status:{number}", 40, DAY),
    )
    try:
        throttling.refuse(database, limits, now=now)
    except Throttled as refusal:
        return _ask_again({"fact": str(refusal)}), 429
    fact = folded(typed.get("fact", ""))
    case = case_status.by_number_and_fact(database, number, fact)
    if case is None:
        throttling.note(database, limits, now=now)
        return _ask_again({"fact": WRONG}), 422
    return redirect(url_for("case_state.show", status_key=case.status_key))


@bp.get("/s/<status_key>")
@public
def show(status_key: str) -> ResponseReturnValue:
    """Show state, promises and conversation to whoever holds the private link."""
    return _page(_case(status_key), {}, {})


@bp.post("/s/<status_key>/message")
@public
def write(status_key: str) -> ResponseReturnValue:
    """Take in a word or files from the enterprise."""
    case, now, runtime = _case_to_change(status_key), clock.now(), equipment()
    if case.status is CaseStatus.CLOSED:
        return _page(
            case, request.form, {"body": "這個案件已經結案。還需要協助，請另填一份申請表或撥打專線。"}
        ), 422
    chosen = [(f.filename, f.read()) for f in request.files.getlist("files") if f.filename]
    body = request.form.get("body", "")
    try:
        uploads = attachments.check_all(chosen)
        if not body.strip() and uploads:
            body = f"（補上 {len(uploads)} 個檔案）"
        casework.hear(db.session(), case, body, equipment=runtime, now=now)
    except (BadText, BadUpload) as refusal:
        field = "files" if isinstance(refusal, BadUpload) else "body"
        db.session.rollback()
        return _page(_case(status_key), request.form, {field: str(refusal)}), 422
    attachments.attach(db.session(), case, uploads, equipment=runtime, actor=ENQUIRER, now=now)
    flash("已收到您的補充，服務人員會看到。", "success")
    return redirect(url_for("case_state.show", status_key=status_key))


@bp.post("/s/<status_key>/withdraw")
@public
def withdraw(status_key: str) -> ResponseReturnValue:
    """Take back the consent; open referrals end in the same transaction."""
    case, now, runtime = _case_to_change(status_key), clock.now(), equipment()
    if consents.withdraw(db.session(), case, actor=ENQUIRER, now=now):
        acting.end_all(db.session(), case, text="業者撤回同意", actor=ENQUIRER, equipment=runtime, now=now)
        flash("已撤回同意，資料不會再提供給其他單位；進行中的轉介也已停止。", "success")
    return redirect(url_for("case_state.show", status_key=status_key))


def _case(status_key: str) -> Case:
    return case_status.by_key(db.session(), status_key) or abort(404)


def _case_to_change(status_key: str) -> Case:
    return casework.locked(db.session(), _case(status_key).number) or abort(404)


def _ask_again(problems: dict[str, str]) -> str:
    return render_template("public/status_ask.html", typed=request.form, problems=problems)


def _page(case: Case, typed: object, problems: dict[str, str]) -> str:
    runtime = equipment()
    shown = case_status.status_page(db.session(), case, calendar=runtime.calendar, now=clock.now())
    return render_template(
        "public/status.html", shown=shown, case=case, typed=typed, problems=problems, accept=ACCEPT
    )  # fmt: skip
