"""`flask triage`: what the desk decided, for the model to learn from."""

import json
from dataclasses import asdict
from datetime import datetime

import click
from flask.cli import AppGroup

from helpdesk.extensions import db
from helpdesk.policy.time_in_words import TAIPEI
from helpdesk.queries.final_labels import final_labels

group = AppGroup("triage", help="The model's suggestions and the desk's decisions.")


@group.command("export")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was decided from this day on.")
def export(since: datetime | None) -> None:
    """JSON lines {text, label, register, basis, blind, decided_at, model_version, suggested}.

    For `python -m triage_model train --decisions`.
    """
    from_day = since.replace(tzinfo=TAIPEI) if since else None
    for each in final_labels(db.session(), since=from_day):
        line = {**asdict(each), "decided_at": each.decided_at.isoformat()}
        click.echo(json.dumps(line, ensure_ascii=False))
