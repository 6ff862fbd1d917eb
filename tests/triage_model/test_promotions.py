"""Which model is in use: one line for each change, and the way back."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from triage_model import promotions
from triage_model.artefact import ArtefactError
from triage_model.promotions import NothingBefore, Promotion, Way, version_before


def promote(folder: Path, version: str) -> Promotion:
    return promotions.promote(folder, version, who="王督導", why="較準\u2028多了", now=NOW)


def back(folder: Path) -> str:
    return promotions.rollback(folder, who="王督導", why="", now=NOW).version


def test_each_change_says_who_when_from_what_to_what_and_why(tmp_path: Path) -> None:
    promote(tmp_path, "one")
    promote(tmp_path, "two")
    back(tmp_path)
    assert promotions.read(tmp_path) == [
        Promotion("one", None, Way.PROMOTION, "王督導", "較準\u2028多了", NOW),
        Promotion("two", "one", Way.PROMOTION, "王督導", "較準\u2028多了", NOW),
        Promotion("one", "two", Way.ROLLBACK, "王督導", "", NOW),
    ]


def test_promoting_what_is_in_use_changes_nothing(tmp_path: Path) -> None:
    first = promote(tmp_path, "one")
    assert promote(tmp_path, "one") == first
    assert promotions.read(tmp_path) == [first]


def test_going_back_twice_goes_two_models_back_and_no_further_than_the_first(tmp_path: Path) -> None:
    for version in ("one", "two", "three"):
        promote(tmp_path, version)
    assert [back(tmp_path), back(tmp_path)] == ["two", "one"]
    with pytest.raises(NothingBefore):
        back(tmp_path)
    promote(tmp_path, "four")
    assert back(tmp_path) == "one"


def test_there_is_nothing_before_the_first(tmp_path: Path) -> None:
    with pytest.raises(NothingBefore):
        back(tmp_path)
    assert promotions.read(tmp_path) == []


@given(st.lists(st.sampled_from(["a", "b", "c", None])))
def test_a_way_back_undoes_exactly_the_promotions_made_since(steps: list[str | None]) -> None:
    made: list[Promotion] = []
    standing: list[str] = []
    for step in steps:
        if step is None:
            if len(standing) < 2:
                with pytest.raises(NothingBefore):
                    version_before(made)
                continue
            made.append(Promotion(version_before(made), standing.pop(), Way.ROLLBACK, "", "", NOW))
        elif not standing or standing[-1] != step:
            made.append(Promotion(step, standing[-1] if standing else None, Way.PROMOTION, "", "", NOW))
            standing.append(step)
        if made:
            assert made[-1].version == standing[-1]


def test_many_at_once_lose_no_change(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda place: promote(tmp_path, f"v{place}"), range(24)))
    made = promotions.read(tmp_path)
    assert len(made) == 24
    assert [each.before for each in made[1:]] == [each.version for each in made[:-1]]
    assert {path.name for path in tmp_path.iterdir()} == {promotions.FILE, ".promoting"}


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"at": "yesterday"}', "\n"])
def test_a_damaged_history_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / promotions.FILE).write_text(content)
    with pytest.raises(ArtefactError, match=promotions.FILE):
        promotions.read(tmp_path)
