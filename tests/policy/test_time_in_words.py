"""Amounts, due dates and ROC dates as people say and write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from working_time import taipei

from helpdesk.policy.time_in_words import (
    DESK_DAY,
    amount_in_words,
    due_in_words,
    in_words,
    parse_roc_date,
    parse_time,
    roc_date,
    roc_datetime,
    roc_year,
)

NAIVE = datetime(2026, 11, 23, 14, 5)  # noqa: DTZ001 - naive on purpose


@pytest.mark.parametrize(
    ("remaining", "words"),
    [
        (timedelta(hours=2, minutes=10), "剩 2 小時 10 分"),
        (timedelta(hours=9, minutes=30), "剩 1 工作天"),
        (timedelta(hours=12, minutes=30), "剩 1 工作天 3 小時"),
        (timedelta(hours=12, minutes=59), "剩 1 工作天 3 小時"),
        (timedelta(hours=9, minutes=50), "剩 1 工作天 20 分"),
        (timedelta(hours=9, minutes=29, seconds=59), "剩 9 小時 29 分"),
        (timedelta(hours=3), "剩 3 小時"),
        (timedelta(minutes=1, seconds=59), "剩 1 分"),
        (timedelta(seconds=59), "剩不到 1 分"),
        (timedelta(microseconds=1), "剩不到 1 分"),
        (timedelta(), "已到期"),
        (-timedelta(seconds=1), "已逾期不到 1 分"),
        (-timedelta(minutes=45), "已逾期 45 分"),
        (-timedelta(hours=21), "已逾期 2 工作天 2 小時"),
    ],
)
def test_what_remains_is_said_in_the_two_largest_units(remaining, words):
    assert in_words(remaining) == words


def test_a_working_day_is_that_of_the_calendar_concerned():
    assert in_words(timedelta(hours=12), timedelta(hours=8)) == "剩 1 工作天 4 小時"


@pytest.mark.parametrize(
    ("amount", "words"),
    [(3 * DESK_DAY, "3 工作天"), (timedelta(hours=4), "4 小時"), (timedelta(), "0 分")],
)
def test_an_amount_is_said_without_a_verdict(amount, words):
    assert amount_in_words(amount) == words


def test_a_negative_amount_is_refused():
    with pytest.raises(ValueError, match="不可為負"):
        amount_in_words(-timedelta(minutes=1))


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-11-23 18:00", "今天 18:00 前"),
        ("2026-11-24 10:00", "明天 10:00 前"),
        ("2026-11-25 10:00", "115/11/25 (三) 10:00 前"),
        ("2026-11-22 10:00", "115/11/22 (日) 10:00 前"),
        ("2027-01-04 09:30", "116/01/04 (一) 09:30 前"),
    ],
)
def test_a_due_date_near_is_said_as_people_do(due, words):
    assert due_in_words(taipei(due).astimezone(UTC), now=taipei("2026-11-23 23:59").astimezone(UTC)) == words


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 11, 23, 6, 5, 59, tzinfo=UTC), "115/11/23 (一) 14:05"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "115/11/23 (一) 00:00"),
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), "115/11/22 (日) 23:59"),
        (datetime(2026, 11, 23, 1, 5, tzinfo=ZoneInfo("America/New_York")), "115/11/23 (一) 14:05"),
        (datetime(2010, 1, 2, 0, 0, tzinfo=ZoneInfo("Asia/Taipei")), "99/01/02 (六) 00:00"),
    ],
)
def test_an_instant_is_written_in_taipei_with_the_roc_year(at, written):
    assert roc_datetime(at) == written
    assert roc_date(at) == written[:-6]


def test_a_plain_date_is_written_as_it_is():
    assert roc_date(date(2026, 11, 23)) == "115/11/23 (一)"


@pytest.mark.parametrize("write", [roc_date, roc_datetime, lambda at: due_in_words(at, now=at)])
def test_a_datetime_without_a_zone_is_refused(write):
    with pytest.raises(ValueError, match="時區"):
        write(NAIVE)


def test_the_first_roc_day_is_written_and_the_day_before_refused():
    assert roc_date(date(1912, 1, 1)) == "1/01/01 (一)"
    with pytest.raises(ValueError, match="民國元年以前"):
        roc_date(date(1911, 12, 31))


def test_the_roc_year_is_that_of_the_common_era_less_1911():
    assert (roc_year(2026), roc_year(1912)) == (115, 1)
    with pytest.raises(ValueError, match="民國元年以前"):
        roc_year(1911)


@pytest.mark.parametrize(
    "text",
    [
        "112/11/30",
        "112年11月30日",
        "1121130",
        "民國112年11月30日",
        "民國 112 年 11 月 30 日",
        " 112/11/30 ",
        "１１２／１１／３０",
        "１１２１１３０",
        "民國1121130",
    ],
)
def test_a_roc_date_is_read_in_every_usual_form(text):
    assert parse_roc_date(text) == date(2023, 11, 30)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("99/1/5", date(2010, 1, 5)),
        ("0990105", date(2010, 1, 5)),
        ("1/1/1", date(1912, 1, 1)),
        ("113/2/29", date(2024, 2, 29)),
    ],
)
def test_short_and_early_years_are_read(text, read):
    assert parse_roc_date(text) == read


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "看不懂"),
        ("明天", "看不懂"),
        ("112/11", "看不懂"),
        ("112/11/30日", "看不懂"),
        ("112-11-30", "看不懂"),
        ("11211301", "西元年"),
        ("-1/1/1", "看不懂"),
        ("民國前1年1月1日", "看不懂"),
        ("١١٢/11/30", "看不懂"),
        ("2023/11/30", "西元年"),
        ("2023年11月30日", "西元年"),
        ("20231130", "西元年"),
        ("0/1/1", "沒有零年"),
        ("0000101", "沒有零年"),
        ("112/13/1", "沒有這一天"),
        ("112/2/29", "沒有這一天"),
        ("1120230", "沒有這一天"),
        ("112/0/1", "沒有這一天"),
    ],
)
def test_what_is_no_roc_date_is_refused_saying_why(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_roc_date(text)


@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2910, 12, 31)))
def test_every_date_is_read_back_as_it_was_written(day):
    assert parse_roc_date(roc_date(day).split()[0]) == day


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400)))
def test_words_never_promise_more_than_there_is(amount):
    units = {"工作天": DESK_DAY, "小時": timedelta(hours=1), "分": timedelta(minutes=1)}
    words = amount_in_words(amount).split()
    if words[0] == "不到":
        assert amount < timedelta(minutes=1)
    else:
        said = sum(
            (int(n) * units[unit] for n, unit in zip(words[::2], words[1::2], strict=True)), timedelta()
        )
        assert said <= amount < said + (timedelta(hours=1) if "工作天" in words else timedelta(minutes=1))


@given(st.times())
def test_a_time_of_day_is_read_as_it_is_written_in_either_width(at):
    written, minute = f"{at:%H:%M}", at.replace(second=0, microsecond=0)
    wide = written.translate({ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789:"})
    assert [parse_time(text) for text in (written, f" {wide} ", written.removeprefix("0"))] == [minute] * 3


@pytest.mark.parametrize("text", ["", "24:00", "8", "8:5", "12:60", "-1:00", "下午一點", "13:00:00"])
def test_what_is_no_time_of_day_is_refused_saying_what_to_write(text):
    with pytest.raises(ValueError, match="請填如 13:00"):
        parse_time(text)
