"""Doors for the telephony provider: signed, without session, every delivery welcome twice."""

from flask import Blueprint

from helpdesk.extensions import csrf

bp = Blueprint("telephony", __name__, url_prefix="/telephony")
csrf.exempt(bp)

from helpdesk.web.telephony import callbacks, voice  # noqa: E402 - the views need the room

__all__ = ["bp", "callbacks", "voice"]
