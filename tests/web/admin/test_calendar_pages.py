"""The office calendar on the screen: years, the government's file seen before it is imported, downloads."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import OfficialYear, TermsChange
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from tests.checked_client import CheckedClient
from tests.conftest import NOW
from tests.web.admin.previews import carried, dues, text

HEADER = "西元日期,星期,是否放假,備註"


def rows(year: int, **off: str) -> list[str]:
    """Return the lines of a year in which weekends are off, and the given days (d1201="name") as well."""
    day, lines = date(year, 1, 1), []
    while day.year == year:
        name = off.get(f"d{day:%m%d}", "")
        free = 2 if name or day.weekday() >= 5 else 0
        lines.append(f"{day:%Y%m%d},{'一二三四五六日'[day.weekday()]},{free},{name}")
        day += timedelta(days=1)
    return lines


def csv(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def upload(client: CheckedClient, content: bytes | str, name: str = "115.csv") -> Any:
    body = content.encode("utf-8-sig") if isinstance(content, str) else content
    data = {"calendar": (io.BytesIO(body), name)}
    return client.post("/admin/calendar/preview", data=data, content_type="multipart/form-data")


def changes(database: Session) -> tuple[int, int]:
    database.rollback()
    return tuple(
        database.scalar(select(func.count()).select_from(table)) or 0 for table in (TermsChange, OfficialYear)
    )  # type: ignore[return-value]


def test_years_say_where_they_come_from_and_the_days_of_one_are_listed(supervisor: CheckedClient) -> None:
    page = text(supervisor.get("/admin/calendar?year=2027"))
    assert "官方，隨系統提供" in page
    assert "這一年還沒有公布辦公日曆，以下是推算的" in page
    assert "116/02/08 (一)" in page
    assert "春節" in page
    now = text(supervisor.get("/admin/calendar"))
    assert "民國 115 年的放假與補行上班日" in now
    assert "以下是推算的" not in now
    assert "補行上班" in text(supervisor.get("/admin/calendar?year=2023"))


@pytest.mark.parametrize("year", ["", "x", "1900", "9" * 30, "-1"])
def test_a_year_that_is_none_shows_the_present_one(supervisor: CheckedClient, year: str) -> None:
    assert "民國 115 年的放假與補行上班日" in text(supervisor.get(f"/admin/calendar?year={year}"))


def test_an_imported_year_is_seen_first_then_moves_promises_and_is_official(
    supervisor: CheckedClient, database: Session, case: Case
) -> None:
    before = dues(database)
    content = csv(*rows(2026, d1201="補假"), *rows(2027))
    page = text(upload(supervisor, content))
    assert "平日，上班" in page
    assert "放假：補假" in page
    assert "1</strong> 項時效會移動" in page
    assert dues(database) == before
    assert changes(database) == (0, 0)
    fields = carried(page)
    answer = supervisor.post("/admin/calendar", data={**fields, "reason": "行政院公布"})
    assert answer.location == "/admin/calendar?year=2026"
    assert dues(database) != before
    assert changes(database) == (1, 2)
    shown = text(supervisor.get("/admin/calendar?year=2027"))
    assert "官方，已匯入" in shown
    assert "以下是推算的" not in shown
    assert "匯入 115 年、116 年的辦公日曆" in shown
    assert "行政院公布" in shown
    again = text(upload(supervisor, content))
    assert again.count("上班和放假的日子都與現在相同") == 2


def test_days_that_only_get_another_name_are_folded_away(supervisor: CheckedClient, runtime: Runtime) -> None:
    exported = supervisor.get("/admin/calendar/2026.csv").get_data().decode("utf-8-sig")
    page = text(upload(supervisor, exported.replace("行憲紀念日", "聖誕節")))
    assert "只改名稱的 1 天，不影響時效" in page
    assert "放假：聖誕節" in page
    assert "沒有進行中的時效受影響" in page


def test_a_download_is_the_file_that_may_be_imported_and_changes_nothing(supervisor: CheckedClient) -> None:
    answer = supervisor.get("/admin/calendar/2027.csv")
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert answer.mimetype == "text/csv"
    assert 'filename="office-calendar-2027.csv"' in answer.headers["Content-Disposition"]
    assert "上班和放假的日子都與現在相同" in text(upload(supervisor, answer.get_data()))
    assert supervisor.get("/admin/calendar/1990.csv").status_code == 404


FAULTS = [
    ("檔案不是 UTF-8 編碼，可能是 Big5", csv(*rows(2027)).encode("cp950"), "整個檔案", "編碼"),
    ("缺 2027 年的 365 天中的 1 天，例如 2027-12-31", csv(*rows(2027)[:-1]), "整個檔案", "西元日期"),
    ("2027-01-01 重複：第 2 列與第 367 列", csv(*rows(2027), rows(2027)[0]), "367", "西元日期"),
    ("「0101」沒有年份", csv("0101,五,2,元旦", *rows(2027)[1:]), "2", "西元日期"),
    ("2027-01-01 是星期五，檔案寫「四」", csv("20270101,四,2,元旦", *rows(2027)[1:]), "2", "星期"),
    (
        "必須是 0（上班）或 2（放假），檔案寫「1」",
        csv("20270101,五,1,元旦", *rows(2027)[1:]),
        "2",
        "是否放假",
    ),
    ("缺少「備註」欄", "西元日期,星期,是否放假\n", "1", "備註"),
    ("檔案是空的，或只有標題", "", "整個檔案", "內容"),
]


@pytest.mark.parametrize(("reason", "content", "row", "field"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_file_with_a_fault_is_refused_whole_with_row_column_and_reason(
    supervisor: CheckedClient, database: Session, reason: str, content: bytes | str, row: str, field: str
) -> None:
    page = text(upload(supervisor, content), 422)
    if content == "西元日期,星期,是否放假\n":
        row, field, reason = "整個檔案", "內容", "檔案是空的，或只有標題"
    assert re.search(
        rf'data-label="列">{row}</td>\s*<td data-label="欄">{field}</td>\s*<td[^>]*>[^<]*{re.escape(reason)}',
        page,
    )
    assert 'href="#calendar"' in page
    assert "沒有匯入任何日期" in page
    assert changes(database) == (0, 0)


def test_of_many_faults_the_first_are_listed_and_all_are_counted(supervisor: CheckedClient) -> None:
    broken = [line.replace(",0,", ",1,") for line in rows(2027)]
    page = text(upload(supervisor, csv(*broken)), 422)
    assert re.search(r"前 50 個，共 26\d 個", page)


def test_a_missing_and_an_oversized_file_are_refused_at_the_field(supervisor: CheckedClient) -> None:
    assert re.search(
        'id="calendar-error".*請選擇要匯入的', text(supervisor.post("/admin/calendar/preview"), 422)
    )
    assert "請選擇要匯入的" in text(upload(supervisor, b"", name=""), 422)
    large = upload(supervisor, b"x" * 2_000_001)
    large.request.input_stream.close()  # the client's own copy, on disk
    assert "檔案超過 2 MB" in text(large, 422)


@pytest.mark.parametrize("years", ["", "x", "W10.a.b", "[[2027, []]]"])
def test_days_that_no_preview_signed_are_not_imported(
    supervisor: CheckedClient, database: Session, years: str
) -> None:
    data = {"years": years, "based_on": "0", "reason": "x"}
    assert "請重新選擇檔案" in text(supervisor.post("/admin/calendar", data=data), 422)
    assert changes(database) == (0, 0)


def test_a_preview_is_good_for_an_hour(supervisor: CheckedClient, database: Session) -> None:
    fields = {**carried(text(upload(supervisor, csv(*rows(2027))))), "reason": "x"}
    with time_machine.travel(NOW + timedelta(minutes=59), tick=False):
        assert supervisor.post("/admin/calendar", data=fields).status_code == 302
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        assert "已經超過一小時" in text(supervisor.post("/admin/calendar", data=fields), 422)
    assert changes(database) == (1, 1)


def test_an_import_needs_a_reason_and_keeps_the_file_meanwhile(
    supervisor: CheckedClient, database: Session
) -> None:
    fields = carried(text(upload(supervisor, csv(*rows(2027)))))
    page = text(supervisor.post("/admin/calendar", data={**fields, "reason": ""}), 422)
    assert re.search('id="reason-error".*請填原因', page)
    assert changes(database) == (0, 0)
    assert supervisor.post("/admin/calendar", data={**carried(page), "reason": "公布"}).status_code == 302


def test_a_second_click_is_shown_that_nothing_is_left_to_change(
    supervisor: CheckedClient, database: Session
) -> None:
    fields = {**carried(text(upload(supervisor, csv(*rows(2027))))), "reason": "公布"}
    assert supervisor.post("/admin/calendar", data=fields).status_code == 302
    page = text(supervisor.post("/admin/calendar", data=fields), 409)
    assert "預覽之後服務條件又有變更" in page
    assert "上班和放假的日子都與現在相同" in page
    assert changes(database) == (1, 1)


@pytest.mark.parametrize("role", [Role.AGENT, Role.PARTNER])
def test_neither_agents_nor_partners_come_in(client_as: Callable[..., CheckedClient], role: Role) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    assert client.get("/admin/calendar").status_code == 403
    assert client.get("/admin/calendar/2027.csv").status_code == 403
    assert upload(client, csv(*rows(2027))).status_code == 403
    assert client.post("/admin/calendar").status_code == 403
