"""A model on disk: the same after reading, refused when touched, trained when missing."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from triage_model import artefact, corpus, promotions, release, store
from triage_model.artefact import MANIFEST, NUMBERS, ArtefactError
from triage_model.corpus import Example
from triage_model.scorer import Model
from triage_model.store import Standing
from triage_model.training import Trained, train

MINUTE = timedelta(minutes=1)


@pytest.fixture
def stored(tmp_path: Path, trained: Trained) -> Path:
    folder = tmp_path / "store" / "one"
    artefact.write(trained.artefact, folder)
    return folder


def test_a_model_read_back_answers_the_same(stored: Path, model: Model, examples: list[Example]) -> None:
    again = Model(artefact.read(stored))
    assert all(again.classify(e.text) == model.classify(e.text) for e in examples[::10])


def test_the_same_texts_give_the_same_files(tmp_path: Path, stored: Path, examples: list[Example]) -> None:
    again = train(examples, version="under-test", corpus_digest=corpus.digest(examples))
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


def test_what_is_trained_already_is_not_trained_again(model_store: Path, examples: list[Example]) -> None:
    pointer = model_store / promotions.FILE
    before = pointer.stat().st_mtime_ns
    release.ensure_trained()
    assert pointer.stat().st_mtime_ns == before
    assert store.promoted() == store.version_of(corpus.digest(examples))


def test_promoting_decides_which_model_answers(keep: Callable[..., None]) -> None:
    for version in ("one", "two"):
        keep(version)
    for version in ("one", "two", "one"):
        store.promote(version, who="王", why="試", now=NOW)
        assert (store.promoted(), store.load_promoted().version) == (version, version)
        assert [each.id for each in store.versions() if each.is_promoted] == [version]


def test_versions_come_newest_first_with_their_reports(keep: Callable[..., None]) -> None:
    keep("old")
    keep("newer", Standing.REFUSED, minutes=1)
    newer, old = store.versions()
    assert (newer.id, newer.standing, newer.trained_at) == ("newer", Standing.REFUSED, NOW + MINUTE)
    assert (old.id, old.report) == ("old", {"x": 1})


@pytest.mark.parametrize("version", ["refused", "unknown", "..", "", "\0", "x" * 999])
def test_a_refused_or_unknown_version_is_not_put_into_use(keep: Callable[..., None], version: str) -> None:
    keep("refused", Standing.REFUSED)
    with pytest.raises(store.NotPromotable):
        store.promote(version, who="", why="", now=NOW)
    assert store.history() == []


def test_a_damaged_version_is_neither_promoted_nor_gone_back_to(
    own_store: Path, keep: Callable[..., None]
) -> None:
    for version in ("one", "two"):
        keep(version)
        store.promote(version, who="", why="", now=NOW)
    flip_last_byte(own_store / "one" / NUMBERS)
    with pytest.raises(ArtefactError):
        store.rollback(who="", why="", now=NOW)
    with pytest.raises(ArtefactError):
        store.promote("one", who="", why="", now=NOW)
    assert store.promoted() == "two"


def test_a_version_of_other_code_is_neither_loaded_nor_promoted(
    own_store: Path, keep: Callable[..., None]
) -> None:
    keep("one")
    path = own_store / "one" / store.RECORD
    path.write_text(json.dumps({**json.loads(path.read_text()), "code": [0]}))
    with pytest.raises(ArtefactError, match="another release"):
        store.promote("one", who="", why="", now=NOW)
    assert store.promoted() is None


def test_what_a_version_learnt_from_is_kept_beside_it_and_refused_when_changed(
    own_store: Path, keep: Callable[..., None], examples: list[Example]
) -> None:
    keep("one")
    assert store.texts_of("one") == examples
    path = own_store / "one" / store.TEXTS
    path.write_text(corpus.as_lines(examples[1:]))
    with pytest.raises(ArtefactError, match="were changed"):
        store.texts_of("one")
    path.unlink()
    with pytest.raises(ArtefactError, match="model one"):
        store.texts_of("one")


def test_classifying_never_imports_scikit_learn(model_store: Path) -> None:
    program = (
        "import sys, triage_model, triage_model.scorer\n"
        "from triage_model import release, store\n"
        "release.ensure_trained()\n"
        "store.load_promoted().classify('有什麼補助')\n"
        "print(sorted({'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
