"""The enterprise's page of its case."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case, Message
from helpdesk.models.referral import Referral
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import ReferralEvent, ReferralStatus
from helpdesk.policy.submission import ContactFacts
from helpdesk.runtime import Runtime
from helpdesk.services import accounts, casework
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


def look_up(client: CheckedClient, number: str, fact: str) -> object:
    return client.post("/status", data={"number": number, "fact": fact})


def test_the_number_and_the_last_three_digits_open_the_case(client: CheckedClient, case: Case) -> None:
    answer = look_up(client, case.number.lower().replace("-", " "), "123")
    assert answer.location == f"/s/{case.status_key}"  # type: ignore[attr-defined]
    assert case.number in client.get(f"/s/{case.status_key}").get_data(as_text=True)


def test_a_case_with_an_address_alone_opens_with_it(
    client: CheckedClient, database: Session, runtime: Runtime
) -> None:
    made = builders.case(
        database, runtime, now=clock.now(), contact=ContactFacts("甲", None, "a@example.com")
    )
    database.commit()
    assert look_up(client, made.number, "A@example.com").status_code == 302  # type: ignore[attr-defined]


@pytest.mark.parametrize("fact", ["", "124", "23", "0123", "+886900000123", "' OR 1=1"])
def test_a_wrong_second_fact_opens_nothing_and_says_so(client: CheckedClient, case: Case, fact: str) -> None:
    answer = look_up(client, case.number, fact)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "對不起來" in answer.get_data(as_text=True)  # type: ignore[attr-defined]


def test_guessing_is_stopped_after_eight_tries(client: CheckedClient, case: Case) -> None:
    for guess in range(8):
        look_up(client, case.number, f"{guess:03d}")
    answer = look_up(client, case.number, "123")
    assert answer.status_code == 429  # type: ignore[attr-defined]
    assert "15 分鐘" in answer.get_data(as_text=True)  # type: ignore[attr-defined]


def test_a_number_that_is_none_is_explained(client: CheckedClient) -> None:
    assert "格式" in look_up(client, "x", "123").get_data(as_text=True)  # type: ignore[attr-defined]
    assert client.get("/s/no-such-key").status_code == 404


def test_the_enterprise_reads_answers_and_states_but_never_a_note(
    client: CheckedClient, database: Session, runtime: Runtime, case: Case, account: Account
) -> None:
    casework.answer(database, case, "這是給業者的回覆", account=account, equipment=runtime, now=clock.now())
    casework.note(database, case, "這是內部註記", account=account, now=clock.now())
    referral = builders.offered(database, runtime, case, account=account, now=clock.now())
    builders.answered(database, runtime, referral, [ReferralEvent.ACCEPT], now=clock.now())
    database.commit()
    page = client.get(f"/s/{case.status_key}").get_data(as_text=True)
    assert "這是給業者的回覆" in page
    assert "這是內部註記" not in page
    assert "精密機械研究發展中心" in page
    assert "已受案" in page


def test_a_word_from_the_enterprise_is_kept_and_an_empty_one_refused(
    client: CheckedClient, database: Session, case: Case
) -> None:
    assert client.post(f"/s/{case.status_key}/message", data={"body": "補充：在二樓"}).status_code == 302
    refused = client.post(f"/s/{case.status_key}/message", data={"body": " "})
    assert refused.status_code == 422
    assert database.scalars(select(Message.body)).all() == ["補充：在二樓"]


def test_withdrawing_consent_stops_the_referrals(
    client: CheckedClient, database: Session, runtime: Runtime, case: Case, account: Account
) -> None:
    builders.offered(database, runtime, case, account=account, now=clock.now())
    database.commit()
    assert client.post(f"/s/{case.status_key}/withdraw").status_code == 302
    database.expire_all()
    assert database.scalars(select(Referral.status)).one() is ReferralStatus.RECALLED
    assert database.get_one(Case, case.id).status is CaseStatus.OPEN
    assert "撤回同意" not in client.get(f"/s/{case.status_key}").get_data(as_text=True).split("已撤回")[-1]
