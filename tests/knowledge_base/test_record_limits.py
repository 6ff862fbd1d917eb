"""What a record of the catalogue cannot be, however it was written: times, years, sizes, characters."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from knowledge_base.condition_checks import DEEPEST, MOST_LEAVES
from knowledge_base.exchange.plain import stored
from knowledge_base.knowledge import Knowledge, KnowledgeError
from knowledge_base.loader import amended
from knowledge_base.records import Measure, Phone, Source, Window
from knowledge_base.records.measures import TAIPEI
from knowledge_base.records.provenance import Text

OPENS, CLOSES = datetime(2025, 3, 1, 9, tzinfo=TAIPEI), datetime(2025, 3, 20, 18, tzinfo=TAIPEI)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def window(**changes: Any) -> Window:
    return Window(
        **{"opens_at": OPENS, "closes_at": CLOSES, "or_funds_exhausted": True, "text": "x", **changes}
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"funds_exhausted_at": OPENS - SECOND}, "早於開始受理"),
        ({"funds_exhausted_at": CLOSES + DAY + SECOND}, "晚於截止時間"),
        ({"closed_early_at": OPENS - SECOND}, "早於開始受理"),
        ({"closed_early_at": CLOSES + SECOND}, "晚於原定截止時間"),
        ({"closes_at": "9999-12-31T23:59:59-08:00"}, "年份須在 2000 至 2100"),
        ({"opens_at": "0001-01-01T00:00:00+08:00"}, "年份須在 2000 至 2100"),
    ],
)
def test_a_window_cannot_close_outside_itself_nor_outside_our_time(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        window(**changes)


def test_a_window_closes_early_from_its_first_second_and_by_funds_until_the_day_after_its_last() -> None:
    assert window(funds_exhausted_at=OPENS, closed_early_at=OPENS)
    assert window(funds_exhausted_at=CLOSES + DAY, closed_early_at=CLOSES)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (("112", "112-114"), "年度版 112 與 112-114 的年度重疊"),
        (("112-114", "114-115"), "年度重疊"),
        (("114-112",), "起年須早於迄年"),
    ],
)
def test_editions_of_a_measure_span_years_that_do_not_meet(
    knowledge: Knowledge, keys: tuple[str, ...], reason: str
) -> None:
    raw = stored(knowledge.measures["sbir"])
    raw["editions"] = [{**raw["editions"][0], "key": key} for key in keys]
    with pytest.raises(ValidationError, match=reason):
        Measure.model_validate(raw)


@pytest.mark.parametrize("number", ["02-2709-06３8", "٠2-2709-0638", "02-2709-063⁸"])
def test_a_phone_is_written_in_plain_digits(number: str) -> None:
    with pytest.raises(ValidationError):
        Phone(number=number)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.com", "https://a b", "//example.com"])
def test_a_web_address_is_one_that_a_browser_opens(url: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        Source(id="x", title="x", url=url, read_on="2025-01-01")


@pytest.mark.parametrize(
    "unseen", ["\0", "\x1b", "\x85", "\u200b", "\u200f", "\u202e", "\u2066", "\ufeff", "\ud800"]
)
def test_a_text_holds_nothing_unseen(unseen: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Text).validate_python(f"補{unseen}助")
    assert TypeAdapter(Text).validate_python("第一行\n第二行\t３") == "第一行\n第二行\t３"


def leaf(number: int) -> dict[str, Any]:
    origin = {"source": "seed", "checked": True}
    return {
        "id": f"l{number}", "fact": "regular_employees", "op": "!=", "value": number, "text": "x", "origin": origin,
    }  # fmt: skip


def nested(depth: int) -> dict[str, Any]:
    tree = leaf(1)
    for _ in range(depth - 1):
        tree = {"not": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ({"all": [leaf(number) for number in range(MOST_LEAVES)]}, None),
        ({"all": [leaf(number) for number in range(MOST_LEAVES + 1)]}, "條件最多 200 項"),
        (nested(DEEPEST), None),
        (nested(DEEPEST + 1), "條件最多 12 層"),
    ],
)
def test_a_tree_of_conditions_is_no_larger_than_a_call_can_be_led_through(
    knowledge: Knowledge, tree: dict[str, Any], reason: str | None
) -> None:
    raw = stored(knowledge.measures["sbir"])
    raw["editions"][0]["conditions"] = tree
    if reason is None:
        assert amended(knowledge, {"measures": {"sbir": raw}}).measures["sbir"].editions[0].conditions
        return
    with pytest.raises(KnowledgeError) as refused:
        amended(knowledge, {"measures": {"sbir": raw}})
    key = f"measures[sbir].editions[{raw['editions'][0]['key']}].conditions"
    assert [(found.key, found.reason) for found in refused.value.problems] == [(key, reason)]
