"""The budget check in a browser: by keyboard alone, accessible at both widths, without JavaScript as well."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.policy.permissions import Role
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    check_accessible_at_every_width,
    press,
    sign_in,
    write,
)

pytestmark = pytest.mark.browser

PAGE = "/desk/budget?against=idb10_mfg_case/112"


@pytest.mark.usefixtures("people")
def test_a_budget_is_checked_put_right_and_checked_again_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto(PAGE)
    check_accessible_at_every_width(page)
    page.locator("#kind-1").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#kind-1")).to_have_value("new_equipment")
    write(page, page.locator("#amount-1"), "500萬")
    write(page, page.locator("#subsidy-1"), "600萬")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("[data-error-summary]")).to_contain_text("第 1 列")
    check_accessible_at_every_width(page)
    write(page, page.locator("#subsidy-1"), "300萬")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#report")).to_contain_text("要調整")
    expect(page.locator("#report")).to_be_in_viewport()
    check_accessible_at_every_width(page)
    press(page, page.get_by_role("button", name="套用調整"))
    expect(page.locator("#report")).to_contain_text("沒有不合規定之處")
    expect(page.locator("#subsidy-1")).to_have_value("1,500,000")
    check_accessible_at_every_width(page)
    with page.expect_download() as download:
        press(page, page.get_by_role("button", name="下載 CSV"))
    assert download.value.suggested_filename == "budget-idb10_mfg_case-112.csv"


@pytest.mark.usefixtures("people")
def test_on_paper_the_lines_and_the_result_stand_without_the_form(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto(PAGE)
    page.select_option("#kind-1", "consumables")
    page.fill("#label-1", "刀具")
    page.fill("#amount-1", "100萬")
    page.get_by_role("button", name="檢核", exact=True).click()
    page.emulate_media(media="print")
    expect(page.locator("#budget")).to_be_hidden()
    expect(page.get_by_role("table", name="檢核的經費")).to_contain_text("刀具")
    expect(page.get_by_role("table", name="每一項規定的結果")).to_be_visible()


@pytest.mark.usefixtures("people")
def test_without_javascript_five_rows_are_added_and_a_budget_is_checked_on_a_phone(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(PHONE, javascript=False)
    sign_in(page, Role.AGENT)
    page.goto(PAGE)
    page.fill("#label-8", "第八項")
    page.get_by_role("button", name="再加五列").click()
    expect(page.locator("#label-8")).to_have_value("第八項")
    page.select_option("#kind-13", "consumables")
    page.fill("#amount-13", "100萬")
    page.select_option("#kind-8", "personnel")
    page.fill("#amount-8", "20萬")
    page.get_by_role("button", name="檢核", exact=True).click()
    expect(page.locator("#report")).to_contain_text("檢核結果")
    expect(page.locator("#label-1")).to_have_value("第八項")


@pytest.mark.usefixtures("people")
def test_one_key_leads_from_every_page_to_the_field_that_looks_up(open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto("/desk/courses")
    page.keyboard.press("q")
    page.wait_for_url("**/desk/look-up")
    expect(page.locator("#q")).to_be_focused()
    page.locator("#q").blur()
    page.keyboard.press("q")
    expect(page.locator("#q")).to_be_focused()
    assert page.url.endswith("/desk/look-up")
