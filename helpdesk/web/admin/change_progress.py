"""A change of terms put in force for a request, and how far it has come, told in a small file meanwhile.

The change is one transaction, still open while it is told. The file is named by a random token made with
the preview page and is gone when the change is settled. It is a courtesy: a change never fails because its
progress could not be told.
"""

import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.extensions import db
from helpdesk.models.amendment import TermsChange
from helpdesk.policy.business_time import NoWorkingTime
from helpdesk.policy.permissions import Permission
from helpdesk.runtime import runtime_of
from helpdesk.services.reckoning import Report
from helpdesk.services.terms_changes import put_in_force
from helpdesk.services.terms_proposals import Proposal
from helpdesk.services.timeline import acting
from helpdesk.web.access import current_account, requires
from helpdesk.web.admin import bp
from helpdesk.web.installation import equipment

SECONDS_BETWEEN_WRITES = 0.5
_TOKEN = re.compile("[0-9a-f]{32}")


def new_token() -> str:
    """Return the name under which the next change will tell its progress."""
    return secrets.token_hex(16)


@bp.get("/progress/<token>")
@requires(Permission.TERMS_CHANGE)
def change_progress(token: str) -> ResponseReturnValue:
    """Show how far the change has come; before its first part is done nobody knows of how much."""
    path = _place(token) or abort(404)
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError):
        told = {}
    return render_template("admin/progress.html", done=told.get("done"), total=told.get("total"))


def applied(proposal: Proposal, *, reason: str, now: datetime, based_on: int | None = None) -> TermsChange:
    """Put in force what the preview of this request's form showed, in the name of whoever sent it.

    `based_on` is the version of the preview's terms where that was signed; else it is the form's. Raises
    StaleTerms when the terms are no longer those of the preview, NoWorkingTime.
    """
    seen = request.form.get("based_on", -1, type=int) if based_on is None else based_on
    with told_progress() as report:
        return put_in_force(
            db.session(), proposal, based_on=seen, reason=reason,
            actor=acting(current_account()), equipment=equipment(), now=now, report=report,
        )  # fmt: skip


def never_due(refusal: NoWorkingTime, advice: str = "") -> str:
    """Say why terms cannot hold under which a running promise never comes due."""
    return "，".join(filter(None, (f"有未結束的時效無法到期：{refusal}", advice)))


@contextmanager
def told_progress() -> Iterator[Report]:
    """Yield what tells how far the change of this request has come, under the token of its form."""
    path = _place(request.form.get("progress", ""))
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if path is None or time.monotonic() - last < SECONDS_BETWEEN_WRITES:
            return
        last = time.monotonic()
        with suppress(OSError):
            _write(path, json.dumps({"done": done, "total": total}))

    try:
        yield report
    finally:
        if path is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _place(token: str) -> Path | None:
    if not _TOKEN.fullmatch(token):
        return None
    return runtime_of(current_app).settings.instance / "progress" / token


def _write(path: Path, text: str) -> None:
    """Put the file in place whole: its reader never sees half of it."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)
