"""An agent puts right who asks: which enterprise it is, and who speaks for it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.policy.events import EventKind
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts
from helpdesk.runtime import Runtime
from helpdesk.services import parties
from tests import builders
from tests.conftest import NOW

MACHINES = EnterpriseFacts("00000011", "範例精密機械股份有限公司", "臺中市", "機械", 35)
FOUNDRY = EnterpriseFacts("00000022", "範例鑄造廠", "彰化縣", "金屬製品", 12)
MISS_WANG = ContactFacts("王小姐", "+886900000123", None)
NOBODY = ContactFacts(None, "+886900000456", None)

Correct = Callable[..., None]


@pytest.fixture
def correct(session: Session, agent: Account) -> Correct:
    def call(case: Case, enterprise: EnterpriseFacts = MACHINES, contact: ContactFacts = MISS_WANG) -> None:
        parties.correct_parties(session, case, enterprise=enterprise, contact=contact, account=agent, now=NOW)
        session.flush()

    return call


@pytest.fixture
def make(session: Session, runtime: Runtime) -> Callable[..., Case]:
    def call(**changes: Any) -> Case:
        return builders.case(session, runtime, now=NOW, **changes)

    return call


def facts(row: Enterprise | None) -> EnterpriseFacts:
    assert row is not None
    return EnterpriseFacts(row.ubn, row.name, row.county, row.sector, row.regular_employees)


def person(row: Contact) -> ContactFacts:
    return ContactFacts(row.name, row.phone, row.email)


def corrections(session: Session, case: Case) -> list[CaseEvent]:
    lines = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == EventKind.CASE_DETAILS)
    return list(session.scalars(lines))


def test_the_agents_word_wins_over_what_was_known_even_when_it_is_blank(
    make: Callable[..., Case], correct: Correct
) -> None:
    case = make()
    row = case.enterprise
    said = EnterpriseFacts("00000011", "範例機械有限公司", "彰化縣", None, 0)
    correct(case, said, ContactFacts("李先生", None, "lee@example.com"))
    assert case.enterprise is row
    assert facts(row) == said
    assert row is not None
    assert row.comparable == "範例機械"
    assert person(case.contact) == ContactFacts("李先生", None, "lee@example.com")


def test_the_next_case_of_the_enterprise_finds_the_corrected_name(
    make: Callable[..., Case], correct: Correct
) -> None:
    case = make(enterprise=EnterpriseFacts(name="打錯的名字"))
    correct(case, EnterpriseFacts(name="範例鑄造廠"))
    assert make(enterprise=EnterpriseFacts(name="範例鑄造廠")).enterprise is case.enterprise


def test_the_tongbian_of_another_enterprise_leads_to_it_and_takes_the_contact_along(
    make: Callable[..., Case], correct: Correct
) -> None:
    foundry = make(enterprise=FOUNDRY, contact=NOBODY).enterprise
    nameless = make(enterprise=EnterpriseFacts(), contact=MISS_WANG)
    assert nameless.enterprise is None
    correct(nameless, EnterpriseFacts(ubn="00000022", regular_employees=15))
    assert nameless.enterprise is nameless.contact.enterprise is foundry
    assert facts(foundry) == EnterpriseFacts("00000022", "範例鑄造廠", "彰化縣", "金屬製品", 15)


def test_what_was_left_as_it_stood_is_no_word_about_the_enterprise_that_the_tongbian_leads_to(
    make: Callable[..., Case], correct: Correct
) -> None:
    foundry = make(enterprise=FOUNDRY, contact=NOBODY).enterprise
    case = make()
    correct(case, EnterpriseFacts("00000022", MACHINES.name, "臺中市", "機械", 35))
    assert case.enterprise is foundry
    assert facts(foundry) == FOUNDRY


@pytest.mark.parametrize("said", [EnterpriseFacts(county="臺南市"), EnterpriseFacts(name="新的業者")])
def test_an_enterprise_that_nobody_named_is_created_with_the_first_fact(
    make: Callable[..., Case], correct: Correct, said: EnterpriseFacts
) -> None:
    case = make(enterprise=EnterpriseFacts())
    correct(case, said)
    assert facts(case.enterprise) == said
    assert case.contact.enterprise is case.enterprise


@pytest.mark.parametrize("said", [FOUNDRY, EnterpriseFacts(name="冒用的人"), EnterpriseFacts()])
def test_a_case_that_used_anothers_tongbian_leaves_it_without_harm(
    make: Callable[..., Case], correct: Correct, said: EnterpriseFacts
) -> None:
    honest, stranger = make(), make(contact=NOBODY)
    assert stranger.enterprise is honest.enterprise
    correct(stranger, said, NOBODY)
    assert facts(honest.enterprise) == MACHINES
    assert facts(stranger.enterprise) == said
    assert stranger.contact.enterprise is stranger.enterprise


def test_a_mistyped_tongbian_of_the_only_case_is_changed_in_place(
    make: Callable[..., Case], correct: Correct
) -> None:
    case = make()
    row = case.enterprise
    correct(case, FOUNDRY)
    assert case.enterprise is row
    assert facts(row) == FOUNDRY


def test_a_corrected_contact_is_this_cases_alone(make: Callable[..., Case], correct: Correct) -> None:
    first, second = make(), make()
    assert first.contact is second.contact
    correct(second, contact=ContactFacts("王小姐", "+886900000789", None))
    assert person(first.contact) == MISS_WANG
    assert person(second.contact) == ContactFacts("王小姐", "+886900000789", None)
    assert second.contact.enterprise is first.enterprise
    own = second.contact
    correct(second, contact=ContactFacts("王經理", "+886900000789", None))
    assert second.contact is own


def test_a_shared_contact_stays_with_the_enterprise_that_the_case_leaves(
    make: Callable[..., Case], correct: Correct
) -> None:
    stays, leaves = make(), make()
    correct(leaves, FOUNDRY)
    assert stays.contact.enterprise is stays.enterprise
    assert person(leaves.contact) == MISS_WANG
    assert leaves.contact.enterprise is leaves.enterprise is not stays.enterprise


def test_the_history_names_the_fields_and_nothing_that_was_in_them(
    session: Session, make: Callable[..., Case], correct: Correct
) -> None:
    case = make()
    correct(
        case,
        EnterpriseFacts("00000011", "改名", "臺中市", "機械", 36),
        ContactFacts("李先生", None, "a@b.tw"),
    )
    (line,) = corrections(session, case)
    assert line.data == {"changed": ["name", "regular_employees", "contact_name", "phone", "email"]}
    assert line.actor_name == "專員甲"


def test_nothing_said_leaves_no_line_and_no_row(
    session: Session, make: Callable[..., Case], correct: Correct
) -> None:
    known, nameless = make(), make(enterprise=EnterpriseFacts())
    correct(known)
    correct(nameless, EnterpriseFacts())
    assert nameless.enterprise is None
    assert corrections(session, known) == corrections(session, nameless) == []
    assert session.scalars(select(Enterprise)).all() == [known.enterprise]
