"""Doors for hotline agents and supervisors: one room, `agents`, its views spread over the modules here."""

from flask import Blueprint

bp = Blueprint("agents", __name__, url_prefix="/desk")

from helpdesk.web.agents import (  # noqa: E402 - the views need the room
    case_actions,
    case_view,
    clock_view,
    new_case,
    overview,
    referral_actions,
    supervision,
    supervision_exports,
)

__all__ = [
    "bp",
    "case_actions",
    "case_view",
    "clock_view",
    "new_case",
    "overview",
    "referral_actions",
    "supervision",
    "supervision_exports",
]
