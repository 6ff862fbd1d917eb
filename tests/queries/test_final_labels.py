"""What the desk decided at last: which cases, in which order, and nothing of whom."""

from dataclasses import asdict
from datetime import timedelta

from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts
from helpdesk.policy.triage_decision import Basis
from helpdesk.queries.final_labels import REGISTERS, final_labels
from helpdesk.runtime import Runtime
from helpdesk.services import calls, casework, triage
from knowledge_base.records.vocabulary import Category, Channel
from tests import builders
from tests.conftest import NOW
from triage_model.labels import REGISTERS as KNOWN_REGISTERS

HOUR = timedelta(hours=1)
SURE = "客戶要碳排放資料，不知道從哪裡開始，怎麼辦"


def texts(session: Session) -> list[str]:
    return [each.text for each in final_labels(session)]


def test_every_channel_has_a_register_that_the_corpus_knows() -> None:
    assert set(REGISTERS) == set(Channel)
    assert set(REGISTERS.values()) <= set(KNOWN_REGISTERS)


def test_a_persons_label_counts_at_once_and_the_models_when_it_was_resolved_so(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    by_model = builders.case(session, runtime, now=NOW, text=SURE)
    builders.case(session, runtime, now=NOW, text="嗯")
    assert texts(session) == []
    builders.sorted_case(
        session, runtime, account=agent, now=NOW + HOUR, text="有什麼補助", category=Category.MEASURES
    )
    assert texts(session) == ["有什麼補助"]
    casework.resolve(
        session, by_model, summary="已說明", account=agent, equipment=runtime, now=NOW + 2 * HOUR
    )
    first, second = final_labels(session)
    assert (first.text, first.label, first.basis) == (SURE, Category.PROBLEM, Basis.MODEL_SURE)
    assert (second.label, second.basis, second.blind) == (Category.MEASURES, Basis.PERSON, False)
    assert first.model_version == runtime.classifier.classify("x").model_version


def test_a_case_counts_once_with_its_last_label_in_the_order_of_the_decision(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    early = builders.sorted_case(session, runtime, account=agent, now=NOW, text="有什麼補助")
    builders.sorted_case(session, runtime, account=agent, now=NOW + HOUR, text="附件上傳不了")
    triage.sort_by_person(
        session, early, Category.MEASURES, equipment=runtime, account=agent, now=NOW + 2 * HOUR
    )
    assert [(each.text, each.label) for each in final_labels(session)] == [
        ("附件上傳不了", Category.PROBLEM),
        ("有什麼補助", Category.MEASURES),
    ]
    assert [each.text for each in final_labels(session, since=NOW + 2 * HOUR)] == ["有什麼補助"]


def test_a_blind_label_says_so(session: Session, runtime: Runtime, agent: Account) -> None:
    case = builders.blind_case(session, runtime, now=NOW)
    triage.sort_by_person(session, case, Category.PROBLEM, equipment=runtime, account=agent, now=NOW)
    assert [each.blind for each in final_labels(session)] == [True]


def test_no_name_number_or_address_leaves_the_desk(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case: Case = builders.sorted_case(
        session, runtime, account=agent, now=NOW, channel=Channel.EMAIL,
        text="我是王小姐，範例精密的，電話 0900-000-123，信箱 a@factory.tw，統編 00000011，想問補助",
        enterprise=EnterpriseFacts("00000011", "範例精密股份有限公司", "臺中市", "機械", 35),
        contact=ContactFacts("王小姐", "+886900000123", "a@factory.tw"),
    )  # fmt: skip
    (found,) = final_labels(session)
    assert found.register == "long_mail"
    told = str(asdict(found))
    assert not any(
        secret in told for secret in ("王小姐", "範例精密", "0900", "factory", "00000011", case.number)
    )


def test_a_missed_call_teaches_nothing(session: Session, runtime: Runtime, agent: Account) -> None:
    call = calls.call_started(session, call_sid="CA1", caller="+886900000123", within_hours=False, now=NOW)
    calls.voicemail_left(
        session,
        call,
        recording_sid="RE1",
        recording_url="https://x.test/1",
        seconds=9,
        equipment=runtime,
        now=NOW,
    )
    case = session.get_one(Case, call.case_id)
    triage.sort_by_person(session, case, Category.MEASURES, equipment=runtime, account=agent, now=NOW)
    assert texts(session) == []
