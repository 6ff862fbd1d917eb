"""Whether this process lives, and whether it can work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from helpdesk.extensions import db
from helpdesk.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer as long as the process does."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer when the database does."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
