"""`flask triage` from the shell, and what training makes of it."""

import json
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from knowledge_base.records.vocabulary import Category
from tests import builders
from tests.conftest import NOW, PASSWORD
from triage_model import decisions

FIELDS = {"text", "label", "register", "basis", "blind", "decided_at", "model_version", "suggested"}


def an_agent(database: Session, runtime: Runtime) -> Account:
    return accounts.add_account(
        database, email="a@example.com", display_name="專員甲", role=Role.AGENT,
        password=PASSWORD, organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip


def export(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["triage", "export", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_export_is_what_training_reads(
    app: Flask, database: Session, runtime: Runtime, tmp_path: Path
) -> None:
    agent = an_agent(database, runtime)
    for text in ("附件上傳不了", "請打 0900-000-123 跟我說附件要傳哪些"):
        builders.sorted_case(
            database, runtime, account=agent, now=NOW, text=text, category=Category.APPLICATION
        )
    database.commit()
    printed = export(app)
    assert {frozenset(json.loads(line)) for line in printed.splitlines()} == {frozenset(FIELDS)}
    assert "〔電話〕" in printed
    path = tmp_path / "decisions.jsonl"
    path.write_text(printed, encoding="utf-8")
    read = decisions.read([path])
    assert [each.example.label for each in read] == ["application"] * 2
    assert {each.decided_at for each in read} == {NOW}


def test_the_export_begins_with_the_day_that_was_asked_for(
    app: Flask, database: Session, runtime: Runtime
) -> None:
    builders.sorted_case(database, runtime, account=an_agent(database, runtime), now=NOW)
    database.commit()
    today = f"{NOW:%Y-%m-%d}"
    assert len(export(app, "--since", today).splitlines()) == 1
    assert export(app, "--since", f"{NOW.year + 1}-01-01") == ""
