"""The doors for machines."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD

BODY: dict[str, Any] = {
    "channel": "web",
    "text": "客戶要求我們提供碳排放資料，不知道從哪裡開始。",
    "enterprise": {
        "ubn": "00000011",
        "name": "範例精密",
        "county": "台中市",
        "sector": "機械",
        "regular_employees": 35,
    },
    "contact": {"name": "王小姐", "phone": "0900-000-123"},
    "consent": ["counselling_team"],
    "external_id": "crm-1",
}


@pytest.fixture
def intake_key(database: Session) -> dict[str, str]:
    return key(database, None)


def key(database: Session, organisation: str | None) -> dict[str, str]:
    made = accounts.issue_api_key(database, name="介接系統", organisation=organisation, now=clock.now())
    database.commit()
    return {"Authorization": f"Bearer {made}"}


def test_an_inquiry_becomes_a_case_with_category_clocks_and_candidates(
    client: CheckedClient, database: Session, intake_key: dict[str, str]
) -> None:
    answer = client.post("/api/v1/cases", json=BODY, headers=intake_key)
    given = answer.get_json()
    assert answer.status_code == 201
    assert set(given) == {
        "number",
        "category",
        "probability",
        "abstain",
        "status_url",
        "clocks",
        "candidates",
    }
    assert given["category"] == "problem"
    assert given["abstain"] is False
    assert given["candidates"][0]["organisation"] == "pmc"
    assert {c["metric"] for c in given["clocks"]} == {"first_response", "resolution"}
    case = database.scalars(select(Case)).one()
    assert given["number"] == case.number
    assert given["status_url"].endswith(f"/s/{case.status_key}")


def test_the_same_external_id_again_is_the_same_case(
    client: CheckedClient, database: Session, intake_key: dict[str, str]
) -> None:
    first = client.post("/api/v1/cases", json=BODY, headers=intake_key)
    again = client.post("/api/v1/cases", json={**BODY, "text": "別的"}, headers=intake_key)
    other = client.post("/api/v1/cases", json=BODY, headers=key(database, None))
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert again.get_json()["number"] == first.get_json()["number"] != other.get_json()["number"]


def test_without_an_id_every_delivery_is_an_inquiry_of_its_own(
    client: CheckedClient, database: Session, intake_key: dict[str, str]
) -> None:
    body = {name: value for name, value in BODY.items() if name != "external_id"}
    for _ in range(2):
        assert client.post("/api/v1/cases", json=body, headers=intake_key).status_code == 201
    assert database.scalar(select(func.count()).select_from(Case)) == 2


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eA=="}, {"Authorization": "Bearer "}],
)
def test_whoever_has_no_key_is_not_known(client: CheckedClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/cases", json=BODY, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "字" * 5001}, "text"),
        ({"text": 5}, "text"),
        ({"contact": {}}, "contact.phone"),
        ({"contact": {"phone": "12"}}, "contact.phone"),
        ({"contact": {"email": "x"}}, "contact.email"),
        ({"contact": {"name": ["x"]}}, "contact.name"),
        ({"enterprise": {"ubn": "12345678"}}, "enterprise.ubn"),
        ({"enterprise": {"county": "火星"}}, "enterprise.county"),
        ({"enterprise": {"regular_employees": "35"}}, "enterprise.regular_employees"),
        ({"enterprise": {"regular_employees": -1}}, "enterprise.regular_employees"),
        ({"channel": "pigeon"}, "channel"),
        ({"consent": ["everybody"]}, "consent.0"),
        ({"external_id": ""}, "external_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_each_bad_field_is_named_with_the_reason_and_never_echoed(
    client: CheckedClient, database: Session, intake_key: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    answer = client.post("/api/v1/cases", json={**BODY, **changes}, headers=intake_key)
    assert answer.status_code == 422
    assert field in answer.get_json()["error"]["fields"]
    assert "0900" not in answer.get_data(as_text=True)
    assert database.scalars(select(Case)).all() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(
    client: CheckedClient, intake_key: dict[str, str], body: bytes
) -> None:
    answer = client.post(
        "/api/v1/cases", data=body, headers=intake_key, csrf=False, content_type="application/json"
    )
    assert answer.status_code == 400


@pytest.fixture
def referral(database: Session, runtime: Runtime) -> Referral:
    account = accounts.add_account(
        database, email="a@example.com", display_name="專員", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    case = builders.sorted_case(database, runtime, account=account, now=clock.now())
    made = builders.offered(database, runtime, case, account=account, now=clock.now())
    database.commit()
    return made


def test_a_partner_lists_and_answers_its_own_referrals(
    client: CheckedClient, database: Session, referral: Referral
) -> None:
    own = key(database, "pmc")
    (shown,) = client.get("/api/v1/referrals", headers=own).get_json()["referrals"]
    assert (shown["id"], shown["status"], shown["disclosure"], shown["packet"]) == (
        referral.id,
        "offered",
        "preview",
        {},
    )
    events = f"/api/v1/referrals/{referral.id}/events"
    for _ in range(2):
        answer = client.post(events, json={"event": "accept", "event_id": "e1"}, headers=own)
        assert (answer.status_code, answer.get_json()["status"]) == (200, "accepted")
    (shown,) = client.get("/api/v1/referrals", headers=own).get_json()["referrals"]
    assert shown["packet"]["phone"] == "+886900000123"
    illegal = client.post(events, json={"event": "accept"}, headers=own)
    assert illegal.status_code == 409
    assert "start" in illegal.get_json()["error"]["allowed"]
    missing = client.post(events, json={"event": "start"}, headers=own)
    assert (missing.status_code, list(missing.get_json()["error"]["fields"])) == (422, ["contacted_at"])
    assert client.post(events, json={"event": "recall", "text": "x"}, headers=own).status_code == 403
    assert client.post(events, json={"event": "dance"}, headers=own).status_code == 422


def test_another_organisation_and_a_key_of_nobody_get_nothing(
    client: CheckedClient, database: Session, referral: Referral, intake_key: dict[str, str]
) -> None:
    other = key(database, "mirdc")
    assert client.get("/api/v1/referrals", headers=other).get_json() == {"referrals": []}
    events = f"/api/v1/referrals/{referral.id}/events"
    for headers in (other, intake_key):
        assert client.post(events, json={"event": "accept"}, headers=headers).status_code == 404
    assert client.get("/api/v1/referrals", headers=intake_key).status_code == 403
    database.rollback()
    database.expire_all()
    assert database.get_one(Referral, referral.id).status is ReferralStatus.OFFERED


def test_an_unknown_address_answers_in_json(client: CheckedClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
