"""Taking an inquiry in, on both databases."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent, TriageDecision
from helpdesk.models.enterprise import Contact, Enterprise
from helpdesk.models.intake_record import Attachment, Consent, ReceivedSubmission
from helpdesk.models.outbox import Notification
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.notices import MessageChannel
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts, Upload
from helpdesk.runtime import Runtime
from helpdesk.services import intake
from knowledge_base.records.vocabulary import Category, Channel, Metric
from tests import builders
from tests.conftest import NOW


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def clocks(session: Session, case: Case) -> dict[Metric, ServiceClock]:
    return {c.metric: c for c in session.scalars(select(ServiceClock).where(ServiceClock.case_id == case.id))}


def test_the_text_is_kept_verbatim_and_the_case_opens_with_number_clocks_and_history(
    session: Session, runtime: Runtime
) -> None:
    text = "  客戶要碳資料\r\n\x07怎麼辦？ "
    case = builders.case(session, runtime, now=NOW, text=text)
    received = session.scalars(select(ReceivedSubmission)).one()
    assert received.text == text
    assert case.number.startswith("C115-000001-")
    assert {Metric.FIRST_RESPONSE, Metric.TRIAGE, Metric.RESOLUTION} == set(clocks(session, case))
    assert case.queue_at == min(c.due_at for c in clocks(session, case).values() if c.due_at)
    kinds = [e.kind for e in session.scalars(select(CaseEvent).order_by(CaseEvent.sequence))]
    assert kinds[0] == "case.opened"
    assert kinds.count("consent.given") == count(session, Consent) == 3


def test_the_same_delivery_again_is_the_same_case(session: Session, runtime: Runtime) -> None:
    first = intake.receive(session, builders.submission(key="k"), equipment=runtime, now=NOW)
    again = intake.receive(session, builders.submission(key="k", text="別的字"), equipment=runtime, now=NOW)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.case is first.case
    assert count(session, Case) == count(session, ReceivedSubmission) == 1


def test_numbers_follow_each_other(session: Session, runtime: Runtime) -> None:
    numbers = [builders.case(session, runtime, now=NOW).number for _ in range(3)]
    assert [n[5:11] for n in numbers] == ["000001", "000002", "000003"]


def test_a_tongbian_decides_who_the_enterprise_is_and_known_facts_are_kept(
    session: Session, runtime: Runtime
) -> None:
    builders.case(session, runtime, now=NOW)
    builders.case(
        session,
        runtime,
        now=NOW,
        enterprise=EnterpriseFacts("00000011", "改了名字有限公司", "高雄市", None, 99),
    )
    enterprise = session.scalars(select(Enterprise)).one()
    assert (enterprise.name, enterprise.county, enterprise.regular_employees) == (
        "範例精密機械股份有限公司",
        "臺中市",
        35,
    )


def test_without_a_tongbian_the_same_name_in_the_same_county_is_the_same_enterprise(
    session: Session, runtime: Runtime
) -> None:
    named = [("範例甲股份有限公司", "臺中市"), ("範例甲有限公司", None), ("範例甲有限公司", "高雄市")]
    for name, county in named:
        builders.case(session, runtime, now=NOW, enterprise=EnterpriseFacts(name=name, county=county))
    assert count(session, Enterprise) == 2


def test_a_known_name_adopts_the_tongbian_that_comes_later(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, enterprise=EnterpriseFacts(name="範例甲有限公司"))
    builders.case(
        session, runtime, now=NOW, enterprise=EnterpriseFacts(ubn="00000011", name="範例甲有限公司")
    )
    assert session.scalars(select(Enterprise)).one().ubn == "00000011"


def test_the_same_person_of_the_same_enterprise_is_one_contact(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW)
    builders.case(session, runtime, now=NOW)
    builders.case(session, runtime, now=NOW, contact=ContactFacts("李先生", "+886900000999", None))
    assert count(session, Contact) == 2


def test_nobody_named_opens_a_case_without_enterprise(session: Session, runtime: Runtime) -> None:
    assert builders.case(session, runtime, now=NOW, enterprise=EnterpriseFacts()).enterprise is None


def test_a_sure_model_sorts_and_an_unsure_one_leaves_it_to_a_person(
    session: Session, runtime: Runtime
) -> None:
    sure = builders.case(session, runtime, now=NOW, text="客戶要碳排放資料，不知道從哪裡開始，怎麼辦")
    assert (sure.category, sure.status) == (Category.PROBLEM, CaseStatus.OPEN)
    assert clocks(session, sure)[Metric.TRIAGE].met_at == NOW
    unsure = builders.case(session, runtime, now=NOW, text="嗯")
    assert (unsure.category, unsure.status) == (None, CaseStatus.TO_SORT)
    assert clocks(session, unsure)[Metric.TRIAGE].met_at is None
    decision = session.scalars(select(TriageDecision).where(TriageDecision.case_id == sure.id)).one()
    assert decision.terms
    assert len(decision.ranking) == 5
    assert decision.model_version == runtime.classifier.classify("x").model_version


def test_answering_the_phone_is_the_first_response_and_a_missed_call_is_owed_one(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    answered = builders.case(session, runtime, now=NOW, agent=agent, channel=Channel.HOTLINE)
    assert answered.assignee is agent
    assert clocks(session, answered)[Metric.FIRST_RESPONSE].met_at == NOW
    missed = intake.receive(
        session, builders.submission(channel=Channel.HOTLINE), equipment=runtime, now=NOW, missed_call=True
    ).case
    callback = clocks(session, missed)[Metric.CALLBACK]
    assert callback.due_at == datetime.fromisoformat("2026-11-25T10:00:00+08:00")


@pytest.mark.parametrize(
    ("contact", "channel"),
    [
        (ContactFacts("甲", "+886900000123", "a@example.com"), MessageChannel.EMAIL),
        (ContactFacts("甲", "+886900000123", None), MessageChannel.SMS),
        (ContactFacts("甲", "+886423587591#12", None), MessageChannel.PERSON),
    ],
)
def test_the_enquirer_is_told_by_mail_by_text_or_by_a_person(
    session: Session, runtime: Runtime, contact: ContactFacts, channel: MessageChannel
) -> None:
    case = builders.case(session, runtime, now=NOW, contact=contact)
    notice = session.scalars(select(Notification)).one()
    assert notice.channel is channel
    assert case.number in notice.body
    assert (case.status_key in notice.body) is (channel is MessageChannel.EMAIL)


def test_files_are_kept_under_the_hash_of_their_content(session: Session, runtime: Runtime) -> None:
    upload = Upload("報告.pdf", "application/pdf", b"%PDF-1.7 x")
    builders.case(session, runtime, now=NOW, uploads=(upload,))
    file = session.scalars(select(Attachment)).one()
    assert runtime.files.path(file.stored_as).read_bytes() == upload.content
    assert file.filename == "報告.pdf"


def test_eight_deliveries_of_one_form_at_once_make_one_case(
    committing_engine: Engine, runtime: Runtime
) -> None:
    submission = builders.submission()
    together = threading.Barrier(8)
    numbers: list[str] = []

    def deliver() -> None:
        with sessionmaker(committing_engine)() as own:
            together.wait()
            numbers.append(intake.receive(own, submission, equipment=runtime, now=NOW).case.number)
            own.commit()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(numbers) == 8
    assert len(set(numbers)) == 1
