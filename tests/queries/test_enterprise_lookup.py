"""Who is calling."""

import pytest
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts
from helpdesk.queries.enterprise_lookup import SHOWN, find_cases
from helpdesk.runtime import Runtime
from helpdesk.services import casework
from tests import builders
from tests.conftest import NOW


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    contact = ContactFacts("林廠長", "+886423587591#12", "lin@example.com")
    return builders.sorted_case(session, runtime, account=agent, now=NOW, contact=contact)


@pytest.mark.parametrize(
    "asked",
    ["{number}", " {number} ", "{lower}", "0000 0011", "０００００011", "04-2358-7591", "04-23587591#12",
     "(04)2358-7591 分機12", "+886 4 2358 7591", "範例精密", "範例精密機械股份有限公司", "範例 精密機械"],
)  # fmt: skip
def test_a_case_is_found_by_its_number_by_tongbian_by_phone_and_by_the_start_of_a_name(
    session: Session, case: Case, asked: str
) -> None:
    given = asked.format(number=case.number, lower=case.number.lower().replace("-", ""))
    assert [found.number for found in find_cases(session, given)] == [case.number]


@pytest.mark.parametrize(
    "asked",
    ["", " ", "範", "精密", "0900000999", "00000029", "C115-999999-9", "%", "_", "範例%", "' OR 1=1", "😀😀"],
)
def test_anything_else_finds_nothing(session: Session, case: Case, asked: str) -> None:
    assert find_cases(session, asked) == []


def test_the_name_is_found_in_either_spelling_of_tai(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, enterprise=EnterpriseFacts(name="臺範例工業有限公司"))
    assert len(find_cases(session, "台範例")) == len(find_cases(session, "臺範例工業")) == 1


def test_open_cases_come_first_then_the_newest_and_twenty_at_most(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    made = [
        builders.sorted_case(session, runtime, account=agent, now=NOW, text=builders.TEXT)
        for _ in range(SHOWN + 2)
    ]
    casework.resolve(session, made[-1], summary="好", account=agent, equipment=runtime, now=NOW)
    found = [case.number for case in find_cases(session, "00000011")]
    assert found == [case.number for case in reversed(made[1:-1])][:SHOWN]
    few = [case.number for case in find_cases(session, made[-1].number)]
    assert few == [made[-1].number]
