"""Looking something up in a browser, by keyboard alone: on its own page, and during a call."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from tests.browser.conftest import DESKTOP, check_accessible_at_every_width, press, sign_in, write

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("a_day_in_service_hours")]

QUESTION = "carbon_difference"


def test_words_find_while_they_are_typed_and_the_first_hit_opens(agent: Page) -> None:
    agent.keyboard.press("q")
    expect(agent.get_by_text("想查什麼？")).to_be_visible()
    check_accessible_at_every_width(agent)
    agent.keyboard.type("以大帶小")
    first = agent.locator("#found .match-name a").first
    expect(first).to_have_text("以大帶中小型製造業低碳及智慧化升級轉型補助")
    agent.wait_for_url("**/look-up?q=*")
    check_accessible_at_every_width(agent)
    agent.keyboard.press("Escape")
    write(agent, agent.locator("#q"), "qqqqzzzz")
    expect(agent.get_by_text("找不到「qqqqzzzz」")).to_be_visible()
    check_accessible_at_every_width(agent)
    press(agent, agent.get_by_role("link", name="以大帶小"))
    expect(agent.locator("#q")).to_have_value("以大帶小")
    press(agent, first)
    agent.wait_for_url("**/measures/idb_big_small")


def test_without_script_the_form_finds_as_well(people: None, open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP, javascript=False)
    sign_in(page, Role.AGENT)
    page.goto("/desk/look-up")
    page.fill("#q", "碳盤")
    page.keyboard.press("Enter")
    expect(page.locator("#found .match-name").first).to_be_visible()


def test_during_a_call_enter_looks_up_and_the_answer_goes_into_the_call(
    agent: Page, runtime: Runtime
) -> None:
    agent.goto("/desk/new")
    write(agent, agent.locator("#text"), "想知道碳盤查")
    agent.locator("#text").evaluate("element => element.blur()")
    agent.keyboard.press("q")
    expect(agent.locator("#find")).to_be_focused()
    agent.keyboard.type("碳盤查跟查驗")
    agent.keyboard.press("Enter")
    insert = agent.locator(f"#found [name=insert_question][value={QUESTION}]")
    expect(insert).to_be_visible()
    expect(agent.locator("#find")).to_be_focused()
    check_accessible_at_every_width(agent)
    press(agent, insert)
    expect(agent.locator("#answer")).to_be_focused()
    assert runtime.knowledge.faq[QUESTION].answer in agent.locator("#answer").input_value()
    expect(agent.locator("h1")).to_have_text("新來電")
    expect(agent.locator("#text")).to_have_value("想知道碳盤查")


def test_without_script_the_panel_of_a_call_finds_and_inserts_as_well(
    people: None, open_page: Callable[..., Page], runtime: Runtime
) -> None:
    page = open_page(DESKTOP, javascript=False)
    sign_in(page, Role.AGENT)
    page.goto("/desk/new")
    page.fill("#text", "想知道碳盤查")
    page.fill("#find", "碳盤查跟查驗")
    page.get_by_role("button", name="查", exact=True).click()
    page.locator(f"#found [name=insert_question][value={QUESTION}]").click()
    assert runtime.knowledge.faq[QUESTION].answer in page.locator("#answer").input_value()
    expect(page.locator("#text")).to_have_value("想知道碳盤查")
    expect(page.locator("#find")).to_have_value("碳盤查跟查驗")
