from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from triage_model import corpus, store
from triage_model.corpus import Example
from triage_model.scorer import Model
from triage_model.store import Standing
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


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture
def keep(own_store: Path, trained: Trained, examples: list[Example]) -> Callable[..., None]:
    """Keep a version of the trained model under another name."""

    def kept(version: str, standing: Standing = Standing.PASSED, *, minutes: int = 0) -> None:
        fitted = None
        if standing is not Standing.REFUSED:
            fitted = replace(trained.artefact, manifest=replace(trained.artefact.manifest, version=version))
        store.keep(
            version, examples, fitted,
            standing=standing, decisions=0, report={"x": 1}, now=NOW + timedelta(minutes=minutes),
        )  # fmt: skip

    return kept
