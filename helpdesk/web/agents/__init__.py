"""Doors for hotline agents and supervisors: one room, `agents`, its views spread over the modules here."""

from flask import Blueprint

bp = Blueprint("agents", __name__, url_prefix="/desk")

from helpdesk.web.agents import (  # noqa: E402 - the views need the room
    budget_check,
    case_actions,
    case_view,
    catalogue,
    clock_view,
    look_up,
    match_actions,
    match_panel,
    match_view,
    measure_page,
    new_case,
    overview,
    reference_pages,
    referral_actions,
    supervision,
    supervision_exports,
)

__all__ = [
    "bp",
    "budget_check",
    "case_actions",
    "case_view",
    "catalogue",
    "clock_view",
    "look_up",
    "match_actions",
    "match_panel",
    "match_view",
    "measure_page",
    "new_case",
    "overview",
    "reference_pages",
    "referral_actions",
    "supervision",
    "supervision_exports",
]
