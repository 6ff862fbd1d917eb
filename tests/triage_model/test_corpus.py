"""What the shipped texts must be, and how a bad line is refused."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from triage_model import corpus
from triage_model.corpus import CorpusError, Example
from triage_model.labels import IN_SCOPE, LABELS, OUT_OF_SCOPE, REGISTERS
from triage_model.normalise import fold

FEWEST = {**dict.fromkeys(IN_SCOPE, 150), OUT_OF_SCOPE: 100}
TOO_SIMILAR = 90  # rapidfuzz's ratio, 0 to 100
GOOD = {
    "id": "measures-001", "text": "有什麼補助", "label": "measures",
    "register": "phone_typing", "family": "measures-001", "hard": False,
}  # fmt: skip


def line(**changed: object) -> str:
    return json.dumps({**GOOD, **changed}, ensure_ascii=False)


@pytest.mark.parametrize("label", LABELS)
def test_every_label_has_enough_texts(examples: list[Example], label: str) -> None:
    assert sum(e.label == label for e in examples) >= FEWEST[label]


@pytest.mark.parametrize("label", LABELS)
def test_every_label_is_told_in_every_register(examples: list[Example], label: str) -> None:
    counts = Counter(e.register for e in examples if e.label == label)
    assert set(counts) == set(REGISTERS), counts


def test_no_label_is_unknown(examples: list[Example]) -> None:
    assert {e.label for e in examples} == set(LABELS)


def test_no_two_texts_say_nearly_the_same(examples: list[Example]) -> None:
    texts = [fold(e.text).text for e in examples]
    likeness = np.triu(process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=TOO_SIMILAR), k=1)
    pairs = [
        f"{examples[a].id} and {examples[b].id}: {examples[a].text} | {examples[b].text}"
        for a, b in np.argwhere(likeness > TOO_SIMILAR)
    ]
    assert not pairs, "\n".join(pairs)


def test_no_family_tells_two_labels(examples: list[Example]) -> None:
    labels: dict[str, set[str]] = {}
    for example in examples:
        labels.setdefault(example.family, set()).add(example.label)
    assert [family for family, told in labels.items() if len(told) > 1] == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (line(id="x", label="complaint"), "unknown label 'complaint'"),
        (line(id="x", register="poem"), "unknown register 'poem'"),
        (line(id="x", text=" \n"), "empty text"),
        (line(id="x", text=3), "empty text"),
        (line(id=""), "empty id"),
        (line(id="x", writer=""), "empty writer"),
        (line(id="x", hard="no"), "hard is neither true nor false"),
        (line(), "duplicate id measures-001"),
        (line(id="x", colour="red"), "fields must be"),
        ('{"id": "x"', "no JSON"),
        ("[1]", "a JSON object is wanted"),
    ],
)
def test_a_bad_line_is_refused_with_file_line_and_reason(
    write_lines: Callable[[str], Path], bad: str, reason: str
) -> None:
    folder = write_lines(f"{line()}\n\n{bad}\n")
    with pytest.raises(CorpusError) as refused:
        corpus.load(folder)
    assert str(refused.value).startswith("lines.jsonl:3: ")
    assert reason in str(refused.value)


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no texts"):
        corpus.load(tmp_path)


def test_a_text_may_hold_a_line_separator(write_lines: Callable[[str], Path]) -> None:
    text = "第一行\u2028第二行\x85"
    assert [e.text for e in corpus.load(write_lines(line(text=text)))] == [text]


def test_a_line_may_name_its_writer(write_lines: Callable[[str], Path]) -> None:
    folder = write_lines(f"{line()}\n{line(id='x', writer='lin')}")
    assert [e.writer for e in corpus.load(folder)] == [corpus.FIRST_WRITER, "lin"]


def test_the_digest_changes_with_a_text_and_with_the_order(examples: list[Example]) -> None:
    first, second, *_ = examples
    texts = [[first, second], [second, first], [replace(first, text="有什麼補助？"), second]]
    assert len({corpus.digest(each) for each in texts}) == 3
    assert corpus.digest(texts[0]) == corpus.digest([first, second])


def test_examples_written_down_are_read_back(
    write_lines: Callable[[str], Path], examples: list[Example]
) -> None:
    texts = [*examples, replace(examples[0], id="odd", text="\ud800\u2028「」")]
    assert corpus.load_file(write_lines(corpus.as_lines(texts)) / "lines.jsonl") == texts


def test_a_label_to_evaluate_on_must_be_known(write_lines: Callable[[str], Path]) -> None:
    folder = write_lines('\n{"text": "你好", "label": "greeting"}\n')
    with pytest.raises(CorpusError, match=r"lines\.jsonl:2: unknown label 'greeting'"):
        corpus.read_labelled(folder / "lines.jsonl")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\n", "odd.jsonl:1: not UTF-8"), (b"[" * 100_000, "nested too deeply"), (b"", "no texts")],
)
def test_a_broken_file_to_evaluate_on_names_the_line(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "odd.jsonl").write_bytes(content)
    with pytest.raises(CorpusError, match=reason):
        corpus.read_labelled(tmp_path / "odd.jsonl")
