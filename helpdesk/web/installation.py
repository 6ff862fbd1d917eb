"""What a request works with: the installation's runtime under the terms in force in its transaction."""

from typing import cast

from flask import current_app, g

from helpdesk.extensions import db
from helpdesk.runtime import Runtime, prevailing, runtime_of
from helpdesk.services.terms_in_force import Hold


def take(hold: Hold) -> None:
    """Read the terms for this request, and hold them until it is settled."""
    g.equipment = prevailing(runtime_of(current_app), db.session(), hold)


def equipment() -> Runtime:
    """Return the runtime of this request; every request takes it when it begins."""
    return cast(Runtime, g.equipment)
