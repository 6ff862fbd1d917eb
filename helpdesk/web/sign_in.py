"""Signing in and out, for everybody who has an account."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.services import accounts
from helpdesk.services.throttling import Throttled
from helpdesk.web.access import SignedIn, current_account, landing_of, public
from helpdesk.web.transaction import keep

bp = Blueprint("accounts", __name__)
WRONG = "電子郵件或密碼不對，請再試一次。"


@bp.get("/login")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form; whoever is signed in goes to their first page."""
    if current_user.is_authenticated:
        return redirect(landing_of(current_account().role))
    return render_template("accounts/sign_in.html", email="", problem=None, target=_target())


@bp.post("/login")
@public
def check_in() -> ResponseReturnValue:
    """Sign in; a failure is counted and shown with the address kept."""
    email = request.form.get("email", "")
    keep()
    try:
        account = accounts.sign_in(
            db.session,  # type: ignore[arg-type]
            email=email,
            password=request.form.get("password", ""),
            origin=request.remote_addr or "",
            now=clock.now(),
        )
    except Throttled as refusal:
        return _again(email, str(refusal)), 429
    if account is None:
        return _again(email, WRONG), 422
    session.clear()
    session.permanent = True
    login_user(SignedIn(account))
    return redirect(_target() or landing_of(account.role))


@bp.post("/logout")
@public
def sign_out() -> ResponseReturnValue:
    """End the sessions of the account: a copied cookie is worth nothing afterwards."""
    if current_user.is_authenticated:
        accounts.end_sessions(current_account())
    logout_user()
    session.clear()
    return redirect("/login")


def _again(email: str, problem: str) -> str:
    return render_template("accounts/sign_in.html", email=email, problem=problem, target=_target())


def _target() -> str:
    """Return the page to go back to, only if it is one of ours."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if ours and "\n" not in target else ""
