"""The evaluation's figures on answers made by hand, and the promise of the threshold on the corpus."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from triage_model.corpus import Example
from triage_model.evaluation import by_writer, cross_validated
from triage_model.labels import LABELS, OUT_OF_SCOPE
from triage_model.measures import Judged, calibration_error, figures, report
from triage_model.scorer import AbstainReason, Classification


def judged(truth: str, probabilities: Mapping[str, float], *, abstain: bool = False) -> Judged:
    complete = {**dict.fromkeys(LABELS, 0.0), **probabilities}
    ranking = tuple(sorted(complete.items(), key=lambda pair: -pair[1]))
    said = Classification(
        category=ranking[0][0],
        probability=ranking[0][1],
        ranking=ranking,
        abstain=abstain,
        abstain_reason=AbstainReason.BELOW_THRESHOLD if abstain else None,
        shortlist=(ranking[0][0],),
        terms=(),
        margin=0.0,
        model_version="by hand",
    )
    return Judged(truth, said)


BY_HAND = [
    judged("measures", {"measures": 0.95, "problem": 0.05}),
    judged("measures", {"problem": 0.55, "measures": 0.45}, abstain=True),
    judged("problem", {"problem": 0.95, OUT_OF_SCOPE: 0.05}),
    judged(OUT_OF_SCOPE, {OUT_OF_SCOPE: 0.65, "measures": 0.35}, abstain=True),
]


def test_shares_are_counted_as_they_are_named() -> None:
    found = report(BY_HAND)
    assert found["accuracy"]["value"] == 0.75
    assert found["top2_accuracy"] == 1.0
    assert found["coverage"] == 0.5
    assert found["accuracy_when_decided"] == 1.0
    assert found["shortlist_holds_truth"] == 0.75
    assert found["out_of_scope_auroc"] == 1.0
    assert found["classes"]["measures"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "texts": 2}


def test_the_calibration_error_is_the_weighted_gap_of_each_bin() -> None:
    # .9-1: said .95, right 1 (two texts); .5-.6: said .55, right 0; .6-.7: said .65, right 1
    assert calibration_error(BY_HAND) == pytest.approx((2 * 0.05 + 0.55 + 0.35) / 4)


def test_a_report_on_one_kind_of_text_has_no_ranking_figure() -> None:
    assert report(BY_HAND[:3])["out_of_scope_auroc"] is None


def test_macro_f1_weighs_categories_not_texts() -> None:
    assert figures(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == {"accuracy": 0.75, "macro_f1": 0.4286}


def test_no_writer_is_judged_by_a_model_that_read_them(examples: list[Example]) -> None:
    told = [replace(e, writer="one" if n % 3 else "other") for n, e in enumerate(examples)]
    for train, held in by_writer(told):
        assert {told[place].writer for place in train}.isdisjoint(told[place].writer for place in held)
        assert sorted([*train, *held]) == list(range(len(told)))


@pytest.fixture(scope="module")
def whole(examples: list[Example]) -> dict[str, object]:
    return cross_validated(examples)


def test_unseen_texts_are_sorted_better_than_by_either_baseline(whole: dict) -> None:  # type: ignore[type-arg]
    for baseline in whole["baselines"].values():
        assert whole["macro_f1"]["interval"][0] > baseline["macro_f1"]


def test_what_is_decided_alone_is_right_more_often_than_all_together(whole: dict) -> None:  # type: ignore[type-arg]
    assert whole["accuracy_when_decided"] > whole["accuracy"]["value"]


def test_more_text_helps(whole: dict) -> None:  # type: ignore[type-arg]
    assert whole["learning_curve"][0]["macro_f1"]["value"] < whole["macro_f1"]["value"]
