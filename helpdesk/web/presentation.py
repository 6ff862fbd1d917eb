"""How values look on every page: filters, and what each template may use."""

from enum import StrEnum
from pathlib import Path

import js_lib_htmx
from flask import Blueprint, Flask, g, url_for
from flask_login import current_user

from helpdesk import clock
from helpdesk.policy.attainment import FEW
from helpdesk.policy.business_time import closure_at
from helpdesk.policy.money_in_words import ntd
from helpdesk.policy.permissions import Permission, Role, may
from helpdesk.policy.phone_numbers import spoken
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.time_in_words import amount_in_words, in_words, roc_date, roc_datetime, roc_year
from helpdesk.runtime import Runtime, runtime_of
from helpdesk.web.labels import label

NAVIGATION = (
    ("agents.home", "今日工作", Permission.CASE_READ),
    ("agents.queue", "案件", Permission.CASE_READ),
    ("agents.new_case", "新來電", Permission.CASE_WRITE),
    ("agents.calls", "來電", Permission.CASE_READ),
    ("agents.look_up", "知識庫", Permission.KNOWLEDGE_READ),
    ("agents.outbox", "寄件匣", Permission.OUTBOX_READ),
    ("agents.supervision", "督導", Permission.REPORT_READ),
    ("partners.inbox", "轉介收件匣", Permission.REFERRAL_ANSWER),
    ("admin.service_levels", "時效", Permission.TERMS_CHANGE),
    ("admin.closures", "停班", Permission.TERMS_CHANGE),
    ("admin.calendar", "辦公日曆", Permission.TERMS_CHANGE),
    ("admin.catalogue", "目錄", Permission.CATALOGUE_CHANGE),
    ("admin.model", "分類模型", Permission.MODEL_MANAGE),
    ("admin.account_list", "帳號", Permission.ACCOUNT_MANAGE),
)


def init_app(app: Flask) -> None:
    """Register filters, globals and the package that serves htmx."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        roc_date=roc_date,
        roc_datetime=roc_datetime,
        roc_year=roc_year,
        in_words=in_words,
        amount=amount_in_words,
        label=label,
        ntd=ntd,
        phone=spoken,
    )
    runtime = runtime_of(app)
    app.jinja_env.globals.update(few=FEW)

    @app.context_processor
    def _common() -> dict[str, object]:
        signed_in = current_user.is_authenticated
        known = g.equipment.knowledge if "equipment" in g else runtime.knowledge
        role = current_user.role if signed_in else None
        return {
            "now": clock.now(),
            "knowledge": known,
            "window": known.service_window,
            "closed_by": _closed_by(current_user.organisation if signed_in else None),
            "current_account": current_user,
            "navigation": navigation(role) if role else [],
            "may": (lambda name: may(role, Permission(name))) if role else (lambda _name: False),
        }


def _closed_by(slug: str | None) -> Closure | None:
    """Return the closure that lasts now: of the desk or, for a partner, of its organisation's county."""
    if "equipment" not in g:
        return None
    tools: Runtime = g.equipment
    organisation = tools.knowledge.organisations.get(slug or "")
    seat = organisation.seat if organisation else None
    return closure_at(tools.calendar.for_county(seat) if seat else tools.calendar, clock.now())


def navigation(role: Role) -> list[dict[str, str]]:
    """Return the pages of a role, in the order of the bar."""
    return [
        {"endpoint": endpoint, "url": url_for(endpoint), "label": words}
        for endpoint, words, permission in NAVIGATION
        if may(role, permission)
    ]


def choices(members: type[StrEnum]) -> list[tuple[str, str]]:
    """Return value and words of every member, in order, for a select or radios."""
    return [(member.value, label(member)) for member in members]


def htmx_files() -> Blueprint:
    """Return the room that serves htmx from its package."""
    folder = Path(js_lib_htmx.__file__).parent / "static" / "htmx"
    return Blueprint("htmx", __name__, static_folder=str(folder), static_url_path="/static/htmx")
