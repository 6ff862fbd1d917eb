"""`flask knowledge`: whether the data can be used."""

import click
from flask import current_app
from flask.cli import AppGroup

from helpdesk.runtime import runtime_of
from knowledge_base import loader

group = AppGroup("knowledge", help="The knowledge base.")


@group.command("check")
def check() -> None:
    """Validate every file; exit 1 with file, key and reason of each problem."""
    problems = loader.check(runtime_of(current_app).settings.knowledge)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise SystemExit(1)
    click.echo("knowledge: ok")
