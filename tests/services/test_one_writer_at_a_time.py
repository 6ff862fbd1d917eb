"""Several people change one case at once: its history stays one unbroken chain, nobody is turned away."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.referral import Referral
from helpdesk.policy.events import EventKind
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import (
    IllegalReferralEvent,
    ReferralEvent,
    ReferralStatus,
)
from helpdesk.runtime import Runtime
from helpdesk.services import accounts, casework, consents, sweep
from helpdesk.services.referrals import acting
from helpdesk.services.timeline import ENQUIRER, FIRST_HASH, Actor, chained_hash, record
from tests import builders
from tests.conftest import NOW, PASSWORD
from tests.services.together import together

LATE = NOW + timedelta(days=40)
on_postgresql = pytest.mark.parametrize(
    "committing_engine", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


@pytest.fixture
def sessions(committing_engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(committing_engine)


@pytest.fixture
def number(sessions: sessionmaker[Session], runtime: Runtime) -> str:
    """A sorted case, offered to an organisation."""
    with sessions.begin() as session:
        account = accounts.add_account(
            session, email="agent@example.com", display_name="專員甲", role=Role.AGENT, password=PASSWORD,
            organisation=None, equipment=runtime, now=NOW,
        )  # fmt: skip
        case = builders.sorted_case(session, runtime, account=account, now=NOW)
        builders.offered(session, runtime, case, account=account, now=NOW)
        return case.number


def check_chain(sessions: sessionmaker[Session], number: str) -> int:
    with sessions() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        previous = FIRST_HASH
        lines = session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.sequence)
        ).all()
        for line in lines:
            assert line.previous_hash == previous
            assert chained_hash(line, number) == line.hash
            previous = line.hash
        assert (case.event_count, case.event_hash) == (len(lines), previous)
        return len(lines)


def test_agent_enterprise_and_organisation_write_at_once_and_every_line_is_kept(
    sessions: sessionmaker[Session], runtime: Runtime, number: str
) -> None:
    before = check_chain(sessions, number)

    def agent() -> None:
        with sessions.begin() as session:
            account = session.scalars(select(Account)).one()
            casework.note(session, casework.locked(session, number), "註記", account=account, now=NOW)

    def enterprise() -> None:
        with sessions.begin() as session:
            case = casework.locked(session, number)
            casework.hear(session, case, "補充", equipment=runtime, now=NOW)

    def organisation() -> None:
        with sessions.begin() as session:
            referral = acting.locked(session, 1, organisation="pmc")
            record(session, referral.case, EventKind.REFERRAL_VIEWED, actor=Actor("窗口"), now=NOW,
                   referral=referral)  # fmt: skip

    assert together(*[agent, enterprise, organisation] * 3) == []
    assert check_chain(sessions, number) == before + 9


@on_postgresql
def test_what_is_locked_is_read_as_it_is_now_also_by_who_read_it_before(
    sessions: sessionmaker[Session], runtime: Runtime, number: str
) -> None:
    with sessions() as early:
        case = early.scalars(select(Case)).one()
        referral = early.get_one(Referral, 1)
        with sessions.begin() as session:
            builders.answered(session, runtime, acting.locked(session, 1), [ReferralEvent.ACCEPT], now=NOW)
        assert acting.locked(early, 1) is referral
        assert referral.status is ReferralStatus.ACCEPTED
        record(early, case, EventKind.REFERRAL_VIEWED, actor=ENQUIRER, now=NOW)
        early.commit()
    check_chain(sessions, number)


@on_postgresql
def test_a_sweep_leaves_a_case_that_somebody_is_changing_to_the_next_pass(
    sessions: sessionmaker[Session], runtime: Runtime, number: str
) -> None:
    with sessions.begin() as agent:
        casework.locked(agent, number)
        with sessions.begin() as session:
            assert sweep.sweep(session, equipment=runtime, now=LATE).looked_at == 0
    with sessions.begin() as session:
        assert sweep.sweep(session, equipment=runtime, now=LATE).looked_at > 1


@on_postgresql
def test_two_sweepers_never_hold_clocks_of_the_same_case(
    sessions: sessionmaker[Session], runtime: Runtime, number: str
) -> None:
    with sessions.begin() as first, sessions.begin() as second:
        assert sweep.sweep(first, equipment=runtime, now=LATE, limit=1).looked_at == 1
        assert sweep.sweep(second, equipment=runtime, now=LATE).looked_at == 0
    check_chain(sessions, number)


def test_an_answer_a_withdrawal_and_a_sweep_never_wait_for_each_other_in_a_circle(
    sessions: sessionmaker[Session], runtime: Runtime, number: str
) -> None:
    def accept() -> None:
        with sessions.begin() as session:
            referral = acting.locked(session, 1, organisation="pmc")
            builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=LATE)

    def withdraw() -> None:
        with sessions.begin() as session:
            case = casework.locked(session, number)
            consents.withdraw(session, case, actor=ENQUIRER, now=LATE)
            acting.end_all(session, case, text="撤回", actor=ENQUIRER, equipment=runtime, now=LATE)

    def expire() -> None:
        with sessions.begin() as session:
            sweep.sweep(session, equipment=runtime, now=LATE)

    raised = together(accept, withdraw, expire, expire)
    assert all(isinstance(error, IllegalReferralEvent) for error in raised), raised
    with sessions() as session:
        ended = {ReferralStatus.CANCELLED, ReferralStatus.RECALLED, ReferralStatus.EXPIRED}
        assert session.get_one(Referral, 1).status in ended
    check_chain(sessions, number)
