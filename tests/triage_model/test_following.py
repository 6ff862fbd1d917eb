"""A process that runs takes up the model that was promoted, and no damaged one."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import NOW
from triage_model import promotions, store
from triage_model.artefact import NUMBERS, ArtefactError
from triage_model.following import PromotedModel
from triage_model.store import Standing
from triage_model.training import Trained


class Seconds:
    """A clock that goes on when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: Trained) -> Path:
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(tmp_path))
    for version in ("one", "two"):
        fitted = replace(trained.artefact, manifest=replace(trained.artefact.manifest, version=version))
        store.keep(version, [], fitted, standing=Standing.PASSED, decisions=0, report=None, now=NOW)
    promote("one")
    return tmp_path


def promote(version: str) -> None:
    promotions.promote(store.directory(), version, who="", why="", now=NOW)


def answering(following: PromotedModel) -> Callable[[], str]:
    return lambda: following.classify("有什麼補助").model_version


def test_a_promotion_is_taken_up_within_a_second_and_not_looked_for_before(folder: Path) -> None:
    seconds = Seconds()
    version = answering(PromotedModel(seconds=seconds))
    promote("two")
    assert version() == "one"
    seconds.now += 1.0
    assert version() == "two"
    promotions.rollback(folder, who="", why="", now=NOW)
    seconds.now += 1.0
    assert version() == "one"


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "two" / NUMBERS).write_bytes(b"x"),
        lambda folder: (folder / "two" / NUMBERS).unlink(),
        lambda folder: (folder / promotions.FILE).write_text("{"),
        lambda folder: (folder / promotions.FILE).unlink(),
    ],
)
def test_a_damaged_model_is_not_taken_up_and_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object]
) -> None:
    seconds = Seconds()
    version = answering(PromotedModel(seconds=seconds))
    promote("two")
    damage(folder)
    for _ in range(3):
        seconds.now += 1.0
        assert version() == "one"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_model_that_was_mended_is_taken_up(folder: Path) -> None:
    seconds = Seconds()
    version = answering(PromotedModel(seconds=seconds))
    sound = (folder / "two" / NUMBERS).read_bytes()
    (folder / "two" / NUMBERS).write_bytes(b"x")
    promote("two")
    seconds.now += 1.0
    assert version() == "one"
    (folder / "two" / NUMBERS).write_bytes(sound)
    seconds.now += 1.0
    assert version() == "two"


def test_a_process_does_not_start_on_a_damaged_model(folder: Path) -> None:
    (folder / "one" / NUMBERS).write_bytes(b"x")
    with pytest.raises(ArtefactError):
        PromotedModel()
