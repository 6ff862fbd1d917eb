"""Machines on the whole way, and what they send by mistake."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import ApiKey
from helpdesk.models.case import CaseEvent
from helpdesk.models.referral import Referral
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD


@pytest.fixture
def referral(database: Session, runtime: Runtime) -> Referral:
    account = accounts.add_account(
        database, email="a@example.com", display_name="專員甲", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    case = builders.sorted_case(database, runtime, account=account, now=clock.now())
    made = builders.offered(database, runtime, case, account=account, now=clock.now())
    database.commit()
    return made


class Machine:
    """A client that speaks for one organisation."""

    def __init__(self, client: CheckedClient, database: Session, organisation: str | None) -> None:
        self.client = client
        key = accounts.issue_api_key(
            database, name=f"{organisation} 介接", organisation=organisation, now=clock.now()
        )
        database.commit()
        self.headers = {"Authorization": f"Bearer {key}"}

    def list(self) -> Any:
        return self.client.get("/api/v1/referrals", headers=self.headers)

    def cause(self, referral_id: int, **body: object) -> Any:
        return self.post(f"/api/v1/referrals/{referral_id}/events", json.dumps(body).encode())

    def post(self, path: str, body: bytes) -> Any:
        return self.client.post(
            path, data=body, csrf=False, content_type="application/json", headers=self.headers
        )


@pytest.fixture
def pmc(client: CheckedClient, database: Session) -> Machine:
    return Machine(client, database, "pmc")


@pytest.fixture
def intake(client: CheckedClient, database: Session) -> Machine:
    return Machine(client, database, None)


@pytest.fixture
def sender(client: CheckedClient, database: Session) -> Machine:
    return Machine(client, database, None)


def status(database: Session, referral: Referral) -> ReferralStatus:
    database.rollback()
    database.expire_all()
    return database.get_one(Referral, referral.id).status


def test_the_whole_way_by_machine(pmc: Machine, database: Session, referral: Referral) -> None:
    for body, after in (
        ({"event": "accept"}, "accepted"),
        ({"event": "start", "contacted_at": "2026-01-05T10:00:00+08:00"}, "in_progress"),
        ({"event": "progress", "text": "已到廠"}, "in_progress"),
        ({"event": "complete", "outcome": "approved", "approved_ntd": 1_000_000}, "completed"),
    ):
        answer = pmc.cause(referral.id, **body)
        assert (answer.status_code, answer.json["status"]) == (200, after)
    assert status(database, referral) is ReferralStatus.COMPLETED
    assert database.get_one(Referral, referral.id).outcome_figures == {"approved_ntd": 1_000_000}


def test_the_same_event_id_twice_acts_once_and_gets_the_same_answer(
    pmc: Machine, database: Session, referral: Referral
) -> None:
    pmc.cause(referral.id, event="accept")
    pmc.cause(referral.id, event="start", contacted_at="2026-01-05T10:00:00+08:00")
    first, again = (pmc.cause(referral.id, event="progress", text="已到廠", event_id="e-1") for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    lines = database.scalars(select(CaseEvent).where(CaseEvent.kind == "referral.progress")).all()
    assert len(lines) == 1


def test_one_event_id_on_two_referrals_is_two_events(
    pmc: Machine, database: Session, runtime: Runtime, referral: Referral
) -> None:
    case = builders.case(database, runtime, now=clock.now(), text=builders.TEXT)
    second = Referral(
        case_id=case.id, organisation="pmc", kind="counselling_team", status=ReferralStatus.OFFERED,
        need="第二件", reasons=[], offers=1, offered_at=clock.now(), outcome_figures={},
    )  # fmt: skip
    database.add(second)
    database.commit()
    for wanted in (referral, second):
        assert pmc.cause(wanted.id, event="accept", event_id="1").json["status"] == "accepted"
        assert status(database, wanted) is ReferralStatus.ACCEPTED


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"event": "nonsense"}, 422, "event"),
        ({"event": ["accept"]}, 422, "event"),
        ({"event": {"a": 1}}, 422, "event"),
        ({}, 422, "event"),
        ({"event": "decline"}, 422, "reason"),
        ({"event": "decline", "reason": "other"}, 422, "text"),
        ({"event": "decline", "reason": ["x"]}, 422, "reason"),
        ({"event": "decline", "reason": "at_capacity", "text": "字" * 5001}, 422, "text"),
        ({"event": "recall", "text": "x"}, 403, None),
        ({"event": "expire"}, 403, None),
    ],
)
def test_what_is_missing_or_not_theirs_is_named(
    pmc: Machine, referral: Referral, body: dict[str, Any], code: int, field: str | None
) -> None:
    answer = pmc.cause(referral.id, **body)
    assert answer.status_code == code, answer.get_data(as_text=True)
    assert field is None or field in answer.json["error"]["fields"]


@pytest.mark.parametrize("event_id", ["\ud800", "\x00", 5, ["x"], {"a": 1}, "長" * 500])
def test_an_odd_event_id_is_no_error_of_ours(pmc: Machine, referral: Referral, event_id: object) -> None:
    first, again = (pmc.cause(referral.id, event="accept", event_id=event_id) for _ in range(2))
    assert first.status_code in {200, 422}
    assert first.status_code == again.status_code


def test_a_packet_handed_to_a_machine_is_a_view_that_the_desk_reads(
    pmc: Machine, database: Session, referral: Referral
) -> None:
    def views() -> int:
        database.rollback()
        kinds = database.scalars(select(CaseEvent.kind).where(CaseEvent.referral_id == referral.id))
        return list(kinds).count("referral.viewed")  # type: ignore[arg-type]

    pmc.list()
    assert views() == 0
    pmc.cause(referral.id, event="accept")
    for _ in range(3):
        pmc.list()
    assert views() == 1


@pytest.mark.parametrize("body", [b"5", b'"x"', b"[" * 100_000, b'{"text": NaN', b"null"])
def test_a_body_that_is_no_object_is_refused_in_words(intake: Machine, body: bytes) -> None:
    answer = intake.post("/api/v1/cases", body)
    assert answer.status_code == 400
    assert "JSON" in answer.json["error"]["detail"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "\ud800 x"}, "text"),
        ({"enterprise": {"name": "\ud800"}}, "enterprise.name"),
        ({"enterprise": None}, "enterprise"),
        ({"external_id": "\udfff"}, "external_id"),
        ({"contact": {"phone": 900000123}}, "contact.phone"),
    ],
)
def test_half_characters_and_wrong_types_are_named_by_their_field(
    intake: Machine, changes: dict[str, Any], field: str
) -> None:
    good = {"text": builders.TEXT, "contact": {"phone": "0900-000-123"}}
    answer = intake.post("/api/v1/cases", json.dumps({**good, **changes}).encode())
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]


def test_a_revoked_key_opens_nothing_any_more(pmc: Machine, database: Session) -> None:
    assert pmc.list().status_code == 200
    database.scalars(select(ApiKey)).one().revoked_at = clock.now()
    database.commit()
    assert pmc.list().status_code == 401
