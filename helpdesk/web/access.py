"""Who may come through which door: every view carries a rule or is marked as public."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user

from helpdesk.extensions import db, login
from helpdesk.models.account import Account
from helpdesk.policy.permissions import Permission, Role, may

View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(UserMixin):  # type: ignore[misc]
    """The account of a session; its id holds the session key, so that a changed password ends sessions."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """Return what the session cookie keeps."""
        return f"{self.account.id}:{self.account.session_key}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.account, name)


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in only accounts whose role is granted `permission`; others sign in, or get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            if not may(current_account().role, permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.access_rule = permission  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def public(view: View) -> View:
    """Mark a view that everybody may use."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def keyed(view: View) -> View:
    """Mark a view that checks a signature or an API key itself."""
    view.access_rule = "keyed"  # type: ignore[attr-defined]
    return view


def current_account() -> Account:
    """Return the account that is signed in. Only behind `requires`."""
    return cast(Account, current_user.account)


def landing_of(role: Role) -> str:
    """Return the address of the first page after signing in."""
    return {
        Role.PARTNER: url_for("partners.inbox"),
        Role.ADMINISTRATOR: url_for("admin.account_list"),
    }.get(role) or url_for("agents.home")


def ask_to_sign_in() -> ResponseReturnValue:
    """Send the visitor to the sign-in page and back; what was posted is shown, to be sent once more."""
    if request.method == "POST" and any(name != "csrf_token" for name in request.form):
        return what_was_typed(), 401
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=target))


def what_was_typed() -> str:
    """Return the page that shows a posted form again, after its session ended."""
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    ]
    action = request.full_path.rstrip("?")
    view = current_app.view_functions[request.endpoint or ""]
    guarded = isinstance(getattr(view, "access_rule", None), Permission)
    signs_in = guarded and not current_user.is_authenticated
    return render_template("errors/resend.html", typed=typed, action=action, signs_in=signs_in)


def init_app(app: Flask) -> None:
    """Teach the login manager how to find the account of a session."""
    login.init_app(app)
    login.unauthorized_handler(ask_to_sign_in)

    @login.user_loader  # type: ignore[untyped-decorator]
    def _load(identity: str) -> SignedIn | None:
        account_id, _, session_key = identity.partition(":")
        account = db.session.get(Account, int(account_id)) if account_id.isdecimal() else None
        if account is None or not account.active or account.session_key != session_key:
            return None
        return SignedIn(account)
