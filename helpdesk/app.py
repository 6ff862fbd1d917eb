"""`create_app`: the only place where all rooms meet."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from helpdesk import commands
from helpdesk import runtime as equipment
from helpdesk.database import WRITING, tune
from helpdesk.extensions import bootstrap, csrf, db, migrate
from helpdesk.models.amendment import RecordedClosing
from helpdesk.policy.uploads import MAX_BYTES, MAX_FILES
from helpdesk.services.terms_in_force import Hold
from helpdesk.settings import REPOSITORY, Settings
from helpdesk.web import (
    access,
    errors,
    presentation,
    request_log,
    row_ids,
    security_headers,
    transaction,
)
from helpdesk.web.rooms import BLUEPRINTS


def create_app(settings: Settings, runtime: equipment.Runtime | None = None) -> Flask:
    """Return the application of one installation; `runtime` is built from the settings when not given.

    Raises KnowledgeError, or ArtefactError when no model was trained yet.
    """
    app = Flask(
        "helpdesk",
        root_path=str(REPOSITORY / "helpdesk"),
        template_folder=str(REPOSITORY / "templates"),
        static_folder=str(REPOSITORY / "static"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # no inquiry in a log, whatever fails
        SESSION_COOKIE_NAME="desk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=MAX_FILES * MAX_BYTES + 1_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        BOOTSTRAP_SERVE_LOCAL=True,
        TESTING=settings.testing,
    )
    app.extensions["runtime"] = runtime or equipment.build(settings, wake=_wake_worker)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _bind_extensions(app)
    _refuse_disagreement(app)
    for room in (request_log, transaction, access, errors, presentation, row_ids):
        room.init_app(app)
    security_headers.init_app(app, secure=settings.secure_cookies)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    commands.init_app(app)
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(REPOSITORY / "migrations"))
    csrf.init_app(app)
    bootstrap.init_app(app)
    with app.app_context():
        tune(db.engine)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]


def _refuse_disagreement(app: Flask) -> None:
    """Raise KnowledgeError when what the desk amended no longer agrees with what this release ships.

    Starting is the moment to say so, as for files that cannot be used.
    """
    with app.app_context():
        if inspect(db.engine).has_table(RecordedClosing.__tablename__):
            with Session(db.engine.execution_options(**{WRITING: False})) as session:
                equipment.prevailing(equipment.runtime_of(app), session, Hold.NOT)
        db.engine.dispose()  # a server that forks shares no connection among its workers


def _wake_worker() -> None:
    from helpdesk.worker import deliver_now  # noqa: PLC0415 - opens the queue's file

    deliver_now()
