"""The `flask` commands, through the real application."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.runtime import Runtime
from tests import builders
from tests.conftest import NOW, PASSWORD

EXAMPLES = [
    ({"start": "2023-06-18T12:00:00+08:00", "minutes": 60}, "2023-06-19T09:30:00+08:00"),
    ({"start": "2023-06-21T17:00:00+08:00", "minutes": 240}, "2023-06-26T11:30:00+08:00"),
    ({"start": "2023-06-16T17:30:00+08:00", "minutes": 120}, "2023-06-17T10:00:00+08:00"),
    ({"start": "2023-06-19T08:30:00+08:00", "minutes": 570}, "2023-06-19T18:00:00+08:00"),
    (
        {
            "start": "2023-06-19T09:00:00+08:00",
            "minutes": 240,
            "pauses": [
                ["2023-06-19T10:00:00+08:00", "2023-06-19T12:00:00+08:00"],
                ["2023-06-19T11:00:00+08:00", "2023-06-19T13:00:00+08:00"],
            ],
            "county": "台中市",
        },
        "2023-06-19T16:00:00+08:00",
    ),
]


def run(app: Flask, *arguments: str, lines: list[Any] | None = None, code: int = 0) -> str:
    given = "\n".join(json.dumps(line) if not isinstance(line, str) else line for line in lines or [])
    result = app.test_cli_runner().invoke(args=list(arguments), input=given)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def answers(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize(("asked", "due"), EXAMPLES)
def test_due_dates_from_the_shell_are_those_of_the_rules(
    app: Flask, asked: Mapping[str, Any], due: str
) -> None:
    assert answers(run(app, "sla", "due", lines=[asked])) == [{"due": due}]


@pytest.mark.parametrize(
    "line",
    [
        {"start": "2023-06-18T12:00:00", "minutes": 60},
        {"start": "2023-06-18T12:00:00+08:00", "minutes": 0},
        {"start": "2023-06-18T12:00:00+08:00", "minutes": -5},
        {"start": "2023-06-18T12:00:00+08:00", "minutes": "60"},
        {"start": "2023-06-18T12:00:00+08:00", "minutes": 1e300},
        {"start": "2023-06-18T12:00:00+08:00", "minutes": True},
        {"start": "2023-06-18T12:00:00+08:00"},
        {"start": "gestern", "minutes": 60},
        {"start": "9999-06-18T12:00:00+08:00", "minutes": 60},
        {"start": "2023-06-18T12:00:00+08:00", "minutes": 60, "county": "火星"},
        {"start": "2023-06-18T12:00:00+08:00", "minutes": 60, "pauses": [[1, 2, 3]]},
        "no json",
        "[]",
        "[" * 100_000,
        '{"start": ' * 100_000,
        '{"start": "\\ud800", "minutes": 60}',
        '{"minutes": 60, "minutes": 61, "start": "2023-06-18T12:00:00+08:00"}',
        '{"start": "2023-06-18T12:00:00+08:00", "minutes": ' + "9" * 5_000 + "}",
        '{"start": "0001-01-01T00:00:00+08:00", "minutes": 60}',
    ],
)
def test_a_bad_line_gets_an_error_and_the_next_one_its_answer(app: Flask, line: object) -> None:
    bad, good = answers(run(app, "sla", "due", lines=[line, EXAMPLES[0][0]]))
    assert set(bad) == {"error"}
    assert good == {"due": EXAMPLES[0][1]}


def test_lines_may_begin_with_a_byte_order_mark_and_are_refused_when_they_are_no_utf_8(app: Flask) -> None:
    good = json.dumps(EXAMPLES[0][0]).encode()
    given = b"\xef\xbb\xbf" + good + b"\n\xff\n\n" + good
    result = app.test_cli_runner().invoke(args=["sla", "due"], input=given)
    first, bad, last = answers(result.output)
    assert first == last == {"due": EXAMPLES[0][1]}
    assert bad == {"error": "line 2: no UTF-8"}


def test_a_key_that_is_said_twice_is_named(app: Flask) -> None:
    (bad,) = answers(run(app, "sla", "due", lines=['{"minutes": 60, "start": "x", "minutes": 61}']))
    assert bad == {"error": "line 1: keys twice: minutes"}


def test_working_time_from_the_shell_is_in_minutes(app: Flask) -> None:
    asked = {"start": "2023-06-16T17:30:00+08:00", "end": "2023-06-17T10:00:00+08:00"}
    backwards = {"start": asked["end"], "end": asked["start"]}
    first, second = answers(run(app, "sla", "worked", lines=[asked, backwards]))
    assert first == {"minutes": 120}
    assert "error" in second


def test_the_knowledge_checks_out(app: Flask) -> None:
    assert "ok" in run(app, "knowledge", "check")


def test_candidates_from_the_shell_come_ranked_with_reasons_and_exclusions(app: Flask) -> None:
    facts = {"category": "problem", "county": "台中市", "sector": "機械", "regular_employees": 35}
    found, unknown, odd = answers(
        run(app, "referral", "candidates", lines=[facts, {"category": "x"}, {"colour": "red"}])
    )
    assert found["candidates"][0]["organisation"] == "pmc"
    assert found["candidates"][0]["reasons"]
    assert any("sector" in e["because"] for e in found["excluded"])
    assert "error" in unknown
    assert "colour" in odd["error"]


def test_an_account_and_a_key_are_made_from_the_shell(app: Flask, database: Session) -> None:
    arguments = [
        "accounts",
        "add",
        "--email",
        "a@example.com",
        "--name",
        "甲",
        "--role",
        "agent",
        "--password",
        PASSWORD,
    ]
    assert "a@example.com" in run(app, *arguments)
    assert database.scalars(select(Account.email)).all() == ["a@example.com"]
    assert "已經有帳號" in run(app, *arguments, code=1)
    assert run(app, "accounts", "key", "--name", "介接").startswith("sw_")


def test_demo_cases_come_through_the_real_services_and_the_same_seed_makes_no_doubles(
    app: Flask, database: Session
) -> None:
    for _ in range(2):
        run(app, "demo", "load", "--cases", "25", "--seed", "3")
    assert database.scalar(select(func.count()).select_from(Case)) == 25
    statuses = set(database.scalars(select(Case.status)))
    assert len(statuses) >= 3
    assert "agent@demo.example" in run(app, "demo", "accounts")
    assert "ok" in run(app, "audit", "verify")
    assert json.loads(run(app, "notifications", "deliver"))["sent"] > 0
    assert json.loads(run(app, "sla", "sweep"))["looked_at"] == 0
    run(app, "demo", "load", "--only-when-new")
    assert database.scalar(select(func.count()).select_from(Case)) == 25


@pytest.mark.parametrize(
    "damage",
    [
        'UPDATE case_event SET data = \'{"channel": "api"}\' WHERE sequence = 1',
        "UPDATE case_event SET actor_name = 'x' WHERE sequence = 2",
        "DELETE FROM case_event WHERE sequence = 2",
        "DELETE FROM case_event WHERE sequence = (SELECT max(sequence) FROM case_event)",
    ],
)
def test_a_changed_history_is_found(app: Flask, database: Session, runtime: Runtime, damage: str) -> None:
    number = builders.case(database, runtime, now=NOW).number
    database.commit()
    assert "ok" in run(app, "audit", "verify")
    database.execute(text(damage))
    database.commit()
    assert number in run(app, "audit", "verify", code=1)
