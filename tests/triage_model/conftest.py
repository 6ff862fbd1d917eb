from collections.abc import Callable
from pathlib import Path

import pytest

from triage_model import corpus
from triage_model.corpus import Example
from triage_model.scorer import Model
from triage_model.training import Trained, train


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return corpus.load()


@pytest.fixture(scope="session")
def trained(examples: list[Example]) -> Trained:
    """scikit-learn's models of the shipped corpus and the artefact made of them."""
    return train(examples, version="under-test", corpus_digest=corpus.digest(examples))


@pytest.fixture(scope="session")
def model(trained: Trained) -> Model:
    return Model(trained.artefact)


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[[str], Path]:
    """Write a corpus of one file, `lines.jsonl`, and return its folder."""

    def write(text: str) -> Path:
        (tmp_path / "lines.jsonl").write_text(text, encoding="utf-8")
        return tmp_path

    return write
