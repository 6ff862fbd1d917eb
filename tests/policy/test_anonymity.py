"""What leaves the desk for training names nobody who can be found by a form or is known to the case."""

import pytest

from helpdesk.policy.anonymity import anonymous


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("打0912.345.678找我", "345"),
        ("電話 +886 (0)912 345 678", "345"),
        ("市話(04) 2345-6789分機5", "6789"),
        ("手機0912‐345‐678", "345"),
        ("統編 1234 5678 的廠", "5678"),
        ("我的LINE ID: wang_boss88", "wang"),
        ("看facebook.com/wang.boss就知道", "wang"),
        ("地址臺中市西屯區工業路一段12巷3號2樓", "12巷"),
        ("王 小明說的", "小明"),
        ("案號C115-000123-6怎麼了", "000123"),
    ],
)
def test_what_names_or_reaches_somebody_is_gone(said: str, gone: str) -> None:
    assert gone not in anonymous(said, ["王小明", None, "王"])


@pytest.mark.parametrize(
    "said",
    ["補助500萬、自籌51%", "112/11/30截止，18:00前", "3台空壓機、50HP", "第2期款1,200,000元", "ISO 14064-1"],
)
def test_what_is_only_about_the_matter_stays(said: str) -> None:
    assert anonymous(said, []) == said
