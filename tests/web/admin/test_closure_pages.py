"""Closures on the screen: seen before they are declared, declared once, withdrawn, and told in every case."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import DeclaredClosure, TermsChange, TermsVersion
from helpdesk.models.case import Case, CaseEvent
from helpdesk.policy.events import EventKind
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.web.admin.change_progress import new_token, told_progress
from tests.checked_client import CheckedClient
from tests.conftest import NOW
from tests.web.admin.previews import carried, dues, text

AFTERNOON = {"first_on": "115/11/24", "opens_from": "12:00", "scope": "everywhere", "reason": "颱風停班"}
WORDS = "115/11/24 (二) 12:00–24:00，全國：颱風停班"


def count(database: Session, table: type) -> int:
    database.rollback()
    return int(database.scalar(select(func.count()).select_from(table)) or 0)


def declare(client: CheckedClient, typed: dict[str, Any] = AFTERNOON) -> dict[str, str]:
    """Declare a closure through its preview and return what the preview carried."""
    fields = carried(text(client.post("/admin/closures/preview", data=typed)))
    assert client.post("/admin/closures", data=fields).location == "/admin/closures"
    return fields


def test_a_closure_is_seen_on_the_preview_before_it_moves_anything_and_then_told_in_the_case(
    supervisor: CheckedClient, database: Session, case: Case
) -> None:
    before = dues(database)
    page = text(supervisor.post("/admin/closures/preview", data=AFTERNOON))
    assert "<strong>3</strong> 項時效會移動，全部延後" in page
    assert page.count(case.number) == 6  # three rows, each with its link
    assert dues(database) == before
    assert count(database, TermsChange) == 0
    fields = carried(page)
    assert fields == {
        **AFTERNOON, "last_on": "", "until": "", "based_on": "0", "progress": fields["progress"],
    }  # fmt: skip
    assert supervisor.post("/admin/closures", data=fields).location == "/admin/closures"
    moved = {key for key, due in dues(database).items() if due != before[key]}
    assert len(moved) == 3
    listed = text(supervisor.get("/admin/closures"))
    assert "已宣告停班，3 項時效改了到期時間" in listed
    assert WORDS in listed
    assert "測試supervisor" in listed
    lines = database.scalars(select(CaseEvent).where(CaseEvent.kind == EventKind.CLOCK_MOVED)).all()
    assert {line.data["clock"] for line in lines} == moved
    assert {line.actor_name for line in lines} == {"測試supervisor"}
    history = text(supervisor.get(f"/desk/cases/{case.number}"))
    assert history.count(f"停班：{WORDS}") == 3


def test_a_second_click_declares_no_second_closure_and_says_so(
    supervisor: CheckedClient, database: Session, case: Case
) -> None:
    fields = declare(supervisor)
    assert supervisor.post("/admin/closures", data=fields).location == "/admin/closures"
    assert "已經宣告過，沒有再宣告一次" in text(supervisor.get("/admin/closures"))
    assert (count(database, DeclaredClosure), count(database, TermsChange)) == (1, 1)


def test_a_closure_that_overlaps_another_is_refused_at_its_date_naming_the_other(
    supervisor: CheckedClient, database: Session
) -> None:
    declare(supervisor)
    typed = {"first_on": "115/11/24", "counties": ["臺南市"], "reason": "豪雨"}
    for path in ("/admin/closures/preview", "/admin/closures"):
        page = text(supervisor.post(path, data=typed), 422)
        assert f"與已宣告的停班重疊：{WORDS}" in page
    assert count(database, DeclaredClosure) == 1


def test_a_closure_of_counties_names_the_organisations_that_sit_there(supervisor: CheckedClient) -> None:
    typed = {"first_on": "2026-11-25", "counties": ["花蓮縣"], "reason": "颱風"}
    page = text(supervisor.post("/admin/closures/preview", data=typed))
    assert "辦公室在停班縣市的單位（1 個）：石資中心" in page
    assert "沒有進行中的時效受影響" in page
    nobody = {**typed, "counties": ["連江縣"]}
    assert "沒有單位的辦公室在停班的縣市" in text(supervisor.post("/admin/closures/preview", data=nobody))


def test_a_closure_of_counties_names_who_is_not_stopped_because_nobody_knows_where_they_sit(
    supervisor: CheckedClient, runtime: Runtime
) -> None:
    typed = {"first_on": "2026-11-25", "counties": ["花蓮縣"], "reason": "颱風"}
    page = text(supervisor.post("/admin/closures/preview", data=typed))
    [named] = re.findall("會址縣市不明，不受縣市停班影響：([^。<]*)。", page)
    active = [o for o in runtime.knowledge.organisations.values() if o.active]
    assert named.split("、") == [o.short_name for o in active if o.seat is None]
    assert "會址縣市不明" not in text(supervisor.post("/admin/closures/preview", data=AFTERNOON))


def test_a_reason_that_would_turn_the_line_around_is_kept_without_what_turns_it(
    supervisor: CheckedClient, database: Session
) -> None:
    declare(supervisor, {**AFTERNOON, "reason": "颱風\u202e停班\x00"})
    assert database.scalars(select(DeclaredClosure.reason)).all() == ["颱風停班"]
    assert database.scalars(select(TermsChange.reason)).all() == ["颱風停班"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"first_on": ""}, "first_on", "請填停班日期"),
        ({"first_on": "明天"}, "first_on", "看不懂日期「明天」"),
        ({"first_on": "115/2/30"}, "first_on", "沒有這一天"),
        ({"first_on": "115/11/20", "opens_from": ""}, "first_on", "已經結束"),
        ({"last_on": "115/11/1"}, "last_on", "早於開始日期"),
        ({"last_on": "116/11/24", "opens_from": ""}, "last_on", "一次最多停班 31 天"),
        ({"last_on": "115/11/25"}, "opens_from", "只有單日停班才能填時間"),
        ({"opens_from": "下午"}, "opens_from", "看不懂時間「下午」"),
        ({"until": "11:00"}, "until", "結束時間必須晚於開始時間"),
        ({"scope": "counties"}, "counties", "請選擇停班的縣市"),
        ({"counties": ["臺中市"]}, "counties", "只能選一種"),
        ({"scope": "counties", "counties": ["火星"]}, "counties", "沒有這個縣市：火星"),
        ({"reason": ""}, "reason", "請填原因"),
        ({"reason": "長" * 61}, "reason", "最多 60 個字"),
    ],
)
def test_what_cannot_be_declared_is_refused_at_its_field_and_nothing_typed_is_lost(
    supervisor: CheckedClient, database: Session, change: dict[str, Any], field: str, words: str
) -> None:
    typed = {**AFTERNOON, "last_on": "", "until": "", **change}
    for path in ("/admin/closures/preview", "/admin/closures"):
        page = text(supervisor.post(path, data=typed), 422)
        assert f'href="#{field}"' in page
        assert re.search(rf'id="{field}-error".*{words}', page)
        for name in ("first_on", "last_on", "opens_from", "until", "reason"):
            assert re.search(rf'name="{name}"[^>]* value="{re.escape(typed[name])}"', page)
        if "臺中市" in typed.get("counties", []):
            assert re.search('value="臺中市" checked', page)
    assert count(database, DeclaredClosure) == 0
    assert count(database, TermsChange) == 0


def test_going_back_from_the_preview_shows_the_form_with_all_that_was_typed(
    supervisor: CheckedClient,
) -> None:
    typed = {"first_on": "115/11/25", "scope": "counties", "counties": ["臺南市", "高雄市"], "reason": "豪雨"}
    preview = text(supervisor.post("/admin/closures/preview", data=typed))
    assert re.findall('name="counties" value="([^"]*)"', preview) == ["臺南市", "高雄市"]
    page = text(supervisor.post("/admin/closures/form", data=typed))
    assert re.findall('value="([^"]*)" checked', page) == ["counties", "臺南市", "高雄市"]
    assert 'value="豪雨"' in page


def test_a_preview_that_another_change_overtook_is_shown_anew_and_applied_the_second_time(
    supervisor: CheckedClient, database: Session, case: Case
) -> None:
    fields = carried(text(supervisor.post("/admin/closures/preview", data=AFTERNOON)))
    declare(supervisor, {"first_on": "115/11/30", "scope": "everywhere", "reason": "別的停班"})
    page = text(supervisor.post("/admin/closures", data=fields), 409)
    assert "預覽之後服務條件又有變更" in page
    assert count(database, DeclaredClosure) == 1
    assert carried(page)["based_on"] == "1"
    assert supervisor.post("/admin/closures", data=carried(page)).status_code == 302
    assert count(database, DeclaredClosure) == 2


def test_withdrawing_shows_what_moves_back_asks_why_and_puts_it_back(
    supervisor: CheckedClient, database: Session, case: Case
) -> None:
    before = dues(database)
    declare(supervisor)
    path = "/admin/closures/1/withdraw"
    page = text(supervisor.get(path))
    assert "<strong>3</strong> 項時效會移動，全部提前" in page
    assert WORDS in page
    fields = carried(page)
    refused = text(supervisor.post(path, data={**fields, "reason": " "}), 422)
    assert re.search('id="reason-error".*請填原因', refused)
    assert "最多 200 個字" in text(supervisor.post(path, data={**fields, "reason": "長" * 201}), 422)
    assert dues(database) != before
    assert supervisor.post(path, data={**fields, "reason": "颱風轉向"}).location == "/admin/closures"
    assert dues(database) == before
    listed = text(supervisor.get("/admin/closures"))
    assert "已撤回停班，3 項時效改了到期時間" in listed
    assert "颱風轉向" in listed
    assert supervisor.post(path, data={**fields, "reason": "颱風轉向"}).location == "/admin/closures"
    assert "這次停班已經撤回" in text(supervisor.get("/admin/closures"))
    assert count(database, TermsChange) == 2


def test_a_withdrawal_that_another_change_overtook_is_shown_anew(
    supervisor: CheckedClient, database: Session
) -> None:
    declare(supervisor)
    fields = carried(text(supervisor.get("/admin/closures/1/withdraw")))
    declare(supervisor, {"first_on": "115/11/30", "scope": "everywhere", "reason": "別的停班"})
    answer = supervisor.post("/admin/closures/1/withdraw", data={**fields, "reason": "颱風轉向"})
    page = text(answer, 409)
    assert "預覽之後服務條件又有變更" in page
    assert 'value="颱風轉向"' in page
    assert database.scalars(select(DeclaredClosure.withdrawn_in)).all() == [None, None]


def test_a_closure_that_is_over_is_listed_as_past_and_cannot_be_withdrawn(supervisor: CheckedClient) -> None:
    declare(supervisor)
    with time_machine.travel(NOW + timedelta(hours=11), tick=False):  # the cookie lasts twelve
        supervisor.get("/admin/closures")
    with time_machine.travel(NOW + timedelta(hours=15), tick=False):
        listed = text(supervisor.get("/admin/closures"))
        assert "已結束" in listed
        assert "/admin/closures/1/withdraw" not in listed
        assert supervisor.get("/admin/closures/1/withdraw").location == "/admin/closures"
        assert "已經結束，不能再撤回" in text(supervisor.get("/admin/closures"))


def test_a_closure_that_nobody_declared_is_not_there(supervisor: CheckedClient) -> None:
    assert supervisor.get("/admin/closures/9/withdraw").status_code == 404
    assert supervisor.post("/admin/closures/9/withdraw", data={"reason": "x"}).status_code == 404


@pytest.mark.parametrize("based_on", ["", "x", "-1", "9" * 30])
def test_a_version_that_no_preview_carried_changes_nothing(
    supervisor: CheckedClient, database: Session, based_on: str
) -> None:
    answer = supervisor.post("/admin/closures", data={**AFTERNOON, "based_on": based_on})
    assert "重新預覽" in text(answer, 409)
    assert database.scalars(select(TermsVersion.version)).one() == 0


@pytest.mark.parametrize("role", [Role.AGENT, Role.PARTNER])
def test_neither_agents_nor_partners_come_in(client_as: Callable[..., CheckedClient], role: Role) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    for path in ("/admin/closures", "/admin/closures/1/withdraw", f"/admin/progress/{new_token()}"):
        assert client.get(path).status_code == 403
    for path in ("/admin/closures", "/admin/closures/preview", "/admin/closures/1/withdraw"):
        assert client.post(path, data=AFTERNOON).status_code == 403


def test_an_administrator_may_declare_and_gets_no_way_into_cases(
    client_as: Callable[..., CheckedClient], case: Case
) -> None:
    page = text(client_as(Role.ADMINISTRATOR).post("/admin/closures/preview", data=AFTERNOON))
    assert case.number in page
    assert f"/desk/cases/{case.number}" not in page


def test_progress_is_told_while_it_lasts_and_its_file_is_gone_at_the_end(
    app: Flask, supervisor: CheckedClient
) -> None:
    token = new_token()
    path = f"/admin/progress/{token}"
    assert "還沒有案件算完" in text(supervisor.get(path))
    with app.test_request_context(method="POST", data={"progress": token}), told_progress() as report:
        report(500, 12_000)
        report(501, 12_000)  # too soon after the last to be written
        assert "已重新計算 500 件，共 12,000 件案件" in text(supervisor.get(path))
    assert "還沒有案件算完" in text(supervisor.get(path))
    instance = app.extensions["runtime"].settings.instance
    assert not list((instance / "progress").iterdir())


@pytest.mark.parametrize(
    "token", ["x", "A" * 32, "0" * 31, "0" * 33, "..%2F..%2Fsecret_key", "0" * 31 + "%0A"]
)
def test_a_token_that_is_none_reads_and_writes_no_file(
    app: Flask, supervisor: CheckedClient, token: str
) -> None:
    assert supervisor.get(f"/admin/progress/{token}").status_code == 404
    with app.test_request_context(method="POST", data={"progress": token}), told_progress() as report:
        report(1, 2)
    declare(supervisor)
