"""Who held a case how long, read from the history that the services write."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.policy.business_time import worked
from helpdesk.policy.referral_lifecycle import DeclineReason, Outcome, ReferralEvent, Side
from helpdesk.queries.stage_times import StageTimes, stage_times_of
from helpdesk.runtime import Runtime
from helpdesk.services import casework
from helpdesk.services.referrals import acting
from helpdesk.services.timeline import acting as actor_of
from tests import builders
from tests.policy.working_time import taipei

E = ReferralEvent
HOUR = timedelta(hours=1)
OPENED = taipei("2026-11-24T08:30").astimezone(UTC)
DONE = {"outcome": Outcome.DIAGNOSIS_DONE, "reason": DeclineReason.AT_CAPACITY, "suggested": "itri"}


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    return builders.sorted_case(session, runtime, account=agent, now=OPENED)


def stages(session: Session, runtime: Runtime, case: Case, *, hours: float) -> StageTimes:
    session.flush()
    return stage_times_of(
        session, case, calendar=runtime.calendar, knowledge=runtime.knowledge, now=OPENED + hours * HOUR
    )


def amounts(found: StageTimes) -> dict[str, float]:
    """Return the hours of each holder, in order."""
    return {row.holder: row.amount / HOUR for row in found.rows}


def offer(
    session: Session, runtime: Runtime, agent: Account, case: Case, slug: str, hours: float
) -> Referral:
    return builders.offered(
        session, runtime, case, account=agent, now=OPENED + hours * HOUR, organisation=slug
    )


def answer(
    session: Session, runtime: Runtime, referral: Referral, event: ReferralEvent, at: datetime
) -> None:
    builders.answered(
        session, runtime, referral, [event], now=at, given={**DONE, "until_on": (at + 72 * HOUR).date()}
    )


def test_a_case_just_opened_is_the_desks_and_took_no_time(
    session: Session, runtime: Runtime, case: Case
) -> None:
    found = stages(session, runtime, case, hours=0)
    assert (found.rows, found.held, found.total_words) == ((), (), "0 分")


def test_desk_organisation_and_enquirer_add_up_to_the_case(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = offer(session, runtime, agent, case, "pmc", 1)
    answer(session, runtime, referral, E.ACCEPT, OPENED + 2 * HOUR)
    answer(session, runtime, referral, E.START, OPENED + 3 * HOUR)
    answer(session, runtime, referral, E.HOLD, OPENED + 4 * HOUR)
    casework.answer(
        session, case, "請補充", asks=True, account=agent, equipment=runtime, now=OPENED + 5 * HOUR
    )
    casework.hear(session, case, "補充", equipment=runtime, now=OPENED + 6 * HOUR)
    answer(session, runtime, referral, E.RESUME, OPENED + 7 * HOUR)
    answer(session, runtime, referral, E.COMPLETE, OPENED + 8 * HOUR)
    found = stages(session, runtime, case, hours=9)
    pmc = runtime.knowledge.organisations["pmc"].short_name
    assert amounts(found) == {"服務窗口": 2, pmc: 6, "業者": 1}
    assert [each.holders for each in found.held] == ["服務窗口", pmc, "業者", pmc, "服務窗口"]
    assert found.total == worked(runtime.calendar, OPENED, OPENED + 9 * HOUR)
    assert [row.percent for row in found.rows] == [22, 66, 12]
    assert (found.total_words, found.rows[1].words) == ("9 小時", "6 小時")


def test_two_organisations_at_once_share_the_time_and_each_row_says_so(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    offer(session, runtime, agent, case, "pmc", 1)
    offer(session, runtime, agent, case, "itri", 3)
    found = stages(session, runtime, case, hours=8)
    pmc, itri = (runtime.knowledge.organisations[slug].short_name for slug in ("pmc", "itri"))
    assert amounts(found) == {"服務窗口": 1, pmc: 4.5, itri: 2.5}
    assert [row.shared for row in found.rows] == ["", "2 小時 30 分", "2 小時 30 分"]
    assert found.held[-1].holders == f"{pmc}、{itri}"


def test_a_referral_returned_and_offered_again_is_held_again(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = offer(session, runtime, agent, case, "pmc", 1)
    answer(session, runtime, referral, E.RETURN, OPENED + 2 * HOUR)
    acting.apply(
        session, referral, E.RESUBMIT, {}, sides=frozenset({Side.DESK}), actor=actor_of(agent),
        equipment=runtime, now=OPENED + 4 * HOUR,
    )  # fmt: skip
    assert list(amounts(stages(session, runtime, case, hours=7)).values()) == [3, 4]


def test_nobody_holds_a_case_between_its_resolution_and_its_reopening(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.resolve(session, case, summary="完成", account=agent, equipment=runtime, now=OPENED + 2 * HOUR)
    assert amounts(stages(session, runtime, case, hours=8)) == {"服務窗口": 2}
    casework.reopen(session, case, account=agent, equipment=runtime, now=OPENED + 5 * HOUR)
    found = stages(session, runtime, case, hours=8)
    assert amounts(found) == {"服務窗口": 5}
    assert [each.words for each in found.held] == ["2 小時", "3 小時"]


def test_rows_shown_to_the_minute_add_up_to_the_total_shown(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = offer(session, runtime, agent, case, "pmc", 1 + 40 / 3600)
    answer(session, runtime, referral, E.DECLINE, OPENED + 2 * HOUR + timedelta(seconds=20))
    found = stages(session, runtime, case, hours=25)
    assert [row.words for row in found.rows] == ["1 工作天", "1 小時"]
    assert found.total_words == "1 工作天 1 小時"
    assert sum(row.percent for row in found.rows) == 100
