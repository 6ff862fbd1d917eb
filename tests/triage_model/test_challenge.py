"""A new model against the one in use: the frozen texts, the comparison, what is kept of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from triage_model import challenge, corpus, frozen_set, store
from triage_model.corpus import CorpusError, Example
from triage_model.decisions import Decision
from triage_model.labels import LABELS, OUT_OF_SCOPE
from triage_model.measures import Judged
from triage_model.scorer import Classification
from triage_model.store import Standing
from triage_model.training import Trained, train


def decision(text: str, label: str, *, blind: bool = False, place: int = 0) -> Decision:
    name = f"desk-{text}"
    example = Example(name, text, label, "agent_note", name, hard=False)
    return Decision(example, blind, NOW + timedelta(minutes=place))


def test_the_frozen_texts_are_every_blind_decision_and_enough_of_each_label(examples: list[Example]) -> None:
    blind = [decision(f"鍋爐太舊想換{place}", "improvement", blind=True) for place in range(90)]
    seen = [decision("有什麼補助", "measures")]
    frozen = frozen_set.choose([*blind, *seen], examples)
    labels = Counter(example.label for example in frozen.examples)
    assert frozen.blind == 90
    assert [each.example for each in blind] == list(frozen.examples[:90])
    assert seen[0].example not in frozen.examples
    assert min(labels.values()) >= frozen_set.TEXTS_OF_A_LABEL
    assert len(frozen.examples) >= 400


def test_a_family_is_frozen_as_a_whole_and_a_growing_corpus_freezes_no_other_of_the_old_texts(
    examples: list[Example],
) -> None:
    smaller = frozen_set.choose([], examples[::2], of_a_label=20)
    families = {example.family for example in smaller.examples}
    assert [e for e in examples[::2] if e.family in families] == sorted(
        smaller.examples, key=examples[::2].index
    )
    grown = frozen_set.choose([], examples, of_a_label=20)
    old = {e.id for e in examples[::2]}
    assert {e.id for e in grown.examples} & old <= {e.id for e in smaller.examples}


def test_nobody_learns_from_a_frozen_text_however_it_is_written(examples: list[Example]) -> None:
    frozen = frozen_set.choose([], examples, of_a_label=20)
    same_words = replace(frozen.examples[0], id="x", family="x", text=f" {frozen.examples[0].text} ")
    same_family = replace(examples[0], id="y", family=frozen.examples[0].family, text="別的話")
    left = frozen.without([*examples, same_words, same_family])
    assert len(left) == len(examples) - len(frozen.examples)


def test_too_small_a_corpus_is_no_fair_test(examples: list[Example]) -> None:
    with pytest.raises(CorpusError, match="too few texts"):
        frozen_set.choose([], [e for e in examples if e.label != OUT_OF_SCOPE])


def judged(*rows: tuple[str, str, float]) -> list[Judged]:
    return [
        Judged(truth, Classification(said, sure, ((said, sure),), False, None, (said,), (), 0.0, "m"))
        for truth, said, sure in rows
    ]


def test_a_comparison_counts_wins_losses_and_recall_on_the_same_texts() -> None:
    truth = ["measures", "measures", "problem", "problem"]
    in_use = judged(*zip(truth, ["measures", "problem", "problem", "measures"], [0.9] * 4, strict=True))
    new = judged(*zip(truth, ["measures", "measures", "measures", "problem"], [0.75] * 4, strict=True))
    found = challenge.compare(in_use, new)
    assert (found.lost, found.won) == (1, 2)
    assert found.recalls == {"measures": (0.5, 1.0), "problem": (0.5, 0.5)}
    assert found.calibration_error == 0.0
    low, high = found.macro_f1_interval
    assert -1.0 <= low <= 0.0 < high <= 1.0


def test_a_model_compared_with_itself_differs_in_nothing() -> None:
    rows = judged(*[(label, label, 0.9) for label in LABELS], ("problem", "measures", 0.4))
    found = challenge.compare(rows, rows)
    assert (found.macro_f1_interval, found.lost, found.won) == ((0.0, 0.0), 0, 0)


@pytest.mark.parametrize(
    ("rights", "share"),
    [
        ([True] * 20, 1.0),
        ([True] * 19 + [False], 1.0),
        ([True] * 18 + [False] * 2, 0.9),
        ([False] + [True] * 9, 0.0),
    ],
)
def test_coverage_is_the_largest_share_decided_with_the_wanted_accuracy(
    rights: Sequence[bool], share: float
) -> None:
    rows = [
        ("problem", "problem" if right else "measures", 0.9 - place / 100)
        for place, right in enumerate(rights)
    ]
    assert challenge.coverage(judged(*rows)) == pytest.approx(share)


def test_what_looks_out_of_scope_is_never_decided_alone() -> None:
    assert (
        challenge.coverage(judged(("out_of_scope", "out_of_scope", 0.99), ("problem", "problem", 0.5))) == 0.5
    )


@pytest.fixture
def little_taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examples: list[Example]) -> str:
    """The model in use of a store of its own; it learnt from a quarter of the corpus."""
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(tmp_path))
    few = examples[::4]
    fitted = train(few, version="few", corpus_digest=corpus.digest(few)).artefact
    store.keep("few", few, fitted, standing=Standing.SHIPPED, decisions=0, report=None, now=NOW)
    store.promote("few", who="", why="", now=NOW)
    return "few"


def test_a_model_that_knows_much_more_passes_and_can_be_promoted(
    little_taught: str, examples: list[Example]
) -> None:
    found = challenge.challenge(
        little_taught, [decision("鍋爐太舊想換", "improvement")], shipped=examples, now=NOW
    )
    (made,) = (each for each in store.versions() if each.id == found)
    assert made.report is not None
    assert (made.standing, made.decisions, made.texts) == (Standing.PASSED, 1, len(examples) + 1)
    assert all(rule["holds"] for rule in made.report["rules"])
    assert made.report["new"]["texts"] == made.report["frozen"]["texts"] >= 400
    assert store.promoted() == little_taught
    store.promote(found, who="", why="", now=NOW)
    assert store.load_promoted().version == found
    assert (
        challenge.challenge(found, [decision("鍋爐太舊想換", "improvement")], shipped=examples, now=NOW)
        == found
    )


def test_a_model_that_learnt_nonsense_is_refused_with_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examples: list[Example], trained: Trained
) -> None:
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(tmp_path))
    store.keep(
        "all", examples, trained.artefact, standing=Standing.SHIPPED, decisions=0, report=None, now=NOW
    )
    store.promote("all", who="", why="", now=NOW)
    turned = {label: LABELS[place - 1] for place, label in enumerate(LABELS)}
    wrong = [replace(e, label=turned[e.label]) for e in examples[::3]]
    nonsense = [decision(f"{e.text}。", e.label) for e in wrong]
    found = challenge.challenge("all", nonsense, shipped=examples, now=NOW)
    (made,) = (each for each in store.versions() if each.id == found)
    assert made.report is not None
    assert made.standing is Standing.REFUSED
    assert not all(rule["holds"] for rule in made.report["rules"])
    with pytest.raises(store.NotPromotable):
        store.promote(found, who="", why="", now=NOW)
    assert store.promoted() == "all"
