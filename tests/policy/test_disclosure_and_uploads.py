"""What an organisation sees, and which files are taken."""

from datetime import UTC, datetime, timedelta

import pytest

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
    assert SHOWN[ReferralStatus.OFFERED] is Disclosure.PREVIEW


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
    outcome = decide(Category.PROBLEM, abstained=abstained, stated=stated)
    assert (outcome.category, outcome.basis) == (category, basis)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("報告.PDF", b"%PDF-1.7 x", "application/pdf"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("清冊.xlsx", b"PK\x03\x04", "application/zip"),
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
        ("a.pdf", b"%PDF-" + b"0" * MAX_BYTES, "10 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_by_its_name(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(BadUpload, match=f"「{name}」.*{reason}"):
        check_upload(name, content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\報告.pdf", "報告.pdf"),
        ("a\x00<b>.pdf", "ab.pdf"),
        ("", "檔案"),
        ("...", "檔案"),
    ],
)
def test_a_file_name_loses_its_path_and_what_could_hurt(given: str, kept: str) -> None:
    assert safe_filename(given) == kept


def test_a_long_file_name_keeps_its_ending() -> None:
    assert safe_filename("字" * 300 + ".pdf").endswith(".pdf")
    assert len(safe_filename("字" * 300 + ".pdf")) <= 100
