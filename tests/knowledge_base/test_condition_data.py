"""What the loader refuses of conditions, naming file, record, place and reason."""

import shutil
from pathlib import Path

import pytest

from knowledge_base import loader

WRONG = [
    ("fact: regular_employees, op: \">=\", value: 10", "fact: headcount, op: \">=\", value: 10", "fact", "應為"),
    ("fact: regular_employees, op: \">=\", value: 10", "fact: regular_employees, op: \">=\", value: 十", "", "整數"),
    ("regular_employees, op: \">=\", value: 10", "regular_employees, op: in, value: [\"10\"]", "op", "不能用"),
    ("fact: prc_capital, op: \"==\", value: false", "fact: prc_capital, op: \"==\", value: 否", "value", "不會是"),
    ("op: in, value: [company, business]", "op: in, value: [company, corp]", "value", "「corp」"),
    ("op: in, value: [電子資訊, 金屬機電, 民生化工]", "op: in, value: [電子業]", "value", "「電子業」"),
    ("{use: sme, origin: {source: assist_114", "{use: smb, origin: {source: assist_114", "use", "criteria 沒有「smb」"),
    ("fact: registration, op: in", "fact: registration, op: \"~\"", "op", "應為"),
    ("id: not_branch, fact", "id: registered, fact", "id", "重複"),
    ("value: [company, business, limited_partnership]", "value: company", "", "清單"),
    ("closes_at: 2025-03-20T18:00:00+08:00", "closes_at: 2024-03-20T18:00:00+08:00", "window", "結束早於開始"),
    ("closes_at: 2025-03-20T18:00:00+08:00", "closes_at: 2025-02-30T18:00:00+08:00", "", "YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "place", "reason"), WRONG)
def test_a_faulty_rule_is_refused_with_its_place_and_reason(
    tmp_path: Path, written: str, instead: str, place: str, reason: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(loader.DATA, data)
    changed = 0
    for path in (data / "measures.yaml", data / "criteria.yaml"):
        text = path.read_text(encoding="utf-8")
        changed += written in text
        path.write_text(text.replace(written, instead), encoding="utf-8")
    assert changed
    problems = loader.check(data)
    assert problems
    assert all(problem.file in {"measures.yaml", "criteria.yaml"} for problem in problems)
    assert any(problem.key.endswith(place) and reason in problem.reason for problem in problems), problems


def test_a_tree_that_is_none_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(loader.DATA, data)
    path = data / "criteria.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("      all:\n", "      alle:\n"), encoding="utf-8"
    )
    assert any("alle" in problem.key for problem in loader.check(data))
