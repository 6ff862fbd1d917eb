"""Doors for administrators."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")

from helpdesk.web.admin import account_pages  # noqa: E402 - the views need the room

__all__ = ["account_pages", "bp"]
