"""Doors for administrators."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")

from helpdesk.web.admin import (  # noqa: E402 - the views need the room
    account_pages,
    calendar_pages,
    catalogue_editions,
    catalogue_pages,
    change_progress,
    closure_pages,
    level_pages,
    model_exports,
    model_pages,
    model_versions,
    window_closing_pages,
)

__all__ = [
    "account_pages",
    "bp",
    "calendar_pages",
    "catalogue_editions",
    "catalogue_pages",
    "change_progress",
    "closure_pages",
    "level_pages",
    "model_exports",
    "model_pages",
    "model_versions",
    "window_closing_pages",
]
