"""A partner's inbox and referral page."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import CaseEvent
from helpdesk.models.referral import Referral
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import ReferralEvent, ReferralStatus
from helpdesk.policy.submission import Upload
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD

NAME, PHONE = "範例精密機械股份有限公司", "0900 000 123"


@pytest.fixture
def account(database: Session, runtime: Runtime) -> Account:
    return accounts.add_account(
        database, email="a@example.com", display_name="專員甲", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip


@pytest.fixture
def referral(database: Session, runtime: Runtime, account: Account) -> Referral:
    upload = Upload("報告.pdf", "application/pdf", b"%PDF-1.7 x")
    case = builders.sorted_case(database, runtime, account=account, now=clock.now(), uploads=(upload,))
    made = builders.offered(database, runtime, case, account=account, now=clock.now())
    database.commit()
    return made


@pytest.fixture
def partner(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.PARTNER, "pmc")


def page_of(partner: CheckedClient, referral: Referral) -> str:
    return partner.get(f"/partner/referrals/{referral.id}").get_data(as_text=True)


def act(partner: CheckedClient, referral: Referral, event: str, **values: str) -> int:
    return int(partner.post(f"/partner/referrals/{referral.id}/{event}", data=values).status_code)


def status(database: Session, referral: Referral) -> ReferralStatus:
    database.rollback()
    database.expire_all()
    return database.get_one(Referral, referral.id).status


def test_before_accepting_only_the_need_and_the_kind_of_enterprise_are_seen(
    partner: CheckedClient, referral: Referral
) -> None:
    page = page_of(partner, referral)
    assert "請協助診斷" in page
    assert "30–99 人" in page
    assert all(secret not in page for secret in (NAME, PHONE, "00000011", "報告.pdf"))
    assert NAME not in partner.get("/partner/").get_data(as_text=True)


def test_after_accepting_the_packet_is_seen_and_the_desk_reads_that_it_was(
    partner: CheckedClient, database: Session, referral: Referral
) -> None:
    assert act(partner, referral, "accept") == 302
    page = page_of(partner, referral)
    assert all(part in page for part in (NAME, PHONE, "00000011"))
    kinds = list(database.scalars(select(CaseEvent.kind).where(CaseEvent.referral_id == referral.id)))
    assert kinds.count("referral.viewed") >= 1


def test_a_document_is_handed_out_only_with_consent_for_documents_and_recorded(
    partner: CheckedClient, database: Session, runtime: Runtime, referral: Referral
) -> None:
    act(partner, referral, "accept")
    allowed = "documents" in runtime.knowledge.consents["counselling_team"].items  # type: ignore[index]
    with partner.get(f"/partner/referrals/{referral.id}/files/1") as answer:
        assert answer.status_code == (200 if allowed else 404)
    kinds = list(database.scalars(select(CaseEvent.kind)))
    assert ("file.downloaded" in kinds) is allowed


def test_the_whole_way_by_forms(partner: CheckedClient, database: Session, referral: Referral) -> None:
    steps = [
        ("accept", {}, ReferralStatus.ACCEPTED),
        ("start", {"contacted_at": "2026-11-20T10:00"}, ReferralStatus.IN_PROGRESS),
        ("progress", {"text": "已到廠"}, ReferralStatus.IN_PROGRESS),
        (
            "hold",
            {"text": "等資料", "until_on": (clock.now().date()).replace(day=28).isoformat()},
            ReferralStatus.ON_HOLD,
        ),
        ("resume", {}, ReferralStatus.IN_PROGRESS),
        (
            "complete",
            {"outcome": "diagnosis_done", "reduction_tonnes": "200", "approved_ntd": "1,000,000"},
            ReferralStatus.COMPLETED,
        ),
    ]
    for event, values, after in steps:
        if event == "hold" and clock.now().day >= 28:
            continue
        if event == "resume" and clock.now().day >= 28:
            continue
        assert act(partner, referral, event, **values) == 302, event
        assert status(database, referral) is after
    assert database.get_one(Referral, referral.id).outcome_figures == {
        "reduction_tonnes": 200,
        "approved_ntd": 1_000_000,
    }


@pytest.mark.parametrize(
    ("before", "event", "values", "field", "words"),
    [
        ([], "decline", {}, "decline-reason", "原因"),
        ([], "decline", {"reason": "other"}, "decline-text", "說明"),
        ([], "return", {"reason": "not_eligible"}, "return-text", "說明"),
        ([], "decline", {"reason": "x"}, "decline-reason", "原因"),
        ([ReferralEvent.ACCEPT], "start", {"contacted_at": ""}, "start-contacted_at", "日期"),
        (
            [ReferralEvent.ACCEPT],
            "start",
            {"contacted_at": "2999-01-01T00:00"},
            "start-contacted_at",
            "還沒到",
        ),
        ([ReferralEvent.ACCEPT], "start", {"contacted_at": "昨天"}, "start-contacted_at", "日期"),
        (
            [ReferralEvent.ACCEPT],
            "hold",
            {"text": "x", "until_on": "2020-01-01"},
            "hold-until_on",
            "今天之後",
        ),
        ([ReferralEvent.ACCEPT], "hold", {"text": "x", "until_on": "2999-01-01"}, "hold-until_on", "工作天"),
        ([ReferralEvent.ACCEPT], "hold", {"text": "x", "until_on": "119/13/40"}, "hold-until_on", "這一天"),
        ([ReferralEvent.ACCEPT], "complete", {}, "complete-outcome", "結果"),
        (
            [ReferralEvent.ACCEPT],
            "complete",
            {"outcome": "advice_given", "approved_ntd": "很多"},
            "complete-approved_ntd",
            "整數",
        ),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    partner: CheckedClient, database: Session, runtime: Runtime, referral: Referral,
    before: list[ReferralEvent], event: str, values: dict[str, str], field: str, words: str,
) -> None:  # fmt: skip
    if before:
        made = database.get_one(Referral, referral.id)
        builders.answered(database, runtime, made, before, now=clock.now())
        database.commit()
    answer = partner.post(
        f"/partner/referrals/{referral.id}/{event}",
        data={**values, "text": values.get("text", "我寫的說明" if words != "說明" else "")},
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert f'id="{field}-error"' in page
    assert words in page
    if words != "說明" and "text" not in values:
        assert "我寫的說明" in page or event == "start"


def test_an_event_out_of_turn_says_what_is_possible_now(partner: CheckedClient, referral: Referral) -> None:
    answer = partner.post(f"/partner/referrals/{referral.id}/complete", data={"outcome": "advice_given"})
    assert answer.status_code == 409
    assert "受案" in answer.get_data(as_text=True)


def test_the_desks_events_are_not_a_partners(partner: CheckedClient, referral: Referral) -> None:
    assert act(partner, referral, "recall", text="x") == 403
    assert act(partner, referral, "nonsense") == 404


def test_a_declined_referral_leaves_a_receipt_only(partner: CheckedClient, referral: Referral) -> None:
    act(partner, referral, "decline", reason="at_capacity")
    page = page_of(partner, referral)
    assert "收據" in page
    assert "請協助診斷" not in page
    assert NAME not in page


def test_withdrawn_consent_takes_the_packet_away(
    partner: CheckedClient, client: CheckedClient, database: Session, referral: Referral
) -> None:
    act(partner, referral, "accept")
    database.rollback()
    case = database.get_one(Referral, referral.id).case
    client.post(f"/s/{case.status_key}/withdraw")
    assert NAME not in page_of(partner, referral)
    assert status(database, referral) is ReferralStatus.CANCELLED


def test_a_suggestion_from_a_partner_is_a_draft_on_the_desks_page(
    partner: CheckedClient, client_as: Callable[..., CheckedClient], database: Session, referral: Referral
) -> None:
    assert act(partner, referral, "refer_on", reason="out_of_scope", suggested="nobody") == 422
    assert act(partner, referral, "refer_on", reason="out_of_scope", suggested="mirdc", text="較熟悉") == 302
    database.rollback()
    number = database.get_one(Referral, referral.id).case.number
    page = client_as(Role.SUPERVISOR).get(f"/desk/cases/{number}").get_data(as_text=True)
    assert "精機中心建議再轉" in page
    child = database.scalars(select(Referral).where(Referral.parent_id == referral.id)).one()
    assert f"/desk/referrals/{child.id}/offer" in page
