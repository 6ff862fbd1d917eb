"""The supervisor's page: figures that lead to their clocks, months, files for a spreadsheet, who may look."""

import csv
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.policy.attainment import month_before, month_in_words, month_of, month_span
from helpdesk.policy.permissions import Permission, Role
from helpdesk.queries.open_clocks import PAGE
from helpdesk.web.csv_file import harmless
from knowledge_base.records.vocabulary import Metric
from tests.checked_client import CheckedClient
from tests.queries.written_clocks import HOUR, a_case, a_clock, a_referral

PAGE_URL = "/desk/supervision"
LIST = re.compile(r'href="(/desk/supervision/clocks(?:\?[^"]*)?)">(?:<span.*?</svg>)?([\d,]+)<')


@pytest.fixture
def supervisor(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.SUPERVISOR)


def text_of(client: CheckedClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def lines_of(client: CheckedClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_but_a_supervisor_sees_the_figures_or_the_way_to_them(
    app: Flask, client_as: Callable[..., CheckedClient], role: Role
) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    views = app.view_functions
    guarded = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(views[rule.endpoint], "access_rule", None) is Permission.REPORT_READ
    ]
    assert len(guarded) >= 6
    for path in guarded:
        assert client.get(path).status_code == 403, path
    home = (
        "/partner/" if role is Role.PARTNER else "/admin/accounts" if role is Role.ADMINISTRATOR else "/desk/"
    )
    assert PAGE_URL not in client.get(home).get_data(as_text=True)


def test_a_supervisor_finds_the_page_in_the_bar(supervisor: CheckedClient) -> None:
    assert f'href="{PAGE_URL}"' in text_of(supervisor, "/desk/")


def test_a_new_desk_says_that_nothing_runs_and_nothing_ended_yet(supervisor: CheckedClient) -> None:
    page = text_of(supervisor, PAGE_URL)
    assert "沒有未結束的時效" in page
    assert f"{month_in_words(month_of(clock.now()))}還沒有結果" in page
    assert "<svg viewBox" not in page


def test_every_figure_leads_to_as_many_clocks(supervisor: CheckedClient, database: Session) -> None:
    now = clock.now()
    for hours in (-30, -1, 2, 300):
        case = a_case(database, opened_at=now)
        a_clock(database, case, due_at=now + hours * HOUR, warn_at=now + (hours - 4) * HOUR)
        a_clock(database, case, Metric.RESOLUTION, due_at=None)
        a_clock(database, case, Metric.PROGRESS, due_at=now, referral=a_referral(database, case))
    database.commit()
    figures = LIST.findall(text_of(supervisor, PAGE_URL))
    assert sorted(int(count) for _, count in figures) == [1, 1, 1, 1, 2, 4, 4, 4, 4, 4, 4, 6, 12]
    for path, count in figures:
        assert text_of(supervisor, path.replace("&amp;", "&")).count("<tr data-row>") == int(count), path


def test_a_clock_in_the_list_leads_to_its_case_and_to_why_it_is_due_then(
    supervisor: CheckedClient, database: Session
) -> None:
    now = clock.now()
    case = a_case(database, opened_at=now, contact="陳廠長")
    made = a_clock(database, case, due_at=now - 30 * HOUR)
    database.commit()
    page = text_of(supervisor, f"{PAGE_URL}/clocks?state=breached&holder=nobody&metric=first_response")
    assert "未結束的時效：未指派、已逾期、首次回應" in page
    for words in (
        f"/desk/cases/{case.number}",
        f"/desk/cases/{case.number}/clocks/{made.id}",
        "陳廠長",
        "逾期",
    ):
        assert words in page


def test_a_long_list_goes_on_with_the_same_question(supervisor: CheckedClient, database: Session) -> None:
    now = clock.now()
    case = a_case(database, opened_at=now)
    for _ in range(PAGE + 1):
        a_clock(database, case, due_at=now + HOUR)
    database.commit()
    first = text_of(supervisor, f"{PAGE_URL}/clocks?holder=nobody")
    following = re.search(r'href="([^"]*)" rel="next"', first)
    assert first.count("<tr data-row>") == PAGE
    assert following
    second = text_of(supervisor, following.group(1).replace("&amp;", "&"))
    assert second.count("<tr data-row>") == 1
    assert 'value="nobody" selected' in second
    assert "後面沒有時效了" in text_of(supervisor, f"{PAGE_URL}/clocks?after=9999-12-31T00:00:00%2B00:00~1")


def attained(database: Session, at: datetime, *, kept: int, broken: int) -> None:
    """Write promises that ended at an instant, all of one case."""
    case = a_case(database, opened_at=at - HOUR)
    for place in range(kept + broken):
        a_clock(database, case, met_at=at, breached_at=None if place < kept else at)
    database.commit()


def test_a_month_shows_shares_with_their_counts_and_few_in_brackets(
    supervisor: CheckedClient, database: Session
) -> None:
    month = month_of(clock.now())
    before = month_before(month, 1)
    attained(database, clock.now(), kept=9, broken=3)
    attained(database, month_span(before)[0], kept=2, broken=1)
    page = text_of(supervisor, PAGE_URL)
    assert re.search(r"75%</span> <span[^>]*>12 件", page)
    assert re.search(r"\(66%\)</span> <span[^>]*>3 件", page)
    assert f"{month_in_words(month)}：75%，12 件</title>" in page
    assert page.count("<svg viewBox") == 1
    assert (
        '<rect class="bars-kept" x="236" y="30.0" width="14" height="54.0"/>' in page
    )  # three quarters of 72
    for by, words in (("category", "不知問題"), ("organisation", "服務窗口"), ("channel", "專線")):
        assert words in text_of(supervisor, f"{PAGE_URL}?by={by}")
    older = text_of(supervisor, f"{PAGE_URL}?month={before:%Y-%m}")
    assert f"{month_in_words(before)}的達成率" in older
    assert "75%" not in older


@pytest.mark.parametrize(
    "asked",
    [
        *("?month=2026-13", "?month=9999-12", "?month=0001-01", "?month=x", "?by=month"),
        *("/clocks?state=x", "/clocks?metric=x", "/clocks.csv?state=x"),
        *("/attainment.csv?month=x", "/attainment.csv?by=x", "/months.csv?month=x"),
    ],
)
def test_what_there_is_not_is_not_found(supervisor: CheckedClient, asked: str) -> None:
    assert supervisor.get(PAGE_URL + asked).status_code == 404


@pytest.mark.parametrize(
    "asked", ["holder=nope", "holder=account:x", "holder=%00", "after=x", "holder=&state=&metric="]
)
def test_a_holder_that_there_is_not_holds_nothing(supervisor: CheckedClient, asked: str) -> None:
    page = text_of(supervisor, f"{PAGE_URL}/clocks?{asked}")
    assert "沒有符合的時效" in page
    assert "nope" not in page.partition("<main")[2].partition("href")[0]


def test_a_file_holds_all_clocks_of_the_question_and_no_formula(
    supervisor: CheckedClient, database: Session
) -> None:
    now = clock.now()
    case = a_case(database, opened_at=now, contact="=HYPERLINK(1)", subject="+886 來電\n第二行")
    for _ in range(PAGE + 2):
        a_clock(database, case, due_at=now - 60 * HOUR)
    a_clock(database, a_case(database, opened_at=now), Metric.RESOLUTION, due_at=None)
    database.commit()
    answer = supervisor.get(f"{PAGE_URL}/clocks.csv?state=breached")
    rows = list(csv.reader(answer.data.decode("utf-8-sig").splitlines(keepends=True)))
    assert rows[0][:4] == ["案號", "業者", "主旨", "時效"]
    assert len(rows) == 1 + PAGE + 2
    assert rows[1][:6] == [
        case.number,
        "'=HYPERLINK(1)",
        "'+886 來電\n第二行",
        "首次回應",
        "已逾期",
        "未指派",
    ]
    assert int(rows[1][-1]) > 0
    (waiting,) = lines_of(supervisor, f"{PAGE_URL}/clocks.csv?state=paused")[1:]
    assert waiting[4:6] + waiting[-3:] == ["暫停計時", "業者", "", "暫停計時", ""]


def test_the_tables_are_files_too(supervisor: CheckedClient, database: Session) -> None:
    now = clock.now()
    month = month_of(now)
    attained(database, now, kept=9, broken=3)
    a_clock(database, a_case(database, opened_at=now), due_at=now + HOUR)
    database.commit()
    share = ["首次回應", "9", "3", "12", "75"]
    shares = ["時效", "如期", "逾期", "件數", "達成率（%）"]
    assert lines_of(supervisor, f"{PAGE_URL}/attainment.csv?by=channel") == [
        ["管道", *shares],
        ["專線", *share],
    ]
    assert lines_of(supervisor, f"{PAGE_URL}/months.csv") == [
        ["月份", *shares],
        [month_in_words(month), *share],
    ]
    assert lines_of(supervisor, f"{PAGE_URL}/holders.csv") == [
        ["在誰手上", "已逾期", "即將到期", "進行中", "暫停計時", "合計"], ["未指派", "0", "0", "1", "0", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_reckon_gets_an_apostrophe(sign: str) -> None:
    assert harmless(f"{sign}1") == f"'{sign}1"


def test_other_cells_stay_as_they_are() -> None:
    assert [harmless(cell) for cell in ("鍋爐=舊", "", None, -3)] == ["鍋爐=舊", "", None, -3]
