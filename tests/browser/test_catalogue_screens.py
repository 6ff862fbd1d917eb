"""Reading the catalogue in a browser: accessible at both widths, by keyboard from the bar to a fact's source."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import check_accessible_at_every_width, press, write

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("a_day_in_service_hours")]

PAGES = (
    "/desk/measures",
    "/desk/measures?on=abc",
    "/desk/measures?kind=course&state=not_yet_open",
    "/desk/measures/idb10_mfg_case",
    "/desk/measures/idb_diagnosis",
    "/desk/faq",
    "/desk/success-cases",
    "/desk/courses",
    "/desk/briefings",
    "/desk/organisations",
    "/desk/organisations/pmc",
)


def test_every_page_of_the_catalogue_is_accessible_on_a_phone_and_on_a_desktop(agent: Page) -> None:
    for path in PAGES:
        agent.goto(path)
        check_accessible_at_every_width(agent)


def test_an_agent_goes_by_keyboard_from_a_day_to_a_measure_and_to_the_source_of_a_fact(agent: Page) -> None:
    agent.goto("/desk/measures")
    write(agent, agent.get_by_label("日期"), "112/11/24")
    agent.keyboard.press("Enter")
    agent.wait_for_url("**/measures?on=112*")
    name = "中小型製造業(10人以上)低碳及智慧化升級轉型個案補助"
    press(agent, agent.get_by_role("link", name=name, exact=True))
    expect(agent.get_by_role("heading", level=1, name=name)).to_be_visible()
    press(agent, agent.locator("#edition-112").get_by_role("link", name="出處").first)
    agent.wait_for_url("**#source-*")
