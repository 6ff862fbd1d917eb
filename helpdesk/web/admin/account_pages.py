"""Accounts: who may sign in, as what, for which organisation. And the page that shows every component."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.account import Account
from helpdesk.policy.deadlines import ClockState
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.permissions import Permission, Role
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.services import accounts
from helpdesk.web.access import current_account, requires
from helpdesk.web.admin import bp
from helpdesk.web.installation import equipment
from knowledge_base.records.vocabulary import Category, Channel, Metric, OrganisationKind, Urgency


@bp.get("/accounts")
@requires(Permission.ACCOUNT_MANAGE)
def account_list() -> ResponseReturnValue:
    """Show every account and the form for a new one."""
    return _page({}, None)


@bp.post("/accounts")
@requires(Permission.ACCOUNT_MANAGE)
def add_account() -> ResponseReturnValue:
    """Make an account; a refusal keeps what was typed, save the password."""
    typed = request.form
    try:
        role = Role(typed.get("role", ""))
    except ValueError:
        return _page(typed, "請選擇角色。"), 422
    try:
        account = accounts.add_account(
            db.session(),
            email=typed.get("email", ""),
            display_name=typed.get("display_name", ""),
            role=role,
            password=typed.get("password", ""),
            organisation=typed.get("organisation") or None,
            equipment=equipment(),
            now=clock.now(),
        )
    except ValueError as refusal:
        return _page(typed, str(refusal)), 422
    flash(f"已新增帳號 {account.email}。", "success")
    return redirect(url_for("admin.account_list"))


@bp.post("/accounts/<int:account_id>/active")
@requires(Permission.ACCOUNT_MANAGE)
def set_active(account_id: int) -> ResponseReturnValue:
    """Allow or forbid signing in; nobody locks themselves out."""
    account = db.session.get(Account, account_id) or abort(404)
    if account.id == current_account().id:
        flash("不能停用自己的帳號。", "error")
        return redirect(url_for("admin.account_list"))
    accounts.set_active(account, request.form.get("active") == "1")
    flash(f"已{'啟用' if account.active else '停用'} {account.email}。", "success")
    return redirect(url_for("admin.account_list"))


@bp.post("/accounts/<int:account_id>/password")
@requires(Permission.ACCOUNT_MANAGE)
def set_password(account_id: int) -> ResponseReturnValue:
    """Give an account a new password; its sessions end."""
    account = db.session.get(Account, account_id) or abort(404)
    try:
        accounts.set_password(account, request.form.get("password", ""))
    except accounts.AccountProblem as refusal:
        return _page({}, str(refusal)), 422
    flash(f"已更換 {account.email} 的密碼，原本的登入已失效。", "success")
    return redirect(url_for("admin.account_list"))


@bp.get("/components")
@requires(Permission.ACCOUNT_MANAGE)
def components() -> ResponseReturnValue:
    """Show every component of the screens, with long names, no rows and errors."""
    closed_sets = (
        CaseStatus, ReferralStatus, DeliveryState, ClockState, Category, Channel, Urgency, Metric, OrganisationKind,
    )  # fmt: skip
    return render_template("admin/styleguide.html", **{members.__name__: members for members in closed_sets})


def _page(typed: object, problem: str | None) -> str:
    return render_template(
        "admin/accounts.html",
        accounts=db.session.scalars(select(Account).order_by(Account.role, Account.email)).all(),
        organisations=[o for o in equipment().knowledge.organisations.values() if o.active],
        roles=Role,
        typed=typed,
        problem=problem,
    )
