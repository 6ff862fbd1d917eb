"""The government's office calendar file: what is read, what is refused and why, what an import changes."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from working_time import OFFICE_HOURS, TAIPEI, desk

from helpdesk.policy.office_calendar_file import DayChange, OfficeYear, differences, write_office_calendar
from helpdesk.policy.office_calendar_reading import (
    FORMULA,
    MOST_PROBLEMS,
    CalendarFileProblem,
    read_office_calendar,
)
from helpdesk.policy.office_days import build_calendar, office_days
from helpdesk.policy.service_calendar import SpecialDay

HEADER = "西元日期,星期,是否放假,備註"
DAYS_OFF = {
    "20230101": "開國紀念日",
    "20230102": "補假",
    "20230120": "小年夜",
    "20230228": "和平紀念日",
    "20231010": "",
}
WORKED_SATURDAYS = {"20230107": "補行上班", "20230204": ""}
READ = (
    SpecialDay(date(2023, 1, 1), working=False, name="開國紀念日"),
    SpecialDay(date(2023, 1, 2), working=False, name="補假"),
    SpecialDay(date(2023, 1, 7), working=True, name="補行上班"),
    SpecialDay(date(2023, 1, 20), working=False, name="小年夜"),
    SpecialDay(date(2023, 2, 4), working=True, name="補行上班日"),
    SpecialDay(date(2023, 2, 28), working=False, name="和平紀念日"),
    SpecialDay(date(2023, 10, 10), working=False, name="放假日"),
)


def rows(year: int = 2023) -> list[str]:
    """The rows of a year's file; 2023 has its special days."""
    written = []
    on = date(year, 1, 1)
    while on.year == year:
        day = f"{on:%Y%m%d}"
        off = day in DAYS_OFF or (on.weekday() > 4 and day not in WORKED_SATURDAYS)
        note = DAYS_OFF.get(day) or WORKED_SATURDAYS.get(day) or ""
        written.append(f"{day},{'一二三四五六日'[on.weekday()]},{2 if off else 0},{note}")
        on += timedelta(days=1)
    return written


def text(*lines: str, header: str = HEADER) -> str:
    return "\r\n".join((header, *lines)) + "\r\n"


def changed(replaced: Mapping[int, str]) -> bytes:
    """A file of 2023 in which some rows, as a spreadsheet counts them, are others."""
    return text(*(replaced.get(row, line) for row, line in enumerate(rows(), start=2))).encode()


def refused(content: bytes) -> list[tuple[int | None, str, str]]:
    with pytest.raises(CalendarFileProblem) as refusal:
        read_office_calendar(content)
    return [(problem.row, problem.field, problem.reason) for problem in refusal.value.problems]


def test_days_that_are_not_what_their_weekday_says_and_named_holidays_are_kept():
    assert read_office_calendar(text(*rows()).encode()) == (OfficeYear(2023, READ),)


@pytest.mark.parametrize(
    "content",
    [
        text(*rows()).encode("utf-8-sig"),
        text(*rows()).replace("\r\n", "\n").encode(),
        text(*rows(), header="日期, 星期 ,是否放假,說明").encode(),
        text(*rows(), ",,,", "").encode(),
        text(*reversed(rows())).encode(),
        text(*(f"{r[:4]}-{r[4:6]}-{r[6:]}" for r in rows())).encode(),
        text(*(f"{r[:4]}/{int(r[4:6])}/{int(r[6:8])}{r[8:]}" for r in rows())).encode(),
        text(*(r.replace(",日,", ",星期天,").replace(",一,", ",週一,") for r in rows())).encode(),
        text(*(r.replace(",2,", ",２,") for r in rows())).encode(),
        text(*(f"某縣,{r}" for r in rows()), header=f"機關,{HEADER}").encode(),
    ],
    ids=[
        "byte order mark",
        "bare line feeds",
        "other headers",
        "blank rows",
        "any order",
        "ISO dates",
        "slashes",
        "longer weekdays",
        "full-width figures",
        "another column",
    ],
)
def test_the_same_calendar_written_otherwise_is_the_same_calendar(content):
    assert read_office_calendar(content) == (OfficeYear(2023, READ),)


def test_several_years_in_one_file_come_apart_in_order():
    years = read_office_calendar(text(*rows(2025), *rows(2023), *rows(2024)).encode())
    assert [year.year for year in years] == [2023, 2024, 2025]
    assert years[0] == OfficeYear(2023, READ)
    assert years[1].days == ()


