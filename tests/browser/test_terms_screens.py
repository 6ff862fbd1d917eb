"""Changing the terms in a browser: by keyboard, seen before it is done, followed to the due date it moved."""

import threading
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from helpdesk.extensions import db
from helpdesk.models.account import Account
from helpdesk.policy.office_calendar_file import write_office_calendar
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.services import casework, reckoning
from tests import builders
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    check_accessible_at_every_width,
    press,
    sign_in,
    write,
)
from tests.policy.working_time import taipei

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("a_day_in_service_hours")]

THIS_MORNING = taipei("2026-11-24T08:30").astimezone(UTC)
IN_OCTOBER = taipei("2026-10-12T08:30").astimezone(UTC)
TWO_HOURS = timedelta(hours=2)
WHY = "為什麼是這個期限"
CLOSURE = "115/11/25 (三) 全天，南投縣、彰化縣、臺中市、苗栗縣、雲林縣：颱風停班"


@pytest.fixture
def number(people: None, database: Session, runtime: Runtime) -> str:
    """The number of a case of this morning, unanswered and offered to 精機中心.

    Another one of October was answered after two hours.
    """
    agent = database.scalars(select(Account).where(Account.role == Role.AGENT)).one()
    old = builders.case(database, runtime, now=IN_OCTOBER, text="客戶要碳排放資料")
    casework.answer(database, old, "請看附件。", account=agent, equipment=runtime, now=IN_OCTOBER + TWO_HOURS)
    case = builders.sorted_case(database, runtime, account=agent, now=THIS_MORNING)
    builders.offered(database, runtime, case, account=agent, now=THIS_MORNING)
    database.commit()
    return case.number


@pytest.fixture
def supervisor(open_page: Callable[..., Page], number: str) -> Page:
    """A page of the supervisor, signed in."""
    page = open_page(DESKTOP)
    sign_in(page, Role.SUPERVISOR)
    return page


def button(page: Page, words: str) -> Locator:
    return page.get_by_role("button", name=words, exact=True)


def link(page: Page, words: str) -> Locator:
    return page.get_by_role("link", name=words, exact=True)


def row(page: Page, words: str) -> Locator:
    """Return the table row that holds these words."""
    return page.get_by_role("row").filter(has_text=words)


def says(page: Page, *words: str) -> None:
    for each in words:
        expect(page.locator("main")).to_contain_text(each)


def official_calendar(runtime: Runtime, folder: Path) -> Path:
    """Write this year's office calendar with one more day off."""
    written = write_office_calendar(runtime.calendar, 2026)
    changed = written.replace("20261126,四,0,", "20261126,四,2,補假")
    assert changed != written
    path = folder / "115.csv"
    path.write_text(changed, encoding="utf-8-sig")
    return path


def fill_in_closure(page: Page) -> None:
    """Close the whole of 中部 tomorrow, by keyboard, and look at what that would move."""
    page.goto("/admin/closures")
    write(page, page.locator("#first_on"), "115/11/25")
    toggle = page.get_by_role("button", name="中部整區")
    press(page, toggle, "Space")
    expect(page.get_by_label("臺中市")).to_be_checked()
    expect(page.get_by_label("臺南市")).not_to_be_checked()
    expect(toggle).to_have_text("取消整區")
    write(page, page.locator("#reason"), "颱風停班")


def test_a_closure_is_declared_by_keyboard_followed_to_the_due_date_it_moved_and_withdrawn(
    supervisor: Page, number: str
) -> None:
    page = supervisor
    fill_in_closure(page)
    check_accessible_at_every_width(page)
    page.keyboard.press("Enter")
    says(page, CLOSURE, "這是預覽，還沒有宣告", "精機中心", "1 項時效會移動，全部延後")
    expect(row(page, number)).to_contain_text("115/11/26 (四) 18:00")
    check_accessible_at_every_width(page)
    press(page, button(page, "宣告停班"))
    says(page, "已宣告停班，1 項時效改了到期時間", CLOSURE)
    check_accessible_at_every_width(page)

    page.goto(f"/desk/cases/{number}")
    says(page, "單位受案：115/11/25 (三) 18:00 → 115/11/26 (四) 18:00", f"（停班：{CLOSURE}）")
    check_accessible_at_every_width(page)
    press(page, page.locator("#clocks li").filter(has_text="單位受案").get_by_role("link", name=WHY))
    expect(page.locator("h1")).to_contain_text(WHY)
    expect(row(page, "颱風停班")).to_contain_text("115/11/25 (三)")
    says(page, "停班依臺中市", "115/11/25 (三) 18:00 → 115/11/26 (四) 18:00")
    check_accessible_at_every_width(page)

    page.goto("/admin/closures")
    press(page, page.get_by_role("link", name="撤回："))
    says(page, "這是預覽，還沒有撤回", "1 項時效會移動，全部提前")
    press(page, button(page, "撤回停班"))
    expect(page.locator("#reason-error")).to_contain_text("請填")
    check_accessible_at_every_width(page)
    write(page, page.locator("#reason"), "颱風轉向")
    page.keyboard.press("Enter")
    says(page, "已撤回停班，1 項時效改了到期時間", "颱風轉向")
    check_accessible_at_every_width(page)
    page.goto(f"/desk/cases/{number}")
    says(page, "115/11/26 (四) 18:00 → 115/11/25 (三) 18:00", f"撤回停班：{CLOSURE}")


