"""The second reading of the corpus, and how agreement is measured."""

import pytest

from triage_model import corpus, second_reading
from triage_model.second_reading import Reading, agreement


def reading(first: str, second: str, *, sure: bool = True) -> Reading:
    return Reading("x", first, second, sure)


def test_every_reading_is_of_a_text_of_the_corpus_and_is_there_once() -> None:
    readings = second_reading.load()
    ids = [each.id for each in readings]
    assert len(ids) == len(set(ids)) >= 1500
    assert set(ids) <= {example.id for example in corpus.load()}


def test_a_label_stands_where_both_readers_agree() -> None:
    labels = {example.id: example.label for example in corpus.load()}
    assert all(labels[each.id] == each.first for each in second_reading.load() if each.first == each.second)


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([("measures", "measures"), ("problem", "problem")], 1.0),
        ([("measures", "problem"), ("problem", "measures")], -1.0),
        (
            [
                ("measures", "measures"),
                ("measures", "problem"),
                ("problem", "problem"),
                ("problem", "measures"),
            ],
            0.0,
        ),
        ([("measures", "measures")], None),
    ],
)
def test_kappa_is_agreement_beyond_chance(pairs: list[tuple[str, str]], kappa: float | None) -> None:
    assert agreement([reading(*pair) for pair in pairs])["kappa"] == kappa


def test_doubts_and_disagreements_are_told() -> None:
    found = agreement([reading("measures", "problem", sure=False), reading("problem", "problem")])
    assert (found["second_reader_unsure"], found["disagreements"]) == (1, [["x", "measures", "problem"]])
