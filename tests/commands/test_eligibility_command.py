"""`flask knowledge eligible`: the interface that others rely on."""

from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.commands.test_commands import answers, run

ASKED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {
            "measure": "idb10_mfg_case",
            "edition": "112",
            "facts": {"regular_employees": 8},
            "on": "2023-06-01",
        },
        {
            "result": "not_eligible",
            "window": "open",
            "decisive": ["emp_ge_10"],
            "ask": [],
            "nearest": "sme9_mfg_case",
        },
    ),
    (
        {
            "measure": "tariff_rd_single",
            "edition": "114-115",
            "facts": {"sector": "機械", "tariff_affected": None},
            "on": "2025-08-06",
        },
        {"result": "need_more_info", "window": "not_yet_open", "decisive": [], "ask": ["tariff_affected"]},
    ),
    (
        {"measure": "idb_training", "facts": {"sector": "食品"}},
        {"result": "eligible", "window": "closed_by_date", "edition": "112-114", "successor": None},
    ),
    ({"measure": "tariff_orders"}, {"result": "need_more_info", "rules_known": False, "ask": []}),
]


@pytest.mark.parametrize(("asked", "wanted"), ASKED)
def test_conditions_are_judged_from_the_shell(
    app: Flask, asked: dict[str, Any], wanted: dict[str, Any]
) -> None:
    (given,) = answers(run(app, "knowledge", "eligible", lines=[asked]))
    assert {name: given[name] for name in wanted} == wanted
    assert {"result", "window", "decisive", "ask"} <= set(given)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"measure": "nothing"}, "nothing"),
        ({"measure": "sme9_mfg_case", "edition": "99"}, "99"),
        ({"measure": "sme9_mfg_case", "facts": {"colour": 1}}, "colour"),
        ({"measure": "sme9_mfg_case", "facts": {"regular_employees": "nine"}}, "regular_employees"),
        ({"measure": "sme9_mfg_case", "facts": [1]}, "facts"),
        ({"measure": "sme9_mfg_case", "facts": []}, "facts"),
        ({"measure": "sme9_mfg_case", "facts": 0}, "facts"),
        ({"measure": "sme9_mfg_case", "facts": ""}, "facts"),
        ({"measure": "sme9_mfg_case", "facts": False}, "facts"),
        (
            '{"measure": "sbir", "facts": {"regular_employees": 5, "regular_employees": 9}}',
            "regular_employees",
        ),
        ({"measure": "sme9_mfg_case", "on": 20250801}, "20250801"),
        ({"measure": "sme9_mfg_case", "on": "20250801"}, "20250801"),
        ({"measure": "sme9_mfg_case", "on": "2025-W05-1"}, "2000 to 2100"),
        ({"measure": "sme9_mfg_case", "on": "1999-12-31"}, "2000 to 2100"),
        ({"measure": "sme9_mfg_case", "on": "9999-12-31"}, "2000 to 2100"),
        ({"measure": "sme9_mfg_case", "on": "0001-01-01"}, "2000 to 2100"),
        ({"measure": "sme9_mfg_case", "on": ""}, "on must be"),
        ({"measure": "\ud800"}, "\ud800"),
        ({"measure": "sme9_mfg_case", "on": "2025-02-30"}, "2025-02-30"),
        ({"edition": "112"}, "measure"),
        ({"measure": "sme9_mfg_case", "when": "today"}, "when"),
    ],
)
def test_a_line_that_cannot_be_judged_says_why_and_the_next_is_answered(
    app: Flask, asked: dict[str, Any] | str, named: str
) -> None:
    refused, given = answers(run(app, "knowledge", "eligible", lines=[asked, {"measure": "sbir"}]))
    assert named in refused["error"]
    assert given["measure"] == "sbir"


def test_without_a_day_the_very_moment_is_judged(app: Flask) -> None:
    asked = {"measure": "idb10_mfg_case", "edition": "114", "facts": None}
    for moment, window in (("17:59", "open"), ("18:01", "closed_by_date")):
        with time_machine.travel(f"2025-03-20T{moment}:00+08:00", tick=False):
            (given,) = answers(run(app, "knowledge", "eligible", lines=[asked]))
        assert (given["window"], given["on"]) == (window, "2025-03-20")
    (given,) = answers(run(app, "knowledge", "eligible", lines=[{**asked, "on": "2025-03-20"}]))
    assert given["window"] == "open"


@pytest.mark.parametrize(
    ("asked", "named"), [({"on": ""}, "on must be"), ({"on": 0}, "on must be"), ({"facts": []}, "facts")]
)
def test_candidates_are_asked_for_with_the_same_facts_and_days(
    app: Flask, asked: dict[str, Any], named: str
) -> None:
    refused, given = answers(
        run(app, "referral", "candidates", lines=[asked, {"category": "problem", "county": "彰化縣"}])
    )
    assert named in refused["error"]
    assert given["candidates"]
