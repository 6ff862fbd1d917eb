"""A new model against the one in use: what it learns from, how the two are compared, what is kept.

Both are judged by twins that learnt without the frozen texts, since one of the two may have learnt from
them. A new model that passes is fitted once more, on everything. The model of a release, which has nothing
to be compared with, is put into use as it is. Imports scikit-learn.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np

from triage_model import corpus, frozen_set, gate, promotions, store
from triage_model.calibration import WANTED_ACCURACY
from triage_model.corpus import Example
from triage_model.decisions import Decision
from triage_model.frozen_set import FrozenSet
from triage_model.gate import Comparison
from triage_model.labels import OUT_OF_SCOPE
from triage_model.measures import RESAMPLES, Judged, calibration_error, figures, report
from triage_model.pipeline import SEED
from triage_model.promotions import Way
from triage_model.scorer import Model
from triage_model.store import Standing
from triage_model.training import train


def put_release_into_use(texts: Sequence[Example], *, now: datetime) -> None:
    """Train the model of the texts that a release waits for and put it into use, untested.

    What the desk had chosen, made anew of its own texts, keeps how it was judged.
    """
    learnt_from = corpus.digest(texts)
    version = store.version_of(learnt_from)
    fitted = train(texts, version=version, corpus_digest=learnt_from).artefact
    in_use = store.promoted()
    before = store.record_of(in_use) if in_use else None
    same = before if before and before.digest == learnt_from else None
    store.keep(
        version, texts, fitted,
        standing=same.standing if same else Standing.SHIPPED,
        decisions=same.decisions if same else 0,
        report=same.report if same else None,
        now=now,
    )  # fmt: skip
    promotions.promote(store.directory(), version, who="", why="", now=now, way=Way.RELEASE)


def challenge(
    in_use: str, decisions: Sequence[Decision], *, shipped: Sequence[Example], now: datetime
) -> str:
    """Judge a model of the shipped texts and the decisions, keep it with its report; return its version.

    Nothing is done where the texts are those that the model in use learnt from. Raises CorpusError when
    they do not suffice, ArtefactError when the model in use or what it learnt from is damaged.
    """
    texts = [*shipped, *(decision.example for decision in decisions)]
    digest = corpus.digest(texts)
    version = store.version_of(digest)
    if version == in_use:
        return version
    frozen = frozen_set.choose(decisions, shipped)
    judged = [_judged(frozen, learnt_from) for learnt_from in (store.texts_of(in_use), texts)]
    findings = gate.judge(compare(*judged))
    passed = all(finding.holds for finding in findings)
    fitted = train(texts, version=version, corpus_digest=digest).artefact if passed else None
    store.keep(
        version, texts, fitted,
        standing=Standing.PASSED if passed else Standing.REFUSED,
        decisions=len(decisions),
        report={
            "against": in_use,
            "frozen": {"texts": len(frozen.examples), "blind": frozen.blind},
            "rules": [asdict(finding) for finding in findings],
            "in_use": report(judged[0]),
            "new": report(judged[1]),
        },
        now=now,
    )  # fmt: skip
    return version


def compare(in_use: Sequence[Judged], new: Sequence[Judged]) -> Comparison:
    """Return how two models differ on the same texts in the same order."""
    right = [
        (a.said.category == a.truth, b.said.category == b.truth) for a, b in zip(in_use, new, strict=True)
    ]
    return Comparison(
        macro_f1_interval=_difference_interval(in_use, new),
        lost=right.count((True, False)),
        won=right.count((False, True)),
        recalls={label: (_recall(in_use, label), _recall(new, label)) for label in {j.truth for j in new}},
        calibration_error=calibration_error(new),
        coverages=(coverage(in_use), coverage(new)),
    )


def coverage(judged: Sequence[Judged]) -> float:
    """Return the largest share that can be decided from the surest down with the wanted accuracy.

    Out of scope is never decided by the model, so those are not counted as decided.
    """
    decidable = [j for j in judged if j.said.category != OUT_OF_SCOPE]
    ordered = sorted(decidable, key=lambda j: -j.said.probability)
    right = np.cumsum([j.said.category == j.truth for j in ordered])
    reached = np.flatnonzero(right >= WANTED_ACCURACY * np.arange(1, len(ordered) + 1))
    return float((reached[-1] + 1) / len(judged)) if len(reached) else 0.0


def _judged(frozen: FrozenSet, learnt_from: Sequence[Example]) -> list[Judged]:
    """Return what a model says of the frozen texts that learnt from the others alone."""
    twin = Model(train(frozen.without(learnt_from), version="twin", corpus_digest="").artefact)
    return [Judged(e.label, twin.classify(e.text), e.register) for e in frozen.examples]


def _recall(judged: Sequence[Judged], label: str) -> float:
    of_label = [j.said.category == label for j in judged if j.truth == label]
    return sum(of_label) / len(of_label)


def _difference_interval(in_use: Sequence[Judged], new: Sequence[Judged]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the difference in macro-F1, both drawn with the same texts."""
    generator = np.random.default_rng(SEED)
    drawn: list[float] = []
    for _ in range(RESAMPLES):
        places = generator.integers(len(new), size=len(new)).tolist()
        before, after = (_macro_f1([judged[place] for place in places]) for judged in (in_use, new))
        drawn.append(after - before)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def _macro_f1(judged: Sequence[Judged]) -> float:
    return figures([j.truth for j in judged], [j.said.category for j in judged])["macro_f1"]