def test_going_back_from_the_preview_keeps_the_counties_of_the_region(supervisor: Page) -> None:
    fill_in_closure(supervisor)
    supervisor.keyboard.press("Enter")
    press(supervisor, button(supervisor, "回去修改"))
    expect(supervisor.locator("#first_on")).to_have_value("115/11/25")
    expect(supervisor.locator("#reason")).to_have_value("颱風停班")
    expect(supervisor.locator("[name=counties]:checked")).to_have_count(5)
    press(supervisor, supervisor.get_by_role("button", name="中部整區"), "Space")
    expect(supervisor.locator("[name=counties]:checked")).to_have_count(0)


def test_an_office_calendar_is_imported_by_keyboard_after_its_preview(
    supervisor: Page, runtime: Runtime, tmp_path: Path
) -> None:
    page = supervisor
    page.goto("/admin/calendar")
    check_accessible_at_every_width(page)
    with page.expect_file_chooser() as chooser:
        press(page, page.locator("#calendar"))
    chooser.value.set_files(official_calendar(runtime, tmp_path))
    press(page, button(page, "預覽影響"))
    says(page, "這是預覽，還沒有匯入", "1 天的上班或放假會改變")
    expect(row(page, "放假：補假")).to_contain_text("平日，上班")
    check_accessible_at_every_width(page)
    write(page, page.locator("#reason"), "行政院公布")
    page.keyboard.press("Enter")
    says(page, "已匯入 115 年的辦公日曆", "官方，已匯入", "行政院公布")
    expect(row(page, "115/11/26 (四)")).to_contain_text("補假")
    check_accessible_at_every_width(page)


def test_a_shorter_target_is_tried_by_keyboard_kept_while_going_back_saved_and_reverted(
    supervisor: Page, number: str
) -> None:
    page = supervisor
    page.goto("/admin/service-levels")
    check_accessible_at_every_width(page)
    page.keyboard.press("e")
    page.wait_for_url("**/service-levels/form")
    write(page, page.locator("#amount-first_response"), "1")
    write(page, page.locator("#reason"), "試行三個月")
    check_accessible_at_every_width(page)
    page.keyboard.press("Enter")
    says(page, "這是預覽，還沒有儲存", "上個月（115 年 10 月）的達成率", "1 項變成逾期")
    expect(row(page, "首次回應").filter(has_text="(100%)")).to_contain_text("(0%)")
    expect(row(page, number)).to_contain_text("新逾期")
    check_accessible_at_every_width(page)
    press(page, button(page, "回去修改"))
    expect(page.locator("#amount-first_response")).to_have_value("1")
    expect(page.locator("#reason")).to_have_value("試行三個月")
    write(page, page.locator("#reason"), "試行半年")
    page.keyboard.press("Enter")
    press(page, button(page, "儲存"))
    says(page, "已儲存，1 項時效改了到期時間", "1 工作小時 原本 4 工作小時", "試行半年")
    check_accessible_at_every_width(page)

    press(page, link(page, "回復為原本的值"))
    expect(page.locator("#amount-first_response")).to_have_value("4")
    write(page, page.locator("#reason"), "試行結束")
    page.keyboard.press("Enter")
    says(page, "1 項不再逾期")
    press(page, button(page, "儲存"))
    says(page, "試行結束")
    expect(link(page, "回復為原本的值")).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("原本")


