"""Who held a case when, and that the holders' working time adds up to the case's."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.business_time import worked
from helpdesk.policy.events import EventKind
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.policy.stage_time import (
    HANDED_BACK,
    TURNS,
    Holder,
    Holding,
    Party,
    Turn,
    apportioned,
    holdings,
    stage_times,
)
from tests.policy.working_time import MINUTE, desk, situations, taipei

K = EventKind
DESK, ENQUIRER = Party.DESK, Party.ENQUIRER
OPENED = taipei("2026-11-16T09:00")
END = OPENED + 8 * 60 * MINUTE
ORGANISATIONS = ("pmc", "itri", "mirdc")
CALENDAR = desk()


def hour(hours: float) -> datetime:
    return OPENED + timedelta(hours=hours)


def offered(hours: float, referral_id: int = 1) -> Turn:
    return Turn(hour(hours), K.REFERRAL_OFFERED, referral_id, ORGANISATIONS[referral_id - 1])


def ended(hours: float, referral_id: int = 1, kind: EventKind = K.REFERRAL_COMPLETED) -> Turn:
    return Turn(hour(hours), kind, referral_id, ORGANISATIONS[referral_id - 1])


def held(*turns: Turn) -> list[tuple[tuple[Holder, ...], float, float]]:
    """Return the holders with the hours since opening between which they held."""
    found = holdings(OPENED, turns, until=END)
    return [(h.holders, *[(at - OPENED) / (60 * MINUTE) for at in (h.starts_at, h.ends_at)]) for h in found]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param([], [((DESK,), 0, 8)], id="nothing happened"),
        pytest.param([offered(2)], [((DESK,), 0, 2), (("pmc",), 2, 8)], id="offered"),
        pytest.param(
            [offered(2), ended(5)], [((DESK,), 0, 2), (("pmc",), 2, 5), ((DESK,), 5, 8)], id="given back"
        ),
        pytest.param(
            [offered(1), offered(2, 2), ended(4), ended(6, 2)],
            [
                ((DESK,), 0, 1),
                (("pmc",), 1, 2),
                (("pmc", "itri"), 2, 4),
                (("itri",), 4, 6),
                ((DESK,), 6, 8),
            ],
            id="two at once",
        ),
        pytest.param(
            [offered(1), ended(2, kind=K.REFERRAL_RETURNED), offered(4)],
            [((DESK,), 0, 1), (("pmc",), 1, 2), ((DESK,), 2, 4), (("pmc",), 4, 8)],
            id="offered again after it was returned",
        ),
        pytest.param(
            [
                offered(1),
                Turn(hour(2), K.REFERRAL_HELD, 1, "pmc"),
                Turn(hour(5), K.REFERRAL_RESUMED, 1, "pmc"),
            ],
            [((DESK,), 0, 1), (("pmc",), 1, 8)],
            id="a hold changes nothing",
        ),
        pytest.param(
            [offered(1), Turn(hour(2), K.CASE_ASKED), Turn(hour(3), K.CASE_HEARD)],
            [((DESK,), 0, 1), (("pmc",), 1, 2), ((ENQUIRER,), 2, 3), (("pmc",), 3, 8)],
            id="asked while an organisation has it",
        ),
        pytest.param(
            [Turn(hour(2), K.CASE_ASKED), offered(3)],
            [((DESK,), 0, 2), ((ENQUIRER,), 2, 3), (("pmc",), 3, 8)],
            id="an offer ends the wait",
        ),
        pytest.param(
            [Turn(hour(2), K.CASE_ASKED), Turn(hour(3), K.CASE_RESOLVED)],
            [((DESK,), 0, 2), ((ENQUIRER,), 2, 3)],
            id="resolved while waiting",
        ),
        pytest.param(
            [Turn(hour(2), K.CASE_RESOLVED), Turn(hour(5), K.CASE_REOPENED)],
            [((DESK,), 0, 2), ((DESK,), 5, 8)],
            id="reopened",
        ),
        pytest.param(
            [Turn(hour(2), K.CASE_RESOLVED), Turn(hour(5), K.CASE_HEARD), Turn(hour(6), K.CASE_RESOLVED)],
            [((DESK,), 0, 2), ((DESK,), 5, 6)],
            id="the enquirer wrote after the resolution",
        ),
        pytest.param([offered(9)], [((DESK,), 0, 8)], id="later than the end"),
        pytest.param([offered(0), ended(8)], [(("pmc",), 0, 8)], id="at the very ends"),
        pytest.param([ended(3), offered(3)], [((DESK,), 0, 3), (("pmc",), 3, 8)], id="order in one instant"),
    ],
)
def test_the_holder_follows_from_what_happened(
    turns: list[Turn], expected: list[tuple[tuple[Holder, ...], float, float]]
) -> None:
    assert held(*turns) == expected


@pytest.mark.parametrize("kind", sorted(HANDED_BACK))
def test_whatever_ends_a_referral_gives_the_case_back_to_the_desk(kind: EventKind) -> None:
    assert held(offered(1), ended(3, kind=kind))[-1] == ((DESK,), 3, 8)


def test_an_end_before_the_opening_is_refused() -> None:
    with pytest.raises(ValueError, match="早於立案時間"):
        holdings(OPENED, [], until=OPENED - MINUTE)


def test_what_several_hold_at_once_is_shared_and_the_first_gets_what_cannot_be() -> None:
    ends_at = OPENED + timedelta(microseconds=11)
    times = stage_times(
        CALENDAR, [Holding(ORGANISATIONS, OPENED, ends_at), Holding(("itri",), ends_at, ends_at + MINUTE)]
    )
    assert [(t.holder, t.amount, t.shared) for t in times] == [
        ("pmc", timedelta(microseconds=5), timedelta(microseconds=5)),
        ("itri", MINUTE + timedelta(microseconds=3), timedelta(microseconds=3)),
        ("mirdc", timedelta(microseconds=3), timedelta(microseconds=3)),
    ]


def test_only_the_desks_opening_time_counts() -> None:
    friday, monday = taipei("2026-11-20T17:00"), taipei("2026-11-23T09:30")
    (only,) = stage_times(CALENDAR, holdings(friday, [], until=monday))
    assert (only.holder, only.amount, only.shared) == (DESK, timedelta(hours=2), timedelta())


@st.composite
def histories(draw: st.DrawFn) -> tuple[ServiceCalendar, datetime, list[Turn], datetime]:
    """A calendar, an opening, happenings of three referrals in any order, and an end."""
    calendar, opened_at = draw(situations())
    turns = []
    for kind in draw(st.lists(st.sampled_from(sorted(TURNS)), max_size=10)):
        referral_id = draw(st.integers(1, 3))
        at = opened_at + draw(st.integers(0, 3000)) * MINUTE
        turns.append(Turn(at, kind, referral_id, ORGANISATIONS[referral_id - 1]))
    return calendar, opened_at, turns, opened_at + draw(st.integers(0, 4000)) * MINUTE


def time_resolved(calendar: ServiceCalendar, turns: list[Turn], until: datetime) -> timedelta:
    """Add up the working time between each resolution and what came after it, by itself."""
    gaps, resolved_at = timedelta(), None
    for turn in sorted(turns, key=lambda turn: turn.at):
        if turn.at > until:
            break
        if turn.kind is K.CASE_RESOLVED and resolved_at is None:
            resolved_at = turn.at
        elif turn.kind in {K.CASE_REOPENED, K.CASE_HEARD, K.CASE_ASKED} and resolved_at is not None:
            gaps, resolved_at = gaps + worked(calendar, resolved_at, turn.at), None
    return gaps + (worked(calendar, resolved_at, until) if resolved_at else timedelta())


@given(histories())
def test_the_holders_time_adds_up_to_the_case_s_less_what_it_was_resolved(
    history: tuple[ServiceCalendar, datetime, list[Turn], datetime],
) -> None:
    calendar, opened_at, turns, until = history
    times = stage_times(calendar, holdings(opened_at, turns, until=until))
    whole = worked(calendar, opened_at, until) - time_resolved(calendar, turns, until)
    assert sum((time.amount for time in times), timedelta()) == whole
    assert all(timedelta() <= time.shared <= time.amount for time in times)


@given(histories())
def test_holdings_are_in_order_apart_and_held_by_somebody(
    history: tuple[ServiceCalendar, datetime, list[Turn], datetime],
) -> None:
    _, opened_at, turns, until = history
    found = holdings(opened_at, turns, until=until)
    bounds = [opened_at, *(at for each in found for at in (each.starts_at, each.ends_at)), until]
    assert bounds == sorted(bounds)
    assert all(each.holders and each.starts_at < each.ends_at for each in found)
    assert all(len(set(each.holders)) == len(each.holders) for each in found)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_what_happened_at_one_instant_does_not_change_the_sum(
    history: tuple[ServiceCalendar, datetime, list[Turn], datetime], random: object
) -> None:
    calendar, opened_at, turns, until = history
    turns = [turn for turn in turns if turn.kind is not K.CASE_RESOLVED]
    shuffled = list(turns)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    sums = [
        sum((t.amount for t in stage_times(calendar, holdings(opened_at, order, until=until))), timedelta())
        for order in (turns, shuffled)
    ]
    assert sums[0] == sums[1] == worked(calendar, opened_at, until)


@given(st.lists(st.integers(0, 10**9)), st.integers(1, 10**8))
def test_rows_in_whole_units_add_up_to_the_total_in_whole_units(amounts: list[int], unit: int) -> None:
    spans = [timedelta(microseconds=amount) for amount in amounts]
    whole = apportioned(spans, timedelta(microseconds=unit))
    assert sum(whole) == sum(amounts) // unit
    assert all(abs(w - amount // unit) <= 1 for w, amount in zip(whole, amounts, strict=True))
