"""What an organisation sees, and which files are taken."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.conversation import SEEN_BY_ENQUIRER, MessageKind
from helpdesk.policy.disclosure import PACKET_KEPT, SHOWN, Disclosure, disclosure_of
from helpdesk.policy.promises import REFERRAL_CLOCKS
from helpdesk.policy.referral_lifecycle import IN_HAND, ReferralEvent, ReferralStatus
from helpdesk.policy.triage_decision import Basis, decide
from helpdesk.policy.uploads import MAX_BYTES, BadUpload, check_upload, safe_filename
from knowledge_base.records.vocabulary import Category

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_every_state_says_what_it_shows_and_only_work_in_hand_shows_the_packet() -> None:
    assert set(SHOWN) == set(ReferralStatus)
    packets = {status for status, shown in SHOWN.items() if shown is Disclosure.PACKET}
    assert packets == IN_HAND | {ReferralStatus.COMPLETED}
    previews = {status for status, shown in SHOWN.items() if shown is Disclosure.PREVIEW}
    assert previews == {ReferralStatus.OFFERED}
    hidden = {status for status, shown in SHOWN.items() if shown is Disclosure.NOTHING}
    assert hidden == {ReferralStatus.DRAFT, ReferralStatus.VOIDED}


@pytest.mark.parametrize("status", set(ReferralStatus) - {ReferralStatus.COMPLETED})
def test_time_changes_only_what_a_completed_referral_shows(status: ReferralStatus) -> None:
    assert disclosure_of(status, ended_at=NOW - 2 * PACKET_KEPT, now=NOW) is SHOWN[status]


def test_a_completed_packet_becomes_a_receipt_after_thirty_days() -> None:
    at_limit = NOW - PACKET_KEPT
    assert disclosure_of(ReferralStatus.COMPLETED, ended_at=at_limit, now=NOW) is Disclosure.PACKET
    later = NOW + timedelta(seconds=1)
    assert disclosure_of(ReferralStatus.COMPLETED, ended_at=at_limit, now=later) is Disclosure.RECEIPT


def test_every_event_of_a_referral_says_what_it_does_to_the_clocks() -> None:
    assert set(REFERRAL_CLOCKS) == set(ReferralEvent)


@pytest.mark.parametrize(
    ("abstained", "stated", "category", "basis"),
    [
        (False, None, Category.PROBLEM, Basis.MODEL_SURE),
        (False, Category.PROBLEM, Category.PROBLEM, Basis.MODEL_SURE),
        (False, Category.MEASURES, None, Basis.CONTRADICTED),
        (True, None, None, Basis.MODEL_UNSURE),
        (True, Category.PROBLEM, None, Basis.MODEL_UNSURE),
    ],
)
def test_a_sure_model_decides_unless_the_enquirer_said_otherwise(
    abstained: bool, stated: Category | None, category: Category | None, basis: Basis
) -> None:
    outcome = decide(Category.PROBLEM, abstained=abstained, stated=stated, blind=False)
    assert (outcome.category, outcome.basis) == (category, basis)


@pytest.mark.parametrize("stated", [None, *Category])
def test_an_unsure_model_decides_nothing_but_says_when_the_text_looks_like_none_of_ours(
    stated: Category | None,
) -> None:
    for suggested in Category:
        outcome = decide(suggested, abstained=True, stated=stated, blind=False)
        assert outcome.category is None
        assert (outcome.basis is Basis.OUT_OF_SCOPE) is (suggested is Category.OUT_OF_SCOPE)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("報告.PDF", b"%PDF-1.7 x", "application/pdf"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.webp", b"RIFF\x24\n\x00\x00WEBPVP8 ", "image/webp"),
        ("清冊.xlsx", b"PK\x03\x04", "application/zip"),
        ("清冊.ods", b"PK\x03\x04", "application/zip"),
    ],
)
def test_a_file_is_known_by_its_content(name: str, content: bytes, kind: str) -> None:
    assert check_upload(name, content)[1] == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"", "空的"),
        ("a.pdf", b"MZ\x90", "不是可接受"),
        ("a.exe", b"%PDF-", "不是可接受"),
        ("a.svg", b"<svg>", "不是可接受"),
        ("a.webp", b"RIFF\x24\x00\x00\x00WAVEfmt ", "不是可接受"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "不是可接受"),
        ("a.pdf.exe", b"%PDF-", "不是可接受"),
        ("pdf", b"%PDF-", "不是可接受"),
        ("a.pdf", b"%PDF-" + b"0" * MAX_BYTES, "10 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_by_its_name(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(BadUpload, match=f"「{name}」.*{reason}"):
        check_upload(name, content)


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\報告.pdf", "報告.pdf"),
        ("a\x00<b>.pdf", "ab.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("沒有副檔名的一個很長的檔名", "沒有副檔名的一個很長的檔名"),
        (".pdf", "pdf"),
        ("", "檔案"),
        ("...", "檔案"),
    ],
)
def test_a_file_name_loses_its_path_and_what_could_hurt(named: str, kept: str) -> None:
    assert safe_filename(named) == kept


def test_a_file_of_the_largest_size_is_taken() -> None:
    assert check_upload("a.pdf", b"%PDF-" + b"0" * (MAX_BYTES - 5))


@given(st.text(max_size=200))
def test_no_file_name_leaves_its_folder_or_comes_out_empty(name: str) -> None:
    kept = safe_filename(name)
    assert 0 < len(kept) <= 100
    assert not set(kept) & set('/\\\0\r\n<>:"|?*')
    assert kept.strip(" .")


def test_only_the_desk_reads_internal_notes() -> None:
    assert set(MessageKind) - SEEN_BY_ENQUIRER == {MessageKind.NOTE}


def test_a_long_file_name_keeps_its_ending() -> None:
    assert safe_filename("字" * 300 + ".pdf").endswith(".pdf")
    assert len(safe_filename("字" * 300 + ".pdf")) <= 100
