"""What the enterprise allowed and took back, and the files it sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.intake_record import Attachment, Consent
from helpdesk.policy.uploads import MAX_FILES, BadUpload
from helpdesk.runtime import Runtime
from helpdesk.services import attachments, consents
from helpdesk.services.timeline import ENQUIRER
from knowledge_base.records.vocabulary import OrganisationKind
from tests import builders
from tests.conftest import NOW

TEAM, CONTACT = OrganisationKind.COUNSELLING_TEAM, OrganisationKind.SUBSIDY_CONTACT
PDF = b"%PDF-1.7 x"


@pytest.fixture
def case(session: Session, runtime: Runtime) -> Case:
    return builders.case(session, runtime, now=NOW, consent=frozenset())


def give(session: Session, runtime: Runtime, case: Case, *kinds: OrganisationKind, hours: int = 0) -> None:
    now = NOW + timedelta(hours=hours)
    consents.give(session, case, kinds, via="staff_note", equipment=runtime, actor=ENQUIRER, now=now)


def test_a_consent_keeps_the_items_and_the_version_of_the_text_that_was_shown(
    session: Session, runtime: Runtime, case: Case
) -> None:
    give(session, runtime, case, TEAM)
    row = session.scalars(select(Consent)).one()
    text = runtime.knowledge.consents[TEAM]
    assert (row.text_version, row.items) == (text.text_version, [str(item) for item in text.items])
    assert (row.given_via, row.given_at, row.withdrawn_at) == ("staff_note", NOW, None)
    assert consents.consented_items(session, case, TEAM) == frozenset(row.items)
    assert consents.consented_items(session, case, CONTACT) == frozenset()


def test_what_was_agreed_before_stands_and_only_the_new_kind_is_written(
    session: Session, runtime: Runtime, case: Case
) -> None:
    give(session, runtime, case, TEAM)
    give(session, runtime, case, TEAM, CONTACT, hours=1)
    rows = session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(row.organisation_kind, row.given_at) for row in rows] == [
        (TEAM, NOW),
        (CONTACT, NOW + timedelta(hours=1)),
    ]


def test_what_was_taken_back_can_be_given_again_and_both_stay_on_record(
    session: Session, runtime: Runtime, case: Case
) -> None:
    give(session, runtime, case, TEAM)
    assert consents.withdraw(session, case, actor=ENQUIRER, now=NOW + timedelta(hours=1))
    assert consents.valid_kinds(session, case) == frozenset()
    give(session, runtime, case, TEAM, hours=2)
    assert consents.valid_kinds(session, case) == {TEAM}
    kinds = [line for line in session.scalars(select(CaseEvent.kind)) if line.startswith("consent")]
    assert kinds == ["consent.given", "consent.withdrawn", "consent.given"]


def test_one_cases_consent_is_not_anothers(session: Session, runtime: Runtime, case: Case) -> None:
    give(session, runtime, case, TEAM)
    other = builders.case(session, runtime, now=NOW, consent=frozenset())
    assert consents.valid_kinds(session, other) == frozenset()


def test_the_same_content_is_kept_once_and_named_by_each_who_sent_it(
    session: Session, runtime: Runtime, case: Case
) -> None:
    uploads = attachments.check_all([("報告.pdf", PDF), ("../../副本.pdf", PDF)])
    attachments.attach(session, case, uploads, equipment=runtime, actor=ENQUIRER, now=NOW)
    first, second = session.scalars(select(Attachment).order_by(Attachment.id))
    assert (first.filename, second.filename) == ("報告.pdf", "副本.pdf")
    assert first.stored_as == second.stored_as
    assert runtime.files.path(first.stored_as).read_bytes() == PDF
    lines = session.scalars(select(CaseEvent).where(CaseEvent.kind == "file.added")).all()
    assert [line.data for line in lines] == [{"sha256": first.sha256, "size": len(PDF)}] * 2


def test_one_file_too_many_or_one_bad_file_takes_none() -> None:
    with pytest.raises(BadUpload, match=str(MAX_FILES)):
        attachments.check_all([("a.pdf", PDF)] * (MAX_FILES + 1))
    with pytest.raises(BadUpload, match=r"b\.exe"):
        attachments.check_all([("a.pdf", PDF), ("b.exe", b"MZ")])
