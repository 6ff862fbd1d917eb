"""What the desk amends over what is shipped."""

from datetime import date

import pytest
from pydantic import ValidationError

from helpdesk.policy.business_time import working_day
from helpdesk.policy.running_promise import RunningPromise, standing
from helpdesk.policy.service_calendar import SpecialDay
from helpdesk.policy.service_terms import Amendments, terms_under
from knowledge_base import loader
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget
from knowledge_base.records.vocabulary import Category, Channel, Metric, Urgency
from tests.policy.working_time import taipei

SHIPPED = loader.load()


def test_without_amendments_everything_is_as_shipped() -> None:
    terms = terms_under(SHIPPED, Amendments(), 0)
    assert (terms.knowledge.policies, terms.knowledge.calendar) == (SHIPPED.policies, SHIPPED.calendar)


def test_a_target_of_the_desks_own_is_no_proposal_any_more_and_an_unknown_policy_is_passed_over() -> None:
    targets = {"triage": SlaTarget(working_hours=2.0), "gone": SlaTarget(working_hours=1.0)}
    policies = terms_under(SHIPPED, Amendments(targets=targets), 1).knowledge.policies
    assert set(policies) == set(SHIPPED.policies)
    assert (policies["triage"].target.words, policies["triage"].origin.checked) == ("2 工作小時", True)
    assert not SHIPPED.policies["triage"].origin.checked


@pytest.mark.parametrize(
    "opening",
    [
        (),
        tuple(
            OpeningPeriod(weekday="mon", opens=opens, closes=closes)
            for opens, closes in (("08:30", "12:00"), ("11:00", "18:00"))
        ),
    ],
)
def test_an_empty_week_and_overlapping_hours_are_refused(opening: tuple[OpeningPeriod, ...]) -> None:
    with pytest.raises(ValidationError):
        terms_under(SHIPPED, Amendments(opening=opening), 1)


@pytest.mark.parametrize("official", [(), (2027,), (2027, 2028), (2028,)])
def test_a_year_without_an_official_calendar_is_a_projection(official: tuple[int, ...]) -> None:
    terms = terms_under(SHIPPED, Amendments(official_years=dict.fromkeys(official, ())), 1)
    projected = {y for y in range(2025, 2031) if terms.calendar.is_projection(date(y, 6, 1))}
    assert projected == {2027, 2028, 2029, 2030} - set(official)


def test_hours_hold_from_their_day_on_and_of_two_changes_on_a_day_the_last_counts() -> None:
    nine, ten = ((OpeningPeriod(weekday="mon", opens=at, closes="17:00"),) for at in ("09:00", "10:00"))
    amendments = Amendments().opened_from(date(2026, 3, 2), nine).opened_from(date(2026, 6, 1), ten)
    amendments = amendments.opened_from(date(2026, 6, 1), nine).opened_from(date(2026, 9, 7), None)
    calendar = terms_under(SHIPPED, amendments, 4).calendar
    mondays = (date(2026, 2, 23), date(2026, 3, 2), date(2026, 5, 25), date(2026, 6, 1), date(2026, 9, 7))
    opens = [f"{calendar.periods_on(day)[0].opens:%H:%M}" for day in mondays]
    assert opens == ["08:30", "09:00", "09:00", "09:00", "08:30"]
    assert calendar.version != terms_under(SHIPPED, Amendments(), 0).calendar.version


def test_an_official_year_knows_no_holiday_but_its_own() -> None:
    off = SpecialDay(date(2027, 3, 3), working=False, name="測試")
    calendar = terms_under(SHIPPED, Amendments(official_years={2027: (off,)}), 1).calendar
    assert [day for day in calendar.special_days.values() if day.on.year == 2027] == [off]
    assert any(day.on.year == 2026 for day in calendar.special_days.values())


def test_a_working_day_of_a_target_is_as_long_as_the_hours_in_force() -> None:
    opening = tuple(
        OpeningPeriod(weekday=day, opens="09:00", closes="17:00")
        for day in ("mon", "tue", "wed", "thu", "fri")
    )
    terms = terms_under(SHIPPED, Amendments(opening=opening), 4)
    promise = RunningPromise(
        metric=Metric.TRIAGE, started_at=taipei("2026-11-23 09:00"), category=Category.PROBLEM,
        urgency=Urgency.NORMAL, channel=Channel.HOTLINE,
    )  # fmt: skip
    found = standing(promise, terms)
    assert found.deadline.due_at == taipei("2026-11-23 17:00")
    assert working_day(terms.calendar).total_seconds() == 8 * 3600
    assert (found.policy, found.terms_version, found.calendar_version) == (
        "triage",
        4,
        terms.calendar.version,
    )
