"""Windows that closed early, on the screen: seen before they are recorded, recorded once, withdrawn."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import RecordedClosing, TermsChange
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from tests.checked_client import CheckedClient
from tests.web.admin.previews import carried, text

MEASURE, KEY = "tariff_rd_single", "114-115"
SPENT = {
    "window": f"{MEASURE}/{KEY}", "kind": "funds_exhausted", "on": "115/11/23", "at": "17:00", "reason": "網站公告",
}  # fmt: skip


@pytest.fixture
def asking(database: Session, case: Case) -> Case:
    case.measure = MEASURE
    database.commit()
    return case


def record(client: CheckedClient, typed: dict[str, Any] = SPENT) -> dict[str, str]:
    fields = carried(text(client.post("/admin/window-closings/preview", data=typed)))
    assert client.post("/admin/window-closings", data=fields).location == "/admin/window-closings"
    return fields


def rows(database: Session, table: type) -> list[Any]:
    database.rollback()
    return list(database.scalars(select(table)))


def test_a_closing_is_seen_with_the_answers_it_changes_then_recorded_and_listed(
    supervisor: CheckedClient, database: Session, runtime: Runtime, asking: Case
) -> None:
    page = text(supervisor.post("/admin/window-closings/preview", data=SPENT))
    name = runtime.knowledge.measures[MEASURE].name
    assert f"{name} {KEY} 年度版，經費用罄：115/11/23 (一) 17:00" in page
    assert "對未結案件的答案有 <strong>1</strong> 個會改變" in page
    assert re.search(rf'data-label="改為"[^>]*><strong>{KEY} 年度版，經費用罄，', page)
    assert asking.number in text(supervisor.post("/admin/window-closings/answers.csv", data=SPENT))
    assert rows(database, TermsChange) == []
    record(supervisor)
    listed = text(supervisor.get("/admin/window-closings"))
    assert "已記錄：" in listed
    assert "測試supervisor" in listed
    assert "網站公告" in listed
    assert f"{name} {KEY} 年度版，經費用罄" in text(supervisor.get("/admin/catalogue"))
    edition = text(supervisor.get("/admin/catalogue/editions/1"))
    assert "115/11/23 (一) 17:00" in edition or "2026-11-23" in edition


def test_a_second_click_records_no_second_closing(supervisor: CheckedClient, database: Session) -> None:
    fields = record(supervisor)
    assert supervisor.post("/admin/window-closings", data=fields).location == "/admin/window-closings"
    assert "沒有再記一次" in text(supervisor.get("/admin/window-closings"))
    assert len(rows(database, RecordedClosing)) == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"window": ""}, "window", "請選擇措施"),
        ({"window": "sbir/199"}, "window", "沒有這個年度版"),
        ({"window": "min_wage/115"}, "kind", "只能記錄提前截止"),
        ({"kind": ""}, "kind", "請選擇經費用罄或提前截止"),
        ({"on": "115/11/25"}, "on", "還沒有發生"),
        ({"on": "90/1/1"}, "on", "還沒有開始受理"),
        ({"at": ""}, "at", "請填時間"),
        ({"reason": " "}, "reason", "請填原因"),
    ],
)
def test_what_cannot_be_recorded_is_refused_at_its_field_and_what_was_typed_is_kept(
    supervisor: CheckedClient, database: Session, change: dict[str, str], field: str, words: str
) -> None:
    typed = SPENT | change
    for path in ("/preview", "", "/answers.csv"):
        page = text(supervisor.post(f"/admin/window-closings{path}", data=typed), 422)
        assert re.search(rf'<li><a href="#{field}">[^<]*{words}', page)
        assert f'value="{typed["on"]}"' in page
    assert rows(database, RecordedClosing) == []


def test_going_back_to_the_form_keeps_what_was_typed(supervisor: CheckedClient) -> None:
    page = text(supervisor.post("/admin/window-closings/form", data=SPENT))
    assert 'value="網站公告"' in page
    assert re.search(rf'value="{MEASURE}/{KEY}" selected', page)


def test_a_preview_that_another_change_overtook_is_shown_anew(
    supervisor: CheckedClient, database: Session
) -> None:
    fields = carried(text(supervisor.post("/admin/window-closings/preview", data=SPENT)))
    record(
        supervisor, {**SPENT, "window": "tariff_orders/114-115", "kind": "closed_early", "on": "115/11/24"}
    )
    page = text(supervisor.post("/admin/window-closings", data=fields), 409)
    assert "預覽之後服務條件又有變更" in page
    assert len(rows(database, RecordedClosing)) == 1
    assert supervisor.post("/admin/window-closings", data=carried(page)).location == "/admin/window-closings"


def test_withdrawing_opens_the_window_again_and_is_told(
    supervisor: CheckedClient, database: Session, asking: Case
) -> None:
    record(supervisor)
    path = "/admin/window-closings/1/withdraw"
    page = text(supervisor.get(path))
    assert "對未結案件的答案有 <strong>1</strong> 個會改變" in page
    assert asking.number in text(supervisor.post("/admin/window-closings/1/answers.csv"))
    assert "請填原因" in text(supervisor.post(path, data=carried(page)), 422)
    assert "預覽之後" in text(supervisor.post(path, data={"reason": "記錯", "based_on": "0"}), 409)
    assert (
        supervisor.post(path, data={**carried(page), "reason": "記錯"}).location == "/admin/window-closings"
    )
    listed = text(supervisor.get("/admin/window-closings"))
    assert "已撤回" in listed
    assert "記錯" in listed
    assert [row.withdrawn_in for row in rows(database, RecordedClosing)] == [2]
    for again in (supervisor.get(path), supervisor.post(path, data={"reason": "x"})):
        assert again.location == "/admin/window-closings"
    record(supervisor)


def test_a_closing_that_nobody_recorded_is_not_there(supervisor: CheckedClient) -> None:
    assert supervisor.get("/admin/window-closings/9/withdraw").status_code == 404
    assert supervisor.post("/admin/window-closings/9/withdraw", data={"reason": "x"}).status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.PARTNER])
def test_neither_agents_nor_partners_come_in(client_as: Callable[..., CheckedClient], role: Role) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    for path in ("", "/1/withdraw"):
        assert client.get(f"/admin/window-closings{path}").status_code == 403
    for path in ("", "/form", "/preview", "/answers.csv", "/1/withdraw", "/1/answers.csv"):
        assert client.post(f"/admin/window-closings{path}", data=SPENT).status_code == 403
