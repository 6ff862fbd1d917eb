"""The whole line in a browser: asked on a phone, sorted, referred, done, and read by who asked."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.policy.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE, check_accessible, sign_in

pytestmark = pytest.mark.browser

TEXT = "客戶要求我們提供碳排放資料，公司沒人懂，不知道從哪裡開始。"
LONG_NAME = "範例精密金屬表面處理暨熱處理工業股份有限公司臺中梧棲第二廠"


def ask(page: Page) -> str:
    """Fill in the six pages as an enterprise would and return the case number."""
    page.goto("/")
    check_accessible(page)
    page.get_by_role("link", name="填寫服務申請表").click()
    page.fill("#text", TEXT)
    check_accessible(page)
    page.get_by_role("button", name="下一步").click()
    page.fill("#ubn", "00000011")
    page.fill("#name", LONG_NAME)
    page.select_option("#county", "臺中市")
    page.select_option("#sector", "機械")
    page.fill("#regular_employees", "３５")
    check_accessible(page)
    page.get_by_role("button", name="下一步").click()
    page.fill("#contact_name", "王小姐")
    page.fill("#phone", "0900-000-123")
    check_accessible(page)
    page.get_by_role("button", name="下一步").click()
    check_accessible(page)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("輔導團隊", exact=True).focus()
    page.keyboard.press("Space")
    check_accessible(page)
    page.get_by_role("button", name="下一步").click()
    check_accessible(page)
    page.get_by_role("button", name="送出").click()
    page.wait_for_url("**/apply/done")
    check_accessible(page)
    return page.locator(".case-number").inner_text().strip()


@pytest.mark.usefixtures("people")
def test_an_inquiry_goes_down_the_whole_line_and_the_enterprise_reads_the_answer(
    open_page: Callable[..., Page],
) -> None:
    phone = open_page(PHONE)
    number = ask(phone)
    assert re.fullmatch(r"C\d{3}-\d{6}-\d", number)

    desk = open_page(DESKTOP)
    sign_in(desk, Role.AGENT)
    check_accessible(desk)
    desk.goto("/desk/cases")
    check_accessible(desk)
    desk.get_by_role("link", name=number).click()
    expect(desk.locator("h1")).to_contain_text(number)
    expect(desk.locator(".due").first).to_be_visible()
    desk.select_option("#category", "problem")
    desk.get_by_role("button", name=re.compile("分類")).click()
    check_accessible(desk)
    expect(desk.locator("#referrals")).to_contain_text("精機中心")
    desk.get_by_role("button", name="轉介給精機中心").click()
    expect(desk.locator("#referrals")).to_contain_text("轉介等待中")

    partner = open_page(PHONE)
    sign_in(partner, Role.PARTNER)
    check_accessible(partner)
    partner.locator("ul.referral-rows a").first.click()
    expect(partner.locator("main")).not_to_contain_text(LONG_NAME)
    check_accessible(partner)
    partner.get_by_role("button", name="受案", exact=True).click()
    expect(partner.locator("main")).to_contain_text(LONG_NAME)
    partner.get_by_role("button", name="已聯繫業者").click()
    partner.locator("#progress-text").fill("已到廠訪視，預計下週提出建議報告。")
    partner.get_by_role("button", name="記錄進度").click()
    check_accessible(partner)
    partner.locator("summary", has_text="完成轉介").click()
    partner.select_option("#complete-outcome", "diagnosis_done")
    partner.get_by_role("button", name="完成", exact=True).click()
    expect(partner.locator("main")).to_contain_text("轉介完成")

    desk.reload()
    desk.fill("#body", "診斷已完成，建議報告由精機中心寄給您。")
    desk.locator("summary", has_text="解決").click()
    desk.get_by_role("button", name="確定解決").click()
    expect(desk.locator("main")).to_contain_text("已解決")
    for clock in desk.locator("#content .due").all():
        assert clock.inner_text().strip()

    phone.get_by_role("link", name="看案件頁").click()
    expect(phone.locator("main")).to_contain_text("診斷已完成，建議報告由精機中心寄給您。")
    expect(phone.locator("main")).to_contain_text("已解決")
    check_accessible(phone)
    phone.goto("/status")
    check_accessible(phone)
    phone.fill("#number", number.lower().replace("-", " "))
    phone.fill("#fact", "123")
    phone.get_by_role("button", name="查詢").click()
    expect(phone.locator("h1")).to_contain_text(number)


def test_the_form_works_without_javascript_and_makes_one_case_of_a_double_submit(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(PHONE, javascript=False)
    number = ask_without_checks(page)
    page.go_back()
    page.reload()
    assert page.locator(".case-number").inner_text().strip() == number


def ask_without_checks(page: Page) -> str:
    """Fill in only what must be filled in."""
    page.goto("/apply")
    page.fill("#text", TEXT)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="下一步").click()
    page.fill("#email", "demo@example.com")
    for _ in range(3):
        page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="送出").click()
    return page.locator(".case-number").inner_text().strip()


@pytest.mark.usefixtures("people")
def test_a_call_is_logged_by_keyboard_alone_with_the_suggestion_while_typing(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.keyboard.press("n")
    page.wait_for_url("**/desk/new")
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.type("0900000456")
    page.locator("#text").focus()
    page.keyboard.type("鍋爐太舊想換，找不到會做廢熱回收的廠商")
    expect(page.locator("#suggestion")).to_contain_text("不會改善")
    check_accessible(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/cases/C*")
    expect(page.locator("main")).to_contain_text("鍋爐太舊想換")
    check_accessible(page)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["360", "1280"])
@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/cases", "/desk/new", "/desk/calls", "/desk/outbox", "/desk/search?q=xx"]
)
def test_every_empty_desk_page_says_what_to_do_and_is_accessible(
    open_page: Callable[..., Page], viewport: dict[str, int], path: str
) -> None:
    page = open_page(viewport)
    sign_in(page, Role.AGENT)
    page.goto(path)
    check_accessible(page)
