"""The catalogue on the screen: downloaded, edited, seen before it changes, changed once, and put back."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
import yaml
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import CatalogueRecord, TermsChange
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from knowledge_base.exchange.plain import plain
from tests.checked_client import CheckedClient
from tests.conftest import NOW
from tests.web.admin.previews import carried, text

MEASURE = "sbir"


def document(runtime: Runtime, **changes: Any) -> dict[str, Any]:
    return {"measures": [{**plain(runtime.knowledge.measures[MEASURE]), **changes}]}


def closing_in_march(runtime: Runtime) -> dict[str, Any]:
    """Return the measure with its newest edition taking applications from 1 March to 1 May 2026."""
    edited = document(runtime)
    window = edited["measures"][0]["editions"][-1]["window"]
    window |= {"opens_at": "2026-03-01T09:00:00+08:00", "closes_at": "2026-05-01T17:00:00+08:00"}
    return edited


def upload(client: CheckedClient, content: bytes | dict[str, Any], name: str = "catalogue.yaml") -> Any:
    sent = (
        content
        if isinstance(content, bytes)
        else yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()
    )
    return client.post("/admin/catalogue/preview", data={"catalogue": (io.BytesIO(sent), name)})


def change(client: CheckedClient, content: dict[str, Any], reason: str = "公告修正") -> None:
    fields = carried(text(upload(client, content)))
    assert client.post("/admin/catalogue", data={**fields, "reason": reason}).location == "/admin/catalogue"


def count(database: Session, table: type) -> int:
    database.rollback()
    return int(database.scalar(select(func.count()).select_from(table)) or 0)


@pytest.fixture
def asking(database: Session, case: Case) -> Case:
    case.measure = MEASURE
    database.commit()
    return case


def test_a_file_is_seen_before_it_changes_anything_and_then_makes_an_edition(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    page = text(upload(supervisor, document(runtime, summary="新的摘要")))
    assert "這是預覽，還沒有套用" in page
    assert "新的摘要" in page
    assert runtime.knowledge.measures[MEASURE].summary in page
    assert "沒有未結案件的答案改變" in page
    others = len(runtime.knowledge.measures) - 1
    assert f"措施 {others} 筆" in page
    assert count(database, TermsChange) == 0
    fields = carried(page)
    answer = supervisor.post("/admin/catalogue", data={**fields, "reason": "公告修正"})
    assert answer.location == "/admin/catalogue"
    listed = text(supervisor.get("/admin/catalogue"))
    assert "目錄已改為第 1 版，0 項時效改了到期時間" in listed
    assert "修改目錄：措施 1 筆" in listed
    assert "原因：公告修正" in listed
    assert "測試supervisor" in listed
    edition = text(supervisor.get("/admin/catalogue/editions/1"))
    assert re.search('data-label="之後"[^>]*><span class="verbatim">新的摘要', edition)
    assert runtime.knowledge.measures[MEASURE].summary in edition


def test_a_second_click_makes_no_second_edition(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    fields = {**carried(text(upload(supervisor, document(runtime, summary="一")))), "reason": "x"}
    for _ in range(2):
        assert supervisor.post("/admin/catalogue", data=fields).location == "/admin/catalogue"
    assert "沒有再改一次" in text(supervisor.get("/admin/catalogue"))
    assert count(database, TermsChange) == 1


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_what_is_downloaded_says_what_holds_and_changes_nothing_when_it_comes_back(
    supervisor: CheckedClient, runtime: Runtime, kind: str
) -> None:
    change(supervisor, document(runtime, summary="新的摘要"))
    answer = supervisor.get(f"/admin/catalogue/editions/1.{kind}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=catalogue-1.{kind}"
    back = text(upload(supervisor, answer.get_data(), f"catalogue-1.{kind}"), 422)
    assert "與現在的目錄相同" in back
    older = text(
        upload(supervisor, supervisor.get(f"/admin/catalogue/editions/0.{kind}").get_data(), f"x.{kind}")
    )
    assert "改 1 個欄位" in older


def test_the_problems_of_a_file_stand_in_a_table_and_nothing_changes(
    supervisor: CheckedClient, database: Session
) -> None:
    content = supervisor.get("/admin/catalogue/editions/0.xlsx").get_data()
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook["年度版"]
    column = next(cell.column for cell in sheet[1] if cell.value == "受理截止")
    sheet.cell(2, column).value = "不是時間"
    written = io.BytesIO()
    workbook.save(written)
    page = text(upload(supervisor, written.getvalue(), "catalogue.xlsx"), 422)
    assert "檔案有 1 個問題，目錄沒有改變" in page
    for label, words in (("工作表", "年度版"), ("列", "2"), ("欄位", "受理截止")):
        assert re.search(rf'<td data-label="{label}"[^>]*>{words}</td>', page), label
    assert count(database, CatalogueRecord) == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "x.yaml", "檔案是空的"),
        (b"measures: [", "x.yaml", "目錄沒有改變"),
        (b"nothing", "x.csv", "XLSX"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_words(
    supervisor: CheckedClient, content: bytes, name: str, words: str
) -> None:
    assert words in text(upload(supervisor, content, name), 422)


def test_a_file_that_is_too_large_is_not_read(supervisor: CheckedClient) -> None:
    large = upload(supervisor, b"x" * 5_000_001)
    large.request.input_stream.close()  # the client's own copy, on disk
    assert "超過 5 MB" in text(large, 422)


def test_without_a_file_the_form_asks_for_one(supervisor: CheckedClient) -> None:
    assert "請選擇修改好的檔案" in text(supervisor.post("/admin/catalogue/preview"), 422)


def test_the_cases_whose_answer_changes_are_listed_and_sent(
    supervisor: CheckedClient, runtime: Runtime, asking: Case
) -> None:
    page = text(upload(supervisor, closing_in_march(runtime)))
    assert "對未結案件的答案有 <strong>1</strong> 個會改變" in page
    assert f"/desk/cases/{asking.number}" in page
    assert "範例精密機械股份有限公司" in page
    assert re.search(r'data-label="改為"[^>]*><strong>115 年度版，已截止，', page)
    sent = text(supervisor.post("/admin/catalogue/answers.csv", data=carried(page)))
    lines = sent.splitlines()
    assert lines[0].startswith("\ufeff案號,業者,措施")
    assert [line.split(",")[0] for line in lines[1:]] == [asking.number]


def test_a_case_that_merely_can_be_judged_is_listed_for_what_it_is(
    supervisor: CheckedClient, runtime: Runtime, case: Case
) -> None:
    page = text(upload(supervisor, closing_in_march(runtime)))
    assert "資料足以判斷 1 個" in page
    assert re.search(r'data-label="列入原因"[^>]*>資料足以判斷<', page)
    assert "資料足以判斷" in text(supervisor.post("/admin/catalogue/answers.csv", data=carried(page)))


def test_an_amount_is_shown_before_and_after_with_what_to_look_at(
    supervisor: CheckedClient, database: Session, runtime: Runtime, asking: Case
) -> None:
    asking.measure = "tariff_rd_single"
    database.commit()
    edited = plain(runtime.knowledge.measures["tariff_rd_single"])
    edited["editions"][-1]["amounts"][0]["cap_ntd"] = 6_000_000
    edited["editions"][-1].pop("conditions")
    page = text(upload(supervisor, {"measures": [edited]}))
    assert re.search(r"金額：[^<]*600 萬元", page)
    assert page.index("套用前請看") < page.index("改變的紀錄")
    assert "有 1 處資格條件會消失" in page
    assert page.index("會變成「無」") < page.index("改了，出處仍是「")
    assert "經費檢核照經費規則" in page
    fields = {**carried(page), "reason": "只提醒，不擋"}
    assert supervisor.post("/admin/catalogue", data=fields).location == "/admin/catalogue"


def test_an_administrator_sees_which_cases_change_but_not_whose_they_are(
    client_as: Callable[..., CheckedClient], runtime: Runtime, asking: Case
) -> None:
    administrator = client_as(Role.ADMINISTRATOR)
    page = text(upload(administrator, closing_in_march(runtime)))
    assert asking.number in page
    assert "範例精密機械" not in page
    assert f"/desk/cases/{asking.number}" not in page
    assert "範例精密機械" not in text(administrator.post("/admin/catalogue/answers.csv", data=carried(page)))


def test_a_preview_that_another_change_overtook_is_shown_anew(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    fields = carried(text(upload(supervisor, document(runtime, summary="一"))))
    change(supervisor, document(runtime, apply_at="別處"))
    page = text(supervisor.post("/admin/catalogue", data={**fields, "reason": "公告"}), 409)
    assert "預覽之後服務條件又有變更" in page
    assert 'value="公告"' in page
    assert count(database, TermsChange) == 1
    again = supervisor.post("/admin/catalogue", data={**carried(page), "reason": "公告"})
    assert again.location == "/admin/catalogue"


def test_what_was_never_seen_is_not_applied_by_naming_a_newer_version(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    fields = carried(text(upload(supervisor, document(runtime, summary="一"))))
    change(supervisor, document(runtime, apply_at="別處"))
    page = text(supervisor.post("/admin/catalogue", data={**fields, "based_on": "1", "reason": "x"}), 409)
    assert "預覽之後服務條件又有變更" in page
    assert count(database, TermsChange) == 1


def test_a_preview_is_of_use_to_nobody_else(
    client_as: Callable[..., CheckedClient], supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    fields = {**carried(text(upload(supervisor, document(runtime, summary="一")))), "reason": "x"}
    other = client_as(Role.ADMINISTRATOR)
    for path in ("/admin/catalogue", "/admin/catalogue/answers.csv"):
        assert "請重新選擇檔案" in text(other.post(path, data=fields), 422)
    assert count(database, TermsChange) == 0


def test_a_change_needs_a_reason(supervisor: CheckedClient, database: Session, runtime: Runtime) -> None:
    fields = carried(text(upload(supervisor, document(runtime, summary="一"))))
    page = text(supervisor.post("/admin/catalogue", data=fields), 422)
    assert "請填原因" in page
    assert "這是預覽，還沒有套用" in page
    assert count(database, TermsChange) == 0


def test_a_preview_holds_for_an_hour_and_only_as_it_was_signed(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    fields = {**carried(text(upload(supervisor, document(runtime, summary="一")))), "reason": "x"}
    paths = ("/admin/catalogue", "/admin/catalogue/answers.csv")
    for path in paths:
        assert "請重新選擇檔案" in text(supervisor.post(path, data={**fields, "records": "x.y.z"}), 422)
    with time_machine.travel(NOW + timedelta(hours=1, seconds=2), tick=False):
        for path in paths:
            assert "超過一小時" in text(supervisor.post(path, data=fields), 422)
    assert count(database, TermsChange) == 0


def test_an_older_edition_comes_back_as_a_new_one(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    change(supervisor, document(runtime, summary="一"))
    change(supervisor, document(runtime, summary="二"))
    path = "/admin/catalogue/editions/1/restore"
    assert path in text(supervisor.get("/admin/catalogue/editions/1"))
    assert "/admin/catalogue/editions/2/restore" not in text(supervisor.get("/admin/catalogue/editions/2"))
    page = text(supervisor.get(path))
    assert "目錄回到第 1 版" in page
    assert "請填原因" in text(supervisor.post(path, data=carried(page)), 422)
    stale = text(supervisor.post(path, data={"reason": "改回來", "based_on": "1"}), 409)
    assert "預覽之後服務條件又有變更" in stale
    answer = supervisor.post(path, data={**carried(page), "reason": "改回來"})
    assert answer.location == "/admin/catalogue"
    listed = text(supervisor.get("/admin/catalogue"))
    assert "已回到第 1 版的內容，成為第 3 版" in listed
    database.rollback()
    newest = database.scalars(select(CatalogueRecord).order_by(CatalogueRecord.change_id.desc())).first()
    assert (newest.change_id, newest.document["summary"]) == (3, "一")
    assert supervisor.get(path).location == "/admin/catalogue"
    assert "與現在的目錄相同" in text(supervisor.get("/admin/catalogue"))


def test_the_answers_that_an_older_edition_changes_are_sent(
    supervisor: CheckedClient, runtime: Runtime, asking: Case
) -> None:
    change(supervisor, closing_in_march(runtime))
    sent = text(supervisor.post("/admin/catalogue/editions/0/answers.csv"))
    assert asking.number in sent


def test_an_edition_that_never_was_is_not_there(supervisor: CheckedClient) -> None:
    for path in ("", ".yaml", ".xlsx", "/restore"):
        assert supervisor.get(f"/admin/catalogue/editions/9{path}").status_code == 404
    assert supervisor.post("/admin/catalogue/editions/9/restore", data={"reason": "x"}).status_code == 404
    assert "隨系統提供" in text(supervisor.get("/admin/catalogue"))
    assert "還沒有服務窗口的修改" in text(supervisor.get("/admin/catalogue/editions/0"))


@pytest.mark.parametrize("role", [Role.AGENT, Role.PARTNER])
def test_neither_agents_nor_partners_come_in(client_as: Callable[..., CheckedClient], role: Role) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    for path in ("", "/editions/0", "/editions/0.yaml", "/editions/0.xlsx", "/editions/0/restore"):
        assert client.get(f"/admin/catalogue{path}").status_code == 403
    for path in ("", "/preview", "/answers.csv", "/editions/0/restore", "/editions/0/answers.csv"):
        assert client.post(f"/admin/catalogue{path}", data={"reason": "x"}).status_code == 403
