"""Closures and releases that change while promises run."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.amendment import DeclaredClosure
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.business_time import due_at, working_day
from helpdesk.policy.events import EventKind
from helpdesk.policy.referral_lifecycle import ReferralEvent
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import casework, sweep, terms_changes, terms_proposals, triage
from helpdesk.services.terms_changes import StaleTerms
from helpdesk.services.terms_in_force import Hold
from knowledge_base.records.vocabulary import Category, Metric
from tests import builders
from tests.conftest import NOW
from tests.services.putting_in_force import DAY, HOUR, SUPERVISOR, WEDNESDAY, apply, closed


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    return builders.sorted_case(session, runtime, account=agent, now=NOW)


def test_a_closure_moves_running_promises_by_the_day_it_takes_and_says_so_in_each_case(
    session: Session, runtime: Runtime, case: Case
) -> None:
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    before = resolution.due_at
    change, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_closure(session, closed(WEDNESDAY, WEDNESDAY + DAY), equipment=held),
    )  # fmt: skip
    assert resolution.due_at == due_at(runtime.calendar, before, working_day(runtime.calendar))
    assert resolution.due_at == due_at(after.calendar, NOW, 20 * working_day(after.calendar))
    assert (resolution.terms_version, resolution.calendar_version) == (change.id, after.calendar.version)
    assert case.queue_at == min(
        c.due_at for c in session.scalars(select(ServiceClock)) if c.due_at and c.met_at is None
    )
    line = session.scalars(
        select(CaseEvent).where(CaseEvent.kind == EventKind.CLOCK_MOVED).order_by(CaseEvent.id.desc())
    ).first()
    assert line.data["before"] == before.isoformat()
    assert line.data["after"] == resolution.due_at.isoformat()
    assert line.data["why"] == "停班：115/11/25 (三) 全天，全國：颱風停班"


def test_a_closure_of_a_county_moves_only_the_clocks_of_organisations_that_sit_there(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    offered = {}
    for slug in ("pmc", "mirdc"):  # 臺中市, 高雄市
        made = builders.sorted_case(session, runtime, account=agent, now=NOW)
        offered[slug] = builders.offered(session, runtime, made, account=agent, now=NOW, organisation=slug)
    session.flush()

    def dues() -> dict[str, list[datetime]]:
        return {
            slug: [c.due_at for c in session.scalars(
                select(ServiceClock).where(ServiceClock.case_id == r.case_id).order_by(ServiceClock.id))]
            for slug, r in offered.items()
        }  # fmt: skip

    before = dues()
    closure = closed(WEDNESDAY, WEDNESDAY + DAY, "臺中市", "臺南市")
    change, _ = apply(
        session, runtime, lambda held: terms_proposals.propose_closure(session, closure, equipment=held)
    )
    after = dues()
    assert change.moved == 1
    assert after["mirdc"] == before["mirdc"]
    assert after["pmc"][:-1] == before["pmc"][:-1]  # the desk's own promises stay
    assert after["pmc"][-1] == before["pmc"][-1] + DAY


def test_withdrawing_a_closure_puts_every_due_date_back(
    session: Session, runtime: Runtime, case: Case
) -> None:
    session.flush()
    before = {c.id: c.due_at for c in session.scalars(select(ServiceClock))}
    closure = closed(WEDNESDAY, WEDNESDAY + DAY)
    apply(session, runtime, lambda held: terms_proposals.propose_closure(session, closure, equipment=held))
    declared = session.scalars(select(DeclaredClosure)).one()
    change, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_withdrawal(session, declared, equipment=held, now=NOW + HOUR),
        now=NOW + HOUR,
    )  # fmt: skip
    assert {c.id: c.due_at for c in session.scalars(select(ServiceClock))} == before
    assert (declared.withdrawn_in, after.terms.version) == (change.id, 2)
    assert after.calendar.version == runtime.calendar.version
    with pytest.raises(terms_proposals.NotInForce, match="已經撤回"):
        terms_proposals.propose_withdrawal(session, declared, equipment=after, now=NOW)


def test_a_closure_that_is_over_cannot_be_withdrawn(session: Session, runtime: Runtime) -> None:
    closure = closed(WEDNESDAY, WEDNESDAY + DAY)
    apply(session, runtime, lambda held: terms_proposals.propose_closure(session, closure, equipment=held))
    declared = session.scalars(select(DeclaredClosure)).one()
    with pytest.raises(terms_proposals.NotInForce, match="已經結束"):
        terms_proposals.propose_withdrawal(session, declared, equipment=runtime, now=NOW + 9 * DAY)


def test_a_closure_that_has_begun_can_end_early_and_what_has_passed_still_does_not_count(
    session: Session, runtime: Runtime, case: Case
) -> None:
    closure = closed(WEDNESDAY, WEDNESDAY + 3 * DAY)
    apply(session, runtime, lambda held: terms_proposals.propose_closure(session, closure, equipment=held))
    declared = session.scalars(select(DeclaredClosure)).one()
    friday = (WEDNESDAY + 2 * DAY + timedelta(hours=7)).astimezone(UTC)
    change, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_withdrawal(
            session, declared, equipment=held, now=friday, rest_only=True
        ),
        now=friday,
    )  # fmt: skip
    assert change.words.startswith("提前結束停班：115/11/25")
    assert [c.ends_at for c in after.calendar.closures] == [friday]
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    day = working_day(runtime.calendar)
    assert resolution.due_at == due_at(runtime.calendar, NOW, 22 * day)


def test_a_breach_that_a_closure_takes_back_is_lifted_and_happens_again_when_it_is_withdrawn(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.case(session, runtime, now=NOW, text="嗯")
    clock = builders.clock_of(session, case, Metric.FIRST_RESPONSE)  # due 14:00 the same day
    now = NOW + 5 * HOUR
    sweep.sweep(session, equipment=runtime, now=now)
    assert clock.breached_at == clock.due_at
    closure = closed(NOW + HOUR, NOW + 8 * HOUR)  # the rest of the day, declared late
    apply(
        session,
        runtime,
        lambda held: terms_proposals.propose_closure(session, closure, equipment=held),
        now=now,
    )
    assert clock.breached_at is None
    assert clock.due_at > now
    assert clock.next_at in {clock.warn_at, clock.due_at}
    declared = session.scalars(select(DeclaredClosure)).one()
    _, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_withdrawal(session, declared, equipment=held, now=now), now=now,
    )  # fmt: skip
    sweep.sweep(session, equipment=after, now=now)
    assert clock.breached_at == clock.due_at == NOW + 4 * HOUR


def test_a_change_based_on_terms_that_were_replaced_is_refused(
    session: Session, runtime: Runtime, case: Case
) -> None:
    closure = closed(WEDNESDAY, WEDNESDAY + DAY)
    apply(session, runtime, lambda held: terms_proposals.propose_closure(session, closure, equipment=held))
    with pytest.raises(StaleTerms):
        apply(
            session, runtime,
            lambda held: terms_proposals.propose_levels(session, {}, None, equipment=held, now=NOW), based_on=0,
        )  # fmt: skip


def test_pauses_are_kept_when_the_calendar_changes(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=NOW + HOUR)
    casework.hear(session, case, "補充", equipment=runtime, now=NOW + 4 * HOUR)
    _, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_closure(session, closed(WEDNESDAY, WEDNESDAY + DAY), equipment=held),
        now=NOW + 5 * HOUR,
    )  # fmt: skip
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    target = 20 * working_day(after.calendar)
    assert resolution.due_at == due_at(after.calendar, NOW, target + 3 * HOUR)


def test_a_waiting_clock_takes_the_closure_in_when_it_resumes(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=NOW)
    change, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_closure(session, closed(WEDNESDAY, WEDNESDAY + DAY), equipment=held),
    )  # fmt: skip
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    assert (change.moved, resolution.due_at) == (0, None)
    casework.hear(session, case, "補充", equipment=after, now=NOW + HOUR)
    target = 20 * working_day(after.calendar)
    assert resolution.due_at == due_at(after.calendar, NOW, target + HOUR)


def test_a_sort_by_a_person_after_a_closure_counts_by_the_new_terms(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    _, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_closure(session, closed(WEDNESDAY, WEDNESDAY + DAY), equipment=held),
    )  # fmt: skip
    triage.sort_by_person(session, case, Category.MEASURES, equipment=after, account=agent, now=NOW + HOUR)
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)
    assert resolution.due_at == due_at(after.calendar, NOW, 3 * working_day(after.calendar))


def test_progress_of_a_long_change_is_reported_to_the_end(
    session: Session, runtime: Runtime, case: Case
) -> None:
    held = prevailing(runtime, session, Hold.ALONE)
    told: list[tuple[int, int]] = []
    proposal = terms_proposals.propose_closure(session, closed(WEDNESDAY, WEDNESDAY + DAY), equipment=held)
    terms_changes.put_in_force(
        session, proposal, based_on=0, reason="x", actor=SUPERVISOR, equipment=held, now=NOW,
        report=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(1, 1)]


def test_an_offer_is_still_judged_after_its_acceptance_clock_moved(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    acceptance = builders.clock_of(session, case, Metric.REFERRAL_ACCEPTANCE)
    old_due = acceptance.due_at
    _, after = apply(
        session, runtime,
        lambda held: terms_proposals.propose_closure(session, closed(WEDNESDAY, WEDNESDAY + DAY), equipment=held),
    )  # fmt: skip
    builders.answered(session, after, referral, [ReferralEvent.ACCEPT], now=old_due + HOUR)
    assert (acceptance.met_at, acceptance.breached_at) == (old_due + HOUR, None)


def test_a_release_that_moves_an_organisations_seat_moves_its_clocks_to_that_countys_closures(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    builders.offered(session, runtime, case, account=agent, now=NOW)
    clock = builders.clock_of(session, case, Metric.REFERRAL_ACCEPTANCE)
    clock.county = None  # as an older release wrote it
    closure = closed(WEDNESDAY, WEDNESDAY + DAY, "臺中市")
    before = clock.due_at
    change, _ = apply(
        session, runtime, lambda held: terms_proposals.propose_closure(session, closure, equipment=held)
    )
    assert change.moved == 0
    apply(session, runtime, lambda held: terms_proposals.propose_release(session, equipment=held))
    assert (clock.county, clock.due_at) == ("臺中市", before + DAY)
