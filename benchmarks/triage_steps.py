"""What each step of the classifier gains: cross-validated by family, and on writers never read.

    .venv/bin/python -m benchmarks.triage_steps [--corpus DIR]

Prints the rows of the table in `docs/model_card.md`: first the steps taken, each on top of those before, then what
was tried on top of all of them and left out. Macro-F1 is over the five outcomes; coverage is the largest share of
texts that could be decided alone with 95 % of them right, the threshold chosen in hindsight, so that steps compare
without the noise of drawing it. Folds by family are drawn three times and averaged.
"""

import argparse
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from triage_model import corpus
from triage_model.calibration import WANTED_ACCURACY, Calibration, probabilities
from triage_model.corpus import Example
from triage_model.evaluation import by_writer
from triage_model.features import LATIN_LETTER, concepts
from triage_model.labels import IN_SCOPE, LABELS, OUT_OF_SCOPE
from triage_model.normalise import fold
from triage_model.pipeline import BAYES_SHARE, CHINESE, COST, FOLDS, SEED, Analyser, Splits, build_pipeline

DRAWS = 3
SHARPNESS, SCOPE_OFFSET = 3.5, 0.7
"""About what training draws, the same for every step: calibrating each anew would take an hour."""
FILLERS = ("就是說", "那個", "這個", "就是", "嗯", "呃", "齁", "啦", "喔", "欸", "吼", "蛤", "捏", "喂")
MISHEARD = {
    "碳盤茶": "碳盤查", "補住": "補助", "輔島": "輔導", "自醜款": "自籌款", "以大待小": "以大帶小",
    "產創平抬": "產創平台", "碳族跡": "碳足跡", "陪訓": "培訓", "平正": "憑證", "附建": "附件", "補建": "補件",
    "待款": "貸款", "設被": "設備", "係統": "系統", "診段": "診斷", "改扇": "改善", "鍋盧": "鍋爐",
    "結按": "結案", "撥寬": "撥款", "請寬": "請款", "碳廢": "碳費", "關水": "關稅",
}  # fmt: skip

LOGISTIC = partial(LogisticRegression, C=30.0, class_weight="balanced", fit_intercept=False, max_iter=500)

Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Step:
    """One way to build the classifier."""

    name: str
    analysers: tuple[Analyser, ...]
    cost: float = COST
    bayes_share: float = BAYES_SHARE
    scope_offset: float = SCOPE_OFFSET
    gate: bool = False
    classify: Any = None

    def pipeline(self) -> Pipeline:
        """Return the step's pipeline, its last part exchanged when the step names another."""
        built = build_pipeline(self.analysers, cost=self.cost, bayes_share=self.bayes_share)
        return built.set_params(classify=self.classify()) if self.classify else built


