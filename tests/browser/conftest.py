"""A real browser against a real server: the application in a thread of this process, Chromium beside it."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from helpdesk import clock
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from tests.conftest import NOW, PASSWORD

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
MOST_STOPS = 200
"""Stops of the Tab key, more than any page has."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; in CI it must be there."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: apt-get install chromium")
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the running application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def a_day_in_service_hours() -> Iterator[None]:
    """Let it be the morning on which the tests' cases come in."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def people(database: Session, runtime: Runtime) -> None:
    """An agent, a supervisor and a partner who can sign in."""
    for role, organisation in ((Role.AGENT, None), (Role.SUPERVISOR, None), (Role.PARTNER, "pmc")):
        accounts.add_account(
            database, email=f"{role}@example.com", display_name=f"測試{role}", role=role,
            password=PASSWORD, organisation=organisation, equipment=runtime, now=clock.now(),
        )  # fmt: skip
    database.commit()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Return a page of its own session; every console error fails the test."""
    contexts, errors = [], []

    def make(viewport: dict[str, int], *, javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport=viewport, locale="zh-TW", base_url=address, java_script_enabled=javascript  # type: ignore[arg-type]
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on(
            "console",
            lambda m: errors.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page.on("pageerror", lambda e: errors.append(str(e)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def agent(people: None, open_page: Callable[..., Page]) -> Page:
    """A page on which an agent is signed in."""
    page = open_page(DESKTOP)
    sign_in(page, Role.AGENT)
    return page


def sign_in(page: Page, role: Role) -> None:
    """Sign in through the page."""
    page.goto("/login")
    page.fill("#email", f"{role}@example.com")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登入").click()
    page.wait_for_url(lambda url: "/login" not in url)


def check_accessible(page: Page) -> None:
    """Assert that axe finds nothing and that nothing is wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert not found, [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px wider than the screen"


def check_accessible_at_every_width(page: Page) -> None:
    """Assert that a page is accessible on a phone and on a desktop; it stays as wide as it was."""
    before = page.viewport_size
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        check_accessible(page)
    page.set_viewport_size(before)  # type: ignore[arg-type]


def tab_to(page: Page, target: Locator) -> None:
    """Move the focus to an element with the Tab key, as somebody without a mouse does."""
    for _ in range(MOST_STOPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Move to a link, a button or a box by keyboard and press it."""
    tab_to(page, target)
    page.keyboard.press(key)


def write(page: Page, target: Locator, text: str) -> None:
    """Move to a field by keyboard and replace what it says."""
    tab_to(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def screenshot_folder() -> Path | None:
    """Return where screenshots go when somebody wants them, else None."""
    given = os.environ.get("SCREENSHOTS")
    return Path(given) if given else None
