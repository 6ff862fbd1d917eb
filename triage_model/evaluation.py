"""The evaluation report: cross-validated by family, or of the promoted model on a file of texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from triage_model import corpus
from triage_model.corpus import Example
from triage_model.labels import REGISTERS
from triage_model.measures import Judged, report
from triage_model.pipeline import family_splits
from triage_model.scorer import Model
from triage_model.training import train

KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "application": ("附件", "補件", "系統", "上傳", "送件", "申請書", "自籌款", "撥款", "帳號", "核定"),
    "measures": ("補助", "資格", "金額", "截止", "課程", "貸款", "說明會", "多少錢"),
    "improvement": ("改善", "汰換", "廠商", "技術", "導入", "鍋爐", "設備"),
    "problem": ("不知道", "客戶要求", "從哪", "為什麼", "碳盤查", "cbam"),
}


def cross_validated(examples: Sequence[Example]) -> dict[str, Any]:
    """Return the report of models that never saw a text's family, overall and by register, beside two baselines."""
    judged = judge_out_of_fold(examples)
    truth = [j.truth for j in judged]
    most_frequent = Counter(truth).most_common(1)[0][0]
    return {
        "data": "cross-validated on the corpus, by family",
        **report(judged),
        "registers": {
            register: _short(of_register)
            for register in REGISTERS
            if (of_register := [j for j in judged if j.register == register])
        },
        "hard": _short([j for j, e in zip(judged, examples, strict=True) if e.hard]),
        "baselines": {
            "most_frequent": {"accuracy": round(truth.count(most_frequent) / len(truth), 4)},
            "keyword_rules": {"accuracy": _keyword_accuracy(examples)},
        },
    }


def judge_out_of_fold(examples: Sequence[Example]) -> list[Judged]:
    """Return what whole models, thresholds included, say of texts whose family they never saw, in order."""
    splits = family_splits(
        [e.text for e in examples], [e.label for e in examples], [e.family for e in examples]
    )
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


def _short(judged: Sequence[Judged]) -> dict[str, Any]:
    names = ("texts", "accuracy", "macro_f1", "coverage", "accuracy_when_decided")
    whole = report(judged)
    return {name: whole[name] for name in names}


def _keyword_accuracy(examples: Sequence[Example]) -> float:
    """Return how often the category with most keywords is right; none found means out of scope."""
    right = 0
    for example in examples:
        text = example.text.lower()
        hits = {label: sum(word in text for word in words) for label, words in KEYWORDS.items()}
        best = max(hits, key=lambda label: hits[label])
        right += (best if hits[best] else "out_of_scope") == example.label
    return round(right / len(examples), 4)
