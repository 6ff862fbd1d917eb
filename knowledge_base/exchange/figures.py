"""Amounts of money as people write them: 500萬, 1億2,000萬元, NT$ 5,000,000. And in which texts one stands."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

TEN_THOUSAND, HUNDRED_MILLION = 10**4, 10**8
_NUMBER = r"([0-9]{1,20}(?:\.[0-9]{1,10})?)"
_PARTS = rf"(?:{_NUMBER}億)?(?:{_NUMBER}萬)?{_NUMBER}?"
_MONEY = re.compile(rf"(?:NT\$?|\$)?{_PARTS}元?", re.IGNORECASE)
_ANYWHERE = re.compile(rf"(?<![0-9.]){_PARTS}")
_GROUPING = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_LONGEST = 60


def read_money(text: str) -> int | None:
    """Return an amount in whole NT$ however it is written; None for what is no amount or not whole."""
    plain = _plain(text)
    found = _MONEY.fullmatch(plain) if len(plain) <= _LONGEST else None
    return _value(found) if found else None


def amounts_in(text: str) -> frozenset[int]:
    """Return every whole number of a text as an amount: 500 for 500人, 5000000 for 500 萬."""
    values = (_value(found) for found in _ANYWHERE.finditer(_plain(text)))
    return frozenset(value for value in values if value is not None)


def money_in_words(amount: int) -> str:
    """Return whole NT$ as texts write them: 1 億 500 萬元 for round ten thousands, else 12,345 元."""
    if amount < TEN_THOUSAND or amount % TEN_THOUSAND:
        return f"{amount:,} 元"
    large, rest = divmod(amount // TEN_THOUSAND, TEN_THOUSAND)
    parts = (f"{large:,} 億" if large else "", f"{rest:,} 萬" if rest else "")
    return " ".join(filter(None, parts)) + "元"


def _plain(text: str) -> str:
    return _GROUPING.sub("", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))


def _value(found: re.Match[str]) -> int | None:
    if not any(found.groups()):
        return None
    units = (HUNDRED_MILLION, TEN_THOUSAND, 1)
    parts = zip(found.groups(), units, strict=True)
    amount = sum((Fraction(part or "0") * unit for part, unit in parts), Fraction(0))
    return amount.numerator if amount.denominator == 1 else None
