"""`python -m triage_model` as other programs use it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW
from triage_model import store
from triage_model.corpus import Example
from triage_model.labels import LABELS


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "error", "-m", "triage_model", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False)


@pytest.fixture(scope="module")
def answers(model_store: Path) -> list[dict[str, Any]]:
    texts = [json.dumps({"text": text}).encode() for text in ("工廠電費太高，想換變頻空壓機", "", "\ud800")]
    bad = [b"not json", b"[1]", b'{"text": 3}', b"{}", b'{"text": "\xff"}', b"[" * 100_000]
    done = run("classify", given=b"\n".join([texts[0], *bad, b"", *texts[1:]]) + b"\n")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_classify_answers_each_line_in_order(answers: list[dict[str, Any]]) -> None:
    assert ["error" in answer for answer in answers] == [False, *[True] * 6, False, False]


def test_classify_says_what_the_model_says(answers: list[dict[str, Any]]) -> None:
    said = store.load_promoted().classify("工廠電費太高，想換變頻空壓機")
    answer = answers[0]
    assert answer["category"] == said.category
    assert answer["probability"] == said.probability
    assert [(row["category"], row["probability"]) for row in answer["ranking"]] == list(said.ranking)
    assert answer["abstain"] is said.abstain
    assert answer["shortlist"] == list(said.shortlist)
    assert [(row["text"], row["weight"]) for row in answer["terms"]] == [
        (term.text, term.weight) for term in said.terms
    ]


def test_classify_leaves_an_empty_text_to_a_person(answers: list[dict[str, Any]]) -> None:
    assert [(answer["abstain"], answer["abstain_reason"]) for answer in answers[-2:]] == [
        (True, "empty_text")
    ] * 2


def test_evaluate_reports_on_a_file(
    model_store: Path, write_lines: Callable[[str], Path], examples: list[Example]
) -> None:
    chosen = examples[::7]
    rows = [json.dumps({"text": e.text, "label": e.label}, ensure_ascii=False) for e in chosen]
    done = run("evaluate", "--data", str(write_lines("\n".join(rows)) / "lines.jsonl"))
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads(done.stdout)
    assert report["texts"] == len(chosen)
    assert report["model_version"] == store.promoted()
    assert [sum(row) for row in report["confusion"]["rows"]] == [
        sum(e.label == label for e in chosen) for label in LABELS
    ]
    low, high = report["accuracy"]["interval"]
    assert low <= report["accuracy"]["value"] <= high


def test_evaluate_refuses_an_unknown_label_by_file_and_line(
    model_store: Path, write_lines: Callable[[str], Path]
) -> None:
    folder = write_lines('{"text": "你好", "label": "greeting"}')
    done = run("evaluate", "--data", str(folder / "lines.jsonl"))
    assert done.returncode == 1
    assert done.stderr.decode().startswith("lines.jsonl:1: unknown label")
    assert done.stdout == b""


@pytest.fixture
def own_store(model_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with the default model in use, for changing."""
    shutil.copytree(model_store, tmp_path / "own")
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(tmp_path / "own"))
    return tmp_path / "own"


def test_train_tests_what_the_desk_decided_and_keeps_the_refusal(
    own_store: Path, write_lines: Callable[[str], Path]
) -> None:
    decided = {"text": "請問〔電話〕是你們的電話嗎", "label": "out_of_scope", "register": "agent_note",
               "blind": True, "decided_at": NOW.isoformat()}  # fmt: skip
    path = write_lines(json.dumps(decided, ensure_ascii=False)) / "lines.jsonl"
    before = store.promoted()
    done = run("train", "--decisions", str(path))
    assert done.returncode == 0, done.stderr.decode()
    made = json.loads(done.stdout)
    assert (made["standing"], made["decisions"], made["is_promoted"]) == ("refused", 1, False)
    assert made["report"]["frozen"]["blind"] == 1
    assert {rule["rule"] for rule in made["report"]["rules"] if not rule["holds"]} >= {"better"}
    assert store.promoted() == before
    assert [each.id for each in store.versions()] == [made["id"], before]
    refused = run("promote", made["id"])
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert "refused" in refused.stderr.decode()


def test_versions_promote_and_rollback_from_the_shell(own_store: Path) -> None:
    first = store.promoted()
    assert first is not None
    shutil.copytree(own_store / first, own_store / "second")
    done = run("promote", "second", "--who", "王督導", "--why", "較準")
    assert json.loads(done.stdout) == {"in_use": "second", "before": first}
    lines = [json.loads(line) for line in run("versions").stdout.splitlines()]
    assert {line["id"]: line["is_promoted"] for line in lines} == {"second": True, first: False}
    assert json.loads(run("rollback").stdout) == {"in_use": first, "before": "second"}
    assert [(each.version, each.who) for each in store.history()[:2]] == [
        (first, "命令列"),
        ("second", "王督導"),
    ]
    assert run("rollback").returncode == 1
    assert run("promote", "unknown").stderr.decode().startswith("there is no version")
