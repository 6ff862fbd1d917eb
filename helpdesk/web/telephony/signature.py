"""Whether a webhook really comes from the provider."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app, request
from twilio.request_validator import RequestValidator

from helpdesk.runtime import runtime_of
from helpdesk.web.access import keyed

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])


def signed(view: View) -> View:
    """Let in only requests with a good X-Twilio-Signature; others get 403 before anything is read.

    The address that was signed is the public one, with the raw path and query: behind a proxy and
    with Chinese in the query the request's own would not fit.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        settings = runtime_of(current_app).settings
        signature = request.headers.get("X-Twilio-Signature")
        if settings.twilio is None or not signature:
            log.warning("unsigned telephony webhook refused")
            abort(403)
        address = settings.public_base_url + _raw_path_and_query()
        if not RequestValidator(settings.twilio.auth_token).validate(address, request.form, signature):
            log.warning("telephony webhook with a bad signature refused")
            abort(403)
        return view(*args, **kwargs)

    return keyed(cast(View, guarded))


def _raw_path_and_query() -> str:
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw:
        return str(raw)
    query = request.query_string.decode("ascii", "replace")
    return request.path + (f"?{query}" if query else "")
