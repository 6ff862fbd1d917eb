"""`flask knowledge`: whether the data can be used, and what it says."""

import click
from flask import current_app
from flask.cli import AppGroup

from helpdesk.commands.catalogue_commands import COMMANDS
from helpdesk.commands.eligibility_commands import eligible
from helpdesk.runtime import runtime_of
from knowledge_base import loader

group = AppGroup("knowledge", help="The knowledge base.")
for command in (eligible, *COMMANDS):
    group.add_command(command)


@group.command("check")
def check() -> None:
    """Validate every file; exit 1 with file, key and reason of each problem."""
    problems = loader.check(runtime_of(current_app).settings.knowledge)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise SystemExit(1)
    click.echo("knowledge: ok")
