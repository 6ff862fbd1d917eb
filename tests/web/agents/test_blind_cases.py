"""What the screens show of the model's view while a case of the blind sample waits, and after."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.case import Case
from helpdesk.policy.blind_sample import in_blind_sample
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from tests import builders
from tests.checked_client import CheckedClient

SURE = "客戶要碳排放資料，不知道從哪裡開始，怎麼辦"
VIEW = ("系統的看法，依據", "<mark", 'class="probability"', "可能是")


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


@pytest.fixture
def case(database: Session, runtime: Runtime, desk: CheckedClient) -> Case:
    made = builders.blind_case(database, runtime, now=clock.now(), text=SURE)
    database.commit()
    return made


def shown(desk: CheckedClient, case: Case) -> str:
    return desk.get(f"/desk/cases/{case.number}").get_data(as_text=True)


def sort(desk: CheckedClient, case: Case, category: str) -> int:
    found = re.search(r'name="version" value="(\d+)"', shown(desk, case))
    assert found is not None
    data = {"version": found.group(1), "category": category}
    return desk.post(f"/desk/cases/{case.number}/sort", data=data).status_code


def test_nothing_of_the_models_view_is_on_any_screen_before_a_person_decides(
    desk: CheckedClient, case: Case
) -> None:
    for address in (
        f"/desk/cases/{case.number}",
        "/desk/cases",
        "/desk/",
        f"/desk/search?q={case.number[:9]}",
    ):
        page = desk.get(address, follow_redirects=True).get_data(as_text=True)
        assert [words for words in VIEW if words in page] == [], address
    page = shown(desk, case)
    assert "盲評樣本" in page
    assert '<option value="">請選擇類別</option>' in page
    assert " selected" not in page.split('id="category"')[1].split("</select>")[0]


def test_no_category_is_chosen_for_the_person(desk: CheckedClient, case: Case) -> None:
    assert sort(desk, case, "") == 422


def test_after_a_person_decided_the_page_shows_the_view_and_that_it_was_hidden(
    desk: CheckedClient, case: Case
) -> None:
    assert sort(desk, case, "measures") == 302
    page = shown(desk, case)
    assert "盲評：判斷時沒有看到系統的看法" in page
    assert "系統的看法，依據" in page
    assert "<mark" in page
    assert sort(desk, case, "problem") == 302
    assert "盲評" not in shown(desk, case)


def test_other_cases_show_the_shortlist(desk: CheckedClient, database: Session, runtime: Runtime) -> None:
    other = builders.case(database, runtime, now=clock.now(), text="嗯")
    database.commit()
    page = shown(desk, other)
    said = runtime.classifier.classify("嗯")
    assert page.count('class="probability"') == len(said.shortlist)
    assert "盲評" not in page


@pytest.mark.parametrize("drawn", [True, False])
def test_a_call_that_is_drawn_gets_no_suggestion_while_typing(desk: CheckedClient, drawn: bool) -> None:
    key = next(str(n) for n in count() if in_blind_sample(f"desk:{n}") is drawn)
    page = desk.post("/desk/suggest", data={"text": SURE, "key": key}).get_data(as_text=True)
    assert ('class="probability"' not in page) is drawn
    assert ("盲評樣本" in page) is drawn
