"""The same pipeline builder on two public English sets, beside the figures their papers publish.

Says whether the method is sound, not how well it sorts this desk's inquiries.
"""

import csv
import json
import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from triage_model.pipeline import Analyser, build_pipeline

WORD = re.compile(r"[a-z0-9']+")
STEM, MOST_STEMS = 4, 30
PUBLISHED = {
    "clinc150_full_in_scope": {"SVM": 0.910, "fastText": 0.890, "BERT": 0.969},
    "banking77": {"BERT": 0.937},
}
Pairs = tuple[list[str], list[str]]


def english_words(text: str) -> list[str]:
    """Return the words and word pairs of a lower-cased text; its start and end count as words."""
    words = WORD.findall(text.lower())
    return words + [" ".join(pair) for pair in pairwise(["^", *words, "$"])]


def english_characters(text: str) -> list[str]:
    """Return the n-grams of 2 to 5 characters within each padded word."""
    return [
        padded[i : i + n]
        for padded in (f" {word} " for word in WORD.findall(text.lower()))
        for n in range(2, 6)
        for i in range(len(padded) - n + 1)
    ]


def english_company(text: str) -> list[str]:
    """Return which stems occur together, wherever: pairs of the first four letters of the first 30 words by letter."""
    stems = sorted({word[:STEM] for word in WORD.findall(text.lower())})[:MOST_STEMS]
    return [" ".join(pair) for pair in combinations(stems, 2)]


ENGLISH = (
    Analyser("words", english_words),
    Analyser("characters", english_characters),
    Analyser("company", english_company),
)


def benchmark(clinc: Path, banking: Path) -> dict[str, Any]:
    """Return the accuracies beside the published ones. CLINC150's out-of-scope threshold is drawn on its
    validation part, as its paper does (Larson et al., EMNLP 2019; Casanueva et al., 2020)."""
    return {"clinc150_full": _clinc(clinc), "banking77": _banking(banking), "published": PUBLISHED}


def _fit(texts: list[str], labels: list[str]) -> Pipeline:
    return build_pipeline(ENGLISH, bayes_share=0.0).fit(texts, labels)


def _clinc(folder: Path) -> dict[str, float]:
    parts = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))
    pairs: dict[str, Pairs] = {
        name: ([text for text, _ in rows], [label for _, label in rows]) for name, rows in parts.items()
    }
    pipeline = _fit(*pairs["train"])
    classes = pipeline.classes_

    def scored(name: str) -> tuple[Any, Any]:
        decisions = pipeline.decision_function(pairs[name][0])
        return classes[decisions.argmax(axis=1)], decisions.max(axis=1)

    inside, inside_score = scored("val")
    outside_score = scored("oos_val")[1]
    right = inside == np.array(pairs["val"][1])
    candidates = np.quantile(np.concatenate([inside_score, outside_score]), np.linspace(0, 1, 201))
    threshold = max(candidates, key=lambda t: (right & (inside_score >= t)).sum() + (outside_score < t).sum())
    chosen, score = scored("test")
    truth = np.array(pairs["test"][1])
    return {
        "in_scope_accuracy": round(float((chosen == truth).mean()), 4),
        "in_scope_accuracy_with_threshold": round(
            float(((chosen == truth) & (score >= threshold)).mean()), 4
        ),
        "out_of_scope_recall": round(float((scored("oos_test")[1] < threshold).mean()), 4),
    }


def _banking(folder: Path) -> dict[str, float]:
    (train_texts, train_labels), (texts, labels) = _csv(folder / "train.csv"), _csv(folder / "test.csv")
    chosen = _fit(train_texts, train_labels).predict(texts)
    return {"accuracy": round(float((chosen == np.array(labels)).mean()), 4)}


def _csv(path: Path) -> Pairs:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [row["text"] for row in rows], [row["category"] for row in rows]
