"""Why a clock is due when it is: every stretch, every day skipped, every pause, every move."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy.business_time import due_at, worked
from helpdesk.policy.desk_calendar import desk_calendar
from helpdesk.policy.events import EventKind
from helpdesk.policy.referral_lifecycle import ReferralEvent, ReferralStatus
from helpdesk.policy.service_calendar import Closure
from helpdesk.queries.clock_explained import ClockStory, clock_story
from helpdesk.runtime import Runtime
from helpdesk.services import casework, sla_clocks, timeline
from knowledge_base.records.vocabulary import Category, Metric, Urgency
from tests import builders
from tests.policy.working_time import taipei

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORKING_DAY = timedelta(hours=9, minutes=30)
FRIDAY = taipei("2026-11-27T16:00").astimezone(UTC)


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    return builders.sorted_case(session, runtime, account=agent, now=FRIDAY, category=Category.MEASURES)


@pytest.fixture
def referral(session: Session, runtime: Runtime, agent: Account) -> Referral:
    made = builders.sorted_case(session, runtime, account=agent, now=FRIDAY)
    return builders.offered(session, runtime, made, account=agent, now=FRIDAY)


def story(
    session: Session,
    runtime: Runtime,
    case: Case,
    metric: Metric = Metric.RESOLUTION,
    *,
    now: datetime = FRIDAY,
    closures: tuple[Closure, ...] = (),
) -> ClockStory:
    clock = builders.clock_of(session, case, metric)
    calendar = desk_calendar(runtime.knowledge, closures) if closures else runtime.calendar
    found = clock_story(
        session, clock.id, knowledge=runtime.knowledge, calendar=calendar, now=now, case_number=case.number
    )
    assert found is not None
    return found


def rows(found: ClockStory) -> list[tuple[str, str, str, str]]:
    """Return day or days, hours, words and running total of every row."""
    return [
        ("/".join(sorted({f"{on:%m-%d}" for on in (s.first_on, s.last_on)})), s.hours, s.words, s.total_words)
        for s in found.steps
    ]


def test_every_stretch_and_every_day_skipped_is_a_row_and_the_last_total_is_the_target(
    session: Session, runtime: Runtime, case: Case
) -> None:
    found = story(session, runtime, case)
    assert rows(found) == [
        ("11-27", "16:00–18:00", "", "2 小時"),
        ("11-28/11-29", "", "週六、週日", ""),
        ("11-30", "08:30–18:00", "", "11 小時 30 分"),
        ("12-01", "08:30–18:00", "", "21 小時"),
        ("12-02", "08:30–16:00", "", "28 小時 30 分"),
    ]
    assert found.used == found.target == 3 * WORKING_DAY
    assert (found.until, found.adds_up) == (found.clock.due_at, True)
    assert found.target_words == "3 個工作天（28 小時 30 分）"
    assert (found.projected, found.calendar_changed) == (False, False)


def test_a_target_in_hours_is_said_in_hours_and_a_proposal_is_known_as_one(
    session: Session, runtime: Runtime, case: Case
) -> None:
    found = story(session, runtime, case, Metric.FIRST_RESPONSE)
    assert found.target_words == "4 小時"
    assert found.policy is not None
    assert not found.policy.origin.checked


def test_a_holiday_carries_its_name_and_days_after_the_official_calendar_are_a_projection(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    eve = taipei("2026-12-31T16:00").astimezone(UTC)
    made = builders.sorted_case(session, runtime, account=agent, now=eve, category=Category.MEASURES)
    found = story(session, runtime, made, now=eve)
    named = [step.words for step in found.steps if step.first_on == date(2027, 1, 1)]
    special = runtime.calendar.special_days[date(2027, 1, 1)]
    assert named == [special.name]
    assert found.projected is (runtime.knowledge.calendar.projection_after < 2027)


def test_a_closure_is_a_row_with_its_hours_and_its_reason(
    session: Session, runtime: Runtime, case: Case
) -> None:
    typhoon = Closure(taipei("2026-11-30T13:00"), taipei("2026-12-01T10:00"), frozenset(), "颱風停班")
    found = story(session, runtime, case, closures=(typhoon,))
    assert ("11-30", "13:00–18:00", "颱風停班", "") in rows(found)
    assert ("12-01", "08:30–10:00", "颱風停班", "") in rows(found)
    assert not found.calendar_changed  # it runs: the next change of terms moves it
    # The clock was not worked out anew: what counts now is less than the target, and that is shown.
    assert (found.adds_up, found.used) == (False, 3 * WORKING_DAY - timedelta(hours=6, minutes=30))
    sla_clocks.cancel(session, case, Metric, now=FRIDAY + HOUR)
    assert story(session, runtime, case, closures=(typhoon,)).calendar_changed


def test_pauses_are_rows_with_their_reasons_and_what_they_cost(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    begun, ended = FRIDAY + HOUR, FRIDAY + 3 * DAY + HOUR
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=begun)
    casework.hear(session, case, "補充", equipment=runtime, now=ended)
    found = story(session, runtime, case, now=ended)
    assert ("11-27/11-30", "17:00 起，到 17:00", "暫停：待業者回覆（9 小時 30 分）", "") in rows(found)
    assert ("11-30", "17:00–18:00", "", "2 小時") in rows(found)
    assert found.paused_words == "9 小時 30 分"
    assert found.used == found.target
    assert found.until == due_at(runtime.calendar, FRIDAY, 4 * WORKING_DAY)


def test_a_pause_counts_once_where_two_overlap(session: Session, runtime: Runtime, case: Case) -> None:
    monday = taipei("2026-11-30T10:00")
    for begun in (monday, monday + HOUR):
        session.add(Pause(case_id=case.id, reason="待業者回覆", started_at=begun, ended_at=begun + 2 * HOUR))
    builders.clock_of(session, case, Metric.RESOLUTION).due_at = due_at(
        runtime.calendar, FRIDAY, 3 * WORKING_DAY + 3 * HOUR
    )
    found = story(session, runtime, case)
    assert (found.paused_words, found.used) == ("3 小時", found.target)


def test_a_clock_that_waits_is_explained_until_now_and_says_what_is_left(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=FRIDAY + HOUR)
    found = story(session, runtime, case, now=FRIDAY + 5 * DAY)
    assert (found.clock.due_at, found.until) == (None, FRIDAY + 5 * DAY)
    assert (found.used_words, found.remaining) == ("1 小時", "27 小時 30 分")
    assert ("11-27/12-02", "17:00 起，還在暫停", "暫停：待業者回覆（27 小時 30 分）", "") in rows(found)
    assert found.adds_up


def test_pauses_of_the_case_do_not_appear_on_a_clock_that_never_waits(
    session: Session, runtime: Runtime, agent: Account, referral: Referral
) -> None:
    case = referral.case
    casework.answer(session, case, "請補充", asks=True, account=agent, equipment=runtime, now=FRIDAY + HOUR)
    found = story(session, runtime, case, Metric.REFERRAL_ACCEPTANCE, now=FRIDAY + 2 * HOUR)
    assert not [step for step in found.steps if "暫停" in step.words]
    assert found.county == runtime.knowledge.organisations[referral.organisation].seat


def test_an_ended_clock_is_explained_until_its_due_date(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    casework.answer(session, case, "您好", account=agent, equipment=runtime, now=FRIDAY + HOUR)
    found = story(session, runtime, case, Metric.FIRST_RESPONSE, now=FRIDAY + 30 * DAY)
    assert (found.clock.met_at, found.until) == (FRIDAY + HOUR, found.clock.due_at)
    assert found.used == found.target


def test_a_start_between_two_minutes_still_adds_up_on_paper(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    odd = FRIDAY + timedelta(seconds=37, microseconds=5)
    made = builders.sorted_case(session, runtime, account=agent, now=odd, category=Category.MEASURES)
    found = story(session, runtime, made, now=odd)
    counted = [step.counted for step in found.steps if step.counted is not None]
    assert sum(counted, timedelta()) == found.steps[-1].total == found.target
    assert counted[0] == 2 * HOUR


def test_every_move_of_this_clock_is_told_with_its_reason_and_no_others(
    session: Session, runtime: Runtime, agent: Account, case: Case
) -> None:
    before = builders.clock_of(session, case, Metric.RESOLUTION).due_at
    casework.correct_details(
        session, case, urgency=Urgency.URGENT, theme=None, measure=None, wants_verification=False,
        account=agent, equipment=runtime, now=FRIDAY + HOUR,
    )  # fmt: skip
    sorting, move = story(session, runtime, case, now=FRIDAY + HOUR).moves
    assert (sorting.after, sorting.why) == (before, "類別改為「不瞭措施」")
    assert (move.at, move.before, move.why) == (FRIDAY + HOUR, before, "改為急件")
    assert move.after == builders.clock_of(session, case, Metric.RESOLUTION).due_at
    assert story(session, runtime, case, Metric.FIRST_RESPONSE).moves == ()


def test_an_older_line_without_a_clock_is_told_by_metric_and_time(
    session: Session, runtime: Runtime, case: Case
) -> None:
    for hours in (-1, 1):
        timeline.record(
            session, case, EventKind.CLOCK_MOVED, actor=timeline.SYSTEM, now=FRIDAY + hours * HOUR,
            metric=Metric.RESOLUTION, before=FRIDAY.isoformat(), after=None, policy="resolution",
        )  # fmt: skip
    _, move = story(session, runtime, case).moves
    assert (move.at, move.before, move.after, move.why) == (FRIDAY + HOUR, FRIDAY, None, "")


def test_a_policy_that_is_no_more_leaves_the_reckoning_without_a_target(
    session: Session, runtime: Runtime, case: Case
) -> None:
    builders.clock_of(session, case, Metric.RESOLUTION).policy = "abolished"
    found = story(session, runtime, case)
    assert (found.policy, found.target, found.adds_up) == (None, None, True)
    assert found.used == 3 * WORKING_DAY


def test_a_target_changed_since_is_never_hidden(session: Session, runtime: Runtime, case: Case) -> None:
    clock = builders.clock_of(session, case, Metric.RESOLUTION)
    policies = dict(runtime.knowledge.policies)
    policies[clock.policy] = runtime.knowledge.policies["resolution"]
    found = clock_story(
        session, clock.id, knowledge=replace(runtime.knowledge, policies=policies),
        calendar=runtime.calendar, now=FRIDAY, case_number=case.number,
    )  # fmt: skip
    assert found is not None
    assert (found.adds_up, found.used) == (False, worked(runtime.calendar, FRIDAY, found.until))


def test_only_the_owner_of_a_clock_is_told(session: Session, runtime: Runtime, referral: Referral) -> None:
    case = referral.case
    own = builders.clock_of(session, case, Metric.REFERRAL_ACCEPTANCE)
    resolution = builders.clock_of(session, case, Metric.RESOLUTION)

    def told(clock: ServiceClock, **who: str) -> bool:
        found = clock_story(
            session, clock.id, knowledge=runtime.knowledge, calendar=runtime.calendar, now=FRIDAY, **who
        )
        return found is not None

    assert told(own, organisation="pmc")
    assert told(own, case_number=case.number)
    assert not told(own, organisation="itri")
    assert not told(own, case_number="C115-999999-9")
    assert not told(own)
    assert not told(resolution, organisation="pmc")
    referral.status = ReferralStatus.VOIDED
    assert not told(own, organisation="pmc")


def test_a_hold_of_a_referral_is_a_pause_of_its_own_clock(
    session: Session, runtime: Runtime, referral: Referral
) -> None:
    builders.answered(session, runtime, referral, [ReferralEvent.ACCEPT], now=FRIDAY)
    hold = {"until_on": date(2026, 12, 4)}
    builders.answered(session, runtime, referral, [ReferralEvent.HOLD], now=FRIDAY + HOUR, given=hold)
    found = story(session, runtime, referral.case, Metric.FIRST_CONTACT, now=FRIDAY + 5 * DAY)
    assert "暫停：單位暫停" in "".join(step.words for step in found.steps)
    assert (found.used_words, found.remaining) == ("1 小時", "27 小時 30 分")
