import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.budget_lines import MOST_LINES, MOST_NTD, BudgetLine, parse_lines
from helpdesk.policy.field_problems import FieldProblems
from knowledge_base.records.vocabulary import ItemKind


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,234,000", 1_234_000),
        ("1，234，000", 1_234_000),
        ("１２００", 1200),
        ("500萬", 5_000_000),
        (" NT$ 500 萬元 ", 5_000_000),
        ("３，０００萬", 30_000_000),
        ("1億2,000萬元", 120_000_000),
        ("1.5億", 150_000_000),
        ("2.3456萬", 23_456),
        ("0", 0),
        ("1000000000000", MOST_NTD),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, value: int) -> None:
    assert parse_lines([{"kind": "consumables", "label": "爐", "amount": typed}])[0].amount_ntd == value


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"amount": "12.5"}, "amount", "整數"),
        ({"amount": "0.00001萬"}, "amount", "整數"),
        ({"amount": "1,2"}, "amount", "整數"),
        ({"amount": "五百萬"}, "amount", "整數"),
        ({"amount": "元"}, "amount", "整數"),
        ({"amount": "٣"}, "amount", "整數"),
        ({"amount": "-5"}, "amount", "負數"),
        ({"amount": "－5"}, "amount", "負數"),
        ({"amount": "1" * 5000}, "amount", "整數"),
        ({"amount": "1000000000001"}, "amount", "不能超過"),
        ({"amount": "", "label": "爐"}, "amount", "整數"),
        ({"amount": "5", "subsidy": "6"}, "subsidy", "不能超過"),
        ({"amount": "5", "subsidy": "-1"}, "subsidy", "負數"),
        ({"amount": "5", "kind": "nothing"}, "kind", "清單"),
        ({"amount": "5", "label": "爐" * 121}, "label", "最多"),
    ],
)
def test_what_cannot_be_read_is_named_by_row_and_field(row: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(FieldProblems) as refusal:
        parse_lines([{"kind": "consumables", "amount": ""}, {"kind": "consumables", **row}])
    assert list(refusal.value.problems) == [f"{field}-2"]
    sentence = refusal.value.problems[f"{field}-2"]
    assert sentence.startswith("第 2 列「")
    assert words in sentence


def test_every_faulty_row_is_named_at_once() -> None:
    with pytest.raises(FieldProblems) as refusal:
        parse_lines([{"kind": "x", "amount": "y"}, {"kind": "other", "amount": "1", "subsidy": "z"}])
    assert set(refusal.value.problems) == {"kind-1", "amount-1", "subsidy-2"}


@pytest.mark.parametrize("count", [0, MOST_LINES + 1])
def test_no_row_and_too_many_rows_are_refused(count: int) -> None:
    with pytest.raises(FieldProblems, match="列"):
        parse_lines([{"kind": "consumables", "amount": "1"}] * count)


def test_empty_rows_are_skipped_and_an_empty_subsidy_is_none() -> None:
    empty = {"kind": "consumables", "label": " ", "amount": "", "subsidy": ""}
    filled = {"kind": "new_equipment", "label": " 燒結　爐 ", "amount": "10", "subsidy": "", "domestic": "on"}
    assert parse_lines([empty, filled, empty]) == (
        BudgetLine(ItemKind.NEW_EQUIPMENT, "燒結 爐", 10, 0, domestic=True),
    )


@given(st.integers(0, MOST_NTD))
def test_an_amount_comes_back_however_it_is_grouped(amount: int) -> None:
    for typed in (str(amount), f"{amount:,}", f"NT${amount:,}元"):
        assert parse_lines([{"kind": "other", "amount": typed}])[0].amount_ntd == amount


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(kind: str, amount: str, subsidy: str) -> None:
    with contextlib.suppress(FieldProblems):
        parse_lines([{"kind": kind, "label": amount, "amount": amount, "subsidy": subsidy}])


@pytest.mark.parametrize(("amount", "subsidy"), [(5, 6), (5, -1), (-1, -1)])
def test_no_line_asks_for_more_than_it_costs(amount: int, subsidy: int) -> None:
    with pytest.raises(ValueError, match="between 0 and its amount"):
        BudgetLine(ItemKind.OTHER, "", amount, subsidy)
