"""The `flask` commands: doors for administrators and schedulers. JSON lines in, JSON lines out."""

from flask import Flask

from helpdesk.commands import (
    account_commands,
    audit_commands,
    calendar_commands,
    closure_commands,
    knowledge_commands,
    notification_commands,
    referral_commands,
    sla_commands,
    triage_commands,
)
from helpdesk.commands.demo import demo_commands


def init_app(app: Flask) -> None:
    """Register every group."""
    for group in (
        account_commands.group,
        audit_commands.group,
        calendar_commands.group,
        closure_commands.group,
        demo_commands.group,
        knowledge_commands.group,
        notification_commands.group,
        referral_commands.group,
        sla_commands.group,
        triage_commands.group,
    ):
        app.cli.add_command(group)
