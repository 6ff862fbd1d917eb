"""Doors for partner organisations: an inbox of three lists, and one page for each referral."""

from flask import Blueprint

bp = Blueprint("partners", __name__, url_prefix="/partner")

from helpdesk.web.partners import clock_page, inbox_view, referral_view  # noqa: E402 - the views need the room

__all__ = ["bp", "clock_page", "inbox_view", "referral_view"]
