"""What the model looks at, and that every feature is found again where it was seen."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_model.features import BRANCHES, ENDING, characters, concepts, ending, gapped, sightings, words
from triage_model.lexicon import DATA, concepts_named
from triage_model.normalise import fold


def named(text: str) -> set[str]:
    return {feature for feature, _ in concepts(fold(text).text)}


def test_latin_words_are_kept_whole_with_the_number_that_follows() -> None:
    folded = fold("ISO 14064-1盤查、CBAM與MES").text
    assert [feature for feature, _ in words(folded)] == ["wiso 14064-1", "wcbam", "wmes"]


def test_a_latin_word_does_not_occur_inside_another() -> None:
    assert ("wmes", (7, 10)) in words(fold("James要裝MES").text)
    assert len(words(fold("James要裝MES").text)) == 2


def test_no_piece_of_a_latin_word_is_a_feature() -> None:
    seen = {feature[1:] for feature, _ in sightings(fold("用MES嗎").text) if feature[0] in "ceg"}
    assert seen == {"用", "吗", "\x02用", "吗\x03"}


def test_punctuation_counts() -> None:
    seen = {feature for feature, _ in characters(fold("有補助嗎？").text)}
    assert {"c?", "c吗?"} <= seen


def test_how_a_text_begins_and_ends_counts() -> None:
    seen = dict(characters(fold("補助多少").text))
    assert seen["c\x02补"] == (0, 1)
    assert seen["c少\x03"] == (3, 4)


def test_the_end_is_looked_at_again_and_only_the_end() -> None:
    folded = "始" + "中" * 40 + "末"
    seen = {feature for feature, _ in ending(folded)}
    assert {"e末", "e中末"} <= seen
    assert not any("始" in feature for feature in seen)
    assert all(start >= len(folded) - ENDING for _, (start, _) in ending(folded))


def test_a_gap_hides_what_stands_inside() -> None:
    assert gapped("要不要")[0] == gapped("要补要")[0] == ("g要要", (0, 3))


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("空壓機漏氣", "lmachine"),
        ("空压机漏气", "lmachine"),
        ("想問CBAM", "lrule_heard"),
        ("自籌款怎麼編", "lbudget"),
        ("工研院有人會嗎", "lseek_vendor"),
    ],
)
def test_a_thing_is_known_by_any_of_its_names(text: str, concept: str) -> None:
    assert concept in named(text)


@pytest.mark.parametrize("text", ["不是要問補助", "補助我不拿", "補助先不談", "毋是欲問，免補助"])
def test_what_is_turned_away_is_another_feature(text: str) -> None:
    assert "l!subsidy" in named(text)
    assert "lsubsidy" not in named(text)


def test_a_refusal_reaches_four_characters_and_no_further() -> None:
    assert "lsubsidy" in named("不是我打錯電話啦我想請教補助")


def test_every_name_is_found_and_belongs_to_one_concept() -> None:
    lexicon = tomllib.loads(DATA.read_text(encoding="utf-8"))["concepts"]
    names = [fold(name).text for written in lexicon.values() for name in written]
    assert sorted(names) == sorted(set(names))
    for concept, written in lexicon.items():
        for name in written:
            folded = fold(name).text
            assert [c for c, _, span in concepts_named(folded) if span == (0, len(folded))] == [concept]


@given(st.text(alphabet="補助碳盤查不要 cbamISO14064-?", max_size=80))
def test_every_feature_is_seen_inside_the_text(text: str) -> None:
    folded = fold(text).text
    for feature, (start, end) in sightings(folded):
        assert 0 <= start < end <= len(folded)
        assert feature[0] in {branch.letter for branch in BRANCHES}
        if feature[0] in "cew":
            assert folded[start:end] == feature[1:].strip("\x02\x03")


@given(st.text(max_size=60))
def test_training_and_scoring_see_the_same(text: str) -> None:
    folded = fold(text).text
    assert [feature for feature, _ in sightings(folded)] == [f for b in BRANCHES for f in b.features(folded)]
