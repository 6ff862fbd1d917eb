"""The evaluation report: cross-validated by family, or of the promoted model on a file of texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from triage_model import corpus
from triage_model.corpus import Example
from triage_model.labels import LABELS, OUT_OF_SCOPE, REGISTERS
from triage_model.measures import Judged, figures, report
from triage_model.pipeline import SEED, Splits, family_splits
from triage_model.scorer import Model
from triage_model.training import train

CURVE = (0.25, 0.5, 0.75)
KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "application": ("附件", "補件", "系統", "上傳", "送件", "申請書", "自籌款", "撥款", "帳號", "核定"),
    "measures": ("補助", "資格", "金額", "截止", "課程", "貸款", "說明會", "多少錢"),
    "improvement": ("改善", "汰換", "廠商", "技術", "導入", "鍋爐", "設備"),
    "problem": ("不知道", "客戶要求", "從哪", "為什麼", "碳盤查", "cbam"),
}


def cross_validated(examples: Sequence[Example]) -> dict[str, Any]:
    """Return the report of models that never saw a text's family, beside two baselines, and the same
    of models that never saw its writer.

    The learning curve repeats the first with shares of the corpus: does more text still help?
    """
    judged = judge_out_of_fold(examples, by_family(examples))
    truth = [e.label for e in examples]
    most_frequent = Counter(truth).most_common(1)[0][0]
    return {
        "data": "cross-validated on the corpus, by family",
        **report(judged),
        **_by_kind(judged, examples),
        "unseen_writers": _unseen_writers(examples),
        "baselines": {
            "most_frequent": figures(truth, [most_frequent] * len(truth)),
            "keyword_rules": figures(truth, [_by_keywords(e.text) for e in examples]),
        },
        "learning_curve": [
            {"share": share, **_short(judge_out_of_fold(part, by_family(part)))}
            for share in CURVE
            if (part := _part(examples, share))
        ],
    }


def by_family(examples: Sequence[Example]) -> Splits:
    """Return folds in which no family stands on both sides."""
    return family_splits(
        [e.text for e in examples], [e.label for e in examples], [e.family for e in examples]
    )


def by_writer(examples: Sequence[Example]) -> Splits:
    """Return a fold for each writer: trained on all others, as when strangers write."""
    writers = np.array([e.writer for e in examples])
    return [
        (np.flatnonzero(writers != writer).tolist(), np.flatnonzero(writers == writer).tolist())
        for writer in sorted(set(writers))
    ]


def judge_out_of_fold(examples: Sequence[Example], splits: Splits) -> list[Judged]:
    """Return what whole models, thresholds included, say of the texts held from them, in order."""
    said: dict[int, Judged] = {}
    for train_places, held_places in splits:
        fitted = train([examples[p] for p in train_places], version="fold", corpus_digest="")
        model = Model(fitted.artefact)
        for place in held_places:
            example = examples[place]
            said[place] = Judged(example.label, model.classify(example.text), example.register)
    return [said[place] for place in range(len(examples))]


def on_file(model: Model, path: Path) -> dict[str, Any]:
    """Return the report of a model on a file of `{"text", "label"}` lines. Raises CorpusError."""
    judged = [Judged(label, model.classify(text)) for text, label in corpus.read_labelled(path)]
    return {"data": path.name, "model_version": model.version, **report(judged)}


def _by_kind(judged: Sequence[Judged], examples: Sequence[Example]) -> dict[str, Any]:
    """Return the short reports of each register, and of the texts marked hard."""
    return {
        "registers": {
            register: _short(of_register)
            for register in REGISTERS
            if (of_register := [j for j in judged if j.register == register])
        },
        "hard": _short([j for j, e in zip(judged, examples, strict=True) if e.hard]),
    }


def _unseen_writers(examples: Sequence[Example]) -> dict[str, Any] | None:
    """Return the report on texts whose writer the model never read; None when one wrote them all."""
    splits = by_writer(examples)
    if len(splits) == 1:
        return None
    judged = judge_out_of_fold(examples, splits)
    return {
        **report(judged),
        **_by_kind(judged, examples),
        "writers": {
            examples[held[0]].writer: _short([judged[place] for place in held]) for _, held in splits
        },
    }


def _short(judged: Sequence[Judged]) -> dict[str, Any]:
    names = ("texts", "accuracy", "macro_f1", "coverage", "accuracy_when_decided")
    whole = report(judged)
    return {name: whole[name] for name in names}


def _part(examples: Sequence[Example], share: float) -> list[Example]:
    """Return a share of the examples of every label, drawn with a fixed seed, in their order."""
    drawn: set[str] = set()
    for label in LABELS:
        ids = [e.id for e in examples if e.label == label]
        generator = np.random.default_rng(SEED)
        drawn.update(generator.choice(ids, round(share * len(ids)), replace=False).tolist())
    return [e for e in examples if e.id in drawn]


def _by_keywords(text: str) -> str:
    """Return the category with most keywords in the text; out of scope when there are none."""
    folded = text.lower()
    hits = {label: sum(word in folded for word in words) for label, words in KEYWORDS.items()}
    best = max(hits, key=lambda label: hits[label])
    return best if hits[best] else OUT_OF_SCOPE
