"""Doors for machines: `/api/v1`, a bearer key instead of a session."""

from flask import Blueprint

from helpdesk.extensions import csrf
from helpdesk.web.api.answers import map_refusals

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)
map_refusals(bp)

from helpdesk.web.api import case_intake, directory, referral_events  # noqa: E402 - the views need the room

__all__ = ["bp", "case_intake", "directory", "referral_events"]
