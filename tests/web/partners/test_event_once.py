"""A partner's form sent twice acts once."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.case import CaseEvent
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import ReferralEvent
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD

AT = "/partner/referrals/1"


@pytest.fixture
def partner(database: Session, runtime: Runtime, client_as: Callable[..., CheckedClient]) -> CheckedClient:
    account = accounts.add_account(
        database, email="a@example.com", display_name="專員甲", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    case = builders.sorted_case(database, runtime, account=account, now=clock.now())
    referral = builders.offered(database, runtime, case, account=account, now=clock.now())
    events = [ReferralEvent.ACCEPT, ReferralEvent.START]
    builders.answered(database, runtime, referral, events, now=clock.now())
    database.commit()
    return client_as(Role.PARTNER, "pmc")


def key_of(page: str) -> str:
    found = re.search(r'name="event_key" value="([^"]+)"', page)
    assert found
    return found.group(1)


def progress(database: Session) -> int:
    database.rollback()
    kinds = select(CaseEvent).where(CaseEvent.kind == "referral.progress")
    return len(database.scalars(kinds).all())


def test_a_form_that_is_sent_twice_is_recorded_once(partner: CheckedClient, database: Session) -> None:
    key = key_of(partner.get(AT).get_data(as_text=True))
    for _ in range(2):
        answer = partner.post(f"{AT}/progress", data={"text": "已到廠", "event_key": key})
        assert answer.location == AT
    assert progress(database) == 1


def test_the_next_look_at_the_page_gives_a_key_of_its_own(partner: CheckedClient, database: Session) -> None:
    for text in ("已到廠", "已到廠"):
        key = key_of(partner.get(AT).get_data(as_text=True))
        partner.post(f"{AT}/progress", data={"text": text, "event_key": key})
    assert progress(database) == 2


def test_a_refused_form_can_be_sent_again_from_the_page_that_refused_it(
    partner: CheckedClient, database: Session
) -> None:
    key = key_of(partner.get(AT).get_data(as_text=True))
    refused = partner.post(f"{AT}/progress", data={"text": " ", "event_key": key})
    assert refused.status_code == 422
    data = {"text": "已到廠", "event_key": key_of(refused.get_data(as_text=True))}
    assert partner.post(f"{AT}/progress", data=data).status_code == 302
    assert progress(database) == 1


def test_the_same_page_may_cause_two_different_events(partner: CheckedClient, database: Session) -> None:
    key = key_of(partner.get(AT).get_data(as_text=True))
    partner.post(f"{AT}/progress", data={"text": "已到廠", "event_key": key})
    partner.post(f"{AT}/fail", data={"text": "業者停業", "event_key": key})
    kinds = database.scalars(select(CaseEvent.kind)).all()
    assert "referral.failed" in kinds
