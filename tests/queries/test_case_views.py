"""The desk's page of a case, the enterprise's page of it, and the facts that routing asks for."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.conversation import MessageKind
from helpdesk.policy.deadlines import ClockState
from helpdesk.policy.lifecycle import allowed
from helpdesk.policy.referral_lifecycle import DeclineReason, ReferralEvent
from helpdesk.policy.submission import ContactFacts
from helpdesk.queries import case_status
from helpdesk.queries.case_page import CasePage, case_page
from helpdesk.queries.clock_rows import by_urgency, clock_row
from helpdesk.queries.routing_facts import routing_facts
from helpdesk.runtime import Runtime
from helpdesk.services import casework, sla_clocks
from knowledge_base.records.vocabulary import Metric
from tests import builders
from tests.conftest import NOW

HOUR = timedelta(hours=1)
RAW = f"  {builders.TEXT}\r\n第二行 "


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    made = builders.sorted_case(session, runtime, account=agent, now=NOW, text=RAW)
    casework.answer(session, made, "給業者的回覆", account=agent, equipment=runtime, now=NOW + HOUR)
    casework.note(session, made, "內部註記", account=agent, now=NOW + HOUR)
    casework.hear(session, made, "業者的補充", equipment=runtime, now=NOW + 2 * HOUR)
    return made


def page(session: Session, runtime: Runtime, case: Case) -> CasePage:
    shown = case_page(session, case.number, calendar=runtime.calendar, now=NOW + 3 * HOUR)
    assert shown is not None
    return shown


def test_the_desk_sees_the_text_as_it_came_and_every_line_newest_first_with_its_words(
    session: Session, runtime: Runtime, case: Case
) -> None:
    shown = page(session, runtime, case)
    assert shown.text == RAW
    assert (shown.version, shown.allowed) == (case.event_count, allowed(case.status))
    assert [entry.sequence for entry in shown.timeline] == list(range(case.event_count, 0, -1))
    assert [(e.message_kind, e.body) for e in shown.timeline if e.body] == [
        (MessageKind.ENQUIRER, "業者的補充"),
        (MessageKind.NOTE, "內部註記"),
        (MessageKind.ANSWER, "給業者的回覆"),
    ]
    running = [row.is_running for row in shown.clocks]
    assert running == sorted(running, reverse=True)


def test_what_an_event_of_a_referral_said_stands_in_its_line(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    given = {"reason": DeclineReason.OTHER, "text": "人手不足"}
    builders.answered(session, runtime, referral, [ReferralEvent.DECLINE], now=NOW, given=given)
    line = next(e for e in page(session, runtime, case).timeline if e.kind == "referral.declined")
    assert (line.body, line.referral_id) == ("人手不足", referral.id)


def test_the_enterprises_other_cases_are_beside_it(session: Session, runtime: Runtime, case: Case) -> None:
    other = builders.case(session, runtime, now=NOW)
    assert [c.number for c in page(session, runtime, case).other_cases] == [other.number]


def test_an_unknown_number_has_no_page(session: Session, runtime: Runtime) -> None:
    assert case_page(session, "C115-999999-9", calendar=runtime.calendar, now=NOW) is None


def test_the_enterprise_reads_the_conversation_in_order_without_notes(
    session: Session, runtime: Runtime, case: Case
) -> None:
    shown = case_status.status_page(session, case, calendar=runtime.calendar, now=NOW)
    assert [message.body for message in shown.messages] == ["給業者的回覆", "業者的補充"]
    assert {row.metric for row in shown.promises} == {Metric.RESOLUTION}


def test_the_enterprise_hears_of_organisations_that_act_and_not_of_refusals(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)

    def told() -> list[int]:
        shown = case_status.status_page(session, case, calendar=runtime.calendar, now=NOW)
        return [r.id for r in shown.referrals]

    assert told() == [referral.id]
    given = {"reason": DeclineReason.AT_CAPACITY}
    builders.answered(session, runtime, referral, [ReferralEvent.DECLINE], now=NOW, given=given)
    assert told() == []


@pytest.mark.parametrize(
    ("contact", "fits", "fits_not"),
    [
        (ContactFacts("甲", "+886900000123", None), ["123"], ["", "23", "0123", "124", "+886900000123"]),
        (ContactFacts("甲", "+886423587591#12", None), ["591"], ["#12", "112", "12"]),
        (ContactFacts("甲", None, "A@Example.com"), ["a@example.com", "A@EXAMPLE.COM"], ["", "com", "a@"]),
        (ContactFacts("甲", None, None), [], ["", "123", "None"]),
    ],
)
def test_a_number_opens_a_case_only_with_its_second_fact(
    session: Session, runtime: Runtime, contact: ContactFacts, fits: list[str], fits_not: list[str]
) -> None:
    made = builders.case(session, runtime, now=NOW, contact=contact)
    for fact in fits:
        assert case_status.by_number_and_fact(session, made.number, fact) is made
    for fact in fits_not:
        assert case_status.by_number_and_fact(session, made.number, fact) is None
    assert case_status.by_number_and_fact(session, "C115-999999-9", "123") is None


@pytest.mark.parametrize(
    ("hours", "state", "words"),
    [(0, ClockState.RUNNING, "剩"), (3.5, ClockState.DUE_SOON, "剩"), (72, ClockState.BREACHED, "逾期")],
)
def test_a_clock_says_its_state_and_what_is_left_in_words(
    session: Session, runtime: Runtime, hours: float, state: ClockState, words: str
) -> None:
    case = builders.case(session, runtime, now=NOW)
    clock = next(c for c in sla_clocks.open_clocks(session, case) if c.metric is Metric.FIRST_RESPONSE)
    row = clock_row(clock, runtime.calendar, now=NOW + timedelta(hours=hours))
    assert row.state is state
    assert words in row.words


def test_running_clocks_come_first_nearest_due_first_waiting_ones_after_them(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    casework.answer(session, case, "？", asks=True, account=agent, equipment=runtime, now=NOW)
    sla_clocks.start(session, case, (Metric.CALLBACK, Metric.TRIAGE), equipment=runtime, now=NOW)
    session.flush()
    clocks = session.query(ServiceClock).all()
    ordered = by_urgency(clock_row(c, runtime.calendar, now=NOW) for c in clocks)
    assert [row.state for row in ordered] == [ClockState.RUNNING] * 2 + [ClockState.PAUSED] + [
        ClockState.MET
    ] * 2


def test_routing_asks_for_facts_of_the_enterprise_the_consents_and_who_was_tried(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    builders.offered(session, runtime, case, account=agent, now=NOW)
    facts = routing_facts(session, case, runtime.knowledge, now=NOW)
    assert (facts.county, facts.sector, facts.regular_employees) == ("臺中市", "機械", 35)
    assert len(facts.consented) == 3
    assert facts.tried == {"pmc"}
    assert facts.advised_by == {}


@pytest.mark.parametrize(("years", "named"), [(2, True), (4, False)])
def test_counselling_is_remembered_for_three_years(
    session: Session, runtime: Runtime, agent: Account, years: int, named: bool
) -> None:
    before = NOW - timedelta(days=365 * years)
    first = builders.sorted_case(session, runtime, account=agent, now=before)
    referral = builders.offered(session, runtime, first, account=agent, now=before)
    events = [ReferralEvent.ACCEPT, ReferralEvent.COMPLETE]
    builders.answered(session, runtime, referral, events, now=before, given={"outcome": "diagnosis_done"})
    second = builders.sorted_case(session, runtime, account=agent, now=NOW)
    facts = routing_facts(session, second, runtime.knowledge, now=NOW)
    entity = runtime.knowledge.organisations["pmc"].legal_entity
    assert (entity in facts.advised_by) is named
    assert not named or first.number in facts.advised_by[entity]