def test_a_note_on_a_working_weekday_makes_it_no_special_day():
    assert read_office_calendar(changed({4: "20230103,二,0,照常上班"})) == (OfficeYear(2023, READ),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", (None, "內容", "檔案是空的，或只有標題而沒有任何日期")),
        (text(",,,").encode(), (None, "內容", "檔案是空的，或只有標題而沒有任何日期")),
        (
            text(*rows()).encode("cp950"),
            (None, "編碼", "檔案不是 UTF-8 編碼，可能是 Big5；請另存成 UTF-8 CSV"),
        ),
        (b"\xd0\xcf\x11\xe0", (None, "編碼", "檔案不是 UTF-8 編碼，可能是 Excel 活頁簿；請另存成 UTF-8 CSV")),
        (b"\xff\xfe\xff", (None, "編碼", "檔案不是 UTF-8 編碼；請另存成 UTF-8 CSV")),
        (
            text(*rows()[:2], '20230103,二,0,"辦公').encode(),
            (4, "格式", "不是正確的 CSV：引號沒有成對，或欄位過長"),
        ),
        (text(*rows(), header="西元日期,星期,備註").encode(), (1, "是否放假", "缺少「是否放假」欄")),
        (
            text(*rows()[:9], *rows()[10:]).encode(),
            (None, "西元日期", "缺 2023 年的 365 天中的 1 天，例如 2023-01-10"),
        ),
        (
            text(*rows()[:30], *rows()[42:]).encode(),
            (None, "西元日期", "缺 2023 年的 365 天中的 12 天，例如 2023-01-31、2023-02-01、2023-02-02"),
        ),
        (
            text(*rows(), rows()[35]).encode(),
            (367, "西元日期", "2023-02-05 重複：第 37 列與第 367 列"),
        ),
        (
            text(*rows(), "19971231,三,0,", "19971230,二,0,").encode(),
            (367, "西元日期", "1997 年不在 1998 到 2100 年之間，請確認年份"),
        ),
        (changed({4: "20230103,三,0,"}), (4, "星期", "2023-01-03 是星期二，檔案寫「三」")),
        (changed({4: "20230103,,0,"}), (4, "星期", "2023-01-03 是星期二，檔案寫「」")),
        (changed({4: "20230103,二,1,"}), (4, "是否放假", "必須是 0（上班）或 2（放假），檔案寫「1」")),
        (changed({4: "20230103,二"}), (4, "是否放假", "必須是 0（上班）或 2（放假），檔案寫「」")),
        (
            changed({4: "20230103,二,0,辦公日,照常上班"}),
            (4, "備註", "比標題多出「照常上班」；備註裡有逗號時請加引號"),
        ),
    ],
    ids=[
        "empty",
        "no dates",
        "Big5",
        "Excel",
        "no encoding",
        "open quote",
        "no column",
        "a day missing",
        "days missing",
        "twice",
        "implausible year",
        "other weekday",
        "no weekday",
        "other flag",
        "no flag",
        "surplus",
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_row_and_reason(content, problem):
    assert refused(content) == [problem]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("0103", "「0103」沒有年份，請寫成西元年月日，例如 20230101"),
        ("1/3", "「1/3」沒有年份，請寫成西元年月日，例如 20230101"),
        ("1月3日", "「1月3日」沒有年份，請寫成西元年月日，例如 20230101"),
        ("112/1/3", "看不懂日期「112/1/3」，請寫成西元年月日，例如 20230101"),
        ("1120103", "看不懂日期「1120103」，請寫成西元年月日，例如 20230101"),
        ("", "看不懂日期「」，請寫成西元年月日，例如 20230101"),
        ("20230229", "沒有這一天：「20230229」"),
        ("2023-13-01", "沒有這一天：「2023-13-01」"),
    ],
)
def test_a_date_that_cannot_be_read_is_named_beside_the_day_that_is_then_missing(written, reason):
    assert refused(changed({4: f"{written},二,0,"})) == [
        (None, "西元日期", "缺 2023 年的 365 天中的 1 天，例如 2023-01-03"),
        (4, "西元日期", reason),
    ]


def test_every_missing_column_is_named_at_once():
    assert [field for _, field, _ in refused(text(*rows(), header="甲,星期,乙,丙").encode())] == [
        "西元日期",
        "是否放假",
        "備註",
    ]


def test_a_quoted_note_over_two_lines_is_one_row_as_in_a_spreadsheet():
    content = changed({2: '20230101,日,2,"開國\n紀念日"', 4: "20230103,二,9,"})
    assert [row for row, _, _ in refused(content)] == [4]


def test_all_problems_come_at_once_but_never_more_than_fifty():
    with pytest.raises(CalendarFileProblem) as refusal:
        read_office_calendar(text(*(line.replace(",0,", ",1,") for line in rows())).encode())
    assert len(refusal.value.problems) == MOST_PROBLEMS
    assert refusal.value.total > 200
    assert str(refusal.value).startswith("第 4 列「是否放假」：必須是 0")


def test_a_problem_of_the_file_is_said_without_a_row():
    with pytest.raises(CalendarFileProblem, match=r"^檔案「內容」："):
        read_office_calendar(b"")


def test_the_years_the_package_knows_are_written_and_read_as_they_are():
    for year in (1998, 2023, 2024, 2026, 2100):
        special = tuple(day for on, day in sorted(office_days().items()) if on.year == year)
        assert read_office_calendar(write_office_calendar(desk(), year).encode()) == (
            OfficeYear(year, special),
        )


