"""What a start trains by itself: never against the desk, never so that its code cannot read the model."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import NOW
from triage_model import artefact, challenge, promotions, release, store
from triage_model.artefact import NUMBERS, ArtefactError
from triage_model.corpus import Example
from triage_model.promotions import Way
from triage_model.store import Standing

Keep = Callable[..., None]


def start(version: str) -> None:
    """Put a version into use as the start of a release does."""
    promotions.promote(store.directory(), version, who="", why="", now=NOW, way=Way.RELEASE)


def choose(version: str) -> None:
    store.promote(version, who="王督導", why="", now=NOW)


def damage(folder: Path) -> None:
    (folder / NUMBERS).write_bytes(b"")


def made_by_other_code(folder: Path) -> None:
    path = folder / store.RECORD
    path.write_text(json.dumps({**json.loads(path.read_text()), "code": [0]}))


def test_an_empty_store_waits_for_the_shipped_model(own_store: Path, examples: list[Example]) -> None:
    assert release.texts_to_learn(examples) == examples


def test_a_release_takes_over_from_a_release_before_it_alone(keep: Keep, examples: list[Example]) -> None:
    shipped_anew = examples[1:]
    keep("older", Standing.SHIPPED)
    start("older")
    assert release.texts_to_learn(examples) is None
    assert release.texts_to_learn(shipped_anew) == shipped_anew


@pytest.mark.parametrize("standing", [Standing.SHIPPED, Standing.PASSED])
def test_what_the_desk_chose_stays_whatever_is_shipped(
    keep: Keep, examples: list[Example], standing: Standing
) -> None:
    keep("first", Standing.SHIPPED)
    start("first")
    keep("chosen", standing)
    choose("chosen")
    assert release.texts_to_learn(examples[1:]) is None


def test_what_the_desk_went_back_to_stays_whatever_is_shipped(keep: Keep, examples: list[Example]) -> None:
    for version in ("first", "second"):
        keep(version, Standing.SHIPPED)
        start(version)
    store.rollback(who="王督導", why="", now=NOW)
    assert store.promoted() == "first"
    assert release.texts_to_learn(examples[1:]) is None


@pytest.mark.parametrize("harm", [damage, made_by_other_code])
@pytest.mark.parametrize("way", [start, choose])
def test_a_model_that_this_code_cannot_use_is_made_anew_of_its_own_texts(
    own_store: Path, keep: Keep, examples: list[Example],
    harm: Callable[[Path], None], way: Callable[[str], None],
) -> None:  # fmt: skip
    keep("one")
    way("one")
    harm(own_store / "one")
    assert release.texts_to_learn(examples[1:]) == examples


def test_the_desks_model_made_anew_keeps_how_it_was_judged_and_is_not_replaced_by_the_next_release(
    own_store: Path, keep: Keep, examples: list[Example]
) -> None:
    keep("one", Standing.PASSED)
    choose("one")
    made_by_other_code(own_store / "one")
    challenge.put_release_into_use(examples, now=NOW)
    anew = store.promoted()
    assert anew not in {None, "one"}
    record = store.record_of(str(anew))
    assert (record.standing, record.report) == (Standing.PASSED, {"x": 1})
    assert store.load_promoted().version == anew
    assert release.texts_to_learn(examples[1:]) is None
    with pytest.raises(ArtefactError, match="another release"):
        store.rollback(who="王督導", why="", now=NOW)


def test_a_damaged_model_whose_texts_are_gone_stops_the_start_with_the_reason(
    own_store: Path, keep: Keep, examples: list[Example]
) -> None:
    keep("one")
    choose("one")
    damage(own_store / "one")
    (own_store / "one" / store.TEXTS).write_text("")
    with pytest.raises(ArtefactError, match="model one"):
        release.texts_to_learn(examples)
    assert not artefact.is_sound(own_store / "one")
