"""Slips while a call is logged, and who may see and do what on the console."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.intake_record import Attachment
from helpdesk.policy.permissions import Role
from helpdesk.policy.submission import Upload
from helpdesk.runtime import Runtime
from tests import builders
from tests.checked_client import CheckedClient

CALL = {
    "key": "k1", "phone": "0900-000-456", "contact_name": "陳廠長", "name": "範例鑄造廠",
    "text": "鍋爐太舊想換，找會做廢熱回收的廠商", "category": "improvement",
}  # fmt: skip


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


@pytest.mark.parametrize("answer", ["字" * 5001, "\u200b\x07"])
def test_an_answer_that_cannot_be_kept_is_refused_at_its_field_and_no_case_is_opened(
    desk: CheckedClient, database: Session, answer: str
) -> None:
    refused = desk.post("/desk/new", data={**CALL, "answer": answer})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'href="#answer"' in page
    assert 'id="answer-error"' in page
    assert "陳廠長" in page
    assert database.scalar(select(func.count()).select_from(Case)) == 0


def test_calls_whose_form_lost_its_key_are_calls_of_their_own(desk: CheckedClient, database: Session) -> None:
    for _ in range(2):
        desk.post("/desk/new", data={**CALL, "key": ""})
    assert database.scalar(select(func.count()).select_from(Case)) == 2


FIELDS = (*CALL, "answer", "ubn", "county", "sector", "regular_employees", "email", "theme", "consent")


@pytest.mark.parametrize(
    "hostile", ["' OR 1=1 --", "<script>alert(1)</script>", "A" * 20_000, "\x00", "٣٥", "-1"]
)
def test_hostile_input_in_any_field_is_an_answer_or_a_refusal_and_never_markup(
    desk: CheckedClient, hostile: str
) -> None:
    for field in FIELDS:
        answer = desk.post("/desk/new", data={**CALL, field: hostile})
        assert answer.status_code in {302, 422}, field
        page = answer if answer.status_code == 422 else desk.get(answer.location)
        assert "<script>alert" not in page.get_data(as_text=True), field


@pytest.mark.parametrize("text", ["<b>x</b>", "\x00\x07", "😀" * 9000, "補助" * 9000, "{{ 7*7 }}", "\u202e"])
def test_any_text_gets_a_suggestion_without_markup_of_its_own(desk: CheckedClient, text: str) -> None:
    answer = desk.post("/desk/suggest", data={"text": text})
    assert answer.status_code == 200
    assert "<b>" not in answer.get_data(as_text=True)


def test_a_file_is_handed_out_with_its_own_case_alone(
    desk: CheckedClient, database: Session, runtime: Runtime
) -> None:
    upload = Upload("報告.pdf", "application/pdf", b"%PDF-1.7 x")
    own = builders.case(database, runtime, now=clock.now(), uploads=(upload,))
    other = builders.case(database, runtime, now=clock.now())
    database.commit()
    file = database.scalars(select(Attachment)).one()
    with desk.get(f"/desk/cases/{own.number}/files/{file.id}") as answer:
        assert answer.data == upload.content
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert desk.get(f"/desk/cases/{other.number}/files/{file.id}").status_code == 404


def test_an_agent_is_refused_the_overruling_that_a_supervisor_may_do(
    desk: CheckedClient, client_as: Callable[..., CheckedClient], database: Session, runtime: Runtime
) -> None:
    account = database.scalars(select(Account)).one()
    case = builders.sorted_case(database, runtime, account=account, now=clock.now())
    referral = builders.offered(database, runtime, case, account=account, now=clock.now())
    database.commit()
    at = f"/desk/referrals/{referral.id}/void"
    assert desk.post(at, data={"text": "登錄錯誤"}).status_code == 403
    supervisor = client_as(Role.SUPERVISOR)
    assert supervisor.post(at, data={"text": "登錄錯誤"}).status_code == 302


def test_a_case_given_to_a_disabled_account_or_a_partner_is_refused(
    desk: CheckedClient, client_as: Callable[..., CheckedClient], database: Session, runtime: Runtime
) -> None:
    client_as(Role.PARTNER, "pmc")
    client_as(Role.SUPERVISOR)
    case = builders.case(database, runtime, now=clock.now())
    people = {account.role: account for account in database.scalars(select(Account))}
    people[Role.SUPERVISOR].active = False
    database.commit()
    for role in (Role.PARTNER, Role.SUPERVISOR):
        data = {"version": case.event_count, "assignee": people[role].id}
        assert desk.post(f"/desk/cases/{case.number}/assign", data=data).status_code == 422, role
