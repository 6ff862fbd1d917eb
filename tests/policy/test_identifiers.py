"""統一編號, phone numbers, case numbers: what people type and what is kept."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpdesk.policy.case_number import BadCaseNumber, format_case_number, parse_case_number
from helpdesk.policy.phone_numbers import BadPhone, parse_phone, spoken
from helpdesk.policy.ubn import WEIGHTS, BadUbn, parse_ubn


@pytest.mark.parametrize(
    "text",
    ["00000011", "０００００１１０".replace("１１０", "011"), "0000-0011", " 00 00 00 11 ", "12345675"],
)
def test_a_tongbian_is_read_in_every_spelling(text: str) -> None:
    assert len(parse_ubn(text)) == 8


@pytest.mark.parametrize(
    "text", ["", "1234567", "123456789", "1234567a", "00000000", "12345678", "①②③④⑤⑥⑦⑧x", "; DROP"]
)
def test_what_is_no_tongbian_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadUbn, match="統一編號"):
        parse_ubn(text)


def test_a_seven_in_the_seventh_place_allows_two_sums() -> None:
    accepted = [n for n in range(10) if _accepted(f"1000007{n}")]
    assert len(accepted) == 4  # two remainders of five, over ten digits


def _completed(first_seven: str) -> str:
    """Return eight digits whose sum is divisible by five; the last is 0 to 4."""
    return first_seven + str(-_sum(first_seven + "0") % 5)


@given(
    st.from_regex(r"[0-9]{6}[0-9]", fullmatch=True).map(_completed), st.sampled_from([0, 1, 2, 3, 4, 5, 7])
)
def test_outside_the_seventh_place_one_wrong_digit_in_nine_goes_unnoticed_and_three_beside_a_seven(
    digits: str, place: int
) -> None:
    others = [digits[:place] + d + digits[place + 1 :] for d in "0123456789" if d != digits[place]]
    unnoticed = [other for other in others if _accepted(other) or other == "0" * 8]
    assert len(unnoticed) == (3 if digits[6] == "7" else 1)


@given(st.from_regex(r"[0-9]{7}", fullmatch=True).map(_completed))
def test_the_old_rule_of_ten_is_the_stricter_one(digits: str) -> None:
    assume(_sum(digits) % 10 == 0 and digits != "0" * 8)
    assert parse_ubn(digits) == digits


def _sum(digits: str) -> int:
    products = (int(d) * w for d, w in zip(digits, WEIGHTS, strict=True))
    return sum(p // 10 + p % 10 for p in products)


def _accepted(digits: str) -> bool:
    try:
        parse_ubn(digits)
    except BadUbn:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        ("0900-000-123", "+886900000123", "0900 000 123"),
        ("０９００ ０００ １２３", "+886900000123", "0900 000 123"),
        ("+886 900 000 123", "+886900000123", "0900 000 123"),
        ("886900000123", "+886900000123", "0900 000 123"),
        ("04-2358-7591轉12", "+886423587591#12", "04 2358 7591 分機 12"),
        ("(04)2358-7591 分機 12", "+886423587591#12", "04 2358 7591 分機 12"),
        ("0423587591#12", "+886423587591#12", "04 2358 7591 分機 12"),
        ("0423587591 ext. 12", "+886423587591#12", "04 2358 7591 分機 12"),
        ("04-23587591 轉分機 12", "+886423587591#12", "04 2358 7591 分機 12"),
        ("04-23587591,12", "+886423587591#12", "04 2358 7591 分機 12"),
        ("04-23587591~12", "+886423587591#12", "04 2358 7591 分機 12"),
        ("０４－２３５８－７５９１＃１２", "+886423587591#12", "04 2358 7591 分機 12"),
        ("+886(0)4–2358–7591 分機：12", "+886423587591#12", "04 2358 7591 分機 12"),
        (" 0900\t000\n123 ", "+886900000123", "0900 000 123"),
        ("0900.000.123", "+886900000123", "0900 000 123"),
        ("037-123456", "+88637123456", "037 123 456"),
        ("0800-000-257", "+886800000257", "0800-000-257"),
    ],
)
def test_a_phone_number_is_read_in_every_spelling_and_said_the_local_way(
    text: str, kept: str, said: str
) -> None:
    assert str(parse_phone(text)) == kept
    assert str(parse_phone(kept)) == kept
    assert spoken(kept) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123",
        "1988",
        "不知道",
        "0900-000-12",
        "04-2358-7591#abc",
        "04-2358-7591#1234567",
        "0900000123、0900000456",
        "09000001234567",
        "<b>0900</b>",
        "9" * 20_000,
    ],
)
def test_what_is_no_phone_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadPhone, match=r"[\u4e00-\u9fff]"):
        parse_phone(text)


def test_only_a_mobile_number_takes_a_text() -> None:
    assert parse_phone("0900000123").is_mobile
    assert not parse_phone("04-2358-7591").is_mobile
    assert parse_phone("0900000123").last_three == "123"


@given(st.integers(100, 999), st.integers(1, 9_999_999))
def test_a_case_number_survives_every_way_of_writing_it(year: int, sequence: int) -> None:
    number = format_case_number(year, sequence)
    for written in (
        number,
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        number[1:],
        f" {number} ",
    ):
        assert parse_case_number(written) == number


@given(st.integers(100, 999), st.integers(1, 999_999), st.data())
def test_a_single_slip_in_a_case_number_is_always_found(
    year: int, sequence: int, data: st.DataObject
) -> None:
    number = format_case_number(year, sequence)
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c.isdigit()]))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(BadCaseNumber):
        parse_case_number(number[:place] + wrong + number[place + 1 :])
