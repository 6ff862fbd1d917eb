"""A text of an inquiry without whom it is about, so that it may leave the desk for training.

Phones, numbers of identity, accounts and street addresses are found by their form, numbers in whatever way
they are broken up; better a date too many is lost. Names have none: only those that the case knows are
found, so a person's name that nobody entered stays, as does a number written in words.
"""

import re
from collections.abc import Iterable

from triage_model.masking import masked

_CASE_NUMBER = re.compile(r"C\d{3}-?\d{6,9}-?\d|\d{3}-\d{6,9}-\d", re.ASCII | re.IGNORECASE)
_BY_FORM = (
    (re.compile(r"(?i)line\s*(?:id)?\s*[:：是]?\s*@?[a-z0-9][a-z0-9_.\-]{3,}"), "〔帳號〕"),
    (re.compile(r"(?i)(?:facebook|fb|instagram|ig)\.com/\S+"), "〔帳號〕"),
    (
        re.compile(
            r"[\u4e00-\u9fff]{1,8}(?:路|街|大道)(?:[一二三四五六七八九十\d]+段)?(?:\d+巷)?(?:\d+弄)?"
            r"\d+(?:之\d+|-\d+)?號(?:\s*\d+樓)?"
        ),
        "〔地址〕",
    ),
    (re.compile(r"(?<!\d)\+?(?:\d[\s.()\-‐–—]{0,2}){6,}\d(?!\d)"), "〔號碼〕"),
)
SHORTEST_NAME = 2
"""A single character is a surname, and a part of any word."""


def anonymous(text: str, names: Iterable[str | None]) -> str:
    """Return the text with case numbers, the given names and all that `masked` finds replaced by marks."""
    text = _CASE_NUMBER.sub("〔案件編號〕", text)
    for name in sorted(
        {name for name in names if name and len(name) >= SHORTEST_NAME}, key=len, reverse=True
    ):
        text = re.sub(r"\s*".join(map(re.escape, name)), "〔名稱〕", text)
    text = masked(text)
    for form, mark in _BY_FORM:
        text = form.sub(mark, text)
    return text
