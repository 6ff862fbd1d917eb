"""The case page shows who asks as known and as stated, and lets an agent put it right."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts
from helpdesk.runtime import Runtime
from helpdesk.services import casework
from knowledge_base import loader
from knowledge_base.records.vocabulary import Fact, Urgency
from tests import builders
from tests.checked_client import CheckedClient

KNOWN = {
    "ubn": "00000011", "name": "範例精密機械股份有限公司", "county": "臺中市", "sector": "機械",
    "regular_employees": "35", "contact_name": "王小姐", "phone": "0900 000 123", "email": "",
}  # fmt: skip
STATED = "這次來件填的是"
CORRECTED = "更正了"


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


@pytest.fixture
def make(database: Session, runtime: Runtime, desk: CheckedClient) -> Callable[..., Case]:
    def call(**changes: Any) -> Case:
        made = builders.case(database, runtime, now=clock.now(), **changes)
        database.commit()
        return made

    return call


def page_of(desk: CheckedClient, case: Case) -> str:
    return str(desk.get(f"/desk/cases/{case.number}").get_data(as_text=True))


def filled_in(page: str) -> dict[str, str]:
    """Return what the form holds, as a browser would send it."""
    texts = {}
    for tag in re.findall(r'<input [^>]*id="parties-[^>]*>', page):
        found = re.search(r'name="(\w+)".* value="([^"]*)"', tag)
        assert found
        texts[found.group(1)] = found.group(2)
    for name, inside in re.findall(r'<select [^>]*id="parties-(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r"<option selected>([^<]*)<", inside)
        texts[name] = chosen.group(1) if chosen else ""
    return texts


def correct(desk: CheckedClient, case: Case, **values: str) -> Any:
    data = {"version": case.event_count, **filled_in(page_of(desk, case)), **values}
    return desk.post(f"/desk/cases/{case.number}/parties", data=data)


def fresh(database: Session, case: Case) -> Case:
    database.rollback()
    database.expire_all()
    return database.get_one(Case, case.id)


def test_the_form_opens_with_what_is_known_and_sent_as_it_is_changes_nothing(
    desk: CheckedClient, database: Session, make: Callable[..., Case]
) -> None:
    case = make()
    assert filled_in(page_of(desk, case)) == KNOWN
    answer = correct(desk, case)
    assert answer.status_code == 302
    assert CORRECTED not in page_of(desk, case)
    assert fresh(database, case).event_count == case.event_count


def test_a_case_without_a_name_is_given_one_and_the_history_says_which_fields_alone(
    desk: CheckedClient, database: Session, make: Callable[..., Case]
) -> None:
    case = make(enterprise=EnterpriseFacts(), contact=ContactFacts(None, "+886422220000#12", None))
    correct(desk, case, name="範例鑄造廠", sector="機械", contact_name="陳廠長", phone="0900-000-456")
    corrected = fresh(database, case)
    assert corrected.enterprise is not None
    assert (corrected.enterprise.name, corrected.contact.phone) == ("範例鑄造廠", "+886900000456")
    assert "更正了名稱、行業、聯絡人、電話" in page_of(desk, case)


def test_every_slip_is_shown_at_its_field_at_once_and_what_was_typed_stays(
    desk: CheckedClient, database: Session, make: Callable[..., Case]
) -> None:
    case = make()
    wrong = {
        **KNOWN,
        "ubn": "1",
        "county": "火星",
        "regular_employees": "很多",
        "phone": "12",
        "email": "不是",
    }
    answer = correct(desk, case, **{**wrong, "name": "打到一半"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("ubn", "county", "regular_employees", "phone", "email"):
        assert f'href="#parties-{field}"' in page
        assert f'id="parties-{field}-error"' in page
    assert filled_in(page) == {**wrong, "county": "", "name": "打到一半"}
    assert re.search(r'<details class="confirm" open>\s*<summary[^>]*>更正業者資料', page)
    assert fresh(database, case).event_count == case.event_count


def test_a_form_older_than_the_case_is_shown_again_with_what_was_typed(
    desk: CheckedClient, make: Callable[..., Case]
) -> None:
    case = make()
    correct(desk, case, phone="0900000789")
    answer = desk.post(f"/desk/cases/{case.number}/parties", data={**KNOWN, "version": 1, "name": "後到的"})
    assert answer.status_code == 409
    assert filled_in(answer.get_data(as_text=True))["name"] == "後到的"


def test_what_came_in_differently_is_shown_beside_what_is_known_until_it_is_the_same(
    desk: CheckedClient, make: Callable[..., Case]
) -> None:
    first = make()
    second = make(enterprise=EnterpriseFacts("00000011", None, "臺南市", "機械", 0))
    assert STATED not in page_of(desk, first)
    assert f"{STATED}：縣市 臺南市、員工人數 0<" in page_of(desk, second)
    correct(desk, second, county="臺南市", regular_employees="0")
    assert STATED not in page_of(desk, second)
    assert f"{STATED}：縣市 臺中市、員工人數 35<" in page_of(desk, first)


FACTORY_REGISTRATION = loader.load().facts[Fact.FACTORY_REGISTRATION].choices


@pytest.mark.parametrize(("value", "words"), [(c.value, c.label) for c in FACTORY_REGISTRATION])
def test_the_desk_reads_of_the_factory_registration_what_the_enterprise_chose(
    desk: CheckedClient, make: Callable[..., Case], value: str, words: str
) -> None:
    page = page_of(desk, make(facts={"factory_registration": value}))
    assert f"已知 1 項：工廠登記 {words}<" in page


def test_a_case_that_was_not_asked_shows_no_factory_registration(
    desk: CheckedClient, make: Callable[..., Case]
) -> None:
    assert "已知 1 項" not in page_of(desk, make())


def test_a_correction_of_the_case_itself_still_shows_before_and_after(
    desk: CheckedClient, database: Session, runtime: Runtime, make: Callable[..., Case]
) -> None:
    case = make()
    agent = database.scalars(select(Account)).one()
    casework.correct_details(
        database, case, urgency=Urgency.URGENT, theme=None, measure=None, wants_verification=False,
        account=agent, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    database.commit()
    assert "急迫：一般 → 急件" in page_of(desk, case)
