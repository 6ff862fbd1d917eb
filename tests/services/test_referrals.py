"""Offering, answering, giving back: the referral's use cases on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.outbox import Notification
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.referral_lifecycle import (
    DeclineReason,
    IllegalReferralEvent,
    MissingPart,
    Outcome,
    ReferralEvent,
    ReferralStatus,
    Side,
)
from helpdesk.policy.routing import Exclusion
from helpdesk.runtime import Runtime
from helpdesk.services import consents, sweep
from helpdesk.services.referrals import acting, offering
from helpdesk.services.timeline import ENQUIRER
from helpdesk.services.timeline import acting as actor_of
from knowledge_base.records.vocabulary import Metric
from tests import builders
from tests.conftest import NOW

HOUR = timedelta(hours=1)
DECLINED = {"reason": DeclineReason.AT_CAPACITY}


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    return builders.sorted_case(session, runtime, account=agent, now=NOW)


@pytest.fixture
def referral(session: Session, runtime: Runtime, agent: Account, case: Case) -> Referral:
    return builders.offered(session, runtime, case, account=agent, now=NOW)


def running(session: Session, case: Case) -> set[Metric]:
    found = select(ServiceClock.metric).where(
        ServiceClock.case_id == case.id, ServiceClock.met_at.is_(None), ServiceClock.cancelled_at.is_(None)
    )
    return set(session.scalars(found))


def test_an_offer_starts_the_organisations_clock_and_tells_its_people(
    session: Session, runtime: Runtime, case: Case, referral: Referral
) -> None:
    assert (referral.status, case.status) == (ReferralStatus.OFFERED, CaseStatus.REFERRED)
    assert Metric.REFERRAL_ACCEPTANCE in running(session, case)
    assert referral.reasons
    line = session.scalars(select(CaseEvent).where(CaseEvent.kind == "referral.offered")).one()
    assert line.data["organisation"] == "pmc"


def test_an_organisation_that_is_no_candidate_is_refused_with_the_reasons(
    session: Session, runtime: Runtime, agent: Account, case: Case, referral: Referral
) -> None:
    for organisation, because in (("firdi", Exclusion.SECTOR), ("pmc", Exclusion.ALREADY_OFFERED)):
        with pytest.raises(offering.NotACandidate) as refused:
            builders.offered(session, runtime, case, account=agent, now=NOW, organisation=organisation)
        assert because in refused.value.because


def test_nothing_is_offered_without_consent(session: Session, runtime: Runtime, agent: Account) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW, consent=frozenset())
    with pytest.raises(offering.NotACandidate) as refused:
        builders.offered(session, runtime, case, account=agent, now=NOW)
    assert Exclusion.NO_CONSENT in refused.value.because


def test_the_whole_way_of_a_good_referral(
    session: Session, runtime: Runtime, agent: Account, case: Case, referral: Referral
) -> None:
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW + HOUR)
    assert Metric.FIRST_CONTACT in running(session, case)
    builders.answered(
        session, runtime, referral, [ReferralEvent.START, ReferralEvent.PROGRESS], now=NOW + 2 * HOUR
    )
    assert {Metric.PROGRESS, Metric.RESOLUTION} <= running(session, case)
    given = {"outcome": Outcome.DIAGNOSIS_DONE, "figures": {"reduction_tonnes": 200}}
    builders.answered(session, runtime, referral, [ReferralEvent.COMPLETE], now=NOW + 3 * HOUR, given=given)
    assert (referral.status, referral.outcome) == (ReferralStatus.COMPLETED, Outcome.DIAGNOSIS_DONE)
    assert referral.outcome_figures == {"reduction_tonnes": 200}
    assert case.status is CaseStatus.OPEN
    assert not {Metric.REFERRAL_ACCEPTANCE, Metric.FIRST_CONTACT, Metric.PROGRESS} & running(session, case)


def test_a_declined_offer_returns_to_the_desk_with_the_next_candidate(
    session: Session, runtime: Runtime, case: Case, referral: Referral
) -> None:
    builders.answered(session, runtime, referral, [ReferralEvent.DECLINE], now=NOW + HOUR, given=DECLINED)
    assert case.status is CaseStatus.OPEN
    assert Metric.TRIAGE in running(session, case)
    ranked = offering.propose(session, case, equipment=runtime, now=NOW).ranked
    assert ranked
    assert "pmc" not in {c.slug for c in ranked}


def test_after_three_refused_offers_a_supervisor_decides(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    for _ in range(3):
        following = offering.propose(session, case, equipment=runtime, now=NOW).ranked[0].slug
        made = builders.offered(session, runtime, case, account=agent, now=NOW, organisation=following)
        builders.answered(session, runtime, made, [ReferralEvent.DECLINE], now=NOW, given=DECLINED)
    following = offering.propose(session, case, equipment=runtime, now=NOW).ranked[0].slug
    with pytest.raises(offering.NeedsSupervisor):
        builders.offered(session, runtime, case, account=agent, now=NOW, organisation=following)
    made = offering.offer(
        session, case, following, need="x", actor=actor_of(agent), equipment=runtime, now=NOW, overrule=True
    )
    assert made.status is ReferralStatus.OFFERED


def test_what_is_returned_can_be_offered_again_but_three_times_in_all(
    session: Session, runtime: Runtime, agent: Account, case: Case, referral: Referral
) -> None:
    desk = {"sides": frozenset({Side.DESK}), "actor": actor_of(agent), "equipment": runtime, "now": NOW}
    for offers in (2, 3):
        builders.answered(session, runtime, referral, [ReferralEvent.RETURN], now=NOW, given=DECLINED)
        acting.apply(session, referral, ReferralEvent.RESUBMIT, {"text": "補了"}, **desk)
        assert (referral.offers, referral.status) == (offers, ReferralStatus.OFFERED)
        assert case.status is CaseStatus.REFERRED
    builders.answered(session, runtime, referral, [ReferralEvent.RETURN], now=NOW, given=DECLINED)
    with pytest.raises(IllegalReferralEvent):
        acting.apply(session, referral, ReferralEvent.RESUBMIT, {"text": "再補"}, **desk)


def test_a_hold_stops_the_first_contact_and_ends_by_itself(
    session: Session, runtime: Runtime, case: Case, referral: Referral
) -> None:
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW)
    contact = builders.clock_of(session, case, Metric.FIRST_CONTACT)
    due = contact.due_at
    until = date(2026, 11, 25)
    builders.answered(
        session, runtime, referral, [ReferralEvent.HOLD], now=NOW + HOUR, given={"until_on": until}
    )
    assert contact.due_at is None
    assert sweep.resume_holds(session, equipment=runtime, now=NOW + 2 * HOUR) == 0
    later = NOW + timedelta(days=2)
    assert sweep.resume_holds(session, equipment=runtime, now=later) == 1
    assert referral.status is ReferralStatus.ACCEPTED
    assert contact.due_at > due


def test_a_hold_of_more_than_twenty_working_days_is_refused(
    session: Session, runtime: Runtime, referral: Referral
) -> None:
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW)
    with pytest.raises(acting.HoldTooLong):
        builders.answered(
            session, runtime, referral, [ReferralEvent.HOLD], now=NOW, given={"until_on": date(2027, 1, 15)}
        )


def test_the_same_event_twice_acts_once(
    session: Session, runtime: Runtime, case: Case, referral: Referral
) -> None:
    for _ in range(2):
        acting.apply(
            session, referral, ReferralEvent.ACCEPT, {}, sides=builders.TARGET, actor=ENQUIRER,
            equipment=runtime, now=NOW, event_key="page:1",
        )  # fmt: skip
    assert len(session.scalars(select(CaseEvent).where(CaseEvent.kind == "referral.accepted")).all()) == 1


def test_an_illegal_event_an_incomplete_one_and_one_of_the_other_side_are_refused(
    session: Session, runtime: Runtime, referral: Referral
) -> None:
    with pytest.raises(IllegalReferralEvent):
        builders.answered(session, runtime, referral, [ReferralEvent.COMPLETE], now=NOW)
    with pytest.raises(MissingPart, match="reason"):
        builders.answered(session, runtime, referral, [ReferralEvent.DECLINE], now=NOW)
    with pytest.raises(acting.NotYours):
        builders.answered(session, runtime, referral, [ReferralEvent.RECALL], now=NOW)


def test_withdrawn_consent_ends_the_open_referrals_in_the_same_breath(
    session: Session, runtime: Runtime, case: Case, referral: Referral
) -> None:
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW)
    assert consents.withdraw(session, case, actor=ENQUIRER, now=NOW)
    assert acting.end_all(session, case, text="撤回", actor=ENQUIRER, equipment=runtime, now=NOW) == 1
    assert referral.status is ReferralStatus.CANCELLED
    assert consents.valid_kinds(session, case) == frozenset()
    assert not consents.withdraw(session, case, actor=ENQUIRER, now=NOW)


def test_who_counselled_the_enterprise_may_not_verify_it_afterwards(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    metal = builders.submission().enterprise
    facts = type(metal)(metal.ubn, metal.name, "高雄市", "金屬製品", 35)
    first = builders.sorted_case(session, runtime, account=agent, now=NOW, enterprise=facts)
    counselled = builders.offered(session, runtime, first, account=agent, now=NOW, organisation="mirdc")
    builders.answered(session, runtime, counselled, [ReferralEvent.ACCEPT, ReferralEvent.START], now=NOW)
    second = builders.sorted_case(
        session, runtime, account=agent, now=NOW, enterprise=facts, wants_verification=True
    )
    found = offering.propose(session, second, equipment=runtime, now=NOW)
    excluded = next(e for e in found.excluded if e.slug == "mirdc_verification")
    assert Exclusion.IMPARTIALITY in excluded.because
    assert first.number in excluded.detail


def test_the_organisations_people_get_a_mail_that_names_nobody(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    from helpdesk.policy.permissions import Role
    from helpdesk.services import accounts

    accounts.add_account(
        session, email="pmc@example.com", display_name="窗口", role=Role.PARTNER, password="x" * 12,
        organisation="pmc", equipment=runtime, now=NOW,
    )  # fmt: skip
    builders.offered(session, runtime, case, account=agent, now=NOW)
    mail = session.scalars(select(Notification).where(Notification.recipient == "pmc@example.com")).one()
    assert "範例精密" not in mail.body
    assert "/partner/referrals/" in mail.body


def test_a_suggestion_is_a_draft_that_the_desk_offers_or_not(
    session: Session, runtime: Runtime, agent: Account, case: Case, referral: Referral
) -> None:
    suggested = {"reason": DeclineReason.OUT_OF_SCOPE, "suggested": "mirdc"}
    builders.answered(session, runtime, referral, [ReferralEvent.REFER_ON], now=NOW, given=suggested)
    assert (referral.status, case.status) == (ReferralStatus.REFERRED_ON, CaseStatus.OPEN)
    child = session.scalars(select(Referral).where(Referral.parent_id == referral.id)).one()
    assert (child.organisation, child.status, child.offers) == ("mirdc", ReferralStatus.DRAFT, 0)
    assert acting.locked(session, child.id, organisation="mirdc") is None
    acting.apply(
        session, child, ReferralEvent.OFFER, {}, sides=frozenset({Side.DESK}), actor=actor_of(agent),
        equipment=runtime, now=NOW + HOUR,
    )  # fmt: skip
    assert (child.status, child.offers, case.status) == (ReferralStatus.OFFERED, 1, CaseStatus.REFERRED)
    assert Metric.REFERRAL_ACCEPTANCE in running(session, case)


def test_a_suggestion_that_does_not_fit_is_not_offered_and_nobody_suggests_itself(
    session: Session, runtime: Runtime, agent: Account, case: Case, referral: Referral
) -> None:
    given = {"reason": DeclineReason.OUT_OF_SCOPE, "suggested": "pmc"}
    with pytest.raises(MissingPart, match="suggested"):
        builders.answered(session, runtime, referral, [ReferralEvent.REFER_ON], now=NOW, given=given)
    session.refresh(referral)
    given = {"reason": DeclineReason.OUT_OF_SCOPE, "suggested": "firdi"}
    builders.answered(session, runtime, referral, [ReferralEvent.REFER_ON], now=NOW, given=given)
    child = session.scalars(select(Referral).where(Referral.parent_id == referral.id)).one()
    with pytest.raises(offering.NotACandidate):
        acting.apply(
            session, child, ReferralEvent.OFFER, {}, sides=frozenset({Side.DESK}), actor=actor_of(agent),
            equipment=runtime, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "figure", "value"),
    [
        (Outcome.APPLICATION_SUBMITTED, "submitted_on", "2026-11-20"),
        (Outcome.APPROVED, "approved_ntd", 1_000_000),
    ],
)
def test_some_outcomes_need_their_figure(
    session: Session, runtime: Runtime, referral: Referral, outcome: Outcome, figure: str, value: object
) -> None:
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=NOW)
    with pytest.raises(MissingPart, match=figure):
        builders.answered(
            session, runtime, referral, [ReferralEvent.COMPLETE], now=NOW, given={"outcome": outcome}
        )
    given = {"outcome": outcome, "figures": {figure: value}}
    builders.answered(session, runtime, referral, [ReferralEvent.COMPLETE], now=NOW, given=given)
    assert referral.outcome is outcome


def test_a_word_from_the_enquirer_leaves_a_case_with_the_organisation_that_acts_on_it(
    session: Session, runtime: Runtime, agent: Account, case: Case, referral: Referral
) -> None:
    from helpdesk.services import casework

    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=NOW)
    assert case.status is CaseStatus.WAITING
    casework.hear(session, case, "補充", equipment=runtime, now=NOW + HOUR)
    assert case.status is CaseStatus.REFERRED
