"""The catalogue from the shell: written to a file, looked at, applied whole or not at all."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import CatalogueRecord, RecordedClosing, TermsChange
from helpdesk.runtime import Runtime
from tests import builders
from tests.conftest import NOW

MEASURE, KEY = "tariff_rd_single", "114-115"
CLOSE = ("knowledge", "close-window", MEASURE, KEY, "--funds", "--at", "115/11/23 17:00")


@pytest.fixture(autouse=True)
def _a_case_in_service_hours(app: Flask, database: Session, runtime: Runtime) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        made = builders.case(database, runtime, now=NOW, text="嗯")
        made.measure = MEASURE
        database.commit()
        yield


def run(app: Flask, *arguments: str | Path, code: int = 0) -> list[dict[str, Any]]:
    result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


def rows(database: Session, table: type) -> list[Any]:
    database.rollback()
    return list(database.scalars(select(table)))


@pytest.fixture
def edited(app: Flask, tmp_path: Path) -> Path:
    """The exported catalogue with one summary changed."""
    path = tmp_path / "catalogue.yaml"
    run(app, "knowledge", "export", path)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for measure in document["measures"]:
        measure["summary"] = "新的摘要" if measure["id"] == MEASURE else measure["summary"]
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_a_file_is_looked_at_first_and_changes_nothing_until_it_is_told_to(
    app: Flask, database: Session, edited: Path
) -> None:
    [seen] = run(app, "knowledge", "import", edited)
    assert (seen["records"], seen["moved"], seen["answers"]) == ([f"measures/{MEASURE}"], 0, 0)
    assert seen["would"].startswith("修改目錄：措施 1 筆")
    [caution] = seen["cautions"]
    assert re.fullmatch("措施「.+」「摘要」：改了，出處仍是「.+」（.+）；請確認.+", caution)
    assert rows(database, TermsChange) == []
    [done] = run(app, "knowledge", "import", edited, "--apply", "--reason", "公告", "--by", "王督導")
    assert (done["version"], done["applied"]) == (1, seen["would"])
    [change] = rows(database, TermsChange)
    assert (change.reason, change.actor_name) == ("公告", "王督導")
    assert [row.document["summary"] for row in rows(database, CatalogueRecord)] == ["新的摘要"]
    [again] = run(app, "knowledge", "import", edited, code=1)
    assert "與現在的目錄相同" in again["error"]["reason"]


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_an_older_version_is_written_and_an_unknown_one_refused(
    app: Flask, tmp_path: Path, edited: Path, form: str
) -> None:
    run(app, "knowledge", "import", edited, "--apply", "--reason", "公告")
    path = tmp_path / f"old.{form}"
    assert run(app, "knowledge", "export", "--at", "0", path)[0]["version"] == 0
    [seen] = run(app, "knowledge", "import", path)
    assert seen["records"] == [f"measures/{MEASURE}"]
    [refused] = run(app, "knowledge", "export", "--at", "9", "--format", form, tmp_path / "x", code=1)
    assert refused["error"]["field"] == "at"


def test_the_faults_of_a_file_are_lines_with_their_place(
    app: Flask, tmp_path: Path, database: Session
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("measures:\n- id: x\n- id: X\n", encoding="utf-8")
    faults = run(app, "knowledge", "import", path, "--apply", "--reason", "x", code=1)
    assert len(faults) > 1
    assert all(set(fault["error"]) == {"sheet", "row", "column", "reason"} for fault in faults)
    assert rows(database, TermsChange) == []


def test_applying_needs_a_reason(app: Flask, database: Session, edited: Path) -> None:
    [refused] = run(app, "knowledge", "import", edited, "--apply", code=1)
    assert refused["error"] == {"field": "reason", "reason": "請填原因"}
    assert rows(database, TermsChange) == []


def test_a_window_is_closed_and_opened_again(app: Flask, database: Session) -> None:
    [seen] = run(app, *CLOSE)
    assert (seen["answers"], rows(database, RecordedClosing)) == (1, [])
    [done] = run(app, *CLOSE, "--apply", "--reason", "網站公告")
    assert "經費用罄：115/11/23 (一) 17:00" in done["applied"]
    [listed] = run(app, "knowledge", "closings")
    assert (listed["state"], listed["measure"], listed["reason"]) == ("held", MEASURE, "網站公告")
    [twice] = run(app, *CLOSE, "--apply", "--reason", "網站公告", code=1)
    assert twice["error"]["field"] == "kind"
    [back] = run(app, "knowledge", "reopen-window", "1", "--apply", "--reason", "記錯")
    assert (back["version"], back["answers"]) == (2, 1)
    for number in ("1", "9"):
        [refused] = run(app, "knowledge", "reopen-window", number, code=1)
        assert refused["error"]["field"] == "id"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("nobody", KEY, "--funds", "--at", "115/11/23 17:00"), "measure"),
        ((MEASURE, "199", "--early", "--at", "115/11/23"), "edition"),
        ((MEASURE, KEY, "--at", "115/11/23 17:00"), "kind"),
        ((MEASURE, KEY, "--funds", "--at", "2026-11-25T17:00"), "on"),
        ((MEASURE, KEY, "--funds", "--at", "115/11/23"), "at"),
    ],
)
def test_a_closing_that_cannot_be_is_refused_by_its_field(
    app: Flask, arguments: tuple[str, ...], field: str
) -> None:
    [refused] = run(app, "knowledge", "close-window", *arguments, code=1)
    assert refused["error"]["field"] == field
