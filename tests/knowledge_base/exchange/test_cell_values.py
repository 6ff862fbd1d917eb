"""A cell says the same value however a person or a spreadsheet writes it."""

from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.exchange.cells import (
    DAY,
    FLAG,
    INSTANT,
    LINES,
    NAMES,
    NTD,
    PHONES,
    TEXT,
    WHOLE,
    CellFault,
    CellKind,
    one_of,
    some_of,
)
from knowledge_base.records.measures import TAIPEI

EVENING = datetime(2025, 3, 20, 18, tzinfo=TAIPEI)
THEMES = {"low_carbon": "低碳化", "smart": "智慧化"}

SAID = [
    (WHOLE, "3,000,000", 3_000_000),
    (WHOLE, "３，０００", 3_000),
    (WHOLE, " 12 ", 12),
    (WHOLE, 12.0, 12),
    (NTD, 6_000_000, 6_000_000),
    (NTD, "6,000,000", 6_000_000),
    (NTD, "600萬", 6_000_000),
    (NTD, "６００ 萬元", 6_000_000),
    (NTD, "1億2,000萬元", 120_000_000),
    (NTD, "1.5億", 150_000_000),
    (NTD, "-5", -5),  # the record refuses it by its column
    (FLAG, "是", True),
    (FLAG, False, False),
    (INSTANT, "2025-03-20 18:00:00", EVENING),
    (INSTANT, "2025-03-20T18:00:00+08:00", EVENING),
    (INSTANT, "2025/3/20 18:00", EVENING),
    (INSTANT, "114/3/20 18:00", EVENING),
    (INSTANT, "114年3月20日 18:00", EVENING),
    (INSTANT, "１１４／３／２０　１８：００", EVENING),
    (INSTANT, datetime(2025, 3, 20, 18), EVENING),  # noqa: DTZ001  a cell has no zone
    (DAY, "114/3/20", date(2025, 3, 20)),
    (DAY, "2025-03-20", date(2025, 3, 20)),
    (DAY, date(2025, 3, 20), date(2025, 3, 20)),
    (DAY, datetime(2025, 3, 20), date(2025, 3, 20)),  # noqa: DTZ001
    (TEXT, 114, "114"),
    (TEXT, 114.0, "114"),
    (TEXT, 1.1, "1.1"),
    (TEXT, " 一行\r\n二行 ", "一行\n二行"),
    (NAMES, "臺北市、新北市，桃園市\n基隆市, ", ["臺北市", "新北市", "桃園市", "基隆市"]),
    (LINES, "切結書、附件\n\n申請書", ["切結書、附件", "申請書"]),
    (PHONES, "02-2709-0638#211、212\n0800-000-257", [
        {"number": "02-2709-0638", "extensions": ["211", "212"]},
        {"number": "0800-000-257"},
    ]),
    (PHONES, "02-2709-0638 分機 211", [{"number": "02-2709-0638", "extensions": ["211"]}]),
    (one_of(THEMES), "低碳化", "low_carbon"),
    (one_of(THEMES), "smart", "smart"),
    (some_of(THEMES), "低碳化、智慧化", ["low_carbon", "smart"]),
]  # fmt: skip

REFUSED = [
    (WHOLE, "1,00", "整數"),
    (WHOLE, "1.5", "整數"),
    (WHOLE, True, "整數"),
    (WHOLE, "9" * 30, "整數"),
    (WHOLE, float("inf"), "整數"),
    (WHOLE, EVENING, "整數"),
    (FLAG, "yes", "是 或 否"),
    (FLAG, 1, "是 或 否"),
    (INSTANT, "114/3/20", "須連同時刻"),
    (INSTANT, date(2025, 3, 20), "須連同時刻"),
    (INSTANT, "114/3/20 25:00", "沒有這個日期或時刻"),
    (INSTANT, "114/2/30 18:00", "沒有這個日期或時刻"),
    (INSTANT, "下週", "應為日期與時刻"),
    (INSTANT, time(18), "應為日期與時刻"),
    (DAY, "114/13/1", "沒有這個日期"),
    (DAY, 45_000, "應為日期"),
    (TEXT, EVENING, "應為文字"),
    (TEXT, True, "應為文字"),
    (one_of(THEMES), "環保", "不在選項內，應為 低碳化、智慧化"),
]


@pytest.mark.parametrize(("kind", "cell", "value"), SAID)
def test_a_cell_says(kind: CellKind, cell: Any, value: Any) -> None:
    assert kind.read(cell) == value


@pytest.mark.parametrize(("kind", "cell", "reason"), REFUSED)
def test_a_cell_that_says_something_else_is_refused(kind: CellKind, cell: Any, reason: str) -> None:
    with pytest.raises(CellFault, match=reason):
        kind.read(cell)


names = st.text("臺北新竹abc_1", min_size=1, max_size=6)
VALUES = {
    "whole": (WHOLE, st.integers(0, 10**15)),
    "flag": (FLAG, st.booleans()),
    "instant": (
        INSTANT,
        st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001
        .map(lambda at: at.replace(microsecond=0, tzinfo=TAIPEI)),
    ),
    "day": (DAY, st.dates(date(1912, 1, 1), date(2099, 1, 1))),
    "names": (NAMES, st.lists(names, min_size=1)),
    "lines": (LINES, st.lists(names.map(lambda name: f"{name}、{name}，"), min_size=1)),
    "themes": (some_of(THEMES), st.lists(st.sampled_from(["low_carbon", "smart"]), min_size=1)),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_what_is_written_in_a_cell_reads_back(kind: str, data: Any) -> None:
    cells, values = VALUES[kind]
    value = data.draw(values)
    assert cells.read(cells.write(value)) == value


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates(), st.times())
)
def test_any_cell_is_read_or_refused_and_never_a_crash(value: Any) -> None:
    for kind in (WHOLE, FLAG, INSTANT, DAY, TEXT, NAMES, LINES, PHONES, one_of(THEMES), some_of(THEMES)):
        with suppress(CellFault):
            kind.read(value)
