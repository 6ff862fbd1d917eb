"""The desk's final labels as it exports them, read into examples to learn from.

A line is `{"text", "label", "register", "basis", "blind", "decided_at", "model_version", "suggested"}`;
what is not needed to learn is not read.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from triage_model.corpus import CorpusError, Example, lines_of, object_of
from triage_model.labels import LABELS, REGISTERS
from triage_model.masking import readable_by_training
from triage_model.normalise import fold


@dataclass(frozen=True, slots=True)
class Decision:
    """One final label; `blind` when whoever gave it had not seen the model's view."""

    example: Example
    blind: bool
    decided_at: datetime


def read(paths: Iterable[Path]) -> list[Decision]:
    """Return the decisions of all files in their order of time. Raises CorpusError for the first bad line.

    Of one text decided several times the last counts: exports may overlap.
    """
    found = [_decision(object_of(line, where), where) for path in paths for where, line in lines_of(path)]
    last = {each.example.id: each for each in sorted(found, key=lambda each: each.decided_at)}
    return sorted(last.values(), key=lambda each: (each.decided_at, each.example.id))


def identity(text: str) -> str:
    """Return what equal texts share, however they are written: the sha256 of the folded text."""
    return hashlib.sha256(fold(text).text.encode()).hexdigest()


def _decision(values: dict[str, object], where: str) -> Decision:
    text, label, register = values.get("text"), values.get("label"), values.get("register")
    if not isinstance(text, str) or not text.strip():
        raise CorpusError(f"{where}: text is missing")
    if label not in LABELS:
        raise CorpusError(f"{where}: unknown label {label!r}; known: {', '.join(LABELS)}")
    if register not in REGISTERS:
        raise CorpusError(f"{where}: unknown register {register!r}; known: {', '.join(REGISTERS)}")
    if not isinstance(values.get("blind"), bool):
        raise CorpusError(f"{where}: blind is neither true nor false")
    try:
        decided_at = datetime.fromisoformat(str(values.get("decided_at")))
    except ValueError:
        raise CorpusError(f"{where}: decided_at is no ISO 8601 instant") from None
    if decided_at.tzinfo is None:
        raise CorpusError(f"{where}: decided_at must carry its zone")
    readable = readable_by_training(text)
    name = f"desk-{identity(readable)[:16]}"
    example = Example(
        id=name, text=readable, label=str(label), register=str(register), family=name, hard=False
    )
    return Decision(example, bool(values["blind"]), decided_at)