def test_a_figure_of_the_supervisors_page_leads_to_its_clocks_and_to_why_each_is_due(
    supervisor: Page, number: str
) -> None:
    page = supervisor
    press(page, link(page, "督導"))
    expect(page.locator("h1")).to_have_text("督導")
    check_accessible_at_every_width(page)
    press(page, row(page, "精機中心").get_by_role("link").last)
    expect(page.locator("h1")).to_contain_text("未結束的時效：精機中心")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(row(page, number)).to_contain_text("單位受案")
    check_accessible_at_every_width(page)
    press(page, row(page, number).get_by_title(WHY))
    says(page, "正好是目標")
    check_accessible_at_every_width(page)


@pytest.mark.usefixtures("number")
def test_a_partner_opens_the_reckoning_of_its_own_due_date_on_a_phone(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(PHONE)
    sign_in(page, Role.PARTNER)
    page.locator("ul.referral-rows a").first.click()
    page.get_by_role("link", name=WHY).click()
    expect(page.locator("h1")).to_contain_text("單位受案")
    says(page, "正好是目標", "115/11/25 (三) 18:00")
    check_accessible_at_every_width(page)
    page.get_by_role("link", name="回轉介").click()
    expect(page.locator("h1")).to_contain_text("轉介")


def hold_once_told(engine: Engine, told: Path) -> threading.Event:
    """Hold a change back as soon as a file in `told` says how far it has come; setting the event lets it go on."""
    go_on = threading.Event()

    def wait(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO case_event") and told.exists() and [*told.iterdir()]:
            assert go_on.wait(20)

    event.listen(engine, "before_cursor_execute", wait)
    return go_on


def test_while_a_change_is_applied_the_page_shows_how_many_cases_are_done(
    supervisor: Page, app: Flask, database: Session, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours in (2, 3):
        builders.case(database, runtime, now=THIS_MORNING - timedelta(hours=hours))
    database.commit()
    monkeypatch.setattr(reckoning, "CASES_AT_ONCE", 2)
    page = supervisor
    page.goto("/admin/closures")
    page.fill("#first_on", "115/11/25")
    page.get_by_label("全國").check()
    page.fill("#reason", "颱風停班")
    button(page, "預覽影響").click()
    expect(button(page, "宣告停班")).to_be_visible()
    with app.app_context():
        engine = db.engine
    told = runtime.settings.instance / "progress"
    # Playwright looks at no page that awaits its next one, so the answer goes to a tab of its own.
    page.locator("#declare").evaluate("form => form.target = '_blank'")
    go_on = hold_once_told(engine, told)
    with page.context.expect_page() as answer:
        button(page, "宣告停班").click()
        says(page, "已重新計算 2 件，共 3 件案件")
        expect(page.locator("progress")).to_have_js_property("value", 2)
        check_accessible_at_every_width(page)
        go_on.set()
    says(answer.value, "已宣告停班")
    assert [*told.iterdir()] == []


@pytest.mark.usefixtures("number")
def test_without_javascript_a_closure_a_calendar_and_a_target_are_changed_and_taken_back(
    open_page: Callable[..., Page], runtime: Runtime, tmp_path: Path
) -> None:
    page = open_page(PHONE, javascript=False)
    sign_in(page, Role.SUPERVISOR)
    page.goto("/admin/closures")
    expect(page.get_by_role("button", name="中部整區")).to_have_count(0)
    page.fill("#first_on", "115/11/25")
    page.get_by_label("臺中市").check()
    page.fill("#reason", "颱風停班")
    button(page, "預覽影響").click()
    button(page, "回去修改").click()
    button(page, "預覽影響").click()
    button(page, "宣告停班").click()
    says(page, "已宣告停班，1 項時效改了到期時間")
    page.get_by_role("link", name="撤回：").click()
    page.fill("#reason", "颱風轉向")
    button(page, "撤回停班").click()
    says(page, "已撤回停班，1 項時效改了到期時間")

    page.goto("/admin/calendar")
    page.set_input_files("#calendar", official_calendar(runtime, tmp_path))
    button(page, "預覽影響").click()
    page.fill("#reason", "行政院公布")
    button(page, "匯入").click()
    says(page, "已匯入 115 年的辦公日曆")

    page.goto("/admin/service-levels/form")
    page.fill("#amount-first_response", "60")
    page.select_option("#unit-first_response", label="工作分鐘")
    page.fill("#reason", "試行三個月")
    button(page, "預覽影響").click()
    button(page, "儲存").click()
    says(page, "60 工作分鐘 原本 4 工作小時")
    link(page, "回復為原本的值").click()
    page.fill("#reason", "試行結束")
    button(page, "預覽影響").click()
    button(page, "儲存").click()
    says(page, "試行結束")
    expect(page.locator("main")).not_to_contain_text("原本")
