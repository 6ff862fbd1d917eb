"""What a refusal looks like, mapped once: a page that says what happened, what was kept, what to do."""

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from helpdesk.extensions import db
from helpdesk.policy.lifecycle import IllegalCaseEvent
from helpdesk.policy.referral_lifecycle import IllegalReferralEvent
from helpdesk.web.access import what_was_typed
from helpdesk.web.labels import label

WORDS = {
    400: ("這個要求看不懂", "網址或表單的內容不完整。請回到上一頁再試一次。"),
    401: ("請先登入", "這個頁面需要登入。"),
    403: ("沒有權限", "您的帳號不能使用這個頁面。如果工作上需要，請洽管理者。"),
    404: ("找不到這個頁面", "網址可能打錯了，或資料已經不在這裡。"),
    405: ("這個網址不能這樣使用", "請從頁面上的按鈕操作。"),
    409: ("現在不能這樣做", "資料在您開啟頁面之後有了變動，請重新整理後再試。"),
    413: ("檔案太大了", "每個檔案最多 10 MB，一次最多 5 個。請縮小後再上傳。"),
    429: ("嘗試次數太多", "為了保護資料，請 15 分鐘後再試。"),
    500: ("系統出了問題", "問題已經記錄下來，您剛才送出的內容沒有存入。請稍後再試，或撥打服務專線。"),
}


def init_app(app: Flask) -> None:
    """Register the pages for refusals and failures."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _lost_session)
    app.register_error_handler(IllegalCaseEvent, _illegal)
    app.register_error_handler(IllegalReferralEvent, _illegal)


def error_page(status: int, *, reason: str | None = None) -> tuple[str, int]:
    """Return the page of an error with its status; `reason` replaces the general sentence."""
    title, sentence = WORDS.get(status, WORDS[400] if status < 500 else WORDS[500])
    return render_template(
        "errors/error.html", title=title, sentence=reason or sentence, status=status
    ), status


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error.response, Response) or (error.code or 500) < 400:
        return error.get_response()
    status = error.code or 500
    if status >= 500:
        # A failed statement bars the session until it is rolled back, and the page asks who is signed in.
        db.session.rollback()
    if request.path.startswith("/api/"):
        title, sentence = WORDS.get(status, WORDS[400])
        return jsonify(error={"title": title, "detail": sentence}), status
    return error_page(status)


def _illegal(error: IllegalCaseEvent | IllegalReferralEvent) -> ResponseReturnValue:
    allowed = "、".join(label(event) for event in error.allowed) or "無"
    reason = f"「{label(error.status)}」的狀態不能「{label(error.event)}」。現在可以：{allowed}。"
    return error_page(409, reason=reason)


def _lost_session(_error: CSRFError) -> ResponseReturnValue:
    """Show again what was typed when the session of a form is gone, so that it can be sent once more.

    Only for forms of our own pages: a foreign page's post gets no second chance.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return error_page(400)
    return what_was_typed(), 400