def test_a_written_year_has_the_official_columns_and_a_row_for_every_day():
    written = list(csv.reader(StringIO(write_office_calendar(desk(), 2024), newline="")))
    assert written[0] == HEADER.split(",")
    assert written[1] == ["20240101", "一", "2", "中華民國開國紀念日"]
    assert written[48] == ["20240217", "六", "0", "補行上班日"]
    assert len(written) == 367


NAMES = (
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=12)
    .map(lambda name: " ".join(name.split()))
    .filter(lambda name: name and not name.startswith(FORMULA))
)


@st.composite
def office_years(draw: st.DrawFn) -> OfficeYear:
    year = draw(st.integers(1998, 2100))
    within = st.dates(date(year, 1, 1), date(year, 12, 31))
    days = []
    for on in sorted(draw(st.sets(within, max_size=12))):
        working = on.weekday() > 4 and draw(st.booleans())
        days.append(SpecialDay(on, working, draw(NAMES)))
    return OfficeYear(year, tuple(days))


def special_days(*years: OfficeYear) -> dict[date, SpecialDay]:
    return {day.on: day for year in years for day in year.days}


@given(office_years())
def test_what_was_written_is_read_again(year):
    calendar = build_calendar(
        name="單一服務窗口",
        zone=TAIPEI,
        weekly=dict.fromkeys(range(5), (OFFICE_HOURS,)),
        makeup_periods=(OFFICE_HOURS,),
        override_days=(),
        projection_after=None,
        official_years={year.year: year.days},
    )
    assert read_office_calendar(write_office_calendar(calendar, year.year).encode()) == (year,)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda lines: text(lines).encode()))
def test_whatever_is_uploaded_is_refused_in_words_not_broken_by(content):
    with pytest.raises(CalendarFileProblem) as refusal:
        read_office_calendar(content)
    assert 1 <= len(refusal.value.problems) <= MOST_PROBLEMS


DAY_OFF = SpecialDay(date(2023, 6, 23), working=False, name="調整放假")
MAKE_UP = SpecialDay(date(2023, 6, 17), working=True, name="補行上班日")
NAMED_SUNDAY = SpecialDay(date(2023, 1, 1), working=False, name="開國紀念日")
KEPT_WORKING = SpecialDay(date(2023, 6, 23), working=True, name="照常服務")


def renamed(day: SpecialDay) -> SpecialDay:
    return SpecialDay(day.on, day.working, "改名")


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        (None, DAY_OFF, True),
        (DAY_OFF, None, True),
        (None, MAKE_UP, True),
        (MAKE_UP, None, True),
        (KEPT_WORKING, DAY_OFF, True),
        (KEPT_WORKING, None, False),
        (None, NAMED_SUNDAY, False),
        (NAMED_SUNDAY, None, False),
        (DAY_OFF, renamed(DAY_OFF), False),
        (MAKE_UP, renamed(MAKE_UP), False),
    ],
)
def test_a_changed_day_counts_when_it_begins_or_ceases_to_be_worked(before, after, counts):
    year = OfficeYear(2023, (after,) if after else ())
    special = before or after
    (change,) = differences({before.on: before} if before else {}, year)
    assert change == DayChange(special.on, before, after)
    assert change.counts is counts


def test_days_of_other_years_are_not_touched_by_an_import():
    assert differences({DAY_OFF.on: DAY_OFF}, OfficeYear(2024, ())) == ()


@given(office_years(), office_years())
def test_the_changes_lead_from_what_was_in_force_to_the_imported_year(before, after):
    before = OfficeYear(after.year, before.days) if before.year == after.year else before
    in_force = special_days(before)
    changes = differences(in_force, after)
    assert [change.on for change in changes] == sorted({change.on for change in changes})
    result = {on: day for on, day in in_force.items() if on.year == after.year}
    for change in changes:
        assert result.pop(change.on, None) == change.before != change.after
        if change.after:
            result[change.on] = change.after
    assert result == special_days(after)


@given(office_years())
def test_importing_what_is_in_force_changes_nothing(year):
    assert differences(special_days(year), year) == ()


def test_a_note_that_a_spreadsheet_would_run_or_that_is_a_novel_is_refused() -> None:
    for note in ("=HYPERLINK(1)", "+1", "@x", "長" * 61):
        lines = write_office_calendar(desk(), 2024).splitlines()
        lines[1] = f"20240101,一,2,{note}"
        with pytest.raises(CalendarFileProblem, match="備註最多 60 個字"):
            read_office_calendar("\n".join(lines).encode())


def test_a_file_of_very_many_rows_is_refused_before_it_is_judged() -> None:
    with pytest.raises(CalendarFileProblem, match="超過 40,000 列"):
        read_office_calendar(("西元日期,星期,是否放假,備註\n" + "1,2,3,4\n" * 50_000).encode())
