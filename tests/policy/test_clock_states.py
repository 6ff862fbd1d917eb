"""What a clock shows, what is left of it and when the sweep looks again, as tables."""

from datetime import datetime, timedelta

import pytest
from working_time import desk, taipei

from helpdesk.policy.deadlines import (
    ClockState,
    Deadline,
    Marks,
    marks_at,
    next_instant,
    remaining,
    state_of,
    still_noted,
)

DESK = desk()
HOUR = timedelta(hours=1)
DUE, WARN = taipei("2023-06-19 16:00"), taipei("2023-06-19 14:00")


def at(clock_time: str) -> datetime:
    return taipei(f"2023-06-19 {clock_time}")


STATES = [
    # now, met_at, breached_at, paused, cancelled_at -> state
    ("09:00", None, None, False, None, ClockState.RUNNING),
    ("13:59", None, None, False, None, ClockState.RUNNING),
    ("14:00", None, None, False, None, ClockState.DUE_SOON),
    ("15:59", None, None, False, None, ClockState.DUE_SOON),
    ("16:00", None, None, False, None, ClockState.DUE_SOON),
    ("16:01", None, None, False, None, ClockState.BREACHED),
    ("17:00", None, None, False, None, ClockState.BREACHED),
    ("17:00", None, "16:00", False, None, ClockState.BREACHED),
    ("17:00", None, "16:00", True, None, ClockState.BREACHED),
    ("15:00", None, None, True, None, ClockState.PAUSED),
    ("17:00", "15:00", None, False, None, ClockState.MET),
    ("17:00", "16:00", None, False, None, ClockState.MET),
    ("17:00", "16:01", None, False, None, ClockState.MET_LATE),
    ("17:00", "16:01", "16:00", False, None, ClockState.MET_LATE),
    ("17:00", "15:00", None, True, None, ClockState.MET),
    ("17:00", None, None, False, "15:00", ClockState.CANCELLED),
    ("17:00", None, "16:00", True, "16:30", ClockState.CANCELLED),
]


@pytest.mark.parametrize(("now", "met", "breached", "paused", "cancelled", "state"), STATES)
def test_the_state_of_a_clock_follows_from_its_instants(now, met, breached, paused, cancelled, state):
    found = state_of(
        now=at(now),
        due_at=DUE,
        warn_at=WARN,
        met_at=met and at(met),
        breached_at=breached and at(breached),
        paused=paused,
        cancelled_at=cancelled and at(cancelled),
    )
    assert found is state


@pytest.mark.parametrize(
    ("met", "breached", "state"),
    [
        (None, None, ClockState.PAUSED),
        (None, "16:00", ClockState.BREACHED),
        ("12:00", None, ClockState.MET),
        ("17:00", "16:00", ClockState.MET_LATE),
    ],
)
def test_a_clock_without_a_due_date_waits_unless_it_is_settled(met, breached, state):
    found = state_of(
        now=at("17:30"),
        due_at=None,
        warn_at=None,
        met_at=met and at(met),
        breached_at=breached and at(breached),
        paused=True,
        cancelled_at=None,
    )
    assert found is state


def test_every_state_is_reached():
    assert {row[-1] for row in STATES} == set(ClockState)


@pytest.mark.parametrize("later", ["16:00", "17:00", "23:00"])
@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("met", [None, "16:30"])
def test_a_breach_stays_whatever_comes_later(later, paused, met):
    found = state_of(
        now=at(later),
        due_at=taipei("2023-07-03 16:00"),  # moved since
        warn_at=None,
        met_at=met and at(met),
        breached_at=DUE,
        paused=paused,
        cancelled_at=None,
    )
    assert found is (ClockState.MET_LATE if met else ClockState.BREACHED)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2023-06-19 13:50", timedelta(hours=2, minutes=10)),
        ("2023-06-17 17:00", timedelta(hours=8, minutes=30)),
        ("2023-06-19 16:00", timedelta()),
        ("2023-06-19 16:45", -timedelta(minutes=45)),
        ("2023-06-20 08:00", -2 * HOUR),
        ("2023-06-26 08:30", -timedelta(hours=2) - 2 * 9.5 * HOUR),
    ],
)
def test_what_remains_is_working_time_and_negative_when_overdue(now, left):
    assert remaining(DESK, taipei(now), DUE) == left


REMIND = taipei("2023-06-19 12:00")
WHOLE = Deadline(due_at=DUE, warn_at=WARN, remind_at=REMIND)


@pytest.mark.parametrize(
    ("deadline", "marks", "expected"),
    [
        (WHOLE, Marks(), REMIND),
        (WHOLE, Marks(reminded_at=REMIND), WARN),
        (WHOLE, Marks(warned_at=WARN), REMIND),
        (WHOLE, Marks(REMIND, WARN), DUE),
        (WHOLE, Marks(REMIND, WARN, DUE), None),
        (WHOLE, Marks(breached_at=DUE), None),
        (Deadline(DUE, None), Marks(), DUE),
        (Deadline(None, WARN), Marks(), WARN),
        (Deadline(None, WARN), Marks(warned_at=WARN), None),
        (Deadline(None, None), Marks(), None),
    ],
)
def test_the_sweep_looks_at_what_was_not_noted_yet_and_never_after_the_breach(deadline, marks, expected):
    assert next_instant(deadline, marks) == expected


@pytest.mark.parametrize(
    ("now", "marks"),
    [
        ("11:59", Marks()),
        ("12:00", Marks(REMIND)),
        ("14:00", Marks(REMIND, WARN)),
        ("16:00", Marks(REMIND, WARN)),
        ("16:01", Marks(REMIND, WARN, DUE)),
    ],
)
def test_what_has_happened_carries_the_instant_it_happened_whenever_one_looks(now, marks):
    assert marks_at(WHOLE, at(now)) == marks


@pytest.mark.parametrize(
    ("noted", "happened", "left"),
    [
        (Marks(), Marks(REMIND, WARN, DUE), Marks()),  # left to the sweep, which tells of it
        (Marks(REMIND, WARN, DUE), Marks(REMIND, WARN, DUE), Marks(REMIND, WARN, DUE)),
        (Marks(REMIND, WARN, DUE), Marks(REMIND), Marks(REMIND)),  # due later now: the breach is lifted
        (Marks(at("10:00"), at("11:00")), Marks(REMIND, WARN, DUE), Marks(REMIND, WARN)),
    ],
)
def test_a_clock_worked_out_anew_keeps_what_was_noted_and_still_holds(noted, happened, left):
    assert still_noted(noted, happened) == left
