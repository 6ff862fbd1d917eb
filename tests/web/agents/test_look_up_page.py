"""Finding by words: a page of its own, the panel of a call, and the answers that it puts into the call."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.policy.finding.findable import FoundKind
from helpdesk.policy.permissions import Role
from helpdesk.policy.time_in_words import roc_date
from helpdesk.runtime import Runtime
from helpdesk.web.agents.look_up import EXAMPLES
from helpdesk.web.labels import label
from tests.checked_client import CheckedClient

QUESTION = "carbon_difference"


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


def looked_up(desk: CheckedClient, words: str) -> str:
    answer = desk.get("/desk/look-up", query_string={"q": words})
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def links(page: str) -> Iterator[str]:
    """Yield where the found records are read."""
    found = page.partition('id="found"')[2]
    for address in re.findall(r'class="match-name"><a href="([^"]+)"', found):
        yield unescape(address)


def test_without_words_the_page_offers_examples_each_of_which_finds_something(desk: CheckedClient) -> None:
    page = looked_up(desk, "")
    for words in EXAMPLES:
        assert f">{words}</a>" in page
        assert [*links(looked_up(desk, words))], words


def test_words_find_records_of_every_kind_and_each_says_why(desk: CheckedClient) -> None:
    page = looked_up(desk, "以大帶小")
    for kind in (FoundKind.MEASURE, FoundKind.ORGANISATION, FoundKind.QUESTION, FoundKind.SUCCESS_CASE):
        assert label(kind) in page
    assert "/desk/measures/idb_big_small" in page
    assert "符合：暱稱「以大帶小」" in page


@pytest.mark.parametrize("words", ["補助", "以大帶小", "碳盤", "課程", "說明會", "中衛", "02-2709-0638"])
def test_everything_found_leads_to_a_page_that_holds_it(desk: CheckedClient, words: str) -> None:
    for address in {*links(looked_up(desk, words))}:
        path, _, identity = address.partition("#")
        answer = desk.get(path)
        assert answer.status_code == 200, address
        if identity:
            assert f'id="{identity}"' in answer.get_data(as_text=True), address


def test_a_document_says_which_measures_ask_for_it(desk: CheckedClient, runtime: Runtime) -> None:
    measure = next(each for each in runtime.knowledge.measures.values() if each.documents)
    page = looked_up(desk, measure.documents[0])
    found = page.partition("要附的措施：")[2].partition("</p>")[0]
    assert f"/desk/measures/{measure.id}" in found


def test_the_telephone_of_what_is_found_can_be_dialled(desk: CheckedClient) -> None:
    assert re.search(r'href="tel:0\d+,\d+"', looked_up(desk, "9 人以下 分機"))


def test_words_that_find_nothing_say_so_and_stay_in_the_field(desk: CheckedClient) -> None:
    page = looked_up(desk, "<b>qqqqzzzz")
    assert "找不到「&lt;b&gt;qqqqzzzz」" in page
    assert 'value="&lt;b&gt;qqqqzzzz"' in page


@pytest.mark.parametrize("words", ["'", "\x00", "％％％", "🙂", "字" * 5000, "((((", "0" * 300])
def test_no_words_break_the_page(desk: CheckedClient, words: str) -> None:
    looked_up(desk, words)


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.ADMINISTRATOR, 200)])
def test_who_may_read_the_knowledge_may_look_it_up(
    client_as: Callable[..., CheckedClient], role: Role, status: int
) -> None:
    assert client_as(role).get("/desk/look-up?q=補助").status_code == status


def test_a_partner_may_not_look_it_up(client_as: Callable[..., CheckedClient]) -> None:
    assert client_as(Role.PARTNER, "pmc").get("/desk/look-up").status_code == 403


def test_the_index_is_built_once_for_the_terms(desk: CheckedClient, runtime: Runtime) -> None:
    looked_up(desk, "補助")
    built = vars(runtime.terms)["index"]
    looked_up(desk, "碳盤")
    assert vars(runtime.terms)["index"] is built


CALL = {"key": "k1", "phone": "0900-000-456", "text": "想知道碳盤查", "consent": ["counselling_team"]}


def test_the_panel_of_a_call_finds_without_saving_it_and_keeps_what_was_typed(
    desk: CheckedClient, database: Session
) -> None:
    answer = desk.post("/desk/new/look-up", data={**CALL, "find": "碳盤查跟查驗有什麼不一樣"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'name="insert_question" value="{QUESTION}"' in page
    assert "想知道碳盤查" in page
    assert re.search(r'name="consent"[^>]*value="counselling_team"[^>]*checked', page)
    assert database.scalars(select(Case)).all() == []


def test_the_answer_to_a_question_is_put_below_what_was_answered_with_its_date(
    desk: CheckedClient, database: Session, runtime: Runtime
) -> None:
    known = runtime.knowledge.faq[QUESTION]
    by_script = desk.post("/desk/answer-text", query_string={"question": QUESTION}, data=CALL)
    assert known.answer in by_script.get_data(as_text=True)
    assert f"資料日期：{roc_date(known.as_of)}" in by_script.get_data(as_text=True)

    asked = {**CALL, "find": "碳盤", "answer": "您好", "insert_question": QUESTION}
    page = desk.post("/desk/new/answer-text", data=asked).get_data(as_text=True)
    typed = unescape(re.search(r'<textarea[^>]*id="answer"[^>]*>\s*(.*?)</textarea>', page, re.S)[1])  # type: ignore[index]
    assert typed == f"您好\n\n{by_script.get_data(as_text=True)}"
    assert 'name="find" value="碳盤"' in page
    assert database.scalars(select(Case)).all() == []


def test_a_question_that_is_not_known_is_not_found(desk: CheckedClient) -> None:
    assert desk.post("/desk/answer-text", query_string={"question": "no_such"}, data=CALL).status_code == 404