def main() -> None:
    """Print a row for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=corpus.CORPUS)
    examples = corpus.load(parser.parse_args().corpus)
    print(f"{len(examples)} texts")
    print("| step | macro-F1, families | coverage | macro-F1, unseen writers | coverage | AUROC | kept |")
    print("|---|---|---|---|---|---|---|")
    for kept, steps in (("yes", taken()), ("no", left_out())):
        for step in steps:
            print(f"| {step.name} | {row(step, examples)} | {kept} |", flush=True)


def taken() -> Iterator[Step]:
    """Yield the steps that gained, each with those before it."""
    c, e, g, w, _ = (a._replace(min_texts=1) for a in CHINESE)
    plain = c._replace(analyse=without_edges)
    first = (c._replace(analyse=pieces), w._replace(weight=1.0))
    step = Step(
        "baseline: SVM, C = 0.5, a gate of its own", first, cost=0.5, bayes_share=0.0, scope_offset=0.0
    )
    yield replace(step, gate=True)
    yield (step := replace(step, name="out of scope as a fifth class"))
    yield (step := replace(step, name="C = 2", cost=COST))
    yield (step := replace(step, name="Latin words whole, at length 0.3", analysers=(plain, w)))
    yield (step := replace(step, name="edges of the text", analysers=(c, w)))
    yield (step := replace(step, name="the last 25 characters again", analysers=(c, e, w)))
    yield (step := replace(step, name="pairs across a gap", analysers=(c, e, g, w)))
    yield (step := replace(step, name="features of two texts at least", analysers=CHINESE[:4]))
    yield (step := replace(step, name="lexicon with refusals", analysers=CHINESE))
    yield (step := replace(step, name="complement naive Bayes votes", bayes_share=BAYES_SHARE))
    yield replace(step, name="out of scope given an offset", scope_offset=SCOPE_OFFSET)


def left_out() -> Iterator[Step]:
    """Yield what gained too little for what it costs, or nothing, on top of everything taken."""
    c, e, g, w, lexicon = CHINESE
    final = Step("", CHINESE)
    added = {
        "threes of characters": Analyser("3", threes, 0.5, 2),
        "any two characters of a clause": Analyser("p", company, 0.5, 2),
        "the first 20 characters again": Analyser("f", lambda folded: without_edges(folded[:20]), 0.5, 2),
        "length and punctuation": Analyser("r", shape, 0.15),
    }
    for name, analyser in added.items():
        yield replace(final, name=name, analysers=(*CHINESE, analyser))
    yield replace(
        final,
        name="lexicon without refusals",
        analysers=(c, e, g, w, lexicon._replace(analyse=without_refusals)),
    )
    yield replace(final, name="lexicon at length 0.5", analysers=(c, e, g, w, lexicon._replace(weight=0.5)))
    for name, change in (
        ("figures as one sign", lambda folded: re.sub(r"\d+", "0", folded)),
        ("fillers removed", exchanged(dict.fromkeys(FILLERS, ""))),
        ("misheard words put right", exchanged(MISHEARD)),
    ):
        changed = c._replace(analyse=lambda folded, change=change: c.analyse(change(folded)))
        yield replace(final, name=name, analysers=(changed, e, g, w, lexicon))
    yield replace(final, name="naive Bayes at twice the share", bayes_share=2 * BAYES_SHARE)
    yield replace(final, name="logistic regression", classify=LOGISTIC)
    yield replace(final, name="a gate of its own", gate=True)


def pieces(folded: str) -> list[str]:
    """Return the single characters and pairs of a text, Latin letters among them."""
    return [folded[i : i + size] for size in (1, 2) for i in range(len(folded) - size + 1)]


def without_edges(folded: str) -> list[str]:
    """Return the single characters and pairs of a text without Latin letters."""
    return [piece for piece in pieces(folded) if LATIN_LETTER.search(piece) is None]


def threes(folded: str) -> list[str]:
    """Return every three characters in a row."""
    return [folded[i : i + 3] for i in range(len(folded) - 2)]


def company(folded: str) -> list[str]:
    """Return which two Chinese characters occur in one clause."""
    clauses = (
        sorted(set(re.findall(r"[\u4e00-\u9fff]", clause)))[:25] for clause in re.split(r"[,。;!?: ]", folded)
    )
    return [a + b for clause in clauses for a, b in combinations(clause, 2)]


def shape(folded: str) -> list[str]:
    """Return how long a text is, by powers of two, and whether it is punctuated: what tells a register."""
    return [f"long {len(folded).bit_length()}", f"punctuated {re.search('[,。;!?]', folded) is not None}"]


def without_refusals(folded: str) -> list[str]:
    """Return the concepts named, turned away or not."""
    return [feature.replace("!", "") for feature, _ in concepts(folded)]


def exchanged(words: Mapping[str, str]) -> Change:
    """Return what exchanges words in a folded text."""
    by_word = {fold(word).text: fold(instead).text for word, instead in words.items()}
    pattern = re.compile("|".join(map(re.escape, by_word)))
    return lambda folded: pattern.sub(lambda match: by_word[match.group()], folded)


def row(step: Step, examples: Sequence[Example]) -> str:
    """Return the figures of a step as cells."""
    truth = np.array([e.label for e in examples])
    texts = np.array([fold(e.text).text for e in examples], dtype=object)
    analysers = tuple(a._replace(analyse=cache(a.analyse)) for a in step.analysers)
    step = replace(step, analysers=analysers)
    drawn = [judged(step, texts, truth, splits) for splits in family_draws(examples)]
    f1 = np.mean([macro_f1(truth, found) for found in drawn])
    share = np.mean([coverage(truth, found) for found in drawn])
    strange = judged(step, texts, truth, by_writer(examples))
    auroc = roc_auc_score(truth == OUT_OF_SCOPE, strange[:, LABELS.index(OUT_OF_SCOPE)])
    figures = (f1, share, macro_f1(truth, strange), coverage(truth, strange), auroc)
    return " | ".join(f"{figure:.3f}" for figure in figures)


def judged(step: Step, texts: Any, truth: Any, splits: Splits) -> Any:
    """Return the probabilities of every text from a model that did not train on its fold."""
    found = np.zeros((len(texts), len(LABELS)))
    for train, held in splits:
        found[held] = (gated if step.gate else ungated)(step, texts[train], truth[train], texts[held])
    return found


def ungated(step: Step, texts: Any, truth: Any, held: Any) -> Any:
    """Return what one classifier of five classes says."""
    return shares(step.pipeline().fit(texts, truth), held, LABELS, step.scope_offset)


def gated(step: Step, texts: Any, truth: Any, held: Any) -> Any:
    """Return what a classifier of four classes says behind a gate that knows inside from outside."""
    inside = truth != OUT_OF_SCOPE
    four = shares(step.pipeline().fit(texts[inside], truth[inside]), held, IN_SCOPE)
    machine = LinearSVC(C=step.cost, class_weight="balanced", fit_intercept=False, random_state=SEED)
    gate = CalibratedClassifierCV(
        step.pipeline().set_params(classify=machine), method="sigmoid", ensemble=False
    )
    opens = gate.fit(texts, inside).predict_proba(held)[:, 1:]
    return np.hstack([four * opens, 1 - opens])


def shares(pipeline: Pipeline, texts: Any, labels: Sequence[str], scope_offset: float = 0.0) -> Any:
    """Return probabilities, a column for each label."""
    order = [list(pipeline.classes_).index(label) for label in labels]
    decided = pipeline.decision_function(texts)[:, order]
    return probabilities(decided, labels, Calibration(SHARPNESS, scope_offset))


def family_draws(examples: Sequence[Example]) -> Iterator[Splits]:
    """Yield the folds by family, drawn three times."""
    labels, families = [e.label for e in examples], [e.family for e in examples]
    for draw in range(DRAWS):
        folds = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=SEED + draw)
        yield list(folds.split(labels, labels, families))


def macro_f1(truth: Any, found: Any) -> float:
    """Return macro-F1 over the five outcomes."""
    return float(f1_score(truth, np.array(LABELS)[found.argmax(axis=1)], average="macro"))


def coverage(truth: Any, found: Any) -> float:
    """Return the largest share that could be decided with 95 % right; out of scope is never decided."""
    chosen, highest = np.array(LABELS)[found.argmax(axis=1)], found.max(axis=1)
    order = [place for place in np.argsort(-highest, kind="stable") if chosen[place] != OUT_OF_SCOPE]
    right = (chosen == truth)[order]
    reached = np.flatnonzero(np.cumsum(right) >= WANTED_ACCURACY * np.arange(1, len(right) + 1))
    return float((reached[-1] + 1) / len(truth)) if len(reached) else 0.0


if __name__ == "__main__":
    main()
