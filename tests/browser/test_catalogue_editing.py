"""Editing the catalogue in a browser: a faulty file, an edit that is looked at first, and a window that closes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from knowledge_base.exchange.yaml_writing import write_yaml
from tests.browser.conftest import DESKTOP, check_accessible_at_every_width, press, sign_in, write

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("a_day_in_service_hours")]


@pytest.fixture
def supervisor(open_page: Callable[..., Page], people: None) -> Page:
    page = open_page(DESKTOP)
    sign_in(page, Role.SUPERVISOR)
    return page


def upload(page: Page, path: Path) -> None:
    page.goto("/admin/catalogue")
    page.set_input_files("input[type=file]", path)
    press(page, page.get_by_role("button", name="預覽影響"))


def test_an_edit_is_looked_at_and_applied_by_keyboard(
    supervisor: Page, runtime: Runtime, tmp_path: Path
) -> None:
    page, path = supervisor, tmp_path / "catalogue.yaml"
    text = write_yaml(runtime.knowledge, ("measures",))
    path.write_text(text.replace("cap_ntd: 420000", "cap_ntd: 450000"), encoding="utf-8")
    upload(page, path)
    expect(page.get_by_role("heading", level=1)).to_contain_text("預覽")
    expect(page.locator("main")).to_contain_text("450,000")
    check_accessible_at_every_width(page)
    write(page, page.locator("[name=reason]"), "公告調整上限")
    press(page, page.get_by_role("button", name="套用", exact=True))
    page.wait_for_url("**/admin/catalogue**")
    expect(page.locator("main")).to_contain_text("公告調整上限")
    check_accessible_at_every_width(page)
    page.goto("/desk/measures/ai_digital_42")
    expect(page.locator("main")).to_contain_text("45 萬元")


def test_a_faulty_file_is_told_line_by_line_and_nothing_is_applied(
    supervisor: Page, runtime: Runtime, tmp_path: Path
) -> None:
    page, path = supervisor, tmp_path / "catalogue.yaml"
    text = write_yaml(runtime.knowledge, ("measures",))
    path.write_text(text.replace("fact: tariff_affected", "fact: tariff_hit"), encoding="utf-8")
    upload(page, path)
    expect(page.locator("main")).to_contain_text("tariff_hit")
    expect(page.locator("main")).to_contain_text("隨系統提供")
    check_accessible_at_every_width(page)


def test_the_page_of_windows_is_accessible(supervisor: Page) -> None:
    supervisor.goto("/admin/window-closings")
    expect(supervisor.get_by_role("heading", level=1)).to_be_visible()
    check_accessible_at_every_width(supervisor)
