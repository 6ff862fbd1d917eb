"""The front page: what the window does, and the ways in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from helpdesk.web.access import public

bp = Blueprint("portal", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the ways in: the form, the telephone, the state of a case."""
    return render_template("public/portal.html")
