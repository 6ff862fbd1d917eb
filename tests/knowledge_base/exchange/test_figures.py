"""Amounts are read and found in texts however people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.exchange.figures import amounts_in, money_in_words, read_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("600萬", 6_000_000),
        ("NT$ 5,000,000", 5_000_000),
        ("1億500萬元", 105_000_000),
        ("2.5萬", 25_000),
        ("12", 12),
        ("0.00001萬", None),
        ("", None),
        ("元", None),
        ("-600萬", None),
        ("600萬起", None),
        ("1" * 61, None),
    ],
)
def test_an_amount_is_read_or_it_is_none(text: str, amount: int | None) -> None:
    assert read_money(text) == amount


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("個案上限 500 萬元。", True),
        ("個案上限500萬", True),
        ("５００萬", True),
        ("5,000,000 元", True),
        ("300 萬元、500 萬元", True),
        ("1,500 萬元", False),
        ("500 人", False),
        ("2.500萬", False),
    ],
)
def test_a_text_holds_an_amount_in_any_writing(text: str, *, holds: bool) -> None:
    assert (5_000_000 in amounts_in(text)) is holds


@given(st.integers(0, 10**12))
def test_what_is_written_is_read_again(amount: int) -> None:
    words = money_in_words(amount)
    assert read_money(words) == amount
    assert amount in amounts_in(f"上限 {words}。")
