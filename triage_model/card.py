"""The figures of the model that this release ships, as its card states them.

`card.json` is what `python -m triage_model evaluate` printed for the corpus beside it.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "card.json"


def report_of(version: str) -> Mapping[str, Any] | None:
    """Return the evaluation report of a released version; None for any other than the card's."""
    card = _card()
    return card if card["model_version"] == version else None


@cache
def _card() -> Mapping[str, Any]:
    card: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return card
