"""Closures and the office calendar from the shell: looked at first, applied whole or not at all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import DeclaredClosure, OfficialYear, TermsChange
from helpdesk.models.case import CaseEvent
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.events import EventKind
from helpdesk.runtime import Runtime
from tests import builders
from tests.conftest import NOW

DECLARE = (
    "closure",
    "declare",
    "--first-on",
    "115/11/24",
    "--from",
    "12:00",
    "--everywhere",
    "--reason",
    "颱風停班",
)


@pytest.fixture(autouse=True)
def _a_case_in_service_hours(app: Flask, database: Session, runtime: Runtime) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        builders.case(database, runtime, now=NOW, text="嗯")
        database.commit()
        yield


def run(app: Flask, *arguments: str | Path, code: int = 0) -> list[dict[str, Any]]:
    result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


def kept(database: Session) -> dict[str, Any]:
    """Return all that a change writes."""
    database.rollback()  # a snapshot of its own each time
    counts = {
        table.__tablename__: database.scalar(select(func.count()).select_from(table))
        for table in (TermsChange, DeclaredClosure, OfficialYear, CaseEvent)
    }
    return {**counts, "due": database.scalars(select(ServiceClock.due_at).order_by(ServiceClock.id)).all()}


def test_declaring_looks_first_and_changes_nothing_until_it_is_told_to(app: Flask, database: Session) -> None:
    before = kept(database)
    open_clocks = len(before["due"])
    [seen] = run(app, *DECLARE)
    assert seen["would"] == "停班：115/11/24 (二) 12:00–24:00，全國：颱風停班"
    assert (seen["moved"], seen["later"]) == (open_clocks, open_clocks)
    assert sum(seen["by_metric"].values()) == open_clocks
    assert kept(database) == before
    [done] = run(app, *DECLARE, "--by", "督導王", "--apply")
    assert done == {"applied": seen["would"], "version": 1, "moved": open_clocks}
    database.rollback()
    lines = database.scalars(select(CaseEvent).where(CaseEvent.kind == EventKind.CLOCK_MOVED)).all()
    assert {line.actor_name for line in lines} == {"督導王"}
    assert len(lines) == open_clocks


def test_a_second_declaration_is_refused_as_overlapping(app: Flask, database: Session) -> None:
    run(app, *DECLARE, "--apply")
    before = kept(database)
    [refused] = run(app, *DECLARE, "--apply", code=1)
    assert refused["error"]["field"] == "first_on"
    assert "與已宣告的停班重疊" in refused["error"]["reason"]
    assert kept(database) == before


def test_everything_that_is_wrong_with_a_closure_is_named_by_its_field(app: Flask, database: Session) -> None:
    before = kept(database)
    answers = run(
        app, "closure", "declare", "--first-on", "115/2/30", "--until", "25:00", "--county", "火星", "--apply", code=1
    )  # fmt: skip
    assert [answer["error"]["field"] for answer in answers] == ["first_on", "until", "counties", "reason"]
    assert kept(database) == before


def test_closures_are_listed_with_who_declared_and_who_withdrew_them(app: Flask, database: Session) -> None:
    assert run(app, "closure", "list") == []
    before = kept(database)["due"]
    run(app, *DECLARE, "--apply")
    [coming] = run(app, "closure", "list")
    assert coming == {
        "id": 1, "state": "coming", "starts_at": "2026-11-24T04:00:00+00:00",
        "ends_at": "2026-11-24T16:00:00+00:00", "counties": [], "reason": "颱風停班", "declared_by": "命令列",
        "declared_at": NOW.isoformat(), "moved": len(before),
    }  # fmt: skip
    [seen] = run(app, "closure", "withdraw", "1")
    assert (seen["moved"], seen["earlier"]) == (len(before), len(before))
    [refused] = run(app, "closure", "withdraw", "1", "--apply", code=1)
    assert refused == {"error": {"field": "reason", "reason": "請填原因"}}
    assert kept(database)["due"] != before
    run(app, "closure", "withdraw", "1", "--reason", "颱風轉向", "--by", "督導王", "--apply")
    assert kept(database)["due"] == before
    [withdrawn] = run(app, "closure", "list")
    assert (withdrawn["state"], withdrawn["withdrawn_by"]) == ("withdrawn", "督導王")
    assert withdrawn["why_withdrawn"] == "颱風轉向"


@pytest.mark.parametrize("number", ["1", "7"])
def test_a_closure_that_is_not_in_force_cannot_be_withdrawn(
    app: Flask, database: Session, number: str
) -> None:
    run(app, *DECLARE, "--apply")
    run(app, "closure", "withdraw", "1", "--reason", "颱風轉向", "--apply")
    before = kept(database)
    [refused] = run(app, "closure", "withdraw", number, "--reason", "再撤回", "--apply", code=1)
    assert refused["error"]["field"] == "id"
    assert kept(database) == before


def test_a_name_that_no_column_holds_is_refused(app: Flask, database: Session) -> None:
    before = kept(database)
    [refused] = run(app, *DECLARE, "--by", "名" * 121, "--apply", code=1)
    assert refused["error"]["field"] == "by"
    assert kept(database) == before


def test_an_exported_year_comes_back_by_import_and_differs_in_what_was_edited(
    app: Flask, database: Session, tmp_path: Path
) -> None:
    exported = app.test_cli_runner().invoke(args=["calendar", "export", "2026"]).stdout
    file = tmp_path / "115.csv"
    file.write_text(exported.replace("20261124,二,0,", "20261124,二,2,補假"), encoding="utf-8")
    before = kept(database)
    change, seen = run(app, "calendar", "import", file)
    assert change == {
        "on": "2026-11-24", "before": None, "after": {"working": False, "name": "補假"}, "counts": True,
    }  # fmt: skip
    assert (seen["would"], seen["moved"]) == ("匯入 115 年的辦公日曆", len(before["due"]))
    assert kept(database) == before
    [*_, refused] = run(app, "calendar", "import", file, "--apply", code=1)
    assert refused == {"error": {"field": "reason", "reason": "請填原因"}}
    assert kept(database) == before
    [*_, done] = run(app, "calendar", "import", file, "--reason", "公布", "--apply")
    assert (done["version"], done["moved"]) == (1, len(before["due"]))
    assert kept(database)["official_year"] == 1
    assert "20261124,二,2,補假" in app.test_cli_runner().invoke(args=["calendar", "export", "2026"]).stdout


@pytest.mark.parametrize(
    ("damage", "row", "reason"),
    [
        (lambda text: text.encode("cp950"), None, "可能是 Big5"),
        (lambda text: "\n".join(text.splitlines()[:300]).encode(), None, "缺 2026 年的 365 天中的"),
        (lambda text: (text + text.splitlines()[1]).encode(), 367, "2026-01-01 重複：第 2 列與第 367 列"),
        (lambda text: text.replace("20260105", "0105").encode(), 6, "「0105」沒有年份"),
        (lambda _: b"", None, "檔案是空的"),
    ],
    ids=["Big5", "a year not whole", "a date twice", "a date without its year", "empty"],
)
def test_a_file_that_cannot_be_used_is_refused_by_row_and_reason_and_nothing_is_applied(
    app: Flask, database: Session, tmp_path: Path, damage: Any, row: int | None, reason: str
) -> None:
    exported = app.test_cli_runner().invoke(args=["calendar", "export", "2026"]).stdout
    file = tmp_path / "115.csv"
    file.write_bytes(damage(exported))
    before = kept(database)
    answers = run(app, "calendar", "import", file, "--reason", "公布", "--apply", code=1)
    assert any(a["error"]["row"] == row and reason in a["error"]["reason"] for a in answers)
    assert kept(database) == before


def test_a_file_that_is_not_there_is_refused_in_words(app: Flask, tmp_path: Path) -> None:
    [refused] = run(app, "calendar", "import", tmp_path / "none.csv", code=1)
    assert refused["error"]["field"] == "file"
