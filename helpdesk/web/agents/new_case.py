"""Logging a call on one screen: who calls, what it is about, the suggestion while typing."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.case import Case
from helpdesk.policy.blind_sample import in_blind_sample
from helpdesk.policy.permissions import Permission
from helpdesk.policy.phone_numbers import spoken
from helpdesk.policy.submission import Refused, Submission, check_contact, check_enterprise
from helpdesk.policy.text_rules import BadText, check_text
from helpdesk.queries.enterprise_lookup import find_cases
from helpdesk.services import casework, intake, triage
from helpdesk.services.stated_facts import KEPT
from helpdesk.services.timeline import acting
from helpdesk.web.access import current_account, requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.look_up import found_for
from helpdesk.web.agents.match_panel import said_in, typed_again, typed_panel
from helpdesk.web.agents.match_view import answer_for, answer_to, places
from helpdesk.web.installation import equipment
from helpdesk.web.marked import marked_pieces
from helpdesk.web.transaction import reads
from helpdesk.web.vocabulary import counties, sectors, vocabulary
from knowledge_base.records.vocabulary import Category, Channel, OrganisationKind, Theme, Urgency

T = TypeVar("T")

FOUND_BESIDE_A_CALL = 8
KNOWN_FIELDS = ("phone", "contact_name", "email", "name", "ubn", "county", "sector", "regular_employees")


@bp.get("/new")
@requires(Permission.CASE_WRITE)
def new_case() -> ResponseReturnValue:
    """Show the empty screen, or one with what a `known` case says of the caller's enterprise filled in.

    Its key makes one case of a form that is sent twice.
    """
    known = find_cases(db.session(), request.args.get("known", ""))
    typed = asdict(known[0]) | {"contact_name": known[0].contact} if len(known) == 1 else {}
    given = {name: str(typed.get(name) or "") for name in KNOWN_FIELDS}
    if typed:
        given["name"], given["phone"] = str(typed["enterprise"] or ""), spoken(given["phone"])
        last = db.session.scalars(select(Case).where(Case.number == known[0].number)).one()
        given |= typed_again(last)
    return _screen({**given, "key": secrets.token_urlsafe(16)}, {})


@bp.post("/new")
@requires(Permission.CASE_WRITE)
def log_call() -> ResponseReturnValue:
    """Open the case; answered on the call, it is resolved in the same step."""
    typed, now, runtime, account = request.form, clock.now(), equipment(), current_account()
    session = db.session()
    try:
        submission = _submission()
    except Refused as refusal:
        return _screen(typed, refusal.problems), 422
    received = intake.receive(session, submission, equipment=runtime, now=now, agent=account)
    case = received.case
    if received.is_new:
        if typed.get("category"):
            chosen = Category(typed["category"])
            triage.sort_by_person(session, case, chosen, equipment=runtime, account=account, now=now)
        if typed.get("answer", "").strip():
            casework.resolve(
                session, case, summary=typed["answer"], account=account, equipment=runtime, now=now
            )
            if typed.get("close"):
                casework.close(session, case, actor=acting(account), now=now)
    flash(
        f"案件 {case.number} 已建立。" if received.is_new else f"這通來電已經建立過了：{case.number}。",
        "success",
    )
    return redirect(url_for("agents.show_case", number=case.number))


@bp.post("/new/answer-text")
@requires(Permission.CASE_WRITE)
@reads
def insert_call_answer() -> ResponseReturnValue:
    """Show the screen with an answer from the knowledge put below what was typed; nothing is kept."""
    typed, past = request.form.copy(), request.form.get("insert_past", "")
    if "insert_question" in typed:
        text = answer_to(typed["insert_question"])
    else:
        text = answer_for(typed, past or typed.get("insert", ""), past=bool(past))
    written = typed.get("answer", "").strip()
    typed["answer"] = f"{written}\n\n{text}" if written else text
    return _screen(typed, {})


@bp.post("/new/look-up")
@requires(Permission.CASE_WRITE)
@reads
def look_up_for_call() -> ResponseReturnValue:
    """Show the screen with what the words in its panel find; nothing is kept."""
    return _screen(request.form, {})


@bp.post("/new/match")
@requires(Permission.CASE_WRITE)
@reads
def match_call() -> ResponseReturnValue:
    """Show the screen with the measures for what was typed; nothing is kept."""
    return _screen(request.form, {})


@bp.post("/suggest")
@requires(Permission.CASE_READ)
def suggest() -> ResponseReturnValue:
    """Return the category that the text so far suggests, with the words that decided. Writes nothing.

    A call of the blind sample gets a sentence instead.
    """
    text = request.form.get("text", "")[:5000]
    if not text.strip():
        return ""
    if in_blind_sample(_delivery(request.form.get("key", ""))):
        return render_template("agents/blind.html")
    found = equipment().classifier.classify(text)
    terms = [{"weight": term.weight, "spans": term.spans} for term in found.terms[:12]]
    return render_template(
        "agents/suggestion.html",
        found=found,
        offered=[(Category(label), share) for label, share in found.ranking if label in found.shortlist],
        pieces=marked_pieces(text, terms),
    )


@bp.get("/callers")
@requires(Permission.CASE_READ)
def callers() -> ResponseReturnValue:
    """Return the enterprise and open cases of whoever calls, by phone, number or name."""
    asked = request.args.get("phone", "")
    return render_template("agents/callers.html", asked=asked, found=find_cases(db.session(), asked))


def _submission() -> Submission:
    """Return what the agent typed. Raises Refused naming every field at once."""
    typed, problems = request.form, dict[str, str]()
    _attempt(problems, "text", lambda: check_text(typed.get("text", "")))
    enterprise = _attempt(problems, "ubn", lambda: check_enterprise(typed, vocabulary()))
    contact = _attempt(problems, "phone", lambda: check_contact(typed))
    said, illegible = said_in(typed)
    problems |= {field: reason for field, reason in illegible.items() if field not in KNOWN_FIELDS}
    category = typed.get("category", "")
    if category and category not in {*Category}:
        problems["category"] = "請從清單選擇類別。"
    if typed.get("answer", "").strip():
        if not category:
            problems["category"] = "電話中已回答的案件，請選類別後再存。"
        _attempt(problems, "answer", lambda: check_text(typed["answer"]))
    if problems or enterprise is None or contact is None:
        raise Refused(problems)
    return Submission(
        channel=Channel.HOTLINE,
        text=typed["text"],
        idempotency_key=_delivery(typed.get("key") or secrets.token_urlsafe(16)),
        enterprise=enterprise,
        contact=contact,
        theme=Theme(typed["theme"]) if typed.get("theme") in {*Theme} else None,
        wants_verification=bool(typed.get("wants_verification")),
        urgency=Urgency.URGENT if typed.get("urgent") else Urgency.NORMAL,
        facts={name: said[name] for name in KEPT if name in said},
        consent=frozenset(kind for kind in typed.getlist("consent") if kind in {*OrganisationKind}),
    )


def _attempt(problems: dict[str, str], field: str, check: Callable[[], T]) -> T | None:
    """Return what a check gives, None for a refusal; that is noted at the fields it names, else at `field`."""
    try:
        return check()
    except Refused as refusal:
        problems.update(refusal.problems)
    except BadText as refusal:
        problems[field] = str(refusal)
    return None


def _delivery(key: str) -> str:
    return f"desk:{key[:60]}"


def _screen(typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    return render_template(
        "agents/new_case.html",
        typed=typed,
        problems=problems,
        categories=Category,
        themes=Theme,
        kinds=OrganisationKind,
        counties=counties(),
        sectors=sectors(),
        match=typed_panel(typed),
        found=found_for(typed.get("find", ""), FOUND_BESIDE_A_CALL),
        **places(),
    )
