"""`flask notifications`: delivering the outbox by hand."""

import json

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import sessionmaker

from helpdesk import rounds
from helpdesk.extensions import db
from helpdesk.runtime import runtime_of

group = AppGroup("notifications", help="The outbox.")


@group.command("deliver")
def deliver() -> None:
    """Send what is due and print counts by verdict."""
    click.echo(json.dumps(rounds.deliver(sessionmaker(db.engine), runtime_of(current_app))))
