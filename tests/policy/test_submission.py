"""What doors deliver: checked in form, refused by field in words, never by eligibility."""

from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.submission import (
    Refused,
    Vocabulary,
    check_contact,
    check_enterprise,
    parse_email,
    parse_employees,
)
from helpdesk.policy.text_rules import (
    BadText,
    check_text,
    clean_line,
    clean_text,
    comparable_name,
    first_line,
)

VOCABULARY = Vocabulary(county={"臺中市": "臺中市", "台中市": "臺中市"}.get, sectors=frozenset({"機械"}))
HOSTILE = [
    "'; DROP TABLE case;--",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "😀" * 10,
    "\x00\x07",
    "\u202e",
    "A" * 20_000,
]


def test_everything_about_an_enterprise_may_be_unknown() -> None:
    facts = check_enterprise({}, VOCABULARY)
    assert (facts.ubn, facts.name, facts.county, facts.sector, facts.regular_employees) == (None,) * 5


def test_spaces_full_width_and_old_spellings_are_forgiven() -> None:
    facts = check_enterprise(
        {
            "ubn": "００００ ００１１",
            "name": "  範例　公司 ",
            "county": "台中市",
            "sector": "機械",
            "regular_employees": "約３５人".strip("約"),
        },
        VOCABULARY,
    )
    assert (facts.ubn, facts.name, facts.county, facts.regular_employees) == (
        "00000011",
        "範例 公司",
        "臺中市",
        35,
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["ubn", "county", "sector", "regular_employees"])
def test_a_hostile_value_is_refused_at_its_field(field: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_enterprise({field: text}, VOCABULARY)
    assert set(refused.value.problems) == {field}


@pytest.mark.parametrize("nothing", ["", "  ", "\u3000", "\x00", "\u200b\ufeff"])
def test_what_shows_nothing_is_unknown(nothing: str) -> None:
    assert check_enterprise({"name": nothing}, VOCABULARY).name is None
    assert check_contact({"contact_name": nothing}, reachable=False).name is None


@pytest.mark.parametrize("text", ["'; DROP TABLE case;--", "<b>範例</b> & Co.", "{{ 7*7 }}", "範例😀"])
def test_a_name_is_kept_as_it_was_written_because_escaping_is_the_pages_work(text: str) -> None:
    assert check_enterprise({"name": text}, VOCABULARY).name == text


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        check_enterprise(
            {"ubn": "1", "county": "火星", "sector": "x", "regular_employees": "很多"}, VOCABULARY
        )
    assert set(refused.value.problems) == {"ubn", "county", "sector", "regular_employees"}


def test_somebody_must_be_reachable() -> None:
    with pytest.raises(Refused) as refused:
        check_contact({"contact_name": "王小姐"})
    assert "phone" in refused.value.problems
    assert check_contact({}, reachable=False).phone is None
    assert check_contact({"email": "a@example.com"}).email == "a@example.com"


@pytest.mark.parametrize(
    "text", ["a@example.com", " a.b+c@sub.example.tw ", "a＠example.com", "ａ＠ｅｘａｍｐｌｅ．com"]
)
def test_an_address_is_read(text: str) -> None:
    address = parse_email(text)
    assert "@" in address
    assert address.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a@b",
        "a@@example.com",
        "a b@example.com",
        "a@example.com\nBcc: x@example.com,y",
        "@example.com",
        "a..b@example.com",
        "a.@example.com",
        "a@example..com",
        "a@-example.com",
        "a@例子.tw",
        "王@example.com",
        "😀@example.com",
        "a@127.0.0.1",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="格式"):
        parse_email(text)


@given(st.text("aZ9.-_+!'例😀", max_size=8), st.text("aZ9.-例", max_size=8))
def test_every_address_that_is_taken_can_be_written_on_a_mail(local: str, domain: str) -> None:
    try:
        address = parse_email(f"{local}@{domain}.tw")
    except ValueError:
        return
    assert Address(addr_spec=address).addr_spec == address


@pytest.mark.parametrize(("text", "count"), [("12", 12), ("１，２００", 1200), (" 8 人", 8), ("0", 0)])
def test_a_head_count_is_read(text: str, count: int) -> None:
    assert parse_employees(text) == count


@pytest.mark.parametrize("text", ["-3", "3.5", "很多", "1000001", "1e3", "①", "9" * 20_000])
def test_what_is_no_head_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="整數"):
        parse_employees(text)


def test_control_characters_go_and_lines_stay() -> None:
    assert clean_text("a\x00b\r\nc\u200b\td ") == "ab\nc\td"
    assert clean_line(" a \n b ") == "a b"


def test_an_oversized_or_empty_text_is_refused_with_the_figure() -> None:
    with pytest.raises(BadText, match="5,001"):
        check_text("字" * 5001)
    with pytest.raises(BadText, match="空白"):
        check_text(" \x00\n ")


@pytest.mark.parametrize(
    ("one", "other"),
    [("範例精密股份有限公司", "範例精密有限公司"), ("臺灣範例", "台灣範例"), ("ＡＢＣ 企業社", "abc")],
)
def test_two_spellings_of_one_name_compare_equal(one: str, other: str) -> None:
    assert comparable_name(one) == comparable_name(other)


def test_a_name_that_is_only_a_legal_form_keeps_it() -> None:
    assert comparable_name("有限公司") == "有限公司"


def test_the_first_line_is_cut_with_an_ellipsis() -> None:
    assert first_line("一" * 50, limit=10) == "一" * 9 + "…"
    assert first_line("一\n二") == "一 二"
