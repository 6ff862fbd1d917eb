"""Free text: what is taken out, what stays, and that doing it twice changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.text_rules import (
    MAX_TEXT,
    BadText,
    check_text,
    clean_line,
    clean_text,
    first_line,
    folded,
)

ANY_TEXT = st.text(st.characters() | st.sampled_from("\r\n\t \u3000\x00\u202e\u200b\ud800"), max_size=60)


@given(ANY_TEXT)
def test_cleaning_a_text_twice_changes_nothing_more(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(ANY_TEXT)
def test_a_line_is_one_line_without_double_spaces(text: str) -> None:
    line = clean_line(text)
    assert clean_line(line) == line
    assert "  " not in line
    assert not set(line) & set("\r\n\t\u3000\x00")


@given(ANY_TEXT)
def test_a_clean_text_can_be_stored_and_sent(text: str) -> None:
    assert clean_text(text).encode().decode() == clean_text(text)


@given(ANY_TEXT, st.integers(2, 20))
def test_a_first_line_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(first_line(text, limit=limit)) <= limit


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE case;--", "{{ 7*7 }}", "家人👨\u200d👩\u200d👧 你好"]
)
def test_markup_code_and_joined_emoji_are_only_text(text: str) -> None:
    assert check_text(text) == text


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_full_width_figures_and_signs_are_read_as_plain_ones() -> None:
    assert folded("\u3000１３：００ ") == "13:00"


def test_what_turns_the_reading_direction_is_taken_out() -> None:
    assert clean_text("a\u202eb\u2066c") == "abc"


@pytest.mark.parametrize(("length", "taken"), [(MAX_TEXT, True), (MAX_TEXT + 1, False)])
def test_a_text_may_have_the_limit_and_no_more(length: int, taken: bool) -> None:
    if taken:
        assert check_text("字" * length)
    else:
        with pytest.raises(BadText):
            check_text("字" * length)
