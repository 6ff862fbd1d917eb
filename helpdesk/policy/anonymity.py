"""A text of an inquiry without whom it is about, so that it may leave the desk for training.

Phones, addresses and numbers of identity are found by their form. Names have none: only those that the
case knows are found, so a person's name that nobody entered stays.
"""

import re
from collections.abc import Iterable

from triage_model.masking import masked

_CASE_NUMBER = re.compile(r"C\d{3}-?\d{6,9}-?\d|\d{3}-\d{6,9}-\d", re.ASCII | re.IGNORECASE)
SHORTEST_NAME = 2
"""A single character is a surname, and a part of any word."""


def anonymous(text: str, names: Iterable[str | None]) -> str:
    """Return the text with case numbers, the given names and all that `masked` finds replaced by marks."""
    text = _CASE_NUMBER.sub("〔案件編號〕", text)
    for name in sorted(
        {name for name in names if name and len(name) >= SHORTEST_NAME}, key=len, reverse=True
    ):
        text = text.replace(name, "〔名稱〕")
    return masked(text)
