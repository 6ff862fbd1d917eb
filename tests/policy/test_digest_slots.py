"""When the digest of broken promises is due."""

from datetime import datetime

import pytest
from working_time import closure, desk, taipei

from helpdesk.policy.digest_slots import slot_before


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2023-06-19 08:29", None),  # Monday; Sunday has none
        ("2023-06-19 08:30", "2023-06-19 08:30"),
        ("2023-06-19 13:29", "2023-06-19 08:30"),
        ("2023-06-19 13:30", "2023-06-19 13:30"),
        ("2023-06-20 08:00", "2023-06-19 13:30"),
        ("2023-06-17 09:00", "2023-06-17 08:30"),  # a make-up Saturday
        ("2023-06-22 09:00", "2023-06-21 13:30"),  # a holiday
        ("2023-06-24 09:00", None),
    ],
)
def test_the_newest_slot_of_today_or_yesterday_counts(now: str, slot: str | None) -> None:
    assert slot_before(desk(), taipei(now)) == (slot and taipei(slot))


def test_a_closure_does_not_keep_the_digest_back() -> None:
    closed = desk(closures=[closure("2023-06-19 00:00", "2023-06-20 00:00")])
    assert slot_before(closed, taipei("2023-06-19 09:00")) == taipei("2023-06-19 08:30")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="時區"):
        slot_before(desk(), datetime(2023, 6, 19))  # noqa: DTZ001 - naive on purpose
