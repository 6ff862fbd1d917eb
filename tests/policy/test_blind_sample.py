"""Who is in the blind sample, and what leaves the desk of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.anonymity import anonymous
from helpdesk.policy.blind_sample import BLIND_SHARE, in_blind_sample
from helpdesk.policy.case_number import format_case_number
from helpdesk.policy.triage_decision import Basis, decide
from knowledge_base.records.vocabulary import Category


def test_about_one_case_in_twenty_is_in_the_sample_in_every_stretch_of_numbers() -> None:
    for start in range(1, 40_001, 10_000):
        numbers = [format_case_number(115, start + place) for place in range(10_000)]
        assert sum(map(in_blind_sample, numbers)) / 10_000 == pytest.approx(BLIND_SHARE, abs=0.008)


@given(st.text())
def test_any_name_is_in_or_out_for_ever(name: str) -> None:
    assert in_blind_sample(name) is in_blind_sample(name)


@pytest.mark.parametrize("stated", [None, *Category])
@pytest.mark.parametrize("abstained", [True, False])
def test_a_case_of_the_sample_always_waits_for_a_person(abstained: bool, stated: Category | None) -> None:
    for suggested in Category:
        outcome = decide(suggested, abstained=abstained, stated=stated, blind=True)
        assert (outcome.category, outcome.basis) == (None, Basis.BLIND)


NAMES = ("王大明", "範例精密機械股份有限公司", "範例精密機械", None, "林")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我是王大明，範例精密機械股份有限公司的", "我是〔名稱〕，〔名稱〕的"),
        ("範例精密機械王大明 0912-345-678", "〔名稱〕〔名稱〕 〔電話〕"),
        ("案號 C115-000123-4 還沒好", "案號 〔案件編號〕 還沒好"),
        ("c115000123-4、115-000123-4", "〔案件編號〕、〔案件編號〕"),
        ("林口廠要汰換鍋爐", "林口廠要汰換鍋爐"),
        ("統編 12345678，寄 a@b.tw", "統編 〔統一編號〕，寄 〔電子郵件〕"),
    ],
)
def test_a_text_leaves_the_desk_without_whom_it_is_about(text: str, left: str) -> None:
    assert anonymous(text, NAMES) == left
