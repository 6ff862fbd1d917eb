"""Everything an agent does to a case: one address for each action, one way to refuse."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.outbox import Notification
from helpdesk.policy.permissions import Permission, may
from helpdesk.policy.promises import CALL_ATTEMPTS
from helpdesk.policy.submission import Refused, check_contact, check_enterprise
from helpdesk.policy.text_rules import BadText
from helpdesk.services import casework, consents, notifications, parties, triage
from helpdesk.services.referrals import offering
from helpdesk.services.timeline import StaleForm, acting, refuse_stale
from helpdesk.web.access import current_account, requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.case_view import case_screen
from helpdesk.web.agents.match_actions import keep_facts, take_measure
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.row_ids import row_id
from helpdesk.web.vocabulary import vocabulary
from knowledge_base.records.vocabulary import Category, OrganisationKind, Theme, Urgency

Member = TypeVar("Member", bound=StrEnum)


@bp.post("/cases/<number>/<action>")
@requires(Permission.CASE_WRITE)
def act(number: str, action: str) -> ResponseReturnValue:
    """Carry out one action; a refusal shows the case with the reason and all that was typed."""
    perform = ACTIONS.get(action) or abort(404)
    case = casework.locked(db.session(), number) or abort(404)
    try:
        refuse_stale(db.session(), case, request.form.get("version", 0, type=row_id))
        done = perform(case)
    except StaleForm as stale:
        return case_screen(number, typed=request.form, changes=stale.changes), 409
    except Refused as refusal:
        return _again(number, refusal.problems)
    except BadText as refusal:
        return _again(number, {"offer" if action == "offer" else "body": str(refusal)})
    except (casework.ReferralsOpen, offering.NeedsSupervisor) as refusal:
        return _again(number, {action: str(refusal)})
    except offering.NotACandidate as refusal:
        reasons = "、".join(label(why) for why in refusal.because) or "不是這類案件的對象"
        return _again(number, {"offer": f"不能轉介給這個單位：{reasons}。"})
    flash(done, "success")
    return redirect(url_for("agents.show_case", number=number))


def _again(number: str, problems: Mapping[str, str]) -> ResponseReturnValue:
    db.session.rollback()
    return case_screen(number, typed=request.form, problems=problems), 422


def _sort(case: Case) -> str:
    category = _member(Category, "category", "請選擇類別。")
    triage.sort_by_person(
        db.session(),
        case,
        category,
        equipment=equipment(),
        account=current_account(),
        now=clock.now(),
    )
    return f"已分類為「{label(category)}」。"


def _assign(case: Case) -> str:
    chosen = request.form.get("assignee", type=row_id)
    assignee = db.session.get(Account, chosen) if chosen else None
    if chosen and not (assignee and assignee.active and may(assignee.role, Permission.CASE_WRITE)):
        raise Refused({"assignee": "這個帳號不能承辦案件，請另選一位。"})
    casework.assign(db.session(), case, assignee, account=current_account(), now=clock.now())
    return f"已指派給{assignee.display_name}。" if assignee else "已放回服務窗口。"


def _answer(case: Case) -> str:
    asks = bool(request.form.get("asks"))
    casework.answer(
        db.session(), case, request.form.get("body", ""), asks=asks,
        account=current_account(), equipment=equipment(), now=clock.now(),
    )  # fmt: skip
    return "已請業者補充，等待回覆期間暫停計時。" if asks else "已回覆業者。"


def _heard(case: Case) -> str:
    casework.hear(
        db.session(), case, request.form.get("body", ""), equipment=equipment(), now=clock.now(),
        actor=acting(current_account()),
    )  # fmt: skip
    return "已記下業者在電話中說的話。"


def _note(case: Case) -> str:
    casework.note(
        db.session(), case, request.form.get("body", ""), account=current_account(), now=clock.now()
    )
    return "已留下內部註記。"


def _resolve(case: Case) -> str:
    casework.resolve(
        db.session(), case, summary=request.form.get("body", ""),
        account=current_account(), equipment=equipment(), now=clock.now(),
    )  # fmt: skip
    return "已解決，並通知業者。"


def _close(case: Case) -> str:
    casework.close(db.session(), case, actor=acting(current_account()), now=clock.now())
    return "已結案。"


def _reopen(case: Case) -> str:
    casework.reopen(db.session(), case, account=current_account(), equipment=equipment(), now=clock.now())
    return "已重新開啟，解決時限從現在起算。"


def _details(case: Case) -> str:
    measure = request.form.get("measure") or None
    if measure is not None and measure not in equipment().knowledge.measures:
        raise Refused({"measure": "請從清單選擇措施。"})
    casework.correct_details(
        db.session(),
        case,
        urgency=_member(Urgency, "urgency", "請選擇一般或急件。"),
        theme=_member(Theme, "theme", "請選擇主題。") if request.form.get("theme") else None,
        measure=measure,
        wants_verification=bool(request.form.get("wants_verification")),
        account=current_account(),
        equipment=equipment(),
        now=clock.now(),
    )
    return "已更正案件資料。"


def _parties(case: Case) -> str:
    enterprise = contact = None
    problems: dict[str, str] = {}
    try:
        enterprise = check_enterprise(request.form, vocabulary())
    except Refused as refusal:
        problems |= refusal.problems
    try:
        contact = check_contact(request.form, reachable=False)
    except Refused as refusal:
        problems |= refusal.problems
    if enterprise is None or contact is None:
        raise Refused({f"parties-{field}": reason for field, reason in problems.items()})
    parties.correct_parties(
        db.session(), case, enterprise=enterprise, contact=contact, account=current_account(), now=clock.now()
    )
    return "已更正業者資料。"


def _consent(case: Case) -> str:
    kinds = [OrganisationKind(kind) for kind in request.form.getlist("kinds") if kind in {*OrganisationKind}]
    if not kinds:
        raise Refused({"kinds": "請勾選業者在電話中同意的單位類型。"})
    consents.give(
        db.session(), case, kinds, via="staff_note", equipment=equipment(),
        actor=acting(current_account()), now=clock.now(),
    )  # fmt: skip
    return "已記錄業者的同意。"


def _reached(case: Case) -> str:
    casework.reached(db.session(), case, account=current_account(), now=clock.now())
    return "已記錄回電聯繫到業者。"


def _not_reached(case: Case) -> str:
    attempts = casework.not_reached(db.session(), case, account=current_account(), now=clock.now())
    if attempts >= CALL_ATTEMPTS:
        return f"已記錄第 {attempts} 次回電未接通，回撥時效到此為止。"
    return f"已記錄第 {attempts} 次回電未接通，滿 {CALL_ATTEMPTS} 次為止。"


def _told(case: Case) -> str:
    row = db.session.get(Notification, request.form.get("notification", 0, type=row_id))
    if row is None or row.case_id != case.id:
        raise Refused({"notification": "找不到這則通知。"})
    notifications.mark_told(row, now=clock.now())
    return "已記錄用電話告知業者。"


def _offer(case: Case) -> str:
    referral = offering.offer(
        db.session(),
        case,
        request.form.get("organisation", ""),
        need=request.form.get("need", ""),
        actor=acting(current_account()),
        equipment=equipment(),
        now=clock.now(),
        overrule=may(current_account().role, Permission.REFERRAL_OVERRULE),
    )
    name = equipment().knowledge.organisations[referral.organisation].short_name
    return f"已轉介給{name}，對方回覆前會顯示倒數。"


def _member(members: type[Member], field: str, reason: str) -> Member:
    """Return the member that a field names. Raises Refused."""
    try:
        return members(request.form.get(field, ""))
    except ValueError:
        raise Refused({field: reason}) from None


ACTIONS: Mapping[str, Callable[[Case], str]] = {
    "sort": _sort,
    "assign": _assign,
    "answer": _answer,
    "heard": _heard,
    "note": _note,
    "resolve": _resolve,
    "close": _close,
    "reopen": _reopen,
    "details": _details,
    "facts": keep_facts,
    "measure": take_measure,
    "parties": _parties,
    "consent": _consent,
    "reached": _reached,
    "not_reached": _not_reached,
    "told": _told,
    "offer": _offer,
}
