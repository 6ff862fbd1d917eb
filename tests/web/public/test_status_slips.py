"""Slips on the enterprise's page of its case."""

import io

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case, Message
from helpdesk.models.intake_record import Attachment
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.services import accounts, casework
from helpdesk.services.timeline import acting
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD


@pytest.fixture
def account(database: Session, runtime: Runtime) -> Account:
    return accounts.add_account(
        database, email="a@example.com", display_name="專員甲", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip


@pytest.fixture
def case(database: Session, runtime: Runtime, account: Account) -> Case:
    made = builders.sorted_case(database, runtime, account=account, now=clock.now())
    database.commit()
    return made


@pytest.mark.parametrize("fact", ["１２３", " 123 ", "１２3"])
def test_full_width_digits_and_spaces_are_forgiven(client: CheckedClient, case: Case, fact: str) -> None:
    answer = client.post("/status", data={"number": f" {case.number} ", "fact": fact})
    assert answer.location == f"/s/{case.status_key}"


def test_a_refused_word_leaves_a_waiting_case_waiting_on_the_page_as_well(
    client: CheckedClient, database: Session, runtime: Runtime, account: Account, case: Case
) -> None:
    casework.answer(database, case, "？", asks=True, account=account, equipment=runtime, now=clock.now())
    database.commit()
    answer = client.post(f"/s/{case.status_key}/message", data={"body": "字" * 5001})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "5,001" in page
    assert "待業者回覆" in page or "補充" in page
    database.rollback()
    database.expire_all()
    assert database.get_one(Case, case.id).status is CaseStatus.WAITING
    assert database.scalars(select(Message.body)).all() == ["？"]


def test_a_file_alone_is_a_word_and_a_bad_one_is_named_and_nothing_kept(
    client: CheckedClient, database: Session, case: Case
) -> None:
    def send(content: bytes, name: str, body: str) -> int:
        data = {"body": body, "files": [(io.BytesIO(content), name)]}
        at = f"/s/{case.status_key}/message"
        with client.post(at, data=data, content_type="multipart/form-data") as answer:
            return int(answer.status_code)

    assert send(b"MZ", "a.exe", "請看附檔") == 422
    assert database.scalars(select(Message)).all() == []
    assert send(b"%PDF-1.7 x", "報告.pdf", "") == 302
    database.rollback()
    assert database.scalars(select(Attachment.filename)).all() == ["報告.pdf"]
    assert len(database.scalars(select(Message)).all()) == 1


def test_a_closed_case_takes_no_word_and_says_what_to_do(
    client: CheckedClient, database: Session, runtime: Runtime, account: Account, case: Case
) -> None:
    now = clock.now()
    casework.resolve(database, case, summary="好", account=account, equipment=runtime, now=now)
    casework.close(database, case, actor=acting(account), now=now)
    database.commit()
    answer = client.post(f"/s/{case.status_key}/message", data={"body": "還有一件事"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "已經結案" in page
    assert database.scalars(select(Case.status)).one() is CaseStatus.CLOSED


def test_withdrawing_twice_is_withdrawing_once(client: CheckedClient, database: Session, case: Case) -> None:
    before = case.event_count
    codes = [client.post(f"/s/{case.status_key}/withdraw").status_code for _ in range(2)]
    assert codes == [302, 302]
    database.rollback()
    database.expire_all()
    assert database.get_one(Case, case.id).event_count == before + 1
