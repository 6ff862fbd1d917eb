"""Text messages, mail, retries, receipts, and who is told."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.case_number import format_case_number
from helpdesk.policy.delivery import RETRIES, DeliveryState, Verdict, after_receipt, after_try
from helpdesk.policy.notices import NOTICES, Happening, MessageChannel, address_of
from helpdesk.policy.text_messages import (
    UnregisteredContent,
    check_text_message,
    next_sending_instant,
    segments,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FINAL = {
    DeliveryState.DELIVERED,
    DeliveryState.PERMANENT_FAILURE,
    DeliveryState.TECHNICAL_FAILURE,
    DeliveryState.CANCELLED,
}


@pytest.mark.parametrize(("characters", "count"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_a_text_takes_one_segment_up_to_70_characters_then_67_each(characters: int, count: int) -> None:
    assert segments("字" * characters) == count


def test_an_emoji_counts_twice() -> None:
    assert segments("😀" * 35) == 1
    assert segments("😀" * 36) == 2


@pytest.mark.parametrize(
    "text",
    [
        "請看 https://example.com",
        "www.example.com",
        "見 example.tw",
        "請撥0800-000-257",
        "電 0900 000 123",
        "04-23587591",
        "(04)2358-7591",
        "+886 900 000 123",
        "０９００００００１２３",
        "請至example.com查詢",
        "加好友 lin.ee/abc",
        "詳見 bit.ly/abc",
        "來信 a@example.io",
    ],
)
def test_a_link_or_a_phone_number_in_a_text_is_refused(text: str) -> None:
    with pytest.raises(UnregisteredContent, match="未登錄"):
        check_text_message(text)


@pytest.mark.parametrize(
    "text",
    [
        "您的案件 C115-000123-6 有新的回覆。",
        "C115-000123-6 與 C115-000124-4 已合併。",
        "服務時間 08:30-18:00，補助上限 5,000,000 元。",
    ],
)
def test_a_case_number_an_hour_or_an_amount_is_neither_link_nor_phone_number(text: str) -> None:
    assert check_text_message(text) == text


@given(st.integers(100, 999), st.integers(1, 9_999_999))
def test_every_case_number_passes(year: int, sequence: int) -> None:
    assert check_text_message(f"案件{format_case_number(year, sequence)}已結案")


@pytest.mark.parametrize(
    ("local_hour", "expected"),
    [
        ("08:29", "2026-11-24T08:30"),
        ("08:30", "2026-11-24T08:30"),
        ("19:59", "2026-11-24T19:59"),
        ("20:00", "2026-11-25T08:30"),
        ("23:00", "2026-11-25T08:30"),
    ],
)
def test_texts_go_out_between_half_past_eight_and_eight(local_hour: str, expected: str) -> None:
    at = datetime.fromisoformat(f"2026-11-24T{local_hour}:00+08:00")
    assert next_sending_instant(at) == datetime.fromisoformat(f"{expected}:00+08:00")


def test_a_failed_try_is_repeated_later_and_later_then_left_to_a_person() -> None:
    for attempts, pause in enumerate(RETRIES, start=1):
        assert after_try(Verdict.RETRY, attempts=attempts, now=NOW) == (
            DeliveryState.TEMPORARY_FAILURE,
            NOW + pause,
        )
    assert after_try(Verdict.RETRY, attempts=len(RETRIES) + 1, now=NOW) == (
        DeliveryState.TECHNICAL_FAILURE,
        None,
    )
    assert [p / timedelta(minutes=1) for p in RETRIES] == [1, 5, 30, 120, 360]


def test_a_refused_message_is_never_repeated() -> None:
    assert after_try(Verdict.REFUSED, attempts=1, now=NOW) == (DeliveryState.PERMANENT_FAILURE, None)


@given(st.sampled_from(DeliveryState), st.lists(st.sampled_from(DeliveryState), max_size=8))
def test_a_word_that_is_final_is_never_taken_back(
    start: DeliveryState, receipts: list[DeliveryState]
) -> None:
    seen = [start]
    for receipt in receipts:
        seen.append(after_receipt(seen[-1], receipt))
    for before, after in pairwise(seen):
        assert before is after or before not in FINAL
    assert (seen[-1] in FINAL) == bool(FINAL & {start, *receipts})


@given(
    st.lists(
        st.sampled_from([DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.PERMANENT_FAILURE]),
        max_size=8,
    )
)
def test_receipts_may_come_twice_and_in_any_order_and_the_first_final_word_stays(
    receipts: list[DeliveryState],
) -> None:
    state = DeliveryState.SENT
    finals = [r for r in receipts if r is not DeliveryState.SENT]
    for receipt in receipts:
        state = after_receipt(state, receipt)
    assert state is (finals[0] if finals else DeliveryState.SENT)


@pytest.mark.parametrize(
    ("email", "phone", "channel"),
    [
        ("a@example.com", "+886900000123", MessageChannel.EMAIL),
        (None, "+886900000123", MessageChannel.SMS),
        (None, "+886423587591", MessageChannel.PERSON),
        (None, "+886900000123#12", MessageChannel.PERSON),
    ],
)
def test_mail_comes_first_then_a_text_then_a_call(
    email: str | None, phone: str, channel: MessageChannel
) -> None:
    address = address_of(email=email, phone=phone)
    assert address is not None
    assert address.channel is channel


def test_nobody_to_reach_has_no_address_and_everything_that_happens_is_told_somebody() -> None:
    assert address_of(email=None, phone=None) is None
    assert all(NOTICES[happening] for happening in Happening)
