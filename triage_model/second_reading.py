"""How far two readers agree on the corpus: its writers, and readers who saw the text and the definitions alone.

`second_reading.jsonl` holds both labels of each text that was read twice, before they were settled.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage_model.labels import LABELS

READINGS = Path(__file__).resolve().parent / "second_reading.jsonl"


@dataclass(frozen=True, slots=True)
class Reading:
    """The writer's label of a text and the second reader's, who was `sure` or said so."""

    id: str
    first: str
    second: str
    sure: bool


def load(path: Path = READINGS) -> list[Reading]:
    """Return all readings. Raises ValueError for a label that is none."""
    readings = [Reading(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    for reading in readings:
        if not {reading.first, reading.second} <= set(LABELS):
            raise ValueError(f"{reading.id}: unknown label")
    return readings


def agreement(readings: Sequence[Reading]) -> dict[str, Any]:
    """Return the share on which both agree, Cohen's kappa, and what they did not agree on, by label.

    Kappa is None when both always say the same one label: chance alone explains it.
    """
    total = len(readings)
    agreed = sum(reading.first == reading.second for reading in readings) / total
    first, second = (Counter(labels) for labels in zip(*[(r.first, r.second) for r in readings], strict=True))
    chance = sum(first[label] * second[label] for label in LABELS) / total**2
    return {
        "texts": total,
        "agreement": round(agreed, 4),
        "kappa": round((agreed - chance) / (1 - chance), 4) if chance < 1 else None,
        "second_reader_unsure": sum(not reading.sure for reading in readings),
        "disagreements": [
            [reading.id, reading.first, reading.second]
            for reading in readings
            if reading.first != reading.second
        ],
    }
