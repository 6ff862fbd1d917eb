"""`flask accounts`: making accounts and keys from the shell."""

import click
from flask import current_app
from flask.cli import AppGroup

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.permissions import Role
from helpdesk.runtime import runtime_of
from helpdesk.services import accounts

group = AppGroup("accounts", help="Accounts and API keys.")


@group.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True, help="Display name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--organisation", help="Slug of the organisation; partners only.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def add(email: str, name: str, role: str, organisation: str | None, password: str) -> None:
    """Make an account."""
    try:
        account = accounts.add_account(
            db.session,  # type: ignore[arg-type]
            email=email,
            display_name=name,
            role=Role(role),
            password=password,
            organisation=organisation,
            equipment=runtime_of(current_app),
            now=clock.now(),
        )
    except ValueError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"{account.email} ({account.role})")


@group.command("revoke-key")
@click.option("--name", required=True, help="What the key was for.")
def revoke_key(name: str) -> None:
    """Take every API key of this name out of force."""
    revoked = accounts.revoke_api_keys(db.session, name=name, now=clock.now())  # type: ignore[arg-type]
    db.session.commit()
    if not revoked:
        raise click.ClickException(f"沒有名為「{name}」的有效金鑰。")
    click.echo(f"已停用 {revoked} 把金鑰。")


@group.command("key")
@click.option("--name", required=True, help="What the key is for.")
@click.option("--organisation", help="Slug of the organisation whose referrals it may answer.")
def key(name: str, organisation: str | None) -> None:
    """Make an API key and print it, this once."""
    if organisation is not None and organisation not in runtime_of(current_app).knowledge.organisations:
        raise click.ClickException(f"知識庫中沒有「{organisation}」這個單位。")
    issued = accounts.issue_api_key(db.session, name=name, organisation=organisation, now=clock.now())  # type: ignore[arg-type]
    db.session.commit()
    click.echo(issued)
