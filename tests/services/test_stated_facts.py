"""What is learnt of an enterprise stays with its case; a referral keeps how it stood when it was offered."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.policy.events import EventKind
from helpdesk.policy.routing import Exclusion
from helpdesk.policy.submission import EnterpriseFacts
from helpdesk.queries.case_facts import declined_of, facts_of
from helpdesk.runtime import Runtime
from helpdesk.services.referrals import offering
from helpdesk.services.stated_facts import choose_measure, record_facts
from knowledge_base.records.vocabulary import Category, Fact, Theme
from tests import builders
from tests.conftest import NOW

SMALL = EnterpriseFacts(name="範例電鍍廠", county="彰化縣", sector="金屬製品", regular_employees=9)


def lines(session: Session, case: Case, kind: EventKind) -> list[CaseEvent]:
    wanted = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == kind)
    return list(session.scalars(wanted.order_by(CaseEvent.sequence)))


def test_facts_come_from_the_enterprise_the_case_and_what_was_said(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.case(session, runtime, now=NOW, enterprise=SMALL, theme=Theme.SMART)
    record_facts(session, case, {"tariff_affected": True, "prc_capital": "unknown"}, account=agent, now=NOW)
    assert facts_of(case, runtime.knowledge) == {
        Fact.COUNTY: "彰化縣",
        Fact.SECTOR: "金屬製品",
        Fact.REGULAR_EMPLOYEES: 9,
        Fact.THEME: "smart",
        Fact.TARIFF_AFFECTED: True,
    }
    assert declined_of(case) == {Fact.PRC_CAPITAL}


def test_the_history_says_which_facts_changed_and_not_what_they_are(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.case(session, runtime, now=NOW, facts={"factory_registration": "managed"})
    said = {"factory_registration": "managed", "bank_rejected": True, "regular_employees": 3}
    assert record_facts(session, case, said, account=agent, now=NOW) == ("bank_rejected",)
    assert record_facts(session, case, said, account=agent, now=NOW) == ()
    assert record_facts(session, case, {}, account=agent, now=NOW) == (
        "factory_registration",
        "bank_rejected",
    )
    session.flush()
    session.expire(case)
    assert case.facts == {}
    assert [line.data for line in lines(session, case, EventKind.CASE_FACTS)] == [
        {"changed": ["bank_rejected"]},
        {"changed": ["factory_registration", "bank_rejected"]},
    ]


def test_a_kept_value_that_its_fact_no_longer_takes_counts_as_unknown(
    session: Session, runtime: Runtime
) -> None:
    case = builders.case(session, runtime, now=NOW, facts={"registration": "guild", "is_branch": False})
    assert facts_of(case, runtime.knowledge).keys() >= {Fact.IS_BRANCH}
    assert Fact.REGISTRATION not in facts_of(case, runtime.knowledge)


@pytest.mark.parametrize("kept", [None, [], ["prc_capital"], "unknown", 0])
def test_what_is_kept_and_is_no_object_says_nothing_and_is_replaced(
    session: Session, runtime: Runtime, agent: Account, kept: Any
) -> None:
    case = builders.case(session, runtime, now=NOW, enterprise=SMALL)
    case.facts = kept
    assert facts_of(case, runtime.knowledge).keys() == {Fact.COUNTY, Fact.SECTOR, Fact.REGULAR_EMPLOYEES}
    assert declined_of(case) == frozenset()
    record_facts(session, case, {"prc_capital": False}, account=agent, now=NOW)
    assert case.facts == {"prc_capital": False}


def test_choosing_a_measure_is_told_once(session: Session, runtime: Runtime, agent: Account) -> None:
    case = builders.case(session, runtime, now=NOW)
    for _ in range(2):
        choose_measure(session, case, "sbir", account=agent, now=NOW)
    assert case.measure == "sbir"
    assert [line.data for line in lines(session, case, EventKind.CASE_DETAILS)] == [
        {"changed": {"measure": [None, "sbir"]}}
    ]


OPEN_DAY = datetime(2025, 3, 19, 3, tzinfo=UTC)
"""The last day but one of the 114 edition's window, eleven in the morning in Taipei."""


def test_a_referral_keeps_how_the_enterprise_stood_when_it_was_offered(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(
        session, runtime, account=agent, now=OPEN_DAY, category=Category.APPLICATION,
        enterprise=replace(SMALL, regular_employees=35), measure="idb10_mfg_case",
        facts={"registration": "company", "bank_rejected": "unknown"},
    )  # fmt: skip
    referral = builders.offered(
        session, runtime, case, account=agent, now=OPEN_DAY, organisation="plan_idb10"
    )
    session.flush()
    session.expire(referral)
    kept = referral.eligibility
    assert kept is not None
    assert (kept["measure"], kept["edition"], kept["window"]) == ("idb10_mfg_case", "114", "open")
    assert kept["result"] == "need_more_info"
    assert kept["facts"] == {"registration": "company", "regular_employees": 35}
    record_facts(session, case, {"bank_rejected": True}, account=agent, now=OPEN_DAY)
    assert referral.eligibility == kept


def test_an_office_of_a_closed_measure_is_not_offered_what_nobody_takes(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(
        session, runtime, account=agent, now=NOW, category=Category.APPLICATION, measure="idb10_mfg_case"
    )
    with pytest.raises(offering.NotACandidate) as refused:
        builders.offered(session, runtime, case, account=agent, now=NOW, organisation="plan_idb10")
    assert refused.value.because == (Exclusion.WINDOW,)
    record_facts(session, case, {"already_subsidised_under_programme": True}, account=agent, now=NOW)
    builders.offered(session, runtime, case, account=agent, now=NOW, organisation="plan_idb10")
