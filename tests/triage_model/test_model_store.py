"""A model on disk: the same after reading, refused when touched, trained when missing."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from triage_model import artefact, corpus, store
from triage_model.artefact import MANIFEST, NUMBERS, ArtefactError
from triage_model.corpus import Example
from triage_model.scorer import Model
from triage_model.training import Trained, train


@pytest.fixture
def stored(tmp_path: Path, trained: Trained) -> Path:
    folder = tmp_path / "store" / "one"
    artefact.write(trained.artefact, folder)
    return folder


def test_a_model_read_back_answers_the_same(stored: Path, model: Model, examples: list[Example]) -> None:
    again = Model(artefact.read(stored))
    assert all(again.classify(e.text) == model.classify(e.text) for e in examples[::10])


def test_the_same_texts_give_the_same_files(tmp_path: Path, stored: Path, examples: list[Example]) -> None:
    again = train(examples, version="under-test", corpus_digest=corpus.digest())
    artefact.write(again.artefact, tmp_path / "again")
    for name in (MANIFEST, NUMBERS):
        assert (tmp_path / "again" / name).read_bytes() == (stored / name).read_bytes()


def flip_last_byte(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def lower_the_threshold(folder: Path) -> None:
    described = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    described["threshold_probability"] = 0.0
    (folder / MANIFEST).write_text(json.dumps(described), encoding="utf-8")


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: (folder / NUMBERS).unlink(), "FileNotFoundError"),
    (lambda folder: (folder / MANIFEST).unlink(), "FileNotFoundError"),
    (lambda folder: (folder / MANIFEST).write_text("{"), "JSONDecodeError"),
    (lambda folder: (folder / MANIFEST).write_text("{}"), "unknown format"),
    (lambda folder: (folder / MANIFEST).write_text("[]"), "unknown format"),
    (lambda folder: (folder / NUMBERS).write_bytes(b""), "checksum"),
    (lambda folder: flip_last_byte(folder / NUMBERS), "checksum"),
    (lower_the_threshold, "checksum"),
]


@pytest.mark.parametrize(("damage", "reason"), DAMAGES)
def test_a_touched_model_is_refused_and_named(
    stored: Path, damage: Callable[[Path], object], reason: str
) -> None:
    damage(stored)
    with pytest.raises(ArtefactError, match="model one") as refused:
        artefact.read(stored)
    assert reason in str(refused.value)


def test_writing_again_keeps_a_sound_model_and_replaces_a_damaged_one(stored: Path, trained: Trained) -> None:
    written_at = (stored / NUMBERS).stat().st_mtime_ns
    artefact.write(trained.artefact, stored)
    assert (stored / NUMBERS).stat().st_mtime_ns == written_at
    flip_last_byte(stored / NUMBERS)
    artefact.write(trained.artefact, stored)
    assert artefact.read(stored).manifest == trained.artefact.manifest
    assert [path.name for path in stored.parent.iterdir()] == ["one"]


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(tmp_path / "none"))
    assert store.promoted() is None
    with pytest.raises(ArtefactError, match="python -m triage_model train"):
        store.load_promoted()


def test_promoting_decides_which_model_answers(
    stored: Path, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(stored.parent))
    store.promote("one")
    assert store.promoted() == "one"
    assert store.load_promoted().version == "under-test"
    store.promote("gone")
    with pytest.raises(ArtefactError, match="model gone"):
        store.load_promoted()


def test_what_is_trained_already_is_not_trained_again(model_store: Path) -> None:
    pointer = model_store / "promoted"
    before = pointer.stat().st_mtime_ns
    store.ensure_trained()
    assert pointer.stat().st_mtime_ns == before
    assert store.promoted() == store.version_of(corpus.digest())


def test_classifying_never_imports_scikit_learn(model_store: Path) -> None:
    program = (
        "import sys, triage_model, triage_model.scorer\n"
        "from triage_model import store\n"
        "store.ensure_trained()\n"
        "store.load_promoted().classify('有什麼補助')\n"
        "print(sorted({'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
