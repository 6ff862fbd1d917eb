"""During a call, by keyboard: what a nine-person electroplater may apply for today, and what it could have in 112."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    check_accessible_at_every_width,
    press,
    sign_in,
    tab_to,
    write,
)

pytestmark = pytest.mark.browser

CALLER = {"#phone": "0900-000-456", "#text": "小型電鍍廠，想問現在有什麼補助", "#name": "範例電鍍廠"}


def choose(page: Page, field: str, words: str) -> None:
    """Go down in a select by keyboard to the option of these words."""
    select_ = page.locator(field)
    tab_to(page, select_)
    names = select_.locator("option").all_inner_texts()
    for _ in range(names.index(words)):
        page.keyboard.press("ArrowDown")


def test_one_screen_tells_what_fits_today_and_what_did_in_a_past_year(
    open_page: Callable[..., Page], people: None, database: Session
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    for field, words in CALLER.items():
        write(page, page.locator(field), words)
    choose(page, "#county", "彰化縣")
    choose(page, "#sector", "金屬製品")
    write(page, page.locator("#regular_employees"), "9")
    panel = page.locator("#match")
    expect(panel).to_contain_text("還缺：受美國關稅影響")
    press(page, page.locator("input[name=fact-tariff_affected]").first, "Space")
    expect(panel).to_contain_text("初步符合 2 項")
    expect(page.locator("input[name=fact-registration]").first).to_be_focused()
    choose(page, "#match select[name=year]", "112 年")
    expect(panel.get_by_role("heading", name="112 年")).to_be_visible()
    expect(panel).to_contain_text("不符合「經常僱用員工 10 人以上")
    press(page, panel.locator("summary", has_text="因應美國關稅研發轉型補助－個案").first)
    press(page, panel.get_by_role("button", name="插入答覆：因應美國關稅研發轉型補助－個案", exact=True))
    expect(page.locator("#answer")).to_be_focused()
    assert "每案上限 500 萬元" in page.input_value("#answer")
    check_accessible_at_every_width(page)
    press(page, page.locator("input[name=category]:checked"), "ArrowDown")  # round to the first
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/cases/*")
    kept = database.scalars(select(Case)).one()
    assert kept.facts == {"tariff_affected": True}


def within(page: Page, target: Locator) -> bool:
    """Return whether all of an element is on the screen, where the page stands scrolled."""
    box = target.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= DESKTOP["height"]


def test_question_measures_and_past_year_are_on_the_screen_at_once_a_few_tabs_away(
    open_page: Callable[..., Page], people: None
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    choose(page, "#county", "彰化縣")
    choose(page, "#sector", "金屬製品")
    write(page, page.locator("#regular_employees"), "9")
    panel = page.locator("#match")
    expect(panel).to_contain_text("還缺：受美國關稅影響")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "year":
            break
    expect(page.locator("#year")).to_be_focused()
    choose(page, "#year", "112 年")
    expect(panel.get_by_role("heading", name="112 年")).to_be_visible()
    expect(page.locator("#year")).to_be_focused()
    assert page.evaluate("window.scrollY") == 0
    assert within(page, panel.locator("fieldset").first)
    for group in ("today", "past"):
        assert within(page, panel.locator(f"[id^={group}-] .match-list > li").first)
        assert within(page, panel.locator(f"[id={group}-not-eligible] > summary"))


def test_the_key_of_the_panel_leads_to_its_first_question_and_arrows_pass_over_answers(
    open_page: Callable[..., Page], people: None
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    page.locator("#category").focus()
    page.keyboard.press("m")
    first = page.locator("#match input[type=radio]").first
    expect(first).to_be_focused()
    assert not first.is_checked()
    page.keyboard.press("ArrowUp")  # round to 不知道, the last
    expect(page.locator("#match-other > summary")).to_contain_text("不知道")
    page.locator("#match-other > summary").click()
    page.locator("#fact-disaster_damaged").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#match-other > summary")).to_contain_text("災損 是")
    expect(page.locator("#fact-disaster_damaged")).to_be_focused()
    check_accessible_at_every_width(page)


def test_on_a_phone_the_measures_come_before_the_call_is_saved(
    open_page: Callable[..., Page], people: None, database: Session
) -> None:
    page = open_page(PHONE, javascript=False)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    page.select_option("#sector", "金屬製品")
    page.select_option("#year", "112")
    page.get_by_role("button", name="依這些資料更新").click()
    expect(page.get_by_role("heading", name="112 年")).to_be_visible()
    assert page.input_value("#sector") == "金屬製品"
    measures, save = page.locator("#match").bounding_box(), page.get_by_role("button", name="儲存案件")
    saved_at = save.bounding_box()
    assert measures
    assert saved_at
    assert measures["y"] < saved_at["y"]
    assert database.scalars(select(Case)).first() is None


def test_enter_in_an_answer_asks_the_next_question_and_saves_no_call(
    open_page: Callable[..., Page], people: None, database: Session
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    page.locator("#match-rest > summary").click()
    write(page, page.locator("#fact-paid_in_capital"), "500萬")
    page.keyboard.press("Enter")
    expect(page.locator("#match")).to_contain_text("實收資本額 5,000,000 元")
    assert page.url.endswith("/desk/new")
    assert database.scalars(select(Case)).first() is None


def test_a_case_keeps_answers_without_scripts_on_a_phone(
    open_page: Callable[..., Page], people: None, database: Session
) -> None:
    page = open_page(PHONE, javascript=False)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    for field, words in CALLER.items():
        page.fill(field, words)
    page.select_option("#sector", "金屬製品")
    page.get_by_label("不瞭措施").check()
    page.get_by_role("button", name="儲存案件").click()
    page.wait_for_url("**/desk/cases/*")
    page.locator("input[name=fact-tariff_affected]").first.check()
    page.get_by_role("button", name="記下資格資料").click()
    page.wait_for_url("**/desk/cases/*")
    expect(page.locator("#measures")).to_contain_text("初步符合 2 項")
    page.locator("#measures summary", has_text="因應美國關稅研發轉型補助－個案").first.click()
    page.get_by_role("button", name="設為本案措施：因應美國關稅研發轉型補助－個案", exact=True).click()
    expect(page.locator("#measures")).to_contain_text("本案措施")
    page.locator("#measures summary", has_text="因應美國關稅研發轉型補助－個案").first.click()
    page.get_by_role("button", name="插入答覆：因應美國關稅研發轉型補助－個案", exact=True).click()
    assert "初步符合" in page.input_value("#body")


def test_an_answer_given_while_the_panel_is_being_drawn_is_not_lost(
    open_page: Callable[..., Page], people: None
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    expect(page.locator("#callers")).to_be_visible()
    held: list[Route] = []
    page.route("**/desk/match", lambda route: held.append(route), times=1)  # noqa: PLW0108 - playwright wants a function
    page.select_option("#sector", "金屬製品")
    page.wait_for_timeout(700)  # longer than the panel waits before it asks
    page.select_option("#year", "112")
    assert held
    held[0].continue_()
    expect(page.locator("#match").get_by_role("heading", name="112 年")).to_be_visible()
    expect(page.locator("#year")).to_have_value("112")
