"""One transaction per request: below 400 it is committed, anything else is rolled back."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from helpdesk.database import WRITING
from helpdesk.extensions import db
from helpdesk.policy.permissions import Permission, may
from helpdesk.runtime import runtime_of
from helpdesk.services.notifications import OUTBOX_FILLED
from helpdesk.services.terms_in_force import Hold
from helpdesk.web import installation

View = TypeVar("View", bound=Callable[..., Any])
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def writes(view: View) -> View:
    """Mark a view that writes although it is fetched with GET, e.g. to record who looked."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def reads(view: View) -> View:
    """Mark a view that writes nothing although it is posted to, e.g. a preview: it holds up nobody."""
    view.reads = True  # type: ignore[attr-defined]
    return view


def changes_terms(view: View) -> View:
    """Mark a view that changes the terms of service: nobody else writes clocks meanwhile."""
    view.changes_terms = True  # type: ignore[attr-defined]
    return view


def keep() -> None:
    """Commit even though the answer is an error: a counted failure, a draft of what was typed."""
    g.keep = True


def read_again() -> None:
    """Undo what the request began and go on reading only: nobody waits while a refusal is explained."""
    db.session.rollback()
    db.session.connection(execution_options={WRITING: False})
    installation.take(Hold.NOT)


def init_app(app: Flask) -> None:
    """Begin and settle the transaction of every request of `app`."""
    app.before_request(_begin)
    app.after_request(_settle)


def _begin() -> None:
    if request.endpoint is None or request.endpoint.endswith("static"):
        return
    view = current_app.view_functions[request.endpoint]
    posted = request.method not in READING and not getattr(view, "reads", False)
    writing = posted or getattr(view, "writes", False)
    if writing:
        # The body is read first: a slow upload must not hold the database's only write lock.
        request.get_data(cache=True) if request.mimetype == "application/json" else request.form
    db.session.connection(execution_options={WRITING: writing})
    rule = getattr(view, "access_rule", None)
    # Whoever will be refused holds up nobody.
    alone = (
        getattr(view, "changes_terms", False)
        and isinstance(rule, Permission)
        and current_user.is_authenticated
        and may(current_user.role, rule)
    )
    installation.take(Hold.ALONE if alone else Hold.SHARED if writing else Hold.NOT)


def _settle(response: Response) -> Response:
    if "_sqlalchemy_settled" in g or not db.session.registry.has():
        return response
    g._sqlalchemy_settled = True
    if response.status_code < 400 or g.get("keep", False):
        told = db.session.info.pop(OUTBOX_FILLED, False)
        db.session.commit()
        if told:
            runtime_of(current_app).wake()
    else:
        db.session.rollback()
    return response
