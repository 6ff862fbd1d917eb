"""Which cases to sort next: half between two categories, half drawn by the day."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.labelling import PICKED, PickReason, most_useful

DAY = date(2026, 11, 24)
margins = st.dictionaries(st.text("CT0123456789-", min_size=1), st.floats(0, 1), max_size=60)


@given(margins)
def test_half_have_the_smallest_margins_and_nobody_is_picked_twice(given_margins: dict[str, float]) -> None:
    picks = most_useful(given_margins, day=DAY)
    narrow = [pick for pick in picks if pick.reason is PickReason.NARROW]
    assert len({pick.number for pick in picks}) == len(picks) == min(PICKED, len(given_margins))
    assert [pick.margin for pick in narrow] == sorted(given_margins.values())[: PICKED // 2]
    assert all(pick.margin == given_margins[pick.number] for pick in picks)


@given(margins)
def test_the_same_day_picks_the_same_in_whatever_order_cases_come(given_margins: dict[str, float]) -> None:
    turned = dict(reversed(given_margins.items()))
    assert most_useful(given_margins, day=DAY) == most_useful(turned, day=DAY)


def drawn(numbers: range, day: date) -> list[str]:
    wide = {f"wide-{number}": 0.9 for number in numbers}
    narrow = {f"narrow-{number}": 0.1 for number in range(PICKED // 2)}
    return [pick.number for pick in most_useful(wide | narrow, day=day) if pick.reason is PickReason.RANDOM]


def test_another_day_draws_others() -> None:
    first, second = drawn(range(200), DAY), drawn(range(200), date(2026, 11, 25))
    assert len(first) == len(second) == PICKED // 2
    assert set(first) != set(second)


def test_a_new_case_pushes_out_one_of_the_drawn_at_most() -> None:
    before, after = drawn(range(200), DAY), drawn(range(201), DAY)
    assert len(set(before) - set(after)) <= 1
