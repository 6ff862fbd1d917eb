"""How a text is folded, and that every folded character leads back to its origin."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_model.normalise import EMAIL, LINK, LONGEST, MASK_NAMES, PERSON_ID, PHONE, UBN, fold


@pytest.mark.parametrize(
    ("written", "mask"),
    [
        ("0912345678", PHONE),
        ("0912-345-678", PHONE),
        ("0912 345 678", PHONE),
        ("０９１２３４５６７８", PHONE),
        ("02-2709-0638#211", PHONE),
        ("02-23584539", PHONE),
        ("(02)2709-0638", PHONE),
        ("037-123456", PHONE),
        ("0800-888-968", PHONE),
        ("+886-912-345-678", PHONE),
        ("04-2359-5968分機502", PHONE),
        ("04-2359-5968 轉 502", PHONE),
        ("wang.hsiao+desk@example.com.tw", EMAIL),
        ("https://www.example.gov.tw/a?b=1&c=2", LINK),
        ("www.example.com", LINK),
        ("A123456789", PERSON_ID),
        ("A800000014", PERSON_ID),
        ("12345675", UBN),
    ],
)
def test_private_data_becomes_one_sign_and_leads_back_to_all_of_it(written: str, mask: str) -> None:
    text = f"聯絡{written}，謝謝"
    folded = fold(text)
    assert folded.text == f"联络{mask},谢谢"
    place = folded.text.index(mask)
    assert text[folded.starts[place] : folded.ends[place]] == written


@pytest.mark.parametrize("written", ["35人", "14064-1", "300萬", "2023-11-30", "113年", "0.5噸", "0800"])
def test_other_numbers_stay(written: str) -> None:
    assert MASK_NAMES.keys().isdisjoint(fold(written).text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("", ""),
        (" \t\n", ""),
        ("ＣＢＡＭ　ＩＳＯ", "cbam iso"),
        ("碳盤查", "碳盘查"),
        ("碳盘查", "碳盘查"),
        ("臺灣", "台湾"),
        ("台灣", "台湾"),
        ("怎麼\u200b申請\x00", "怎么申请"),
        ("有補助\ue000嗎", "有补助吗"),
        ("第一行\r\n\r\n第二行", "第一行 第二行"),
        ("㈱", "(株)"),
        ("\ud800補助", "补助"),
    ],
)
def test_spelling_differences_that_mean_nothing_are_folded_away(written: str, folded: str) -> None:
    assert fold(written).text == folded


def test_only_the_first_part_of_an_endless_text_is_read() -> None:
    assert len(fold("補" * (LONGEST + 5)).text) == LONGEST


@given(st.text(max_size=200))
def test_every_folded_character_comes_from_somewhere_in_the_text_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= a < b <= len(text) for a, b in zip(folded.starts, folded.ends, strict=True))


@given(st.text(max_size=200))
def test_no_control_character_and_no_double_space_is_left(text: str) -> None:
    folded = fold(text).text
    kept = [c for c in folded if c not in MASK_NAMES]
    assert all(unicodedata.category(c)[0] != "C" for c in kept)
    assert "  " not in folded
