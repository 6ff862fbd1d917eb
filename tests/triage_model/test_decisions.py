"""The desk's labels on their way to the model: masked, read, checked, each text once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_model import decisions
from triage_model.corpus import CorpusError
from triage_model.masking import masked, readable_by_training
from triage_model.normalise import MASK_NAMES, fold

GIVEN = {
    "text": "鍋爐太舊想換",
    "label": "improvement",
    "register": "agent_note",
    "basis": "person",
    "blind": False,
    "decided_at": "2026-11-24T10:00:00+08:00",
    "model_version": "m1",
    "suggested": "problem",
}
PRIVATE = [
    "0912-345-678",
    "(04)2345-6789 轉 12",
    "wang@factory.com.tw",
    "https://a.tw/x?y=1",
    "A123456789",
    "12345678",
]
Write = Callable[[str], Path]


def lines(*changes: dict[str, Any]) -> str:
    return "\n".join(json.dumps({**GIVEN, **each}, ensure_ascii=False) for each in changes)


@pytest.mark.parametrize("private", PRIVATE)
def test_what_reaches_somebody_is_masked_and_the_rest_stays_as_written(private: str) -> None:
    found = masked(f"請回電　{private}，謝謝 ABC")
    assert private not in found
    assert found.startswith("請回電　〔")
    assert found.endswith("〕，謝謝 ABC")


@given(st.lists(st.sampled_from([*PRIVATE, "請回電", " ", "，", "碳盤查", "ISO 14064-1", "\n"]), max_size=8))
def test_a_masked_text_teaches_what_the_text_itself_would(pieces: list[str]) -> None:
    text = "、".join(pieces)
    again = readable_by_training(masked(text))
    assert fold(again).text == fold(text).text
    assert not any(mark in again for mark in MASK_NAMES.values())


@given(st.text())
def test_masking_twice_masks_nothing_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_decisions_are_read_in_the_order_of_time(write_lines: Write) -> None:
    early = {
        "text": "有什麼補助",
        "label": "measures",
        "decided_at": "2026-11-24T01:00:00+00:00",
        "blind": True,
    }
    path = write_lines(lines({}, early)) / "lines.jsonl"
    first, second = decisions.read([path])
    assert (first.example.text, first.blind, second.example.label) == ("有什麼補助", True, "improvement")
    assert second.example.register == "agent_note"


def test_of_a_text_decided_twice_the_last_decision_counts(write_lines: Write) -> None:
    later = {"text": "鍋爐太舊想換 ", "label": "measures", "decided_at": "2026-11-25T10:00:00+08:00"}
    path = write_lines(lines(later, {})) / "lines.jsonl"
    (only,) = decisions.read([path, path])
    assert only.example.label == "measures"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": " "}, "text is missing"),
        ({"text": None}, "text is missing"),
        ({"label": "greeting"}, "unknown label 'greeting'"),
        ({"label": []}, "unknown label"),
        ({"register": "poem"}, "unknown register 'poem'"),
        ({"blind": "yes"}, "blind"),
        ({"decided_at": "yesterday"}, "decided_at"),
        ({"decided_at": "2026-11-24T10:00:00"}, "zone"),
        ({"decided_at": None}, "decided_at"),
    ],
)
def test_a_bad_line_is_named(write_lines: Write, change: dict[str, Any], reason: str) -> None:
    path = write_lines(lines({}, change)) / "lines.jsonl"
    with pytest.raises(CorpusError, match=rf"lines\.jsonl:2: .*{reason}"):
        decisions.read([path])
